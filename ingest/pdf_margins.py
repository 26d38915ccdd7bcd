"""Running headers, footers and printed page numbers, told by what comes back page after page."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.numerals import write_roman
from ingest.pdf_file import PagePieces
from ingest.pdf_lines import Line

_ZONE = 0.22
_MOST_ROWS = 4
_SAME_HEIGHT = 4.0
_NEAR = (1, 2)
_LONGEST = 160
_LARGER = 1.25
_ROMAN = re.compile(r"[ivxlc]{1,7}", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,5}")
# By how many pieces a row has: points to the next row for each point of its size.
_APART = {1: 1.3, 2: 1.9, 3: 2.3}
_EDGES = "|-–—.:[]()/ "
_ALONE = re.compile(
    r"(?:page|p\.?)?\s*[-–—\[(|]?\s*#\s*[-–—\])|]?(?:\s*(?:of|/)\s*\d+)?", re.IGNORECASE
)
_NAMES = frozenset(
    (
        "annex",
        "annexe",
        "appendix",
        "box",
        "chapter",
        "figure",
        "part",
        "section",
        "table",
        "volume",
    )
)


@dataclass(frozen=True, slots=True)
class _Numbering:
    """A way of counting: pages at a constant distance, in one kind of numerals."""

    roman: bool
    offset: int

    def write(self, index: int) -> str:
        number = index + self.offset
        return write_roman(number) if self.roman else str(number)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A piece near the page's edge.

    Attributes:
        key: its text, the page number in it put as "#".
        at: distance of its baseline from that edge, points.
        top: whether that is the top edge.
    """

    piece: Line
    key: str
    at: float
    top: bool


def find_margins(
    pages: Sequence[PagePieces], given: Sequence[str], body: float
) -> tuple[list[set[int]], list[str]]:
    """Return what is no text of the report, and the label of each page.

    Args:
        pages: all pages of the file.
        given: labels in the file itself, one for each page, empty where there are none.
        body: size of most characters, points.

    Returns:
        For each page the `id` of each line that is header, footer or page number, and the
        labels: as printed, else as the file has them, else the physical number.
    """
    numberings = _number(pages)
    found = [list(_candidates(page, numberings.get(page.index), body)) for page in pages]
    margins = _repeated(found, numberings)
    _add_slots(found, margins)
    kept = [_outermost(*parts) for parts in zip(pages, found, margins, strict=True)]
    for page, ids in zip(pages, kept, strict=True):
        ids.update(_repeated_aside(page, found, kept))
    return kept, _label(pages, numberings, given)


