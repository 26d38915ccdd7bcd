"""What an answer scorer is worth beside the shipped signals, on articles that it never saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from eval.calibration import measure_auroc
from eval.training_pairs import Example, Text, pair_up

Floats = npt.NDArray[np.float64]

# What the logit may count beside the fused score, and beside the shipped mark.
WEIGHTS = (0.0, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0)
_PERMUTATIONS = 10_000
_SEED = 0


class Scorer(Protocol):
    """Says how likely sentences answer questions."""

    def score(self, pairs: Sequence[Text]) -> Floats:
        """Return logits, shape (pairs,)."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """A question read again.

    Attributes:
        example: the question.
        logits: for each of its first paragraphs float64, shape (sentences,).
    """

    example: Example
    logits: tuple[Floats, ...]

    def order(self, weight: float) -> list[int]:
        """Return the first paragraphs, best first, where the best logit counts so much."""
        firsts = self.example.candidates[: len(self.logits)]
        scores = [c.score + weight * one.max() for c, one in zip(firsts, self.logits, strict=True)]
        return sorted(range(len(firsts)), key=lambda i: -scores[i])

    def rank(self, weight: float) -> float:
        """Return 1 over the right paragraph's place among those read again, else as it was."""
        home = self.example.home
        if home is None:
            return 0.0
        order = self.order(weight)
        return 1 / (1 + (order.index(home) if home in order else home))

    def finds_sentence(self, at: int, weight: float) -> bool:
        """Whether the sentence marked in that paragraph holds the answer."""
        one = self.example.candidates[at]
        return bool(one.gold[np.argmax(one.shipped + weight * self.logits[at])])


def read_again(scorer: Scorer, examples: Sequence[Example], depth: int) -> list[Reading]:
    """Score every sentence of each question's first paragraphs."""
    pairs = [
        pair_up(example, one, k)
        for example in examples
        for one in example.candidates[:depth]
        for k in range(len(one.texts))
    ]
    logits = iter(scorer.score(pairs).tolist())
    return [
        Reading(
            example,
            tuple(
                np.asarray([next(logits) for _ in one.texts]) for one in example.candidates[:depth]
            ),
        )
        for example in examples
    ]


def compare_pairwise(base: Floats, other: Floats) -> float:
    """Return p of the paired randomisation test, two-sided."""
    change = other - base
    source = np.random.default_rng(_SEED)
    signs = source.choice([-1.0, 1.0], size=(_PERMUTATIONS, len(change)))
    extreme = np.abs(signs @ change) >= abs(change.sum()) - 1e-9
    return float((extreme.sum() + 1) / (_PERMUTATIONS + 1))


def choose_weight(readings: Sequence[Reading]) -> float:
    """Return the weight with the best mean reciprocal rank; of equals, the least."""
    return max(WEIGHTS, key=lambda w: float(np.mean([one.rank(w) for one in readings])))


def choose_mark_weight(readings: Sequence[Reading]) -> float:
    """Return the weight that marks the right sentence of the right paragraph most often."""
    found = [(one, home) for one in readings if (home := _reread(one)) is not None]
    return max(WEIGHTS, key=lambda w: sum(one.finds_sentence(home, w) for one, home in found))


def _reread(reading: Reading) -> int | None:
    home = reading.example.home
    return home if home is not None and home < len(reading.logits) else None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A figure of the shipped signals, of the two together, and p of the difference."""

    shipped: float
    both: float
    p: float


def judge_readings(
    readings: Sequence[Reading], weight: float, mark_weight: float
) -> dict[str, Verdict]:
    """Return figures over answerable questions; without a weight, all is as shipped."""
    measured = [
        {
            "shipped": _measure(one, 0.0, 0.0),
            "both": _measure(one, weight, mark_weight),
        }
        for one in readings
    ]
    verdicts = {}
    for name in measured[0]["shipped"]:
        base, other = (np.asarray([m[arm][name] for m in measured]) for arm in ("shipped", "both"))
        known = ~np.isnan(base)
        base, other = base[known], other[known]
        verdicts[name] = Verdict(base.mean(), other.mean(), compare_pairwise(base, other))
    return verdicts


def _measure(reading: Reading, weight: float, mark_weight: float) -> dict[str, float]:
    rank, home = reading.rank(weight), _reread(reading)
    first = reading.order(weight)[0]
    right = np.nan if home is None else float(reading.finds_sentence(home, mark_weight))
    return {
        "recall@1": float(rank == 1),
        "recall@5": float(rank >= 1 / 5),
        "mrr@10": rank if rank >= 1 / 10 else 0.0,
        "answer_sentence@1": float(reading.finds_sentence(first, mark_weight)),
        "sentence of the right paragraph": right,
    }


def separate(right: Sequence[float], wrong: Sequence[float]) -> float | None:
    """Return the AUROC of what is said of questions with an answer and of those without.

    Nothing where there are none of either.
    """
    if not (right and wrong):
        return None
    return measure_auroc(np.asarray(right), np.asarray(wrong))
