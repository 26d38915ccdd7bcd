"""Aligns a quotation with the words of a text where it does not stand exactly.

Approximate matching after Sellers (1980), by words: the quotation's words are rows, the text's
are columns, a match may begin and end anywhere in the text. A row is a few NumPy operations
over all columns. Only the surroundings of the quotation's rarest words are looked at: any
place within the limit holds at least one of them.

P. H. Sellers, The theory and computation of evolutionary distances: pattern recognition,
Journal of Algorithms 1 (1980), 359-373.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from ingest.agreement import Match, Quotation
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
# "…" may leave out about a page's column of words, "[…]" words may stand for a few.
_GAP_WORDS = 300
_ASIDE_WORDS = 12
# Leaving out a marked word costs next to nothing: the nearest place is still the best one.
_STEP = {Role.GAP: 1, Role.ASIDE: 100}
_BARRIER = 1 << 40


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words of a text to align with.

    Attributes:
        first: number of the first.
        end: number after the last.
        whole: the match takes all of them; else it begins and ends where it costs least.
    """

    first: int
    end: int
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """Some words of a text: where one stretch ends and the next begins is a barrier.

    Attributes:
        ids: int64, shape (n,): numbers of the words, -1 for a barrier.
        weights: int64, shape (n,): what adding each costs.
        places: int64, shape (n,): which word of the text each is.
    """

    ids: Numbers
    weights: Numbers
    places: Numbers


def find_nearest(text: str, quotation: Quotation) -> list[Match]:
    """Return the places that have most of a quotation's words in order, best first."""
    limit = _limit(quotation.words)
    if _is_short(quotation.words) or not may_hold(text, quotation.words, limit):
        return []
    wording = split_text(text)
    columns = _surround(wording, quotation.words, limit)
    if not len(columns.ids):
        return []
    costs = _score(columns, _number(quotation.words, wording))
    found: list[Match] = []
    reach = _reach(quotation.words)
    for end in _choose_ends(costs, columns.places, limit, reach):
        match = _align(text, quotation, Stretch(max(0, end - reach), end))
        if match is not None and match.similarity >= THRESHOLD and _is_telling(match):
            found.append(match)
    return sorted(found, key=lambda match: -match.similarity)


def align_within(text: str, quotation: Quotation, span: Span) -> Match | None:
    """Return how a quotation goes with the words under a span; nothing where these are none."""
    wording = split_text(text)
    first = int(wording.ends.searchsorted(span.start, side="right"))
    end = int(wording.starts.searchsorted(span.end))
    return _align(text, quotation, Stretch(first, end, whole=True)) if first < end else None


def may_hold(text: str, words: Sequence[QuoteWord], limit: int) -> bool:
    """Tell whether words of no more than the weight `limit` are nowhere in the text.

    Much faster than folding or splitting the text.
    """
    folded = text.casefold()
    left = limit
    for word in words:
        if word.plain.isascii() and word.plain.isalnum() and word.plain not in folded:
            left -= word.weight
            if left < 0:
                return False
    return True


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


def _reach(words: Sequence[QuoteWord]) -> int:
    """Return how many words of a text a match may take."""
    gaps = sum(word.role is Role.GAP for word in words)
    asides = sum(word.role is Role.ASIDE for word in words)
    return 2 * len(words) + 10 + _GAP_WORDS * gaps + _ASIDE_WORDS * asides


def _number(words: Sequence[QuoteWord], wording: Wording) -> list[tuple[QuoteWord, int]]:
    """Return each word with its number in the text, -2 where it does not occur."""
    return [(word, wording.numbers.get(word.plain, -2)) for word in words]


def _surround(wording: Wording, words: Sequence[QuoteWord], limit: int) -> Columns:
    """Return the words of the text near the quotation's rarest words."""
    import numpy as np

    near = np.isin(wording.ids, _choose_anchors(wording, words, limit))
    reach = _reach(words)
    change = np.zeros(len(near) + 1, dtype=np.int64)
    anchors = np.flatnonzero(near)
    np.add.at(change, np.maximum(anchors - reach, 0), 1)
    np.add.at(change, np.minimum(anchors + reach + 1, len(near)), -1)
    places = np.flatnonzero(np.cumsum(change[:-1]) > 0)
    breaks = np.flatnonzero(np.diff(places) > 1) + 1
    return Columns(
        np.insert(wording.ids[places], breaks, -1),
        np.insert(wording.weights[places], breaks, _BARRIER),
        np.insert(places, breaks, -1),
    )


def _choose_anchors(wording: Wording, words: Sequence[QuoteWord], limit: int) -> list[int]:
    """Return the rarest words of the quotation: no place within the limit has none of them."""
    import numpy as np

    counts = np.bincount(wording.ids, minlength=len(wording.numbers))
    known = [(counts[at] if at >= 0 else 0, at, word) for word, at in _number(words, wording)]
    left, anchors = limit, []
    for _, at, word in sorted(known, key=lambda one: one[0]):
        if word.role is not Role.WORD:
            continue
        anchors.append(int(at))
        left -= word.weight
        if left < 0:
            break
    return [at for at in anchors if at >= 0]


