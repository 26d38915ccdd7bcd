"""Pictures of pages: checked against what was read, drawn one at a time, the latest kept."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Generic, TypeVar

from ingest.drawing import Drawing, check_page, draw_page
from ingest.errors import ChangedFileError, LockedFileError, ReadError
from ingest.report import Report
from ingest.span import Span

SCALES = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
_KEPT_BYTES = 64 << 20
_KEPT_CHECKS = 2_000

Kept = TypeVar("Kept")


class PageState(StrEnum):
    """Whether a page can be drawn, and why not."""

    DRAWABLE = "drawable"
    GONE = "gone"
    CHANGED = "changed"
    LOCKED = "locked"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of a report that lies in a file.

    Attributes:
        report: what was read.
        identity: the report's id.
        path: where the file was then.
        page: physical, from 1.
    """

    report: Report
    identity: str
    path: Path
    page: int


def _weigh_one(_: object) -> int:
    return 1


class Latest(Generic[Kept]):
    """Keeps what was used last, for several threads."""

    def __init__(self, most: int, weigh: Callable[[Kept], int] = _weigh_one) -> None:
        """Keep things that weigh at most `most` together; without `weigh`, so many of them."""
        self._most = most
        self._weigh = weigh
        self._weight = 0
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Kept | None:
        """Return what is kept under a key."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Hashable, value: Kept) -> Kept:
        """Keep a value and return it."""
        with self._lock:
            if key in self._kept:
                self._weight -= self._weigh(self._kept.pop(key))
            self._kept[key] = value
            self._weight += self._weigh(value)
            while self._weight > self._most:
                _, dropped = self._kept.popitem(last=False)
                self._weight -= self._weigh(dropped)
        return value


class Pictures:
    """Draws pages of reports' files."""

    def __init__(self) -> None:
        """Begin with nothing drawn."""
        self._states: Latest[PageState] = Latest(_KEPT_CHECKS)
        self._pictures: Latest[bytes] = Latest(_KEPT_BYTES, len)
        self._drawing = threading.Lock()

    def check(self, sheet: Sheet) -> PageState:
        """Tell whether a page can be drawn as it was read; a file is read once until it changes."""
        stamp = _stamp(sheet.path)
        if stamp is None:
            return PageState.GONE
        key = (sheet.identity, sheet.page, stamp)
        known = self._states.get(key)
        return known if known is not None else self._states.put(key, self._look(sheet))

    def tag(self, sheet: Sheet, mark: Span | None, scale: float) -> str:
        """Return what changes when the picture of a page would."""
        made_of = repr((sheet.identity, sheet.page, _stamp(sheet.path), mark, scale))
        return hashlib.sha256(made_of.encode()).hexdigest()[:32]

    def draw(self, sheet: Sheet, mark: Span | None, scale: float) -> bytes:
        """Return a page as PNG, a mark's words boxed.

        Raises:
            ReadError: it cannot be drawn, for one of the reasons that `check` tells.
        """
        key = self.tag(sheet, mark, scale)
        with self._drawing:
            known = self._pictures.get(key)
            if known is not None:
                return known
            drawn = draw_page(sheet.path, sheet.report, sheet.page, mark, Drawing(scale))
            return self._pictures.put(key, drawn)

    def _look(self, sheet: Sheet) -> PageState:
        try:
            with self._drawing:
                check_page(sheet.path, sheet.report, sheet.page)
        except ReadError as error:
            return name_state(error)
        return PageState.DRAWABLE


def name_state(error: ReadError) -> PageState:
    """Return the reason why a page cannot be drawn."""
    if isinstance(error, LockedFileError):
        return PageState.LOCKED
    return PageState.CHANGED if isinstance(error, ChangedFileError) else PageState.BROKEN


def choose_scale(wanted: float) -> float:
    """Return the smallest scale that pictures are drawn in and that is no less than `wanted`."""
    return next((scale for scale in SCALES if scale >= wanted), SCALES[-1])


def _stamp(path: Path) -> tuple[int, int] | None:
    """Return what of a file changes with its bytes; nothing where there is no such file."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return (found.st_mtime_ns, found.st_size) if path.is_file() else None
