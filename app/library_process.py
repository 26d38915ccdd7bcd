"""Reads and embeds in a process of its own, so that asking goes on meanwhile.

A hostile file that crashes its reader, or eats the memory, ends that process and not the
server. The two talk in lines of JSON; `python -m app.library_process` is the other end.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import SimpleQueue
from time import monotonic
from typing import IO, Any, Self

from app.library_files import Upload
from app.shelving import (
    Library,
    Progress,
    Shelved,
    explain,
    shelve,
    shelved_from_json,
    unshelve,
)
from index.folder import IndexFolder
from index.settings import Settings
from ingest.errors import ReadError
from ingest.passage import PassageSettings
from ingest.source import ReadOptions

_NICENESS = 10
# More than this often nobody can see.
_LEAST_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Order:
    """A file to add, or a report to remove.

    Attributes:
        upload: the file.
        report: the report's id.
    """

    upload: Upload | None = None
    report: str | None = None

    def __post_init__(self) -> None:
        """Raise ValueError unless it is exactly one of the two."""
        if (self.upload is None) == (self.report is None):
            raise ValueError("an order is to add a file or to remove a report")

    @classmethod
    def add(cls, upload: Upload) -> Self:
        """Return the order to add a file."""
        return cls(upload=upload)

    @classmethod
    def remove(cls, report: str) -> Self:
        """Return the order to remove a report."""
        return cls(report=report)


class ChildProcess:
    """Carries orders out in a process that begins with the first of them."""

    def __init__(self, library: Library) -> None:
        """Name the library; nothing is started yet."""
        self._library = library
        self._process: subprocess.Popen[str] | None = None

    def run(self, order: Order, progress: Progress) -> Shelved:
        """Carry one order out.

        Raises:
            ReadError: it failed, or the process ended over it; the message can be shown.
        """
        if self._process is None or self._process.poll() is not None:
            self._process = _start(self._library)
        try:
            return _converse(self._process, order, progress)
        except (OSError, ValueError) as error:
            self.close()
            raise ReadError(
                "the process that was reading it came to an end; the file may be damaged, or "
                "too much for this machine's memory"
            ) from error

    def close(self) -> None:
        """End the process."""
        if self._process is None:
            return
        process, self._process = self._process, None
        with suppress(OSError):
            process.kill()
            process.communicate()


def serve_orders(library: Library, orders: Iterable[str], answers: IO[str]) -> None:
    """Carry out one order a line, and say how each goes."""
    for line in orders:
        _answer(answers, _carry_out(library, _read_order(json.loads(line)), answers))


def main() -> None:
    """Read the library from the first line of the standard input, then serve orders."""
    _step_back()
    answers, sys.stdout = sys.stdout, sys.stderr  # what a library prints is no answer
    library = _read_library(json.loads(sys.stdin.readline()))
    serve_orders(library, _read_lines(sys.stdin), answers)


def _start(library: Library) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "app.library_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    atexit.register(process.kill)
    _send(process, _describe_library(library))
    return process


def _converse(process: subprocess.Popen[str], order: Order, progress: Progress) -> Shelved:
    _send(process, asdict(order))
    for line in process.stdout or ():
        said = json.loads(line)
        if "shelved" in said:
            return shelved_from_json(said["shelved"])
        if "reason" in said:
            raise ReadError(said["reason"])
        progress(said["stage"], said["done"], said["total"])
    raise BrokenPipeError("the process ended without an answer")


def _send(process: subprocess.Popen[str], thing: dict[str, Any]) -> None:
    if process.stdin is None:
        raise BrokenPipeError("the process has no standard input")
    process.stdin.write(json.dumps(thing) + "\n")
    process.stdin.flush()


def _describe_library(library: Library) -> dict[str, Any]:
    return {
        "index": str(library.folder.path.absolute()),
        "model": library.settings.model,
        "passages": asdict(library.settings.passages),
        "reading": asdict(library.reading),
    }


def _read_library(said: dict[str, Any]) -> Library:
    settings = Settings(model=said["model"], passages=PassageSettings(**said["passages"]))
    return Library(IndexFolder(Path(said["index"])), settings, ReadOptions(**said["reading"]))


def _read_order(said: dict[str, Any]) -> Order:
    return Order(Upload(**said["upload"])) if said["upload"] else Order.remove(said["report"])


def _carry_out(library: Library, order: Order, answers: IO[str]) -> dict[str, Any]:
    progress = _Reporter(answers)
    try:
        if order.upload is not None:
            return {"shelved": asdict(shelve(library, order.upload, progress))}
        return {"shelved": asdict(unshelve(library, order.report or "", progress))}
    except Exception as error:  # noqa: BLE001  (the boundary: the process goes on)
        return {"reason": explain(error)}


class _Reporter:
    """Says how far a stage is, but not more often than can be seen."""

    def __init__(self, answers: IO[str]) -> None:
        self._answers = answers
        self._stage = ""
        self._due = 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = monotonic()
        if stage == self._stage and now < self._due:
            return
        self._stage, self._due = stage, now + _LEAST_SECONDS
        _answer(self._answers, {"stage": stage, "done": done, "total": total})


def _read_lines(orders: IO[str]) -> Iterator[str]:
    """Yield lines as they come; when the server is gone, end at once in the middle of anything.

    What was begun still lies in the waiting room, and the next server begins it anew. Two
    processes that work on it would delete each other's files.
    """
    lines: SimpleQueue[str] = SimpleQueue()

    def listen() -> None:
        for line in orders:
            lines.put(line)
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        yield lines.get()


def _answer(answers: IO[str], thing: dict[str, Any]) -> None:
    try:
        answers.write(json.dumps(thing) + "\n")
        answers.flush()
    except OSError:
        os._exit(1)  # nobody listens any more: as in `_read_lines`


def _step_back() -> None:
    """Give way to whoever asks a question meanwhile, and leave Ctrl+C to the server."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(AttributeError, OSError):
        os.nice(_NICENESS)


if __name__ == "__main__":
    main()
