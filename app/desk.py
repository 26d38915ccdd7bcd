"""What the page shows for a question: every way that asking can go, as HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.examples import choose_questions
from app.markup import (
    DEFAULT_COUNT,
    Asked,
    write_hint,
    write_masthead,
    write_problem,
    write_results,
    write_start,
)
from app.problems import describe_problem
from app.service import Searcher, refresh_searcher

COUNTS = (3, 5, 10, 20)


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

    def ask(self, asked: Asked) -> Reply:
        """Return the results, or a hint where there is no question."""
        if not asked.question:
            return Reply(write_hint("Type a question first, then press Enter.", urgent=True), None)
        try:
            self.refresh()
            return Reply(
                write_hint(), write_results(self.searcher.ask(asked.question, asked.count), asked)
            )
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


def read_asked(question: str, count: int | str | None = None) -> Asked:
    """Return what was asked, the question on one line, the count the nearest one on offer."""
    try:
        wanted = int(count) if count else DEFAULT_COUNT
    except ValueError:
        wanted = DEFAULT_COUNT
    nearest = min(COUNTS, key=lambda offered: abs(offered - wanted))
    return Asked(" ".join(question.split()), nearest)


def read_address(query: Mapping[str, str]) -> Asked:
    """Return what the parameters `q` and `k` of an address ask."""
    return read_asked(query.get("q", ""), query.get("k"))
