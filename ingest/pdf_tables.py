"""Tables of a PDF page, told from columns of text by the order in which a page is drawn.

Producers draw a table cell by cell and row by row, and columns of text one after the other.
So a step to the right is a new cell, a step back to the left and down a new row, and a text
column shows as one step only.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.pdf_lines import Line, beside, bounds, join_lines

Cell = list[Line]
_LEADER = re.compile(r"(?:[.…·_]\s?){3,}")
_IN_CELL = 0.8
_GUTTER = 1.0
_FEWEST_ROWS = 3
_FARTHEST_ROW = 5.0
_COLUMN_LINES = 5
_WORDY = 56
_TIED_GAP = 12.0
_WIDEST = 5.0
_HANGING = 4.0
_ALIGNED = 0.3


Corners = tuple[float, float, float, float]


class Row:
    """Cells that the page draws from left to right.

    Attributes:
        cells: lines of each cell.
        box: x0, y0, x1, y1 around them.
        last: the same around the last cell.
    """

    __slots__ = ("_gutters", "_leader", "box", "cells", "last")

    _gutters: list[tuple[float, float]] | None
    _leader: bool | None

    def __init__(self, line: Line) -> None:
        """Begin a row with the first line of its first cell."""
        self._forget()
        self.cells: list[Cell] = [[line]]
        self.box = self.last = (line.x0, line.y0, line.x1, line.y1)

    def add_line(self, line: Line) -> None:
        """Append a line to the last cell."""
        self._forget()
        self.cells[-1].append(line)
        self.last = _around(self.last, line)
        self.box = _around(self.box, line)

    def add_cell(self, line: Line) -> None:
        """Append a cell."""
        self._forget()
        self.cells.append([line])
        self.last = (line.x0, line.y0, line.x1, line.y1)
        self.box = _around(self.box, line)

    @property
    def lines(self) -> list[Line]:
        return [line for cell in self.cells for line in cell]

    @property
    def gutters(self) -> list[tuple[float, float]]:
        """The empty stretches between its cells, x0 and x1 of each."""
        if self._gutters is None:
            edges = [bounds(cell) for cell in self.cells]
            self._gutters = [(left[2], right[0]) for left, right in pairwise(edges)]
        return self._gutters

    @property
    def is_labelled(self) -> bool:
        """Tell a list item: a bullet or number, then text."""
        first = self.cells[0]
        return len(self.cells) == 2 and len(first) == 1 and first[0].is_label  # noqa: PLR2004

    @property
    def has_leader(self) -> bool:
        """Tell an entry of a contents list by its dots."""
        if self._leader is None:
            self._leader = any(_LEADER.search(line.text) for line in self.lines)
        return self._leader

    def _forget(self) -> None:
        # Both are asked for again and again once the row is whole.
        self._gutters = None
        self._leader = None


def _around(box: Corners, line: Line) -> Corners:
    x0, y0, x1, y1 = box
    return min(x0, line.x0), min(y0, line.y0), max(x1, line.x1), max(y1, line.y1)


@dataclass(slots=True)
class Table:
    """Rows that share columns; x0 to y1 is its box in the page's reading frame."""

    rows: list[Row]
    x0: float
    y0: float
    x1: float
    y1: float
    order: int

    @property
    def height(self) -> float:
        """Points from top to bottom."""
        return self.y1 - self.y0


def part_tables(pieces: Sequence[Line], before: Table | None = None) -> list[Line | Table]:
    """Return lines and tables; pieces of a line that belong to no table are joined.

    Args:
        pieces: lines in the order in which the page draws them.
        before: the table that ends the page before, if one does; a single row may go on with it.
    """
    if not _any_beside(pieces):
        return list(pieces)
    pieces = _attach_bullets(pieces)
    found: list[Line | Table] = []
    columns: set[int] = set()
    for run in _runs(_rows(pieces)):
        if _is_table(run) or (before and not found and _is_rest(run, before)):
            found.append(Table(run, *bounds([x for row in run for x in row.lines]), _order(run)))
        else:
            lines = [line for row in run for line in _flatten(row)]
            columns.update(id(line) for line in lines if _is_columns(run))
            found += lines
    return _join_loose(found, columns)


