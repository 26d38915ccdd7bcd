"""What the library's tab shows, and what may be asked of it."""

from __future__ import annotations

from dataclasses import dataclass

from app.library_markup import (
    write_drop,
    write_jobs,
    write_read_only,
    write_shelf,
    write_trouble,
)
from app.library_queue import MOST_WAITING, LibraryQueue
from app.shelving import explain


@dataclass(frozen=True, slots=True)
class LibraryDesk:
    """What the tab shows: where files are dropped, the jobs and the reports."""

    queue: LibraryQueue
    read_only: bool

    def write_drop(self) -> str:
        """Return the place where files are dropped, or why there is none."""
        if self.read_only:
            return write_read_only()
        return write_drop(self.queue.library.reading.max_bytes, MOST_WAITING)

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
