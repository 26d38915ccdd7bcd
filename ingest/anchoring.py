"""Finds where in a long text a quotation can stand at all.

A place may lack words of the quotation up to some weight. Then it has the rest of them, close
together: only where enough of them are, the text has to be looked at word by word.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from ingest.agreement import Quotation
from ingest.span import Span
from ingest.wording import WORD_WEIGHT, QuoteWord, Role

# What a gap may leave out ("…": about a page's column) and an aside may stand for, in words.
_GAP_WORDS = 300
_ASIDE_WORDS = 12
# Code points that a word takes with the space after it; a run of words is rarely longer.
_WORD_LENGTH = 10
# Weight of words that have to be close together: more leave fewer places to look at, and
# take longer to find.
_TOGETHER = 2 * WORD_WEIGHT


def count_reach(words: Sequence[QuoteWord]) -> int:
    """Return how many words of a text a match may take."""
    gaps = sum(word.role is Role.GAP for word in words)
    asides = sum(word.role is Role.ASIDE for word in words)
    return 2 * len(words) + 10 + _GAP_WORDS * gaps + _ASIDE_WORDS * asides


def find_surroundings(text: str, quotation: Quotation, lacking: int) -> list[Span]:
    """Return the stretches of a text where a quotation may stand, in order.

    Args:
        text: of a report.
        quotation: what is looked for.
        lacking: the weight of the words that a place may lack, and of those it may have
            besides.
    """
    lowered = _lower(text)
    if len(lowered) != len(text):  # "İ" becomes two: rare enough to look everywhere
        return [Span(0, len(text))]
    weights = _choose_words(lowered, quotation.words, lacking)
    needed = sum(weights.values()) - lacking
    if needed <= 0:
        return [Span(0, len(text))]
    more = lacking // WORD_WEIGHT + count_reach(quotation.words) - 2 * len(quotation.words)
    reach = len(quotation.text) + _WORD_LENGTH * more
    places = sorted((at, plain) for plain in weights for at in _occurrences(lowered, plain))
    return list(_merge(text, _find_crowded(places, weights, (needed, reach)), reach))


def _choose_words(text: str, words: Sequence[QuoteWord], lacking: int) -> dict[str, int]:
    """Return the rarer words with their weights: more than may be lacking, where there are."""
    weights: Counter[str] = Counter()
    for word in words:
        if _is_countable(word):
            weights[word.plain] += word.weight
    counts = {plain: text.count(plain) for plain in weights}
    chosen: dict[str, int] = {}
    for plain in sorted(weights, key=counts.__getitem__):
        if sum(chosen.values()) >= lacking + _TOGETHER:
            break
        chosen[plain] = weights[plain]
    return chosen


def _find_crowded(
    places: Iterable[tuple[int, str]], weights: Mapping[str, int], limits: tuple[int, int]
) -> Iterator[tuple[int, int]]:
    """Yield where words of enough weight stand within reach of each other: first and last."""
    needed, reach = limits
    near: deque[tuple[int, str]] = deque()
    counts: Counter[str] = Counter()
    weight = 0
    for at, plain in places:
        near.append((at, plain))
        weight += weights[plain] if not counts[plain] else 0
        counts[plain] += 1
        while at - near[0][0] > reach:
            _, gone = near.popleft()
            counts[gone] -= 1
            weight -= weights[gone] if not counts[gone] else 0
        if weight >= needed:
            yield near[0][0], at


def _is_countable(word: QuoteWord) -> bool:
    """Tell whether the word is spelt alike wherever it stands: no apostrophe, no dash."""
    plain = word.plain
    return bool(plain) and plain.isascii() and not any(mark in plain for mark in "'-")


def _occurrences(text: str, words: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + len(words))


def _merge(text: str, crowded: Iterable[tuple[int, int]], reach: int) -> Iterator[Span]:
    """Yield the surroundings of places, those that touch as one, between white space."""
    start, end = 0, -1
    for first, last in crowded:
        if end < 0 or first - reach > end:
            if end >= 0:
                yield _widen(text, start, end)
            start = max(0, first - reach)
        end = min(len(text), last + reach)
    if end >= 0:
        yield _widen(text, start, end)


def _widen(text: str, start: int, end: int) -> Span:
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return Span(start, end)


@lru_cache(maxsize=4)
def _lower(text: str) -> str:
    return text.lower()
