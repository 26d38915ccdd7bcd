"""Aligns a quotation with the words of a text where it does not stand exactly.

Approximate matching after Sellers (1980), by words: the quotation's words are rows, the text's
are columns, a match may begin and end anywhere in the text. A row is a few NumPy operations
over all columns. Only the surroundings of the quotation's rarest words are looked at.

P. H. Sellers, The theory and computation of evolutionary distances: pattern recognition,
Journal of Algorithms 1 (1980), 359-373.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from ingest.agreement import Match, Quotation
from ingest.anchoring import count_reach, find_surroundings
from ingest.differences import Pair, compare_pairs
from ingest.span import Span
from ingest.wording import WORD_WEIGHT, QuoteWord, Role, Wording, count_telling, split_text

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.int64]
    _Weight = TypeVar("_Weight", int, Numbers)

# What a place must have of the quotation, by weight, and again of its telling words, two of
# them at least; nearly all of it is enough in itself. docs/decisions/0033 has the figures.
THRESHOLD = 2 / 3
_NEARLY_ALL = 0.8
_FEWEST_TELLING = 2
# A word of the quotation that does not stand costs a tenth more than one that it left out, so
# that of two alignments the one in which more words stand wins.
_CHANGE = 10
MOST_NEAR = 5
# Fewer words than this come near to something in every report.
FEWEST_WORDS = 4
# Leaving out a marked word costs next to nothing: the nearest place is still the best one.
_STEP = {Role.GAP: 1, Role.ASIDE: 100}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A quotation beside the words of a stretch of text.

    Attributes:
        quotation: what is looked for.
        wording: the words of the stretch.
        rows: each word of the quotation with its number in the wording, -2 where it has none.
        whole: the match takes all of the stretch; else it begins and ends where it costs least.
    """

    quotation: Quotation
    wording: Wording
    rows: tuple[tuple[QuoteWord, int], ...]
    whole: bool = False


def find_nearest(text: str, quotation: Quotation) -> list[Match]:
    """Return the places that have most of a quotation's words in order, best first."""
    if _is_short(quotation.words):
        return []
    limit = _limit(quotation.words)
    found: list[Match] = []
    for span in find_surroundings(text, quotation, limit):
        found += _find_within(text, _lay_out(quotation, split_text(text, span)), limit)
    return sorted(found, key=lambda match: -match.similarity)[:MOST_NEAR]


def align_within(text: str, quotation: Quotation, span: Span) -> Match | None:
    """Return how a quotation goes with the words under a span; nothing where these are none."""
    wording = split_text(text, span)
    return _align(text, _lay_out(quotation, wording, whole=True)) if len(wording.ids) else None


def _find_within(text: str, sheet: Sheet, limit: int) -> Iterator[Match]:
    reach = count_reach(sheet.quotation.words)
    for end in _choose_ends(_score(sheet), limit, reach):
        near = replace(sheet, wording=sheet.wording.cut(max(0, end - reach), end))
        match = _align(text, near)
        if match is not None and match.similarity >= THRESHOLD and _is_telling(match):
            yield match


def _lay_out(quotation: Quotation, wording: Wording, *, whole: bool = False) -> Sheet:
    numbers = wording.numbers
    rows = tuple((word, numbers.get(word.plain, -2)) for word in quotation.words)
    return Sheet(quotation, wording, rows, whole)


def _is_short(words: Sequence[QuoteWord]) -> bool:
    return sum(word.weight == WORD_WEIGHT for word in words) < FEWEST_WORDS


def _is_telling(match: Match) -> bool:
    """Tell whether more than "the first half of the" stands there."""
    if match.similarity >= _NEARLY_ALL:
        return True
    same = [count_telling(piece.quoted) for piece in match.pieces if not piece.differs]
    every = sum(count_telling(piece.quoted) for piece in match.pieces)
    return sum(same) >= max(_FEWEST_TELLING, THRESHOLD * every)


def _limit(words: Sequence[QuoteWord]) -> int:
    return round((1 + 1 / _CHANGE) * (1 - THRESHOLD) * sum(word.weight for word in words))


def _score(sheet: Sheet) -> Numbers:
    """Return the least cost of a match that ends with each word: int64, shape (words,)."""
    costs = _Costs(sheet)
    row = costs.first()
    for word, number in sheet.rows:
        row = costs.advance(row, word, number)
    return row[1:]


