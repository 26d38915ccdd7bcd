"""BM25 over the passages.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), in
Lucene's variant, through bm25s (Lù, "BM25S: Orders of magnitude faster lexical search via
eager sparse scoring", 2024).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ingest.errors import IndexCorruptError
from ingest.span import Span

if TYPE_CHECKING:
    import bm25s

Scores = npt.NDArray[np.float32]

_K1 = 1.2
_B = 0.75
_WORD = re.compile(r"\w+")


def split_terms(text: str) -> list[str]:
    """Return the Snowball stems of the words of `text`, in order; no stop words are left out.

    Words are runs of letters, digits and underscores; an apostrophe ends a word.
    """
    stems: list[str] = _stemmer().stemWords(_WORD.findall(text.casefold()))
    return stems


@lru_cache(maxsize=1)
def _stemmer() -> Any:  # noqa: ANN401  (PyStemmer ships no types)
    import Stemmer

    return Stemmer.Stemmer("english")


class LexicalIndex:
    """BM25 scores of every passage for a question."""

    def __init__(self, model: bm25s.BM25, passages: int) -> None:
        """Wrap an index over so many passages."""
        self._model = model
        self._passages = passages

    def score(self, question: str) -> Scores:
        """Return float32 scores of shape (passages,); 0 where no word is shared."""
        known = [term for term in split_terms(question) if term in self._model.vocab_dict]
        if not known:
            return np.zeros(self._passages, dtype=np.float32)
        return np.asarray(self._model.get_scores(known), dtype=np.float32)

    def rarity(self, terms: Sequence[str]) -> npt.NDArray[np.float64]:
        """Return the inverse document frequency of each stem: float64, shape (terms,).

        `log(1 + (N - n + 0.5) / (n + 0.5))` as in Lucene's BM25; highest for a stem that no
        passage has.
        """
        starts = self._model.scores["indptr"]
        vocabulary = self._model.vocab_dict
        ids = [vocabulary.get(term) for term in terms]
        holders = [0 if i is None else int(starts[i + 1] - starts[i]) for i in ids]
        n = np.asarray(holders, dtype=np.float64)
        return np.log1p((self._passages - n + 0.5) / (n + 0.5))

    def number(self, terms: Sequence[str]) -> npt.NDArray[np.int32]:
        """Return the number of each stem in the vocabulary, -1 for one that no passage has."""
        vocabulary = self._model.vocab_dict
        return np.asarray([vocabulary.get(term, -1) for term in terms], dtype=np.int32)

    def weigh(self, text: str, pieces: Sequence[Span]) -> Scores:
        """Return the share of each piece of `text` in its rarity, by the word it belongs to.

        Returns:
            float32, shape (pieces,), sum 1; 0 for a mark outside any word.
        """
        words = list(_WORD.finditer(text))
        rarity = self.rarity([split_terms(word.group())[0] for word in words])
        ends = np.asarray([word.end() for word in words], dtype=np.int64)
        holders = np.searchsorted(ends, [piece.start for piece in pieces], side="right")
        weights = np.zeros(len(pieces), dtype=np.float32)
        for at, (piece, holder) in enumerate(zip(pieces, holders.tolist(), strict=True)):
            if holder < len(words) and words[holder].start() <= piece.start:
                weights[at] = rarity[holder]
        total = float(weights.sum())
        even = np.full(len(pieces), 1 / max(1, len(pieces)), dtype=np.float32)
        return weights / total if total else even

    def save(self, folder: Path) -> None:
        """Write the index as NumPy arrays and JSON."""
        folder.mkdir()
        self._model.save(folder, show_progress=False)


def build_lexical_index(texts: Sequence[str]) -> LexicalIndex:
    """Index one text a passage, context included."""
    import bm25s

    model = bm25s.BM25(method="lucene", k1=_K1, b=_B)
    # bm25s cannot index a collection without a single word; one marker word in each keeps
    # such a report searchable by its vectors.
    terms = [split_terms(text) or [""] for text in texts]
    model.index(terms, show_progress=False)
    return LexicalIndex(model, len(texts))


def load_lexical_index(folder: Path, passages: int) -> LexicalIndex:
    """Read the index by memory map.

    Raises:
        IndexCorruptError: files are missing, damaged or of another collection.
    """
    import bm25s

    try:
        model = bm25s.BM25.load(folder, mmap=True, show_progress=False)
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise IndexCorruptError(f"the word index in {folder} is damaged: {error}") from error
    if int(model.scores["num_docs"]) != passages:
        raise IndexCorruptError(f"the word index in {folder} belongs to another generation")
    return LexicalIndex(model, passages)
