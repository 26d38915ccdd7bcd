"""The tab of the library: files come in, their progress is shown, reports go.

Importing this imports Gradio, so only `app.page` does.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import gradio as gr

from app.library_desk import LibraryDesk
from app.library_queue import open_queue
from app.service import Service

_POLL_SECONDS = 0.7
_EVENT: dict[str, Any] = {
    "api_visibility": "private",
    "show_progress": "hidden",
    "trigger_mode": "always_last",
    "queue": False,
}


def build_library_tab(service: Service) -> None:
    """Lay out the tab and connect it; call it inside an open `gr.Tab`."""
    desk = LibraryDesk(open_queue(service), service.read_only)
    drop = _html(desk.write_drop(), "rq-library", _read_script())
    jobs = _html("", "rq-library-jobs")
    shelf = _html("", "rq-library-shelf")
    timer = gr.Timer(_POLL_SECONDS, active=False)
    _connect(desk, (drop, jobs, shelf, timer))


def _connect(desk: LibraryDesk, parts: tuple[gr.HTML, gr.HTML, gr.HTML, gr.Timer]) -> None:
    drop, jobs, shelf, timer = parts

    def look() -> list[Any]:
        active = desk.queue.active  # before the rest: what ends meanwhile is shown next time
        return [desk.write_jobs(), desk.write_shelf(), gr.Timer(active=active)]

    def remove(event: gr.EventData) -> list[Any]:
        desk.remove(str(event.report))
        return look()

    def clear() -> list[Any]:
        desk.queue.forget_finished()
        return look()

    shown = [jobs, shelf, timer]
    drop.looked(look, None, shown, **_EVENT)
    drop.removal(remove, None, shown, **_EVENT)
    drop.tidied(clear, None, shown, **_EVENT)
    timer.tick(look, None, shown, **_EVENT)


def _read_script() -> str:
    return files("app").joinpath("assets", "library.js").read_text("utf-8")


def _html(value: str, name: str, script: str | None = None) -> gr.HTML:
    return gr.HTML(value, elem_id=name, js_on_load=script, apply_default_css=False)
