"""How sure one can be that the first hit answers the question.

A logistic model over what the search saw. Its coefficients are in `confidence.json`, with the
data, the split and the figures that they come from; `eval.calibration` makes that file.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for an answer: nothing that depends on how rare a word is in the index.

    In an index of few passages "what" may be the rarest word. Late interaction, which weighs
    by rarity, is left out for that reason: see docs/decisions/0030-retrieval.md.

    Attributes:
        dense: cosine of the first hit's best window with the question.
        sentence: highest cosine of a sentence of the first hit.
        coverage: share of the question's content words that the first hit has, in [0, 1].
        highlight: the same for its highlighted sentence.
    """

    dense: float
    sentence: float
    coverage: float
    highlight: float

    def features(self) -> dict[str, float]:
        """Return what the model weighs.

        Meaning or words suffice (a noisy or): a sentence that says it in other words is as
        good as one that repeats the question, and neither speaks against the other.
        """
        unlike = 1 - max(0.0, self.sentence)
        unmarked = unlike * (1 - self.highlight)
        return {
            "dense": self.dense,
            "sentence": self.sentence,
            "sentence or highlight": 1 - unmarked,
            "sentence or highlight or coverage": 1 - unmarked * (1 - self.coverage),
        }


@dataclass(frozen=True, slots=True)
class ConfidenceModel:
    """An intercept, and a coefficient for each of `Evidence.features`."""

    intercept: float
    coefficients: Mapping[str, float]

    def judge(self, evidence: Evidence) -> float:
        """Return the probability in [0, 1] that the first hit answers the question."""
        features = evidence.features()
        log_odds = self.intercept + sum(
            weight * features[name] for name, weight in self.coefficients.items()
        )
        return 1 / (1 + math.exp(-max(-40.0, min(40.0, log_odds))))


@lru_cache(maxsize=1)
def load_confidence_model() -> ConfidenceModel:
    """Read the coefficients that are shipped."""
    stored = json.loads(files("index").joinpath("confidence.json").read_text("utf-8"))
    return ConfidenceModel(stored["intercept"], stored["coefficients"])