def _attach_bullets(pieces: Sequence[Line]) -> list[Line]:
    """Join bullets and list numbers, which some producers draw all at once, with their text."""
    labels = [piece for piece in pieces if piece.is_label]
    marks = [label for label in labels if not label.words[0].isdigit()]
    if not marks:
        return list(pieces)
    texts = {id(piece): piece for piece in pieces}
    for label in labels:
        del texts[id(label)]
    gone: set[int] = set()
    for mark in marks:
        right = [t for t in texts.values() if 0 < t.x0 - mark.x1 < _HANGING * t.size]
        text = min((t for t in right if beside(mark, t)), key=lambda t: t.x0, default=None)
        if text is not None and not _is_between(mark, text, pieces):
            joined = join_lines(mark, text)
            joined.order = text.order
            texts[id(text)] = joined
            gone.add(id(mark))
    return [texts.get(id(piece), piece) for piece in pieces if id(piece) not in gone]


def _is_between(mark: Line, text: Line, pieces: Sequence[Line]) -> bool:
    between = (p for p in pieces if p is not mark and mark.x1 <= p.x0 and p.x1 <= text.x0)
    return any(beside(mark, piece) for piece in between)


def _join_loose(items: Sequence[Line | Table], columns: Container[int]) -> list[Line | Table]:
    """Join the parts of justified lines that wide spaces part."""
    joined: list[Line | Table] = []
    for item in items:
        last = joined[-1] if joined else None
        if isinstance(item, Line) and isinstance(last, Line) and id(item) not in columns:
            apart = (item.x0 - last.x1) / (item.size or 1)
            if abs(last.base - item.base) < 1 and 0 < apart < _WIDEST and not last.broken:
                joined[-1] = join_lines(last, item)
                continue
        joined.append(item)
    return joined


def _any_beside(pieces: Sequence[Line]) -> bool:
    """Tell whether any two pieces stand side by side."""
    ordered = sorted(pieces, key=lambda line: line.y0)
    return any(beside(one, other) for one, other in pairwise(ordered))


def _is_rest(run: Sequence[Row], before: Table) -> bool:
    rows = [row for row in before.rows if len(row.cells) > 1]
    return _may_be_row(run[0]) and bool(rows) and _share_gutter(rows[-1], run[0])


def _order(run: Sequence[Row]) -> int:
    return min(line.order for row in run for line in row.lines)


def _rows(pieces: Sequence[Line]) -> list[Row]:
    rows: list[Row] = []
    for piece in pieces:
        row = rows[-1] if rows else None
        if row and _goes_on(row, piece):
            row.add_line(piece)
        elif row and _is_right_of(row, piece):
            row.add_cell(piece)
        else:
            rows.append(Row(piece))
    return rows


def _goes_on(row: Row, piece: Line) -> bool:
    last = row.cells[-1][-1]
    if piece.base - last.base <= _IN_CELL * min(last.size, piece.size) / 2:
        return False
    if piece.y0 - last.y1 >= _IN_CELL * max(last.size, piece.size):
        return False
    x0, _, x1, _ = row.last
    return min(x1, piece.x1) > max(x0, piece.x0) and not _is_set_apart(row, piece)


def _is_set_apart(row: Row, piece: Line) -> bool:
    """Tell a cell under a bold heading row, or a bold heading under a paragraph, from its lines."""
    if len(row.cells) == 1:
        return piece.bold and not row.cells[0][-1].bold
    return not piece.bold and all(line.bold for line in row.lines)


def _is_right_of(row: Row, piece: Line) -> bool:
    if piece.x0 <= row.last[2] - 0.1 * piece.size:
        return False
    return min(row.box[3], piece.y1) - max(row.box[1], piece.y0) > piece.height / 2


