"""The tab that asks: its components, and which of them answers which.

Importing this imports Gradio, so only `app.page` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import gradio as gr

from app.desk import COUNTS, Desk, Reply, read_address, read_asked
from app.markup import DEFAULT_COUNT, write_hint


@dataclass(frozen=True, slots=True)
class AskTab:
    """The components."""

    question: gr.Textbox
    button: gr.Button
    hint: gr.HTML
    count: gr.Radio
    results: gr.HTML


def build_ask_tab(blocks: gr.Blocks, desk: Desk) -> None:
    """Lay out the tab and connect it; call it inside an open `gr.Tab` of the blocks."""
    tab = _lay_out(desk)
    _connect_question(tab, desk)
    _connect_address(blocks, tab, desk)


def _lay_out(desk: Desk) -> AskTab:
    script = files("app").joinpath("assets", "ask.js").read_text("utf-8")
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
    return AskTab(question, button, hint, count, results)


def _html(value: str, name: str, script: str | None = None) -> gr.HTML:
    return gr.HTML(value, elem_id=name, js_on_load=script, apply_default_css=False)


def _connect_question(tab: AskTab, desk: Desk) -> None:
    def ask(question: str, count: int) -> list[Any]:
        return _shown(desk.ask(read_asked(question, count)))

    def recount(question: str, count: int) -> list[Any]:
        asked = read_asked(question, count)
        return _shown(desk.ask(asked)) if asked.question else [gr.skip(), gr.skip()]

    said, shown = [tab.question, tab.count], [tab.hint, tab.results]
    gr.on([tab.question.submit, tab.button.click], ask, said, shown, **_EVENT)
    tab.count.input(recount, said, shown, **_EVENT)


def _connect_address(blocks: gr.Blocks, tab: AskTab, desk: Desk) -> None:
    def example(count: int, event: gr.EventData) -> list[Any]:
        asked = read_asked(str(event.question), count)
        return [asked.question, *_shown(desk.ask(asked))]

    def go(event: gr.EventData) -> list[Any]:
        asked = read_asked(str(event.question), str(event.count))
        return [asked.question, asked.count, *_shown(desk.open(asked))]

    def load(request: gr.Request) -> list[Any]:
        asked = read_address(dict(request.query_params))
        if not asked.question:  # the page is as it should be, and someone may be typing already
            return [gr.skip()] * 4
        return [asked.question, asked.count, *_shown(desk.ask(asked))]

    shown = [tab.hint, tab.results]
    tab.results.example(example, tab.count, [tab.question, *shown], **_EVENT)
    tab.results.address(go, None, [tab.question, tab.count, *shown], **_EVENT)
    blocks.load(load, None, [tab.question, tab.count, *shown], **_EVENT)


# Events of the page are no endpoints. While one runs, the style sheet shows it.
_EVENT: dict[str, Any] = {
    "api_visibility": "private",
    "show_progress": "minimal",
    "trigger_mode": "always_last",
    "queue": False,
}


def _shown(reply: Reply) -> list[Any]:
    return [reply.hint, gr.skip() if reply.results is None else reply.results]