def _score(columns: Columns, words: Sequence[tuple[QuoteWord, int]]) -> Numbers:
    """Return the least cost of a match that ends with each word: int64, shape (n,)."""
    sheet = _Sheet(columns)
    row = sheet.first()
    for word, number in words:
        row = sheet.advance(row, word, number)
    return row[1:]


class _Sheet:
    """Computes the rows of the alignment of one quotation with some words of a text."""

    def __init__(self, columns: Columns) -> None:
        import numpy as np

        self._np = np
        self._columns = columns
        self._added = np.concatenate(([0], np.cumsum(columns.weights)))
        barriers = np.where(columns.ids == -1, _BARRIER, 1)
        self._steps = np.concatenate(([0], np.cumsum(barriers)))

    def first(self, *, whole: bool = False) -> Numbers:
        """Return the row before the first word: a match begins anywhere, or at the beginning."""
        return self._added if whole else self._np.zeros_like(self._added)

    def advance(self, row: Numbers, word: QuoteWord, number: int) -> Numbers:
        """Return the row after one more word."""
        if word.role is not Role.WORD:
            return self._run(row, self._steps * _STEP[word.role])
        best = row + _change(word.weight)
        changed = _change(self._np.maximum(self._columns.weights, word.weight))
        same = self._columns.ids == number
        self._np.minimum(best[1:], row[:-1] + self._np.where(same, 0, changed), out=best[1:])
        return self._run(best, self._added)

    def _run(self, row: Numbers, costs: Numbers) -> Numbers:
        """Let any number of words of the text follow, at their cost."""
        return self._np.minimum.accumulate(row - costs) + costs


def _choose_ends(costs: Numbers, places: Numbers, limit: int, reach: int) -> Iterator[int]:
    """Yield the words after which the best matches end, each away from those before."""
    import numpy as np

    left = np.where(places >= 0, costs, limit + 1)
    for _ in range(MOST_NEAR):
        best = int(np.argmin(left))
        if left[best] > limit:
            return
        yield int(places[best]) + 1
        left[max(0, best - reach // 2) : best + reach // 2 + 1] = limit + 1


def _align(text: str, quotation: Quotation, stretch: Stretch) -> Match | None:
    """Align with words of a text; nothing where none of them is used."""
    wording = split_text(text)
    places = slice(stretch.first, stretch.end)
    columns = Columns(wording.ids[places], wording.weights[places], wording.ids[places])
    steps = _trace(columns, _number(quotation.words, wording), whole=stretch.whole)
    pairs = [
        Pair(
            None if step.row is None else quotation.words[step.row],
            _under(wording, step, stretch.first),
        )
        for step in steps
    ]
    if not any(pair.span for pair in pairs):
        return None
    return compare_pairs(text, quotation, pairs)


@dataclass(frozen=True, slots=True)
class _Step:
    """A word of the quotation, words of the stretch, or both."""

    row: int | None
    columns: range


def _under(wording: Wording, step: _Step, first: int) -> Span | None:
    if not step.columns:
        return None
    start = wording.starts[first + step.columns.start]
    return Span(int(start), int(wording.ends[first + step.columns.stop - 1]))


def _trace(columns: Columns, words: Sequence[tuple[QuoteWord, int]], *, whole: bool) -> list[_Step]:
    """Return the cheapest alignment, in order."""
    sheet = _Sheet(columns)
    rows = [sheet.first(whole=whole)]
    for word, number in words:
        rows.append(sheet.advance(rows[-1], word, number))
    at, column = len(words), len(columns.ids) if whole else int(rows[-1].argmin())
    steps: list[_Step] = []
    while at > 0 or (whole and column > 0):
        if at == 0:
            step = _Step(None, range(column - 1, column))
        else:
            step = _step_back(rows, columns, words[at - 1], (at, column))
        steps.append(step)
        at -= step.row is not None
        column -= len(step.columns)
    return steps[::-1]


def _step_back(
    rows: Sequence[Numbers],
    columns: Columns,
    word: tuple[QuoteWord, int],
    cell: tuple[int, int],
) -> _Step:
    at, column = cell
    if word[0].role is not Role.WORD:
        return _step_over(rows, word[0].role, cell)
    cost, weight = rows[at][column], word[0].weight
    if column > 0:
        other = int(columns.weights[column - 1])
        same = columns.ids[column - 1] == word[1]
        # A word is changed into a word, never into a full stop.
        paid = 0 if same else _change(max(other, weight))
        if (same or other == weight) and cost == rows[at - 1][column - 1] + paid:
            return _Step(at - 1, range(column - 1, column))
    if cost == rows[at - 1][column] + _change(weight):
        return _Step(at - 1, range(column, column))
    if column > 0 and cost == rows[at][column - 1] + columns.weights[column - 1]:
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
