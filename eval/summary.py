"""A run in figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from eval.abstention import Abstention, measure_abstention
from eval.interval import Estimate, cluster_questions, estimate_mean
from eval.measures import measure_outcomes
from eval.outcome import Outcome, Run
from ingest.errors import EvaluationError


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds from question to answer: the median, and what 95% stay under."""

    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run comes to.

    Attributes:
        run: the run.
        values: measure name to question id to value, answerable questions only.
        measures: measure name to its mean.
        counts: measure name to how many questions it is over.
        abstention: how well confidence tells what the reports answer.
        latency: how long questions took.
        resampled: what intervals are resampled by: "report" or "question".
    """

    run: Run
    values: Mapping[str, Mapping[str, float]]
    measures: Mapping[str, Estimate]
    counts: Mapping[str, int]
    abstention: Abstention
    latency: Latency
    resampled: str

    @property
    def failures(self) -> tuple[Outcome, ...]:
        """The answerable questions whose first hit does not answer them."""
        return tuple(one for one in self.run.answerable if one.rank != 1)


def summarise(run: Run) -> Summary:
    """Measure a run.

    Raises:
        EvaluationError: no question of it is answerable, or none could be asked.
    """
    answerable = run.answerable
    if not answerable:
        raise EvaluationError(
            f"{run.dataset}: no question in it is answerable, so there is nothing to find: "
            "add questions with answers"
        )
    if all(one.error for one in run.outcomes):
        raise EvaluationError(f"{run.dataset}: no question of the run was asked")
    values = measure_outcomes(run.outcomes)
    clusters = {one.id: one.cluster for one in answerable}
    return Summary(
        run=run,
        values=values,
        measures={name: _estimate(found, clusters) for name, found in values.items()},
        counts={name: len(found) for name, found in values.items()},
        abstention=measure_abstention(run.outcomes),
        latency=_measure_latency([one.latency_ms for one in run.outcomes if not one.error]),
        resampled=cluster_questions(list(clusters.values())).unit,
    )


def _estimate(found: Mapping[str, float], clusters: Mapping[str, str]) -> Estimate:
    return estimate_mean(list(found.values()), [clusters[one] for one in found])


def _measure_latency(milliseconds: Sequence[float]) -> Latency:
    p50, p95 = np.quantile(np.asarray(milliseconds), [0.5, 0.95])
    return Latency(float(p50), float(p95))
