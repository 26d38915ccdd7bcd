"""An evaluation as one HTML page that needs nothing else: no network, no other file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eval.console import describe_each
from eval.outcome import FoundPassage, Outcome
from eval.plots import draw_bars, draw_curve, draw_histograms, draw_points
from eval.summary import Summary
from eval.sweep import Sweep

if TYPE_CHECKING:
    from jinja2 import Environment

_LINKED = 3


@dataclass(frozen=True, slots=True)
class Link:
    """A passage of the page, by number, and whether it answers the question."""

    number: int
    relevant: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A question in the table."""

    id: str
    question: str
    kind: str
    gold: str
    marked: str
    state: str
    error: str
    confidence: float
    links: tuple[Link, ...]


def make_environment() -> Environment:
    """Return the templates, with everything that is put in escaped."""
    from jinja2 import Environment as Templates
    from jinja2 import PackageLoader, StrictUndefined

    return Templates(loader=PackageLoader("eval"), autoescape=True, undefined=StrictUndefined)


def render_summary(summary: Summary) -> str:
    """Return the page of a run."""
    run = summary.run
    numbers: dict[tuple[str, int, int], int] = {}
    passages: list[FoundPassage] = []
    for hit in (hit for one in run.outcomes for hit in one.hits[:_LINKED]):
        if _key(hit) not in numbers:
            passages.append(hit)
            numbers[_key(hit)] = len(passages)
    rows = [_make_row(one, numbers) for one in run.outcomes]
    values: dict[str, Any] = {
        "title": f"Evaluation on {run.dataset}",
        "answerable": len(run.answerable),
        "unanswerable": len(run.outcomes) - len(run.answerable),
        "resampled": summary.resampled,
        "latency": summary.latency,
        "bars": draw_bars(summary.measures),
        "curve": draw_curve(summary.abstention.curve),
        "histogram": draw_histograms(_confidences(run.outcomes)),
        "area": summary.abstention.area,
        "rates": _rates(summary),
        "rows": rows,
        "states": sorted({row.state for row in rows}),
        "kinds": sorted({row.kind for row in rows}),
        "passages": passages,
        "settings": describe_each(run.settings),
        "digest": run.digest,
    }
    return make_environment().get_template("run.html").render(values)


def describe_state(outcome: Outcome) -> str:
    """Return in a few words what became of a question."""
    if outcome.error:
        return "refused"
    if not outcome.answerable:
        return "false answer" if outcome.answered else "rightly silent"
    if outcome.rank is None:
        return "not found"
    found = "found first" if outcome.rank == 1 else "found below"
    return found if outcome.answered else f"{found}, silent"


def mark_sentence(hit: FoundPassage) -> str:
    """Return the marked sentence of a passage."""
    return hit.highlight.shift(-hit.span.start).of(hit.text)


def _make_row(outcome: Outcome, numbers: dict[tuple[str, int, int], int]) -> Row:
    linked = outcome.hits[:_LINKED]
    return Row(
        id=outcome.id,
        question=outcome.question,
        kind=outcome.kind,
        gold=outcome.gold,
        marked=mark_sentence(linked[0]) if linked else "",
        state=describe_state(outcome),
        error=outcome.error,
        confidence=outcome.confidence,
        links=tuple(Link(numbers[_key(hit)], hit.relevant) for hit in linked),
    )


def _key(hit: FoundPassage) -> tuple[str, int, int]:
    return hit.report, hit.span.start, hit.span.end


def _confidences(outcomes: Sequence[Outcome]) -> dict[str, list[float]]:
    groups: dict[str, list[float]] = {}
    for one in sorted(outcomes, key=lambda one: not one.answerable):
        groups.setdefault(one.kind, []).append(one.confidence)
    return groups


def _rates(summary: Summary) -> dict[str, Any]:
    found = {f"AUROC against {kind}": one for kind, one in summary.abstention.auroc.items()}
    if summary.abstention.false_answer:
        found["false answers"] = summary.abstention.false_answer
    if summary.abstention.false_abstain:
        found["false abstentions"] = summary.abstention.false_abstain
    return found


def render_sweep(sweep: Sweep) -> str:
    """Return the page of a sweep."""
    parts = sweep.parts
    found = {
        one.arm.name: one.summary.measures[sweep.measure]
        for one in sweep.tried
        if one.summary is not None
    }
    values: dict[str, Any] = {
        "title": f"Settings tried on {parts.tuning.name.removesuffix(' (tuning)')}",
        "tuning": len(parts.tuning.questions),
        "reporting": len(parts.reporting.questions),
        "unit": parts.unit,
        "measure": sweep.measure,
        "chosen": sweep.chosen,
        "points": draw_points(found, sweep.chosen),
        "failed": [one for one in sweep.tried if one.summary is None],
        "differences": sweep.comparison.differences,
        "settings": describe_each(sweep.best.run.settings),
    }
    return make_environment().get_template("sweep.html").render(values)
