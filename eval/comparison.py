"""Two runs over the same questions, question by question.

Smucker, Allan and Carterette, "A Comparison of Statistical Significance Tests for Information
Retrieval Evaluation" (2007), for the paired randomisation test; Holm, "A Simple Sequentially
Rejective Multiple Test Procedure" (1979), where several runs are held against one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from eval.interval import SEED, Estimate, Floats, cluster_questions, estimate_mean
from eval.measures import measure_outcomes
from eval.outcome import Outcome, Run
from ingest.errors import EvaluationError

PERMUTATIONS = 10_000
PRIMARY = "mrr@10"
COMPARED = ("recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10", "answer_sentence@1")
_EQUAL = 1e-9
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure of a run against that of the baseline.

    Attributes:
        baseline: its mean there.
        other: its mean here.
        change: the mean difference, with its interval.
        p: of the paired randomisation test, two-sided; corrected by Holm's method where several
            runs are held against the baseline.
        effect: mean difference over the standard deviation of differences (Cohen's d_z);
            nothing where all differences are equal.
        wins: questions on which the run is better.
        ties: on which the two are equal.
        losses: on which it is worse.
    """

    baseline: float
    other: float
    change: Estimate
    p: float
    effect: float | None
    wins: int
    ties: int
    losses: int


@dataclass(frozen=True, slots=True)
class Pair:
    """A question in both runs; nothing where a run lacks it."""

    baseline: Outcome | None
    other: Outcome | None
    change: float

    @property
    def question(self) -> Outcome:
        """Whichever there is."""
        found = self.baseline or self.other
        if found is None:
            raise ValueError("a pair has at least one outcome")
        return found


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run against the baseline.

    Attributes:
        name: of the run.
        differences: by measure.
        won: questions on which the run's reciprocal rank is better, most first.
        lost: on which it is worse, likewise.
        missing: questions that one of the two lacks, which count 0 there.
        resampled: what intervals are resampled by.
    """

    name: str
    differences: Mapping[str, Difference]
    won: tuple[Pair, ...]
    lost: tuple[Pair, ...]
    missing: int
    resampled: str


def compare_runs(baseline: Run, others: Mapping[str, Run]) -> tuple[Comparison, ...]:
    """Compare each run with the baseline; a question that a run lacks counts 0 for it.

    Raises:
        EvaluationError: a run is over other questions, or has no answerable one.
    """
    for name, other in others.items():
        if other.digest != baseline.digest:
            raise EvaluationError(
                f"{name}: it is over other questions or reports ({other.dataset}) than the "
                f"baseline ({baseline.dataset}): only runs over the same can be compared"
            )
    compared = [_compare(name, baseline, other) for name, other in others.items()]
    return tuple(_correct(compared))


def adjust_holm(values: Sequence[float]) -> list[float]:
    """Return p-values corrected by Holm's method, in the order given."""
    order = sorted(range(len(values)), key=lambda at: values[at])
    adjusted = [0.0] * len(values)
    highest = 0.0
    for step, at in enumerate(order):
        highest = max(highest, min(1.0, (len(values) - step) * values[at]))
        adjusted[at] = highest
    return adjusted


def randomise_signs(changes: Floats) -> float:
    """Return the two-sided p-value of a paired randomisation test on differences.

    10,000 random changes of sign, the same every time; 1 where no question differs.
    """
    from scipy.stats import permutation_test

    if not np.any(np.abs(changes) > _EQUAL):
        return 1.0
    result = permutation_test(
        (changes,),
        np.mean,
        permutation_type="samples",
        n_resamples=PERMUTATIONS,
        batch=_BATCH,
        vectorized=True,
        rng=np.random.default_rng(SEED),
    )
    return float(result.pvalue)


def _compare(name: str, baseline: Run, other: Run) -> Comparison:
    ours = {one.id: one for one in baseline.answerable}
    theirs = {one.id: one for one in other.answerable}
    ids = list(dict.fromkeys([*ours, *theirs]))
    if not ids:
        raise EvaluationError(f"{name}: no question in it is answerable")
    clusters = [(ours.get(one) or theirs[one]).cluster for one in ids]
    before, after = measure_outcomes(baseline.outcomes), measure_outcomes(other.outcomes)
    differences: dict[str, Difference] = {}
    changes: dict[str, Floats] = {}
    for measure in COMPARED:
        if measure in before and measure in after:
            pair = [_values(found[measure], ids) for found in (before, after)]
            changes[measure] = pair[1] - pair[0]
            differences[measure] = _differ(pair[0], pair[1], clusters)
    pairs = [
        Pair(ours.get(one), theirs.get(one), float(change))
        for one, change in zip(ids, changes[PRIMARY], strict=True)
    ]
    return Comparison(
        name=name,
        differences=differences,
        won=tuple(sorted((p for p in pairs if p.change > _EQUAL), key=lambda p: -p.change)),
        lost=tuple(sorted((p for p in pairs if p.change < -_EQUAL), key=lambda p: p.change)),
        missing=sum(p.baseline is None or p.other is None for p in pairs),
        resampled=cluster_questions(clusters).unit,
    )


def _values(found: Mapping[str, float], ids: Sequence[str]) -> Floats:
    return np.asarray([found.get(one, 0.0) for one in ids])


def _differ(before: Floats, after: Floats, clusters: Sequence[str]) -> Difference:
    changes = after - before
    spread = float(changes.std(ddof=1)) if len(changes) > 1 else 0.0
    return Difference(
        baseline=float(before.mean()),
        other=float(after.mean()),
        change=estimate_mean(changes, clusters),
        p=randomise_signs(changes),
        effect=float(changes.mean()) / spread if spread > _EQUAL else None,
        wins=int((changes > _EQUAL).sum()),
        ties=int((np.abs(changes) <= _EQUAL).sum()),
        losses=int((changes < -_EQUAL).sum()),
    )


def _correct(compared: Sequence[Comparison]) -> list[Comparison]:
    """Correct each measure's p-values for the number of runs held against the baseline."""
    corrected = [dict(one.differences) for one in compared]
    for measure in COMPARED:
        having = [found for found in corrected if measure in found]
        values = adjust_holm([found[measure].p for found in having])
        for found, p in zip(having, values, strict=True):
            found[measure] = replace(found[measure], p=p)
    return [replace(one, differences=found) for one, found in zip(compared, corrected, strict=True)]
