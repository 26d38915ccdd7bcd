"""An index that is served goes on when its last report is removed, and when one comes again."""

from __future__ import annotations

from index.answer import Answer
from index.catalogue import ReportSummary
from index.scope import EVERYTHING, Scope
from index.search import Index
from ingest.errors import IndexMissingError, ReportNotFoundError
from ingest.report import Report


class ServedIndex(Index):
    """An index that may be empty for a while; then it answers nothing from what is gone."""

    _empty = False

    def refresh(self) -> bool:
        """Move on to the newest state, which may be no report at all; tell whether it is new."""
        was_empty, self._empty = self._empty, not self._folder.exists()
        if self._empty:
            return not was_empty
        if not was_empty:
            return super().refresh()
        self._name, self._generation = self._open()
        return True

    def reports(self) -> tuple[ReportSummary, ...]:
        """Return what is indexed, in the order in which it came."""
        return () if self._empty else super().reports()

    def report(self, name: str) -> Report:
        """Return a whole report, as `Index.report` does.

        Raises:
            ReportNotFoundError: none goes by that name.
            ConflictError: several do.
        """
        if self._empty:
            raise ReportNotFoundError("the last report has been removed")
        return super().report(name)

    def ask(self, question: str, k: int = 5, scope: Scope = EVERYTHING) -> Answer:
        """Answer a question, as `Index.ask` does.

        Raises:
            IndexMissingError: there is no report to ask.
        """
        self._require_reports()
        return super().ask(question, k, scope)

    def ask_each(self, question: str, scope: Scope = EVERYTHING) -> dict[str, Answer]:
        """Put a question to each report, as `Index.ask_each` does.

        Raises:
            IndexMissingError: there is no report to ask.
        """
        self._require_reports()
        return super().ask_each(question, scope)

    def _require_reports(self) -> None:
        if self._empty:
            raise IndexMissingError("the last report of the index has been removed: add one first")
