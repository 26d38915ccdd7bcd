"""The page: its components, and which of them answers which.

Importing this imports Gradio, so only `app.web` does, and only when a page is wanted.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import gradio as gr
from gradio.events import api

from app.desk import COUNTS, Desk, Reply, read_address, read_asked
from app.markup import DEFAULT_COUNT, write_hint
from app.payload import answer_to_json
from app.problems import describe_problem


@dataclass(frozen=True, slots=True)
class Page:
    """The components."""

    masthead: gr.HTML
    question: gr.Textbox
    button: gr.Button
    hint: gr.HTML
    count: gr.Radio
    results: gr.HTML


def build_page(desk: Desk) -> gr.Blocks:
    """Return the page with its events; `app.theme.make_theme` makes it look as meant."""
    blocks = gr.Blocks(title="ReportQA", analytics_enabled=False, fill_width=True)
    with blocks:
        _connect_programs(desk)  # first, so that no event of the page takes an endpoint's name
        page = _lay_out(desk)
        _connect_question(page, desk)
        _connect_address(blocks, page, desk)
    return blocks


def _lay_out(desk: Desk) -> Page:
    script = files("app").joinpath("assets", "page.js").read_text("utf-8")
    masthead = _html(desk.write_masthead(), "rq-head")
    with gr.Row(elem_id="rq-ask"):
        question = gr.Textbox(
            label="Your question",
            placeholder="What does the report say about …?",
            lines=1,
            max_lines=5,
            autofocus=True,
            elem_id="rq-question",
            html_attributes=gr.InputHTMLAttributes(enterkeyhint="search", autocomplete="off"),
        )
        button = gr.Button("Ask", variant="primary", elem_id="rq-button")
    with gr.Row(elem_id="rq-options"):
        hint = _html(write_hint(), "rq-hint")
        count = gr.Radio(list(COUNTS), value=DEFAULT_COUNT, label="Passages", elem_id="rq-count")
    results = _html(desk.write_start(), "rq-results", script)
    return Page(masthead, question, button, hint, count, results)


def _html(value: str, name: str, script: str | None = None) -> gr.HTML:
    return gr.HTML(value, elem_id=name, js_on_load=script, apply_default_css=False)


def _connect_question(page: Page, desk: Desk) -> None:
    def ask(question: str, count: int) -> list[Any]:
        return _shown(desk.ask(read_asked(question, count)))

    def recount(question: str, count: int) -> list[Any]:
        asked = read_asked(question, count)
        return _shown(desk.ask(asked)) if asked.question else [gr.skip(), gr.skip()]

    said, shown = [page.question, page.count], [page.hint, page.results]
    gr.on([page.question.submit, page.button.click], ask, said, shown, **_EVENT)
    page.count.input(recount, said, shown, **_EVENT)


def _connect_address(blocks: gr.Blocks, page: Page, desk: Desk) -> None:
    def example(count: int, event: gr.EventData) -> list[Any]:
        asked = read_asked(str(event.question), count)
        return [asked.question, *_shown(desk.ask(asked))]

    def go(event: gr.EventData) -> list[Any]:
        asked = read_asked(str(event.question), str(event.count))
        return [asked.question, asked.count, *_shown(desk.open(asked))]

    def load(request: gr.Request) -> list[Any]:
        asked = read_address(dict(request.query_params))
        if not asked.question:  # the page is as it should be, and someone may be typing already
            return [desk.write_masthead(), *[gr.skip()] * 4]
        return [desk.write_masthead(), asked.question, asked.count, *_shown(desk.ask(asked))]

    shown = [page.hint, page.results]
    page.results.example(example, page.count, [page.question, *shown], **_EVENT)
    page.results.address(go, None, [page.question, page.count, *shown], **_EVENT)
    blocks.load(load, None, [page.masthead, page.question, page.count, *shown], **_EVENT)


def _connect_programs(desk: Desk) -> None:
    def ask(question: str, k: int = DEFAULT_COUNT) -> dict[str, Any]:
        """Answer a question from the reports, in their own words.

        Args:
            question: in plain English, at most 2,000 characters.
            k: how many passages, from 1 to 100.

        Returns:
            The document that `reportqa ask --json` prints; `reportqa schema ask` describes it.
        """
        try:
            desk.refresh()
            return answer_to_json(desk.searcher.ask(question, k))
        except Exception as error:  # noqa: BLE001  (the boundary, as in app.desk)
            problem = describe_problem(error)
            words = f"{problem.heading}. {problem.advice}"
            raise gr.Error(words, print_exception=False) from None

    api(ask, api_name="ask")


# Events of the page are no endpoints. While one runs, the style sheet shows it.
_EVENT: dict[str, Any] = {
    "api_visibility": "private",
    "show_progress": "minimal",
    "trigger_mode": "always_last",
    "queue": False,
}


def _shown(reply: Reply) -> list[Any]:
    return [reply.hint, gr.skip() if reply.results is None else reply.results]