def find_body_size(pages: Sequence[PagePieces]) -> float:
    """Return the size that most characters of the file are printed in, points."""
    counts: Counter[float] = Counter()
    for page in pages[:: max(1, len(pages) // 200)]:
        for line in page.pieces:
            counts[line.size] += sum(map(len, line.words))
    return counts.most_common(1)[0][0] if counts else 0.0


def _edge_rows(page: PagePieces) -> Iterator[tuple[bool, float, list[Line]]]:
    """Yield the outermost rows: whether at the top, distance from that edge, pieces."""
    height = page.frame.reading_size[1]
    rows = _rows(page.pieces)
    for top, ordered in ((True, rows), (False, rows[::-1])):
        for base, pieces in ordered[:_MOST_ROWS]:
            distance = base if top else height - base
            if distance < _ZONE * height:
                yield top, distance, pieces


def _rows(pieces: Sequence[Line]) -> list[tuple[float, list[Line]]]:
    rows: list[tuple[float, list[Line]]] = []
    for piece in sorted(pieces, key=lambda line: line.base):
        if rows and piece.base - rows[-1][0] < 2:  # noqa: PLR2004
            rows[-1][1].append(piece)
        else:
            rows.append((piece.base, [piece]))
    return rows


def _numbers(piece: Line) -> Iterator[tuple[int, bool, int]]:
    """Yield place, numerals and value of what may be a page number in a piece."""
    words = piece.words
    for at in sorted({0, 1, len(words) - 1} & set(range(len(words)))):
        before = words[at - 1].casefold() if at else ""
        if before in _NAMES or (at == 1 and before not in {"page", "p.", "|", "-", "–"}):
            continue
        word = words[at].strip(_EDGES)
        if _NUMBER.fullmatch(word):
            yield at, False, int(word)
        elif _ROMAN.fullmatch(word) and (value := read_roman(word)):
            yield at, True, value


def read_roman(numeral: str) -> int:
    """Return what a Roman numeral stands for, 0 where it is none."""
    values = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
    total = 0
    for letter, after in zip(numeral.lower(), [*numeral.lower()[1:], ""], strict=True):
        value = values.get(letter, 0)
        total += -value if value < values.get(after, 0) else value
    return total if total > 0 and write_roman(total) == numeral.lower() else 0


def _number(pages: Sequence[PagePieces]) -> dict[int, _Numbering]:
    """Return how each page is numbered, where neighbours bear its number out."""
    ways = {page.index: dict(_ways(page)) for page in pages}
    votes = Counter(way for found in ways.values() for way in found)
    chosen: dict[int, _Numbering] = {}
    for index, found in ways.items():
        near = [ways[i] for d in _NEAR for i in (index - d, index + d) if i in ways]
        backed = [way for way, alone in found.items() if _is_backed(way, near, alone=alone)]
        if backed:
            chosen[index] = max(backed, key=lambda way: (votes[way], -abs(way.offset)))
    return chosen


def _ways(page: PagePieces) -> Iterator[tuple[_Numbering, bool]]:
    """Yield how a page may be numbered, and whether the number stands alone."""
    for _, _, pieces in _edge_rows(page):
        for piece in pieces:
            for _, roman, value in _numbers(piece):
                alone = len(pieces) == len(piece.words) == 1
                yield _Numbering(roman, value - page.index), alone


def _is_backed(way: _Numbering, near: Sequence[Mapping[_Numbering, bool]], *, alone: bool) -> bool:
    """Tell whether pages beside count the same way: one where the number stands alone.

    A number that stands alone and is that of the physical page needs none.
    """
    if alone and not way.offset and near:
        return True
    return sum(way in other for other in near) >= (1 if alone or len(near) == 1 else 2)


def _candidates(
    page: PagePieces, numbering: _Numbering | None, body: float
) -> Iterator[_Candidate]:
    number = numbering.write(page.index) if numbering else ""
    for top, distance, pieces in _edge_rows(page):
        for piece in pieces:
            text = _key(piece, number)
            if len(text) <= _LONGEST and (piece.size < _LARGER * body or text == "#"):
                yield _Candidate(piece, text, distance, top)


def _key(piece: Line, number: str) -> str:
    places = {at for at, _, _ in _numbers(piece)}
    words = (
        "#" if at in places and number and word.strip(_EDGES).lower() == number else word
        for at, word in enumerate(piece.words)
    )
    return " ".join(words).casefold()


def _repeated(
    found: Sequence[Sequence[_Candidate]], numberings: Mapping[int, _Numbering]
) -> list[set[int]]:
    """Return for each page the pieces that come back on a page near it, at the same height."""
    heights = [defaultdict[tuple[bool, str], list[float]](list) for _ in found]
    for page, candidates in zip(heights, found, strict=True):
        for candidate in candidates:
            page[candidate.top, candidate.key].append(candidate.at)
    totals = Counter(key for page in heights for key in page)
    fewest = 2 if len(found) < 6 else 3  # noqa: PLR2004
    margins: list[set[int]] = []
    for index, candidates in enumerate(found):
        near = [heights[i] for d in _NEAR for i in (index - d, index + d) if 0 <= i < len(found)]
        margins.append(
            {
                id(c.piece)
                for c in candidates
                if (totals[c.top, c.key] >= fewest and _recurs(c, near))
                or (_ALONE.fullmatch(c.key) and index + 1 in numberings)
                or (len(found) == 1 and _is_only_number(c))
            }
        )
    return margins


def _recurs(candidate: _Candidate, near: Sequence[Mapping[tuple[bool, str], list[float]]]) -> bool:
    heights = (at for page in near for at in page.get((candidate.top, candidate.key), ()))
    return any(abs(at - candidate.at) < _SAME_HEIGHT for at in heights)


def _is_only_number(candidate: _Candidate) -> bool:
    return not candidate.top and candidate.piece.words in (["1"], ["Page", "1"])


def _add_slots(found: Sequence[Sequence[_Candidate]], margins: Sequence[set[int]]) -> None:
    """Take in what stands where most pages have a header or footer, as chapter titles do."""
    slots: Counter[tuple[bool, int, float]] = Counter()
    for candidates, ids in zip(found, margins, strict=True):
        slots.update({_slot(c) for c in candidates if id(c.piece) in ids})
    for candidates, ids in zip(found, margins, strict=True):
        for candidate in candidates:
            if slots[_slot(candidate)] > max(2, len(found) / 3):
                ids.add(id(candidate.piece))


def _slot(candidate: _Candidate) -> tuple[bool, int, float]:
    return candidate.top, round(candidate.at), candidate.piece.size


def _outermost(page: PagePieces, candidates: Sequence[_Candidate], ids: set[int]) -> set[int]:
    """Keep only whole rows with nothing else between them and the page's edge.

    They also have to keep their distance from the text, the more the more they look like the
    head of a table that every page repeats.
    """
    keys = {id(candidate.piece): candidate.key for candidate in candidates}
    kept: set[int] = set()
    rows = _rows(page.pieces)
    for ordered in (rows, rows[::-1]):
        for (base, pieces), (inner, _) in pairwise([*ordered, (math.inf, [])]):
            alone = all(_ALONE.fullmatch(keys.get(id(piece), "")) for piece in pieces)
            apart = abs(inner - base) > _APART[min(len(pieces), 3)] * pieces[0].size
            if not all(id(piece) in ids for piece in pieces):
                break
            following = all(id(piece) in ids for piece in _at(ordered, inner))
            if not (alone or apart or following):
                break
            kept.update(id(piece) for piece in pieces)
    return kept


def _at(rows: Sequence[tuple[float, list[Line]]], base: float) -> list[Line]:
    return next((pieces for other, pieces in rows if other == base), [])


def _repeated_aside(
    page: PagePieces, found: Sequence[Sequence[_Candidate]], kept: Sequence[set[int]]
) -> Iterator[int]:
    """Yield headers of turned pages, which run another way than the page's text."""
    if not page.aside:
        return
    index = page.index - 1
    near = [i for d in _NEAR for i in (index - d, index + d) if 0 <= i < len(found)]
    known = {c.key for i in near for c in found[i] if id(c.piece) in kept[i]}
    words = {word for key in known for word in key.split()}
    for line in page.aside:
        text = _key(line, "")
        if text in known or text in words or (_NUMBER.fullmatch(text) and "#" in words):
            yield id(line)


def _label(
    pages: Sequence[PagePieces], numberings: Mapping[int, _Numbering], given: Sequence[str]
) -> list[str]:
    borrowed = _borrow(len(pages), numberings)
    labels = []
    for index, label in enumerate(given, 1):
        way = numberings.get(index) or (borrowed[index - 1] if label in {"", str(index)} else None)
        labels.append(way.write(index) if way else label or str(index))
    return labels


def _borrow(count: int, numberings: Mapping[int, _Numbering]) -> list[_Numbering | None]:
    """Return how pages without a printed number count: as those on both sides of them do.

    Pages before the first number count back from it, as long as that stays above zero.
    """
    before: list[_Numbering | None] = [None]
    after: list[_Numbering | None] = [None]
    for index in range(1, count + 1):
        before.append(numberings.get(index) or before[-1])
        after.append(numberings.get(count + 1 - index) or after[-1])
    after.reverse()
    borrowed: list[_Numbering | None] = []
    for index in range(1, count + 1):
        left, right = before[index], after[index - 1]
        way = right if left is None else left if right in {left, None} else None
        borrowed.append(way if way and index + way.offset > 0 else None)
    return borrowed
