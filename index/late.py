"""Late interaction: each token of a question finds the most similar token of a passage.

Khattab and Zaharia, "ColBERT: Efficient and Effective Passage Search via Contextualized Late
Interaction over BERT" (2020), here with the encoder's own token vectors, untrained, which are
projected at random (Johnson and Lindenstrauss) and kept as int8.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from index.encoder import Vectors

Packed = npt.NDArray[np.int8]
Starts = npt.NDArray[np.int64]

# Measured in docs/decisions/0030-retrieval.md.
_WIDTH = 96


def packed_width(dimension: int) -> int:
    """Return how long a packed token vector is, of an encoder with that dimension."""
    return min(_WIDTH, dimension)


def project_tokens(tokens: Vectors) -> Vectors:
    """Return float32 vectors of length 1 and shape (tokens, width); rows of zeros stay."""
    projected: Vectors = tokens @ projection(tokens.shape[1])
    return scale_vectors(projected)


def pack_tokens(tokens: Vectors) -> Packed:
    """Return projected vectors as int8: their directions are kept, their lengths are not.

    A text without tokens gets one of zeros, which is similar to nothing.
    """
    some = tokens if len(tokens) else np.zeros((1, tokens.shape[1]), dtype=np.float32)
    projected = project_tokens(some)
    peaks = np.abs(projected).max(axis=1, keepdims=True, initial=1e-12)
    packed: Packed = np.round(projected * (127 / peaks)).astype(np.int8)
    return packed


def score_tokens(question: Vectors, weights: Vectors, packed: Packed, starts: Starts) -> Vectors:
    """Return how well the tokens of each text match those of the question.

    Args:
        question: float32, shape (q, width): from `project_tokens`.
        weights: float32, shape (q,), sum 1.
        packed: int8, shape (tokens, width): the tokens of all texts, one after another.
        starts: int64, shape (texts,), ascending: where each text begins; none is empty.

    Returns:
        float32, shape (texts,): weighted mean of the best cosines.
    """
    vectors = packed.astype(np.float32)
    # Scaling the products is a fraction of the work of scaling the vectors.
    cosines = (question @ vectors.T) / _lengths(vectors)
    best: Vectors = np.maximum.reduceat(cosines, starts, axis=1)
    scores: Vectors = weights @ best
    return scores


def scale_vectors(vectors: Vectors) -> Vectors:
    """Return float32 vectors of length 1; rows of zeros stay."""
    scaled: Vectors = vectors / _lengths(vectors)[:, None]
    return scaled


def _lengths(vectors: Vectors) -> Vectors:
    lengths: Vectors = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    return np.maximum(lengths, np.float32(1e-12))


@lru_cache(maxsize=4)
def projection(dimension: int) -> Vectors:
    """Return float32, shape (dimension, width), with orthonormal columns.

    The same on every machine and with every NumPy: stored tokens outlive both.
    """
    width = packed_width(dimension)
    noise = hashlib.shake_256(b"reportqa token vectors").digest(dimension * width // 8 + 1)
    bits = np.unpackbits(np.frombuffer(noise, dtype=np.uint8))[: dimension * width]
    signs = bits.reshape(dimension, width).astype(np.float64) * 2 - 1
    columns, triangle = np.linalg.qr(signs)
    # QR is unique once the diagonal is positive.
    return np.ascontiguousarray(columns * np.sign(np.diag(triangle)), dtype=np.float32)
