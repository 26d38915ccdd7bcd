"""The tab that asks: its components, and which of them answers which.

Importing this imports Gradio, so only `app.page` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import gradio as gr

from app.asked import COUNTS, DEFAULT_COUNT, Asked, read_address, read_asked
from app.desk import Desk, Reply
from app.markup import write_hint, write_kept, write_reader


@dataclass(frozen=True, slots=True)
class AskTab:
    """The components; `narrowing` holds, unseen, what the form of `filters` says."""

    question: gr.Textbox
    button: gr.Button
    hint: gr.HTML
    count: gr.Radio
    filters: gr.HTML
    narrowing: gr.Textbox
    results: gr.HTML

    @property
    def said(self) -> list[Any]:
        """What a question is made of."""
        return [self.question, self.count, self.narrowing]

    @property
    def shown(self) -> list[Any]:
        """What a reply changes."""
        return [self.hint, self.results]

    @property
    def everything(self) -> list[Any]:
        """What an address changes."""
        return [self.question, self.count, self.narrowing, self.filters, *self.shown]


def build_ask_tab(blocks: gr.Blocks, desk: Desk) -> None:
    """Lay out the tab and connect it; call it inside an open `gr.Tab` of the blocks."""
    tab = _lay_out(desk)
    _connect_question(tab, desk)
    _connect_filters(tab, desk)
    _connect_address(blocks, tab, desk)


def _lay_out(desk: Desk) -> AskTab:
    question, button = _lay_out_question()
    with gr.Row(elem_id="rq-options"):
        hint = _html(write_hint(), "rq-hint")
        count = gr.Radio(list(COUNTS), value=DEFAULT_COUNT, label="Passages", elem_id="rq-count")
    filters = _html(desk.write_filters(Asked("")), "rq-filters", "filters.js")
    narrowing = gr.Textbox(visible=False)
    with gr.Row(elem_id="rq-desk"):
        results = _html(desk.write_start(), "rq-results", "ask.js")
        _html(write_reader(), "rq-reader", "reading.js")
    _html(write_kept(), "rq-kept", "keeping.js")
    return AskTab(question, button, hint, count, filters, narrowing, results)


def _lay_out_question() -> tuple[gr.Textbox, gr.Button]:
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
    return question, button


def _html(value: str, name: str, script: str | None = None) -> gr.HTML:
    run = files("app").joinpath("assets", script).read_text("utf-8") if script else None
    return gr.HTML(value, elem_id=name, js_on_load=run, apply_default_css=False)


def _connect_question(tab: AskTab, desk: Desk) -> None:
    def ask(question: str, count: int, narrowing: str) -> list[Any]:
        return _shown(desk.ask(read_asked(question, count, narrowing)))

    def recount(question: str, count: int, narrowing: str) -> list[Any]:
        asked = read_asked(question, count, narrowing)
        return _shown(desk.ask(asked)) if asked.question else [gr.skip(), gr.skip()]

    gr.on([tab.question.submit, tab.button.click], ask, tab.said, tab.shown, **_EVENT)
    tab.count.input(recount, tab.said, tab.shown, **_EVENT)


def _connect_filters(tab: AskTab, desk: Desk) -> None:
    def narrow(question: str, count: int, event: gr.EventData) -> list[Any]:
        asked = read_asked(question, count, str(event.narrowing))
        shown = _shown(desk.ask(asked)) if asked.question else [gr.skip(), gr.skip()]
        return [asked.narrowing, desk.write_filters(asked), *shown]

    changed = [tab.narrowing, tab.filters, *tab.shown]
    tab.filters.narrow(narrow, [tab.question, tab.count], changed, **_EVENT)


def _connect_address(blocks: gr.Blocks, tab: AskTab, desk: Desk) -> None:
    def example(count: int, narrowing: str, event: gr.EventData) -> list[Any]:
        asked = read_asked(str(event.question), count, narrowing)
        return [asked.question, *_shown(desk.ask(asked))]

    def go(event: gr.EventData) -> list[Any]:
        asked = read_address(str(event.query))
        return [*_stated(asked, desk), *_shown(desk.open(asked))]

    def load(request: gr.Request) -> list[Any]:
        asked = read_address(str(request.query_params))
        if not asked.question:  # the page is as it should be, and someone may be typing already
            return [gr.skip(), gr.skip(), *_stated(asked, desk)[2:], gr.skip(), gr.skip()]
        return [*_stated(asked, desk), *_shown(desk.ask(asked))]

    said = [tab.count, tab.narrowing]
    tab.results.example(example, said, [tab.question, *tab.shown], **_EVENT)
    tab.results.address(go, None, tab.everything, **_EVENT)
    blocks.load(load, None, tab.everything, **_EVENT)


# Events of the page are no endpoints. While one runs, the style sheet shows it.
_EVENT: dict[str, Any] = {
    "api_visibility": "private",
    "show_progress": "minimal",
    "trigger_mode": "always_last",
    "queue": False,
}


def _stated(asked: Asked, desk: Desk) -> list[Any]:
    return [asked.question, asked.count, asked.narrowing, desk.write_filters(asked)]


def _shown(reply: Reply) -> list[Any]:
    return [reply.hint, gr.skip() if reply.results is None else reply.results]
