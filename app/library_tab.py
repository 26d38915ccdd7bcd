"""The tab of the library: files come in, their progress is shown, reports go.

Importing this imports Gradio, so only `app.page` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import gradio as gr

from app.library_markup import (
    write_drop,
    write_jobs,
    write_read_only,
    write_shelf,
    write_trouble,
)
from app.library_queue import MOST_WAITING, LibraryQueue, open_queue
from app.service import Service
from app.shelving import explain

_POLL_SECONDS = 0.7
_EVENT: dict[str, Any] = {
    "api_visibility": "private",
    "show_progress": "hidden",
    "trigger_mode": "always_last",
    "queue": False,
}


@dataclass(frozen=True, slots=True)
class LibraryDesk:
    """What the tab shows: the jobs, the reports, and whether to look again soon."""

    queue: LibraryQueue
    read_only: bool

    def write_jobs(self) -> str:
        """Return how each file is doing."""
        return write_jobs(self.queue.jobs())

    def write_shelf(self) -> str:
        """Return the list of the reports, or why there is none."""
        try:
            return write_shelf(self.queue.library.summaries(), read_only=self.read_only)
        except Exception as error:  # noqa: BLE001  (the boundary: no trace reaches the page)
            return write_trouble(explain(error))

    def remove(self, report: str) -> None:
        """Put a removal in the queue, unless nothing may be removed."""
        titles = {one.id: one.title for one in self.queue.library.summaries()}
        if not self.read_only and report in titles:
            self.queue.remove(report, titles[report])


def build_library_tab(service: Service) -> None:
    """Lay out the tab and connect it; call it inside an open `gr.Tab`."""
    queue = open_queue(service)
    desk = LibraryDesk(queue, service.read_only)
    drop = _html(_write_drop(desk), "rq-library", _read_script())
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


def _write_drop(desk: LibraryDesk) -> str:
    limit = desk.queue.library.reading.max_bytes
    return write_read_only() if desk.read_only else write_drop(limit, MOST_WAITING)


def _read_script() -> str:
    return files("app").joinpath("assets", "library.js").read_text("utf-8")


def _html(value: str, name: str, script: str | None = None) -> gr.HTML:
    return gr.HTML(value, elem_id=name, js_on_load=script, apply_default_css=False)
