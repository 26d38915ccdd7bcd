"""A cross-encoder reads question and passage together: slow, and the best judge there is.

Nogueira and Cho, "Passage Re-ranking with BERT" (2019), through sentence-transformers. It is
the one part of asking that needs torch, and only where the settings name a model.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from index.model import find_model
from index.signals import Scores
from ingest.errors import EncoderError

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

_BATCH = 32


class Reranker(Protocol):
    """Judges how well passages answer a question."""

    def score(self, question: str, texts: Sequence[str]) -> Scores:
        """Return float32 scores of shape (texts,), higher is better."""
        ...


def load_reranker(name: str) -> Reranker:
    """Load a cross-encoder: a folder, or a name that sentence-transformers' cache holds.

    Raises:
        EncoderError: it is missing, damaged, or no cross-encoder with one score.
    """
    folder = find_model(name)
    model = _load(folder)
    if model.num_labels != 1:
        raise EncoderError(
            f"the reranker {name!r} gives {model.num_labels} scores for a passage, not one: "
            "choose a cross-encoder made for ranking"
        )
    return CrossEncoderReranker(model)


def _load(folder: Path) -> CrossEncoder:
    from sentence_transformers import CrossEncoder

    from index.reference import quiet_loading

    try:
        with quiet_loading():
            model: CrossEncoder = CrossEncoder(
                str(folder),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
            return model
    except Exception as error:  # whatever a broken model folder provokes
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise EncoderError(f"the reranker in {folder} cannot be loaded: {reason}") from error


class CrossEncoderReranker:
    """Implements `Reranker` with sentence-transformers; a long passage is cut at its end."""

    def __init__(self, model: CrossEncoder) -> None:
        """Wrap a loaded model with one score."""
        self._model = model

    def score(self, question: str, texts: Sequence[str]) -> Scores:
        """Return the model's scores."""
        if not texts:
            return np.zeros(0, dtype=np.float32)
        pairs = [(question, text) for text in texts]
        scores = self._model.predict(pairs, batch_size=_BATCH, show_progress_bar=False)
        return np.asarray(scores, dtype=np.float32).reshape(len(texts))
