"""Texts become vectors: the seam, and the choice of what stands behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from index.model import check_published, find_model, fingerprint
from index.settings import Settings
from ingest.tokens import Tokenizer

Vectors = npt.NDArray[np.float32]
Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Embedding:
    """What a model makes of one text.

    Attributes:
        vector: float32, shape (dimension,), length 1.
        tokens: float32, shape (tokens, dimension): one for each token of the text itself,
            none for prompts and special tokens.
    """

    vector: Vectors
    tokens: Vectors


class Encoder(Protocol):
    """An embedding model. Vectors are float32 of length 1, so a dot product is a cosine."""

    @property
    def fingerprint(self) -> str:
        """Hash over everything that the vectors depend on."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    @property
    def tokenizer(self) -> Tokenizer:
        """The model's own tokenizer, with the limit that the model has."""
        ...

    def encode_questions(self, questions: Sequence[str]) -> Vectors:
        """Return float32 vectors of shape (questions, dimension)."""
        ...

    def encode_texts(self, texts: Sequence[str], advance: Advance) -> Vectors:
        """Return float32 vectors of shape (texts, dimension).

        Args:
            texts: each within the tokenizer's limit.
            advance: called with how many more are done.
        """
        ...

    def embed_question(self, question: str) -> Embedding:
        """Return what `encode_questions` does, with the question's tokens."""
        ...

    def embed_texts(self, texts: Sequence[str], advance: Advance) -> list[Embedding]:
        """Return what `encode_texts` does, with each text's tokens."""
        ...


def load_encoder(settings: Settings) -> Encoder:
    """Return the encoder that the settings name.

    Questions and texts go through onnxruntime where the model could be exported and the
    export gives the same vectors; the export is made once and kept in the user's cache.
    Any other model runs in sentence-transformers.

    Raises:
        EncoderError: the model is missing, damaged or cannot be loaded.
    """
    from index import exported

    folder = find_model(settings.model)
    check_published(settings.model, folder)
    mark = fingerprint(folder)
    found = exported.find_export(mark)
    if found is None:
        found = _export(folder, mark)
    if found is not None:
        return exported.ExportedEncoder(found)
    from index.reference import ReferenceEncoder, load_model

    return ReferenceEncoder(load_model(folder), mark)


def _export(folder: Path, mark: str) -> Path | None:
    from index.exporting import export_model
    from index.reference import load_model

    return export_model(load_model(folder), mark)


def normalise(vectors: npt.NDArray[np.floating]) -> Vectors:
    """Return the rows scaled to length 1 as contiguous float32; rows of zeros stay."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.ascontiguousarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)
