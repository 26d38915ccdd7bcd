"""Runs held against a baseline as one HTML page that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.comparison import PERMUTATIONS, Comparison, Difference, Pair
from eval.console import describe_each
from eval.outcome import FoundPassage, Outcome, Run
from eval.page import make_environment
from eval.plots import draw_changes

_LEAST_P = 0.001


@dataclass(frozen=True, slots=True)
class Side:
    """What one run found first: its passage before, in and after the marked sentence."""

    rank: str
    before: str = ""
    marked: str = ""
    after: str = ""
    citation: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """A question that is won or lost."""

    id: str
    question: str
    gold: str
    baseline: Side
    other: Side


@dataclass(frozen=True, slots=True)
class Against:
    """A run against the baseline, as the page shows it.

    Attributes:
        name: of the run.
        differences: by measure, each with its p-value in words.
        plot: the changes with their intervals, as SVG.
        settings: those that are not the baseline's: name, there and here.
        missing: questions that one of the two lacks.
        resampled: what intervals are resampled by.
        parts: "Lost" and "Won" with their questions.
    """

    name: str
    differences: Mapping[str, tuple[Difference, str]]
    plot: str
    settings: tuple[tuple[str, str, str], ...]
    missing: int
    resampled: str
    parts: Mapping[str, tuple[Changed, ...]]


def render_comparison(
    baseline: tuple[str, Run], others: Mapping[str, Run], comparisons: Sequence[Comparison]
) -> str:
    """Return the page.

    Args:
        baseline: the baseline's name and run.
        others: the runs by their names.
        comparisons: of each of them with the baseline.
    """
    name, run = baseline
    values = {
        "title": f"Runs compared on {run.dataset}",
        "baseline": name,
        "answerable": len(run.answerable),
        "permutations": f"{PERMUTATIONS:,}",
        "several": len(comparisons) > 1,
        "compared": [_describe(one, run, others[one.name]) for one in comparisons],
        "settings": describe_each(run.settings),
        "digest": run.digest,
    }
    return make_environment().get_template("comparison.html").render(values)


def _describe(comparison: Comparison, baseline: Run, other: Run) -> Against:
    changes = {name: one.change for name, one in comparison.differences.items()}
    return Against(
        name=comparison.name,
        differences={name: (one, _tell_p(one.p)) for name, one in comparison.differences.items()},
        plot=draw_changes(changes),
        settings=_differ(baseline.settings, other.settings),
        missing=comparison.missing,
        resampled=comparison.resampled,
        parts={
            "Lost": tuple(_change(pair) for pair in comparison.lost),
            "Won": tuple(_change(pair) for pair in comparison.won),
        },
    )


def _differ(
    baseline: Mapping[str, object], other: Mapping[str, object]
) -> tuple[tuple[str, str, str], ...]:
    before, after = describe_each(baseline), describe_each(other)
    names = dict.fromkeys([*before, *after])
    pairs = ((name, before.get(name, "–"), after.get(name, "–")) for name in names)
    return tuple(one for one in pairs if one[1] != one[2])


def _change(pair: Pair) -> Changed:
    question = pair.question
    return Changed(
        id=question.id,
        question=question.question,
        gold=question.gold,
        baseline=_side(pair.baseline),
        other=_side(pair.other),
    )


def _side(outcome: Outcome | None) -> Side:
    if outcome is None:
        return Side("not asked")
    rank = f"rank {outcome.rank}" if outcome.rank else "not found"
    return _show(rank, outcome.hits[0]) if outcome.hits else Side(rank)


def _show(rank: str, hit: FoundPassage) -> Side:
    marked = hit.highlight.shift(-hit.span.start)
    return Side(
        rank=rank,
        before=hit.text[: marked.start],
        marked=marked.of(hit.text),
        after=hit.text[marked.end :],
        citation=hit.citation,
    )


def _tell_p(p: float) -> str:
    return f"{p:.3f}" if p >= _LEAST_P else f"<{_LEAST_P}"
