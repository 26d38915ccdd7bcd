"""The words of every sentence as numbers, so that a question can look where its words stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.lexical import LexicalIndex, split_terms
from index.signals import Rows

Terms = npt.NDArray[np.int32]
UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class TermTable:
    """The terms of sentences one after another.

    Attributes:
        terms: int32, shape (terms,): numbers of the word index's vocabulary, or `UNKNOWN`.
        starts: int64, shape (sentences + 1,): where each sentence's terms begin, and the end.
    """

    terms: Terms
    starts: Rows

    def run(self, first: int, last: int) -> Terms:
        """Return the terms of the sentences from `first` up to but not including `last`."""
        return self.terms[self.starts[first] : self.starts[last]]


def build_term_table(sentences: Sequence[str], words: LexicalIndex) -> TermTable:
    """Number the words of each sentence."""
    numbered = [words.number(split_terms(sentence)) for sentence in sentences]
    starts = np.cumsum([0, *map(len, numbered)], dtype=np.int64)
    return TermTable(np.concatenate([np.zeros(0, dtype=np.int32), *numbered]), starts)


def score_nearness(terms: Terms, weights: dict[int, float], width: int) -> float:
    """Return the greatest weight of different words of the question close together.

    Args:
        terms: of a passage, in order.
        weights: of the question's words, by number.
        width: how many words count as close.
    """
    if not weights:
        return 0.0
    # A passage has so few words that a list is gone through faster than an array.
    numbers = terms.tolist()
    places = [place for place, term in enumerate(numbers) if term in weights]
    held: dict[int, int] = {}
    best = total = 0.0
    first = 0
    for place in places:
        term = numbers[place]
        total += 0.0 if held.get(term) else weights[term]
        held[term] = held.get(term, 0) + 1
        while place - places[first] >= width:
            gone = numbers[places[first]]
            held[gone] -= 1
            total -= 0.0 if held[gone] else weights[gone]
            first += 1
        best = max(best, total)
    return best
