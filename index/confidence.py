"""How sure one can be that the first hit answers the question.

A logistic model over what the search saw. Its coefficients are in `confidence.json`, with the
data, the split and the figures that they come from; `eval.calibration` makes that file.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for an answer.

    Attributes:
        dense: cosine of the first hit's best window with the question.
        sentence: highest cosine of a sentence of the first hit.
        coverage: share of the question's words, by rarity, that the first hit has, in [0, 1].
        highlight: the same for its highlighted sentence.
    """

    dense: float
    sentence: float
    coverage: float
    highlight: float


@dataclass(frozen=True, slots=True)
class ConfidenceModel:
    """Intercept and one coefficient for each attribute of `Evidence`."""

    intercept: float
    dense: float
    sentence: float
    coverage: float
    highlight: float

    def judge(self, evidence: Evidence) -> float:
        """Return the probability in [0, 1] that the first hit answers the question."""
        log_odds = (
            self.intercept
            + self.dense * evidence.dense
            + self.sentence * evidence.sentence
            + self.coverage * evidence.coverage
            + self.highlight * evidence.highlight
        )
        return 1 / (1 + math.exp(-max(-40.0, min(40.0, log_odds))))


@lru_cache(maxsize=1)
def load_confidence_model() -> ConfidenceModel:
    """Read the coefficients that are shipped."""
    stored = json.loads(files("index").joinpath("confidence.json").read_text("utf-8"))
    return ConfidenceModel(**stored["coefficients"])
