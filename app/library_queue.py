"""The queue of a library: jobs are done one by one, in the background, and all can see them."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Protocol

from filelock import FileLock, Timeout

from app.library_files import Upload
from app.library_process import ChildProcess, Order
from app.service import Service
from app.shelving import Library, Progress, Shelved, explain
from ingest.errors import ReportQAError, SettingError

_log = logging.getLogger("reportqa")
MOST_WAITING = 200
_MOST_FINISHED = 500
# How long the process that reads and embeds stays when there is nothing to do: it holds a model.
_IDLE_SECONDS = 30.0


class State(StrEnum):
    """Where a job is."""

    WAITING = "waiting"
    READING = "reading"
    EMBEDDING = "embedding"
    REMOVING = "removing"
    DONE = "done"
    FAILED = "failed"


_STAGES = {
    "Waiting": State.WAITING,
    "Reading": State.READING,
    "Embedding": State.EMBEDDING,
    "Removing": State.REMOVING,
}


@dataclass(frozen=True, slots=True)
class Job:
    """A file to add or a report to remove.

    Attributes:
        number: from 1, in the order in which they came.
        name: the file's name as it was sent, or the report's title.
        order: what to do; nothing where the file was refused.
        state: where it is.
        done: how much of the stage is done.
        total: how much there is; 0 where that is not known.
        shelved: what came of it, once it is done.
        reason: why it failed.
    """

    number: int
    name: str
    order: Order | None = None
    state: State = State.WAITING
    done: int = 0
    total: int = 0
    shelved: Shelved | None = None
    reason: str = ""

    @property
    def active(self) -> bool:
        """Whether it has still to be done."""
        return self.state not in (State.DONE, State.FAILED)


class Worker(Protocol):
    """Carries orders out, one at a time."""

    def run(self, order: Order, progress: Progress, /) -> Shelved:
        """Carry one out.

        Raises:
            ReportQAError: with a message that can be shown.
        """
        ...

    def close(self) -> None:
        """Let go of what it holds; it may be asked to run again."""
        ...


class LibraryQueue:
    """Takes jobs and does them; safe to use from several threads."""

    def __init__(
        self, library: Library, worker: Worker, on_change: Callable[[], None] = lambda: None
    ) -> None:
        """Make an empty queue; its thread begins with the first job.

        Args:
            library: what files are put into.
            worker: who does the jobs.
            on_change: called after each job that may have changed the index.
        """
        self.library = library
        self._worker = worker
        self._on_change = on_change
        self._jobs: dict[int, Job] = {}
        self._ahead: deque[int] = deque()
        self._last = 0
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._claim: FileLock | None = None

    def jobs(self) -> tuple[Job, ...]:
        """Return all jobs that are remembered, the first first."""
        with self._changed:
            return tuple(self._jobs.values())

    @property
    def active(self) -> bool:
        """Whether anything is still to be done."""
        return any(job.active for job in self.jobs())

    def require_room(self) -> None:
        """Raise SettingError where as many jobs wait as may."""
        if sum(job.active for job in self.jobs()) >= MOST_WAITING:
            raise SettingError(
                f"{MOST_WAITING} files wait already; drop it again when some are done"
            )

    def add(self, upload: Upload) -> Job:
        """Put a file that has come in at the end of the queue."""
        return self._append(upload.name, Order.add(upload))

    def remove(self, report: str, title: str) -> Job:
        """Put a removal at the end of the queue; one that waits there already is enough."""
        order = Order.remove(report)
        waiting = (job for job in self.jobs() if job.active and job.order == order)
        return next(waiting, None) or self._append(title, order)

    def refuse(self, name: str, reason: str) -> Job:
        """Remember a file that was not taken, and why."""
        with self._changed:
            return self._remember(Job(0, name, state=State.FAILED, reason=reason))

    def forget_finished(self) -> None:
        """Clear the list of all that is done or failed."""
        with self._changed:
            self._jobs = {number: job for number, job in self._jobs.items() if job.active}

    def resume(self) -> None:
        """Take up what a killed server left waiting, unless another server has done so."""
        uploads = list(self.library.files.waiting()) if self._claim_leftovers() else []
        for upload in uploads:
            self.add(upload)

    def wait(self, seconds: float) -> bool:
        """Wait until nothing is to be done any more; tell whether that was so in time."""
        with self._changed:
            return self._changed.wait_for(self._is_idle, seconds)

    def _is_idle(self) -> bool:
        return not any(job.active for job in self._jobs.values())

    def _append(self, name: str, order: Order) -> Job:
        with self._changed:
            job = self._remember(Job(0, name, order))
            self._ahead.append(job.number)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="library", daemon=True)
                self._thread.start()
            self._changed.notify_all()
            return job

    def _remember(self, job: Job) -> Job:
        self._last += 1
        numbered = replace(job, number=self._last)
        self._jobs[numbered.number] = numbered
        finished = [number for number, one in self._jobs.items() if not one.active]
        for number in finished[:-_MOST_FINISHED]:
            del self._jobs[number]
        return numbered

    def _update(self, number: int, **changes: object) -> None:
        with self._changed:
            if number in self._jobs:
                self._jobs[number] = replace(self._jobs[number], **changes)  # type: ignore[arg-type]
            self._changed.notify_all()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            self._do(job)

    def _next(self) -> Job | None:
        with self._changed:
            if not self._changed.wait_for(lambda: self._ahead, _IDLE_SECONDS):
                self._thread = None
                self._worker.close()
                return None
            return self._jobs[self._ahead.popleft()]

    def _do(self, job: Job) -> None:
        order = job.order
        if order is None:
            return

        def progress(stage: str, done: int, total: int) -> None:
            self._update(job.number, state=_STAGES[stage], done=done, total=total)

        try:
            shelved = self._worker.run(order, progress)
        except Exception as error:  # noqa: BLE001  (the boundary: the next job goes on)
            reason = str(error) if isinstance(error, ReportQAError) else explain(error)
            finished: dict[str, object] = {"state": State.FAILED, "reason": reason}
        else:
            finished = {"state": State.DONE, "shelved": shelved}
            self._on_change()
        if order.upload is not None:
            self.library.files.release(order.upload)
        self._update(job.number, **finished)

    def _claim_leftovers(self) -> bool:
        """Hold a lock for as long as this process lives, so that one server resumes a file."""
        try:
            self._claim = FileLock(self.library.files.make_claim())
            self._claim.acquire(timeout=0)
        except (Timeout, OSError) as error:
            _log.info("another server looks after what waits in this index: %s", error)
            return False
        return True


@cache
def open_queue(service: Service) -> LibraryQueue:
    """Return the one queue of an index that is served: the page and the upload share it."""
    library = Library(service.folder, service.settings, service.reading)
    return LibraryQueue(library, ChildProcess(library), service.refresh)