class _Costs:
    """Computes the rows of an alignment: int64, shape (words of the text + 1,)."""

    def __init__(self, sheet: Sheet) -> None:
        import numpy as np

        self._np = np
        self._wording = sheet.wording
        self._whole = sheet.whole
        self._added = np.concatenate(([0], np.cumsum(sheet.wording.weights)))
        self._steps = np.arange(len(self._added), dtype=np.int64)

    def first(self) -> Numbers:
        """Return the row before the first word: a match begins anywhere, or at the beginning."""
        return self._added if self._whole else self._np.zeros_like(self._added)

    def advance(self, row: Numbers, word: QuoteWord, number: int) -> Numbers:
        """Return the row after one more word of the quotation."""
        if word.role is not Role.WORD:
            return self._run(row, self._steps * _STEP[word.role])
        best = row + _change(word.weight)
        changed = _change(self._np.maximum(self._wording.weights, word.weight))
        same = self._wording.ids == number
        self._np.minimum(best[1:], row[:-1] + self._np.where(same, 0, changed), out=best[1:])
        return self._run(best, self._added)

    def _run(self, row: Numbers, costs: Numbers) -> Numbers:
        """Let any number of words of the text follow, at their cost."""
        return self._np.minimum.accumulate(row - costs) + costs


def _choose_ends(costs: Numbers, limit: int, reach: int) -> Iterator[int]:
    """Yield the words after which the best matches end, each away from those before."""
    left = costs.copy()
    for _ in range(MOST_NEAR if len(left) else 0):
        best = int(left.argmin())
        if left[best] > limit:
            return
        yield best + 1
        left[max(0, best - reach // 2) : best + reach // 2 + 1] = limit + 1


def _align(text: str, sheet: Sheet) -> Match | None:
    """Align with words of a text; nothing where none of them is used."""
    words = sheet.quotation.words
    pairs = [
        Pair(None if step.row is None else words[step.row], _under(sheet.wording, step.columns))
        for step in _trace(sheet)
    ]
    if not any(pair.span for pair in pairs):
        return None
    return compare_pairs(text, sheet.quotation, pairs)


@dataclass(frozen=True, slots=True)
class _Step:
    """A word of the quotation, words of the stretch, or both."""

    row: int | None
    columns: range


def _under(wording: Wording, columns: range) -> Span | None:
    if not columns:
        return None
    return Span(int(wording.starts[columns.start]), int(wording.ends[columns.stop - 1]))


def _trace(sheet: Sheet) -> list[_Step]:
    """Return the cheapest alignment, in order."""
    costs = _Costs(sheet)
    rows = [costs.first()]
    for word, number in sheet.rows:
        rows.append(costs.advance(rows[-1], word, number))
    last = len(rows[0]) - 1 if sheet.whole else int(rows[-1].argmin())
    at, column = len(sheet.rows), last
    steps: list[_Step] = []
    while at > 0 or (sheet.whole and column > 0):
        steps.append(_step_back(rows, sheet, (at, column)))
        at -= steps[-1].row is not None
        column -= len(steps[-1].columns)
    return steps[::-1]


def _step_back(rows: Sequence[Numbers], sheet: Sheet, cell: tuple[int, int]) -> _Step:
    at, column = cell
    if at == 0:
        return _Step(None, range(column - 1, column))
    word, number = sheet.rows[at - 1]
    if word.role is not Role.WORD:
        return _step_over(rows, word.role, cell)
    cost, wording = rows[at][column], sheet.wording
    if column > 0:
        other = int(wording.weights[column - 1])
        same = wording.ids[column - 1] == number
        # A word is changed into a word, never into a full stop.
        paid = 0 if same else _change(max(other, word.weight))
        if (same or other == word.weight) and cost == rows[at - 1][column - 1] + paid:
            return _Step(at - 1, range(column - 1, column))
    if cost == rows[at - 1][column] + _change(word.weight):
        return _Step(at - 1, range(column, column))
    if cost == rows[at][column - 1] + wording.weights[column - 1]:
        return _Step(None, range(column - 1, column))
    return _Step(at - 1, range(column - 1, column))


def _change(weight: _Weight) -> _Weight:
    return weight + weight // _CHANGE


def _step_over(rows: Sequence[Numbers], role: Role, cell: tuple[int, int]) -> _Step:
    """Return the editor's mark with the words that it stands for."""
    at, column = cell
    start = column
    while rows[at][column] != rows[at - 1][start] + _STEP[role] * (column - start):
        start -= 1
    return _Step(at - 1, range(start, column))
