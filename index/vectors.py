"""The vectors of all passages, searched with FAISS.

Douze et al., "The Faiss library" (2024). Vectors have length 1, so the inner product is the
cosine.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from index.encoder import Vectors
from ingest.errors import IndexCorruptError, IndexStoreError

Rows = npt.NDArray[np.int64]

# Up to here the exact search takes a few milliseconds on a laptop, and finds everything.
EXACT_LIMIT = 200_000
_SEED = 20190227


class VectorStore(Protocol):
    """Where the passages' vectors are kept and searched."""

    def search(self, question: Vectors, count: int, among: Rows | None = None) -> Rows:
        """Return the rows of the `count` nearest vectors, nearest first.

        Args:
            question: float32, shape (dimension,).
            count: how many at the most.
            among: int64, the rows to search; all where not given.
        """
        ...

    def score(self, question: Vectors, rows: Rows) -> Vectors:
        """Return the cosine of the question with each of those rows, float32."""
        ...


class FaissStore:
    """Implements `VectorStore` with a FAISS index in memory or memory-mapped."""

    def __init__(self, index: Any) -> None:  # noqa: ANN401  (faiss ships no types)
        """Wrap a FAISS index of normalised vectors."""
        self._index = index

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    def search(self, question: Vectors, count: int, among: Rows | None = None) -> Rows:
        """Return the rows of the nearest vectors, nearest first."""
        count = min(count, len(self) if among is None else len(among))
        if not count:
            return np.zeros(0, dtype=np.int64)
        parameters = None if among is None else self._parameters(among)
        _, rows = self._index.search(question[np.newaxis], count, params=parameters)
        found: Rows = rows[0][rows[0] >= 0].astype(np.int64)
        return found

    def score(self, question: Vectors, rows: Rows) -> Vectors:
        """Return the exact cosine of each row."""
        if not len(rows):
            return np.zeros(0, dtype=np.float32)
        vectors: Vectors = self._index.reconstruct_batch(rows)
        return vectors @ question

    def _parameters(self, among: Rows) -> Any:  # noqa: ANN401
        import faiss

        inverted = isinstance(self._index, faiss.IndexIVF)
        made: Any = faiss.SearchParametersIVF() if inverted else faiss.SearchParameters()
        made.sel = faiss.IDSelectorBatch(among)
        if inverted:
            # Every cell: what is searched may lie in few of them.
            made.nprobe = self._index.nlist
        return made

    def save(self, path: Path) -> None:
        """Write the index.

        Raises:
            IndexStoreError: the disk is full or the folder cannot be written.
        """
        import faiss

        try:
            faiss.write_index(self._index, str(path))
        except RuntimeError as error:
            raise IndexStoreError(f"{path} cannot be written: is the disk full?") from error


def build_store(vectors: Vectors, *, exact_limit: int = EXACT_LIMIT) -> FaissStore:
    """Index float32 vectors of shape (passages, dimension).

    Exact up to `exact_limit` vectors; beyond, an inverted file over k-means cells with
    enough of them visited that little is missed.
    """
    count, dimension = vectors.shape
    index = _exact(dimension) if count <= exact_limit else _inverted(vectors)
    index.add(vectors)
    return FaissStore(_addressable(index))


def load_store(path: Path) -> FaissStore:
    """Open a written index by memory map.

    Raises:
        IndexCorruptError: the file is missing or damaged.
    """
    import faiss

    try:
        index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
    except RuntimeError as error:
        raise IndexCorruptError(f"the vector index {path} is missing or damaged") from error
    return FaissStore(_addressable(index))


def _exact(dimension: int) -> Any:  # noqa: ANN401
    import faiss

    return faiss.IndexFlatIP(dimension)


def _inverted(vectors: Vectors) -> Any:  # noqa: ANN401
    import faiss

    count, dimension = vectors.shape
    cells = max(1, int(4 * math.sqrt(count)))
    index = faiss.IndexIVFFlat(_exact(dimension), dimension, cells, faiss.METRIC_INNER_PRODUCT)
    index.cp.seed = _SEED
    index.nprobe = max(1, cells // 16)
    index.train(vectors)
    return index


def _addressable(index: Any) -> Any:  # noqa: ANN401
    """Let an inverted file give back a vector by its row, as the exact index does."""
    import faiss

    if isinstance(index, faiss.IndexIVF):
        index.make_direct_map()
    return index
