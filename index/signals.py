"""Pure functions from a question's vector and candidates to scores."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]


def top_rows(scores: Scores, count: int) -> Rows:
    """Return the rows of the `count` highest positive scores, highest first, ties by row."""
    positive = np.flatnonzero(scores > 0)
    if len(positive) > count:
        positive = positive[np.argpartition(-scores[positive], count - 1)[:count]]
    order = np.lexsort((positive, -scores[positive]))
    return positive[order].astype(np.int64)


def keep_rows(scores: Scores, rows: Rows) -> Scores:
    """Return the scores with all but those of `rows` set to 0."""
    kept = np.zeros_like(scores)
    kept[rows] = scores[rows]
    return kept


def merge_rows(*rankings: Rows) -> Rows:
    """Return the union of rankings, ascending."""
    return np.unique(np.concatenate(rankings)).astype(np.int64)


def rows_owned(owners: Rows, by: Rows) -> Rows:
    """Return the positions in ascending `owners` that belong to the passages `by`, in order."""
    first = np.searchsorted(owners, by, side="left")
    last = np.searchsorted(owners, by, side="right")
    ranges = [np.arange(a, b, dtype=np.int64) for a, b in zip(first, last, strict=True)]
    return np.concatenate([np.zeros(0, dtype=np.int64), *ranges])


def best_by_owner(scores: Scores, owners: Rows, by: Rows) -> Scores:
    """Return, for each passage in ascending `by`, the highest score among what it owns.

    Args:
        scores: float32, shape (n,).
        owners: int64, shape (n,), ascending; each passage of `by` owns at least one.
        by: int64, shape (passages,), ascending.
    """
    return np.maximum.reduceat(scores, np.searchsorted(owners, by, side="left"))
