"""What the page shows for a question: every way that asking can go, as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.asked import Asked
from app.examples import choose_questions
from app.filter_markup import write_filters
from app.markup import (
    Searched,
    write_each,
    write_hint,
    write_masthead,
    write_problem,
    write_results,
    write_start,
)
from app.problems import describe_problem
from app.service import Searcher, refresh_searcher
from index.catalogue import ReportSummary


@dataclass(frozen=True, slots=True)
class Reply:
    """The parts of the page after a question; where `results` is nothing they stay."""

    hint: str
    results: str | None


@dataclass(frozen=True, slots=True)
class Desk:
    """Takes questions. Whatever goes wrong becomes a part of the page as well."""

    searcher: Searcher
    questions: tuple[str, ...] = ()
    judging: bool = False

    def ask(self, asked: Asked) -> Reply:
        """Return the results, or a hint where there is no question."""
        if not asked.question:
            return Reply(write_hint("Type a question first, then press Enter.", urgent=True), None)
        try:
            self.refresh()
            return Reply(write_hint(), self._search(asked))
        except Exception as error:  # noqa: BLE001  (the boundary: no trace reaches the page)
            return Reply(write_hint(), write_problem(describe_problem(error), asked))

    def open(self, asked: Asked) -> Reply:
        """Return what an address shows: its question's results, or the page before the first."""
        return self.ask(asked) if asked.question else Reply(write_hint(), self.write_start())

    def write_start(self) -> str:
        """Return the results' place before the first question."""
        return write_start(self.questions or choose_questions(self.searcher.reports()))

    def write_masthead(self) -> str:
        """Return the head of the page, with what is searched now."""
        self.refresh()
        return write_masthead(self.searcher.reports())

    def refresh(self) -> None:
        """Move on to a newer index; where that cannot be read, the open one still answers."""
        refresh_searcher(self.searcher)

    def write_filters(self, asked: Asked) -> str:
        """Return the form that says where to look, with the sections of the report chosen."""
        summaries = self.searcher.reports()
        return write_filters(asked, summaries, self._list_sections(asked, summaries))

    def _search(self, asked: Asked) -> str:
        scope, summaries = asked.scope, self.searcher.reports()
        inside = [one for one in summaries if not scope.reports or one.id in scope.reports]
        if asked.each:
            answers = self.searcher.ask_each(asked.question, scope)
            return write_each(answers, inside, asked)
        searched = Searched(
            reports=len(inside),
            pages=sum(one.pages for one in inside),
            pages_read=sum(one.pages_read for one in inside),
            judging=self.judging,
        )
        answer = self.searcher.ask(asked.question, asked.count, scope)
        return write_results(answer, asked, searched)

    def _list_sections(
        self, asked: Asked, summaries: Sequence[ReportSummary]
    ) -> list[tuple[str, ...]]:
        """Return the section paths of the one report that is searched; else none."""
        chosen = asked.scope.reports or tuple(summary.id for summary in summaries)
        if len(chosen) != 1 or chosen[0] not in {summary.id for summary in summaries}:
            return []
        paths = (section.path for section in self.searcher.report(chosen[0]).sections)
        return list(dict.fromkeys(path for path in paths if path))
