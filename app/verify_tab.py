"""The tab that checks quotations: its components, and which of them answers which.

Importing this imports Gradio, so only `app.page` does.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import gradio as gr

from app.markup import write_hint
from app.service import Service
from app.verify_desk import VerifyDesk
from app.verify_markup import write_unchecked

_HINT = "One quotation, or several on lines of their own. Ctrl+Enter checks."
_EVENT: dict[str, Any] = {
    "api_visibility": "private",
    "show_progress": "minimal",
    "trigger_mode": "always_last",
    "queue": False,
}


def build_verify_tab(service: Service) -> None:
    """Lay out the tab and connect it; call it inside an open `gr.Tab`."""
    desk = VerifyDesk(service)
    quotations = gr.Textbox(
        label="Quotations to check",
        placeholder="Paste what is said to stand in a report …",
        lines=4,
        max_lines=16,
        elem_id="rq-quotations",
    )
    with gr.Row(elem_id="rq-verify-options"):
        hint = _html(write_hint(_HINT), "rq-verify-hint")
        button = gr.Button("Check", variant="primary", elem_id="rq-verify")
    results = _html(write_unchecked(), "rq-verification", _read_script())

    def check(text: str) -> list[Any]:
        found = desk.check(text)
        if found is None:
            return [write_hint("Paste a quotation first.", urgent=True), gr.skip()]
        return [write_hint(_HINT), found]

    gr.on([quotations.submit, button.click], check, [quotations], [hint, results], **_EVENT)


def _read_script() -> str:
    return files("app").joinpath("assets", "verify.js").read_text("utf-8")


def _html(value: str, name: str, script: str | None = None) -> gr.HTML:
    return gr.HTML(value, elem_id=name, js_on_load=script, apply_default_css=False)