def _runs(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Yield rows that could make a table together, others one by one."""
    run: list[Row] = []
    for row in rows:
        if run and _continues(run, row):
            run.append(row)
            continue
        if run:
            yield from _trim(run)
        run = [row]
    if run:
        yield from _trim(run)


def _continues(run: Sequence[Row], row: Row) -> bool:
    if not _may_be_row(run[0]):
        return False
    x0, y0, x1, y1 = row.box
    size = row.cells[0][0].size
    if not -0.5 * size < y0 - run[-1].box[3] < _FARTHEST_ROW * size:
        return False
    if len(row.cells) == 1:
        left, right = min(r.box[0] for r in run), max(r.box[2] for r in run)
        below = y1 > run[-1].box[3]
        # A short heading says little about how wide its column is.
        inside = x1 < right + size or abs(x0 - run[-1].last[0]) < _ALIGNED * size
        return len(run[-1].cells) > 1 and left - size < x0 and inside and below
    last = next(other for other in reversed(run) if len(other.cells) > 1)
    return _may_be_row(row) and _share_gutter(last, row)


def _may_be_row(row: Row) -> bool:
    return len(row.cells) > 1 and not row.is_labelled and not row.has_leader


def _share_gutter(one: Row, other: Row) -> bool:
    pairs = ((a, b) for a in one.gutters for b in other.gutters)
    return any(min(a[1], b[1]) - max(a[0], b[0]) > 0.3 * one.lines[0].size for a, b in pairs)


def _trim(run: list[Row]) -> Iterator[list[Row]]:
    """Yield the run up to its last row of several cells, then the rest one by one."""
    last = max((at for at, row in enumerate(run) if len(row.cells) > 1), default=0)
    yield run[: last + 1]
    for row in run[last + 1 :]:
        yield [row]


def _is_table(run: Sequence[Row]) -> bool:
    rows = [row for row in run if len(row.cells) > 1]
    if len(rows) < 2 or not _may_be_row(rows[0]):  # noqa: PLR2004
        return False
    if _is_columns(rows) or _is_wordy(rows):
        return False
    narrowest = min(x1 - x0 for row in rows for x0, x1 in row.gutters)
    return len(rows) >= _FEWEST_ROWS or narrowest >= _GUTTER * rows[0].lines[0].size


def _is_wordy(rows: Sequence[Row]) -> bool:
    """Tell columns of text, drawn one after the other, that happen to begin alike twice."""
    cells = [cell for row in rows for cell in row.cells]
    words = sum(len(line.words) for cell in cells for line in cell)
    return len(rows) < _FEWEST_ROWS and words > _WORDY * len(cells)


def _is_columns(rows: Sequence[Row]) -> bool:
    """Tell columns of text whose lines the page draws across both."""
    if len(rows) < _COLUMN_LINES or len({len(row.cells) for row in rows}) > 1:
        return False
    if any(len(cell) > 1 for row in rows for cell in row.cells):
        return False
    columns = [[row.cells[at][0] for row in rows] for at in range(len(rows[0].cells))]
    return len(columns) > 1 and all(_is_filled(column) for column in columns)


def _is_filled(column: Sequence[Line]) -> bool:
    x0, _, x1, _ = bounds(column)
    full = sum(line.x1 - line.x0 > 0.75 * (x1 - x0) for line in column)
    words = sum(len(line.words) for line in column) / len(column)
    return full > 0.7 * len(column) and words > 3  # noqa: PLR2004


def _flatten(row: Row) -> Iterator[Line]:
    """Yield the lines of a row that is none of a table, pieces of one line joined."""
    lines: list[Line] = []
    for cell in row.cells:
        first, *rest = cell
        if lines and _belongs(lines[-1], first, row):
            lines[-1] = join_lines(lines[-1], first)
        else:
            lines.append(first)
        lines += rest
    yield from lines


def _belongs(left: Line, right: Line, row: Row) -> bool:
    if not beside(left, right) or left.broken:
        return False
    if left.is_label or row.has_leader:
        return True
    single = all(len(cell) == 1 for cell in row.cells)
    near = right.x0 - left.x1 < _TIED_GAP * left.size
    return near and abs(left.base - right.base) < 1 and (single or _is_loose(left, right))


def _is_loose(left: Line, right: Line) -> bool:
    """Tell two parts of one justified line from the lines of two columns."""
    return right.order == left.order + 1 and right.x0 - left.x1 < 4 * left.size
