"""One question, every report: the best passage of each as HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from app.passage_markup import (
    address_hit,
    mark_highlight,
    write_citation,
    write_place,
    write_toggle,
)
from index.answer import Answer, Hit
from index.catalogue import ReportSummary


def write_grid(answers: Mapping[str, Answer], summaries: Sequence[ReportSummary]) -> str:
    """Return a table with a row for each report, those that answer first, the surest on top.

    Args:
        answers: by report id, with at most one hit each.
        summaries: the reports, in the order in which equals stand.
    """
    asked = [summary for summary in summaries if summary.id in answers]
    asked.sort(key=lambda one: _order(answers[one.id]))
    rows = "".join(_row(at, one, answers[one.id]) for at, one in enumerate(asked, start=1))
    return (
        '<table class="rq-grid"><caption class="rq-unseen">The best passage of each report'
        '</caption><thead><tr><th scope="col">Report</th><th scope="col">Best passage</th></tr>'
        f"</thead><tbody>{rows}</tbody></table>"
    )


def count_answering(answers: Mapping[str, Answer]) -> int:
    """Return how many of the reports answer."""
    return sum(answer.answered for answer in answers.values())


def _order(answer: Answer) -> tuple[bool, bool, float]:
    return (not answer.answered, not answer.hits, -answer.confidence)


def _row(number: int, summary: ReportSummary, answer: Answer) -> str:
    confidence = f" · {answer.confidence:.0%}" if answer.answered or answer.is_doubtful else ""
    state = "answered" if answer.answered else "unanswered"
    return (
        f'<tr data-state="{state}"><th scope="row"><bdi>{escape(summary.title)}</bdi>'
        f'<span class="rq-said">{_name_verdict(answer)}{confidence}</span></th>'
        f"<td>{_found(number, answer)}</td></tr>"
    )


def _name_verdict(answer: Answer) -> str:
    if answer.answered:
        return "Answers"
    return "No clear answer" if answer.is_doubtful else "Does not say"


def _found(number: int, answer: Answer) -> str:
    if not answer.hits:
        return '<p class="rq-nothing">Nothing found</p>'
    hit = answer.hits[0]
    closest = "" if answer.answered else '<p class="rq-nothing">Closest passage:</p>'
    return (
        f'{closest}<p class="rq-text" dir="auto">{mark_highlight(hit)}</p>'
        f'<footer class="rq-cited">{write_citation(hit.citation, address_hit(hit))}</footer>'
        f'<div class="rq-tools" {write_place(hit)}>{_open(hit)}'
        f"{write_toggle('rq-keep', 'Keep', number)}</div>"
    )


def _open(hit: Hit) -> str:
    where = "page" if hit.page else "report"
    return (
        f'<a class="rq-tool rq-open" href="{escape(address_hit(hit))}" target="_blank">Open {where}'
        f'<span class="rq-unseen"> of {escape(hit.title)}</span></a>'
    )
