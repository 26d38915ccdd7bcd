"""What the tabs of the page, the endpoints and the MCP tools all work on."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from index.answer import Answer
from index.catalogue import ReportSummary
from index.folder import IndexFolder
from index.scope import EVERYTHING, Scope
from index.settings import Settings
from ingest.errors import ReportQAError
from ingest.report import Report
from ingest.source import ReadOptions

_log = logging.getLogger("reportqa")


class Searcher(Protocol):
    """What the interface needs of an index; `index.search.Index` is one."""

    def ask(self, question: str, k: int = ..., scope: Scope = EVERYTHING) -> Answer:
        """Answer a question with the `k` best passages."""

    def ask_each(self, question: str, scope: Scope = EVERYTHING) -> dict[str, Answer]:
        """Put a question to each report by itself."""

    def reports(self) -> Sequence[ReportSummary]:
        """List what is searched."""

    def report(self, name: str) -> Report:
        """Return a whole report by id, the beginning of one, file name or title."""

    def refresh(self) -> bool:
        """Move on to the newest state of the index."""


@dataclass(frozen=True, slots=True)
class Service:
    """An index that is served.

    Attributes:
        searcher: answers questions; safe to ask from several threads at once.
        folder: where the index lies; who adds or removes reports writes there.
        settings: what reports are added with.
        read_only: nobody may add or remove reports, nor save judgements.
        reading: how uploaded files are read, and how large they may be.
    """

    searcher: Searcher
    folder: IndexFolder
    settings: Settings
    read_only: bool = False
    reading: ReadOptions = field(default_factory=ReadOptions)

    def refresh(self) -> None:
        """Move on to a newer index; where that cannot be read, the open one still answers."""
        refresh_searcher(self.searcher)


def refresh_searcher(searcher: Searcher) -> None:
    """Move on to a newer index; where that cannot be read, the open one still answers."""
    try:
        searcher.refresh()
    except ReportQAError as error:
        _log.warning("still answering from the index as it was: %s", error)
