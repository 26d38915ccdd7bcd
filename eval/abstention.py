"""How well an evaluation's answers know when to stay silent.

El-Yaniv and Wiener, "On the Foundations of Noise-free Selective Classification" (2010), for
risk and coverage; Fawcett, "An Introduction to ROC Analysis" (2006), for the area.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from eval.interval import Estimate, Floats, bound, cluster_questions, estimate_mean
from eval.outcome import Outcome

_CURVE_POINTS = 100


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Of the questions that the index is surest of, `coverage` of all, `risk` are answered wrong.

    A question is answered wrong when the reports do not answer it, or when the first hit does
    not. `threshold` is the least confidence among them.
    """

    coverage: float
    risk: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Abstention:
    """Measures of staying silent.

    Attributes:
        auroc: area under the ROC curve of the confidence, answerable against each kind of
            unanswerable question, and against "all"; empty where there is only one side.
        false_answer: share of unanswerable questions that got an answer; nothing without any.
        false_abstain: share of answerable questions that got none.
        curve: risk against coverage, from the surest on.
        area: mean risk over all coverages (AURC); lower is better.
    """

    auroc: Mapping[str, Estimate]
    false_answer: Estimate | None
    false_abstain: Estimate | None
    curve: tuple[CurvePoint, ...]
    area: float


def measure_abstention(outcomes: Sequence[Outcome]) -> Abstention:
    """Measure an evaluation's confidence; at least one outcome."""
    answerable = [one for one in outcomes if one.answerable]
    others = [one for one in outcomes if not one.answerable]
    kinds = sorted({one.kind for one in others})
    sides = {kind: [one for one in others if one.kind == kind] for kind in kinds}
    if others:
        sides["all"] = others
    if not answerable:
        sides = {}
    curve = trace_risk(outcomes)
    return Abstention(
        auroc={kind: _estimate_area(answerable, side) for kind, side in sides.items()},
        false_answer=_share(others, answered=True),
        false_abstain=_share(answerable, answered=False),
        curve=_thin(curve),
        area=float(np.mean([point.risk for point in curve])),
    )


def area_under_curve(confidences: Floats, positive: Floats, weights: Floats) -> float:
    """Return the area under the ROC curve: the chance that a positive is ranked first.

    Equal confidences count half, as in the Mann-Whitney statistic.

    Args:
        confidences: shape (n,).
        positive: 1.0 for a positive, 0.0 for a negative, shape (n,).
        weights: how often each counts, shape (n,).

    Returns:
        In [0, 1]; NaN where one side has no weight.
    """
    _, group = np.unique(confidences, return_inverse=True)
    above = np.bincount(group, weights=weights * positive)
    below = np.bincount(group, weights=weights * (1 - positive))
    pairs = above.sum() * below.sum()
    if not pairs:
        return float("nan")
    beaten = np.cumsum(below) - below / 2
    return float((above * beaten).sum() / pairs)


def trace_risk(outcomes: Sequence[Outcome]) -> list[CurvePoint]:
    """Return the curve of risk against coverage, a point for each confidence that occurs."""
    ordered = sorted(outcomes, key=lambda one: -one.confidence)
    wrong = np.cumsum([one.rank != 1 for one in ordered])
    points: list[CurvePoint] = []
    for at, one in enumerate(ordered, start=1):
        if at == len(ordered) or ordered[at].confidence != one.confidence:
            risk = float(wrong[at - 1]) / at
            points.append(CurvePoint(at / len(ordered), risk, one.confidence))
    return points


def _thin(curve: Sequence[CurvePoint]) -> tuple[CurvePoint, ...]:
    if len(curve) <= _CURVE_POINTS:
        return tuple(curve)
    kept = np.unique(np.linspace(0, len(curve) - 1, _CURVE_POINTS).round().astype(int))
    return tuple(curve[at] for at in kept)


def _share(outcomes: Sequence[Outcome], *, answered: bool) -> Estimate | None:
    if not outcomes:
        return None
    values = [float(one.answered is answered) for one in outcomes]
    return estimate_mean(values, [one.cluster for one in outcomes])


def _estimate_area(answerable: Sequence[Outcome], others: Sequence[Outcome]) -> Estimate:
    both = [*answerable, *others]
    confidences = np.asarray([one.confidence for one in both])
    positive = np.asarray([float(one.answerable) for one in both])
    resampling = cluster_questions([one.cluster for one in both])
    value = area_under_curve(confidences, positive, np.ones(len(both)))
    resampled: npt.NDArray[np.float64] = np.asarray(
        [
            area_under_curve(confidences, positive, drawn[resampling.groups])
            for drawn in resampling.draw()
        ]
    )
    return bound(value, resampled)
