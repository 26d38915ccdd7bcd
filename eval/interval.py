"""How sure a figure is: bootstrap intervals, resampled by cluster.

Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), percentile interval. Questions
about one report are not independent, so whole reports are drawn (Davison and Hinkley,
"Bootstrap Methods and their Application", 1997, section 3.8); where all questions are about
one report, questions are drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RESAMPLES = 2000
SEED = 20190226
_ENOUGH_CLUSTERS = 5

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95% interval, low to high."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Resampling:
    """What is drawn together.

    Attributes:
        groups: int64, shape (questions,): the cluster of each question, from 0.
        unit: "report" or "question".
    """

    groups: npt.NDArray[np.int64]
    unit: str

    @property
    def count(self) -> int:
        """How many clusters there are."""
        return int(self.groups.max(initial=-1)) + 1

    def draw(self) -> Floats:
        """Return how often each cluster is drawn: shape (RESAMPLES, clusters), same every time."""
        generator = np.random.default_rng(SEED)
        even = np.full(self.count, 1 / self.count)
        drawn: Floats = generator.multinomial(self.count, even, size=RESAMPLES).astype(np.float64)
        return drawn


def cluster_questions(clusters: Sequence[str]) -> Resampling:
    """Return what is drawn: reports, or questions where there are fewer than five reports."""
    names = sorted(set(clusters))
    if len(names) < _ENOUGH_CLUSTERS:
        return Resampling(np.arange(len(clusters), dtype=np.int64), "question")
    numbers = {name: number for number, name in enumerate(names)}
    groups = np.asarray([numbers[name] for name in clusters], dtype=np.int64)
    return Resampling(groups, "report")


def estimate_mean(values: Sequence[float] | Floats, clusters: Sequence[str]) -> Estimate:
    """Return the mean over questions with its interval.

    Args:
        values: shape (questions,), at least one.
        clusters: the cluster of each question.
    """
    array = np.asarray(values, dtype=np.float64)
    resampling = cluster_questions(clusters)
    sums = np.bincount(resampling.groups, weights=array, minlength=resampling.count)
    sizes = np.bincount(resampling.groups, minlength=resampling.count)
    drawn = resampling.draw()
    means = (drawn @ sums) / (drawn @ sizes)
    return bound(float(array.mean()), means)


def bound(value: float, resampled: Floats) -> Estimate:
    """Return a figure with the middle 95% of what it is in resamples; NaN ones do not count."""
    known = resampled[~np.isnan(resampled)]
    if not len(known):
        return Estimate(value, value, value)
    low, high = np.quantile(known, [0.025, 0.975])
    return Estimate(value, float(low), float(high))
