"""Which sentence of a passage answers the question best."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from index.lexical import LexicalIndex, split_terms

Floats = npt.NDArray[np.float64]

# What a question is asked with, not what it asks about.
_FUNCTION_WORDS = (
    "what who whom whose which when where why how many much do does did is are was were be been "
    "has have had can could will would should a an the of in on at to for by with from and or "
    "that this it its as"
)


def cover_terms(question: str, sentences: Sequence[str], words: LexicalIndex) -> Floats:
    """Return how much of the question each sentence has the words for, in [0, 1].

    A word counts by its rarity in the index, so that "Lighthouse" outweighs "police"; what
    a question is asked with does not count.

    Args:
        question: the question.
        sentences: the sentences.
        words: the index that knows how rare a word is.

    Returns:
        float64, shape (sentences,).
    """
    terms = content_terms(question)
    rarity = words.rarity(terms)
    total = rarity.sum()
    if not total:
        return np.zeros(len(sentences))
    present = np.asarray(
        [[term in stems for term in terms] for stems in map(_stems, sentences)], dtype=np.float64
    )
    covered: Floats = present.reshape(len(sentences), len(terms)) @ rarity / total
    return covered


def share_content(question: str, texts: Sequence[str]) -> Floats:
    """Return the share of the question's content words that each text has, in [0, 1].

    Every word counts alike, whatever the index: in a small one "what" may be rare and
    "services" nowhere.

    Returns:
        float64, shape (texts,).
    """
    terms = content_terms(question)
    present = [[term in stems for term in terms] for stems in map(_stems, texts)]
    shares: Floats = np.asarray(present, dtype=np.float64).reshape(len(texts), -1).mean(axis=1)
    return shares


def score_sentences(cosines: npt.NDArray[np.float32], coverage: Floats) -> Floats:
    """Return each sentence's score: meaning plus words.

    The plain sum: on the SQuAD half, the sentence of the right paragraph that it puts first
    holds the answer for 86.9 % of the questions, cosine alone for 80.7 %.
    """
    total: Floats = cosines.astype(np.float64) + coverage
    return total


def content_terms(question: str) -> list[str]:
    """Return the stems of what a question asks about; all of them where there is nothing else."""
    terms = set(split_terms(question))
    return sorted(terms - _function_terms() or terms)


@lru_cache(maxsize=1)
def _function_terms() -> frozenset[str]:
    return frozenset(split_terms(_FUNCTION_WORDS))


def _stems(sentence: str) -> set[str]:
    return set(split_terms(sentence))
