"""The questions that a run did not get right: the words wanted, beside those that were found."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from eval.outcome import FoundPassage, NeedOutcome, Outcome, Run
from eval.page import describe_state
from ingest.citation import cite
from ingest.errors import ReportQAError
from ingest.report import Report
from ingest.span import Span

RIGHT = ("found first", "rightly silent")
# As `eval.questionset` names the document that a quote is.
_QUOTE = re.compile(r"(.+):(\d+)-(\d+):quote")

Fetch = Callable[[str], Report]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Words that answer a question.

    Attributes:
        text: as they stand in the report; as the question set has them where it is not indexed.
        rank: of the first passage that holds them, from 1; nothing where none was found.
        report: the report's id, or empty where it is not indexed.
        span: where they stand in it.
        citation: the same for people.
    """

    text: str
    rank: int | None = None
    report: str = ""
    span: Span | None = None
    citation: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """A question that was not got right.

    Attributes:
        outcome: what became of it.
        wanted: what was to be found; empty where the reports do not answer.
        found: the first passage, where there is one.
    """

    outcome: Outcome
    wanted: tuple[Wanted, ...]
    found: FoundPassage | None


def gather_failures(run: Run, fetch: Fetch) -> dict[str, list[Failure]]:
    """Return the questions that were not got right, by what became of them.

    Args:
        run: the run.
        fetch: returns a report by its id, or raises ReportQAError where it is not indexed.
    """
    failures: dict[str, list[Failure]] = {}
    for one in run.outcomes:
        state = describe_state(one)
        if state not in RIGHT:
            found = one.hits[0] if one.hits else None
            failures.setdefault(state, []).append(Failure(one, _wanted(one, fetch), found))
    return failures


def _wanted(outcome: Outcome, fetch: Fetch) -> tuple[Wanted, ...]:
    placed = tuple(found for need in outcome.needs for found in _place(need, fetch))
    if placed or not outcome.answerable:
        return placed
    return (Wanted(outcome.gold, outcome.rank),)


def _place(need: NeedOutcome, fetch: Fetch) -> list[Wanted]:
    placed = []
    for document in need.need.grades:
        quote = _QUOTE.fullmatch(document)
        report = _fetch(fetch, quote[1]) if quote else None
        if quote and report:
            span = Span(int(quote[2]), int(quote[3]))
            if span.end <= len(report.text):
                citation = cite(report, span).text
                text = span.of(report.text)
                placed.append(Wanted(text, need.rank, report.id, span, citation))
    return placed


def _fetch(fetch: Fetch, name: str) -> Report | None:
    try:
        return fetch(name)
    except ReportQAError:  # removed since the run; its words are then those of the question set
        return None
