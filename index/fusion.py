"""Several signals become one score: the standardised weighted sum.

Each signal is brought to mean 0 and deviation 1 over the candidates of a question, so that
cosines and BM25 scores can be added. (Lee, "Analyses of Multiple Evidence Combination", 1997,
CombSUM; Montague and Aslam, "Relevance Score Normalization for Metasearch", 2001, zero-mean
unit-variance.)
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]


def standardise(scores: Scores) -> npt.NDArray[np.float64]:
    """Return scores of mean 0 and deviation 1; zeros where all are alike."""
    wide = scores.astype(np.float64)
    if not len(wide):
        return wide
    spread = wide.std()
    if spread < 1e-9:  # noqa: PLR2004
        return np.zeros_like(wide)
    standard: npt.NDArray[np.float64] = (wide - wide.mean()) / spread
    return standard


def fuse(signals: Mapping[str, Scores], weights: Mapping[str, float]) -> npt.NDArray[np.float64]:
    """Return the weighted sum of the standardised signals, shape (candidates,).

    Args:
        signals: name to float32 scores of shape (candidates,), at least one.
        weights: name to weight; a signal without one counts nothing.
    """
    parts = [weights.get(name, 0.0) * standardise(scores) for name, scores in signals.items()]
    total: npt.NDArray[np.float64] = np.sum(parts, axis=0)
    return total
