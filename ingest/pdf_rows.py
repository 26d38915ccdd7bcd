"""Joins the two halves of a table row that a page break parts, where there is no doubt.

The half on the new page goes on in the middle of a sentence in every cell that it has: each
begins with a small letter, under a cell of the row before that has not ended its sentence. Or it
holds only cells that the row before lacks at its end: the whole of them went to the new page.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingest.pdf_groups import Group, ends_sentence
from ingest.pdf_lines import Line, bounds
from ingest.pdf_tables import Cell, Row, Table

_OPENING = "“‘\"'(["


def join_parted_row(before: Group, group: Group) -> bool:
    """Give the last row of `before` what goes on with it at the beginning of `group`.

    Args:
        before: a table.
        group: what follows it on the next page: the rest of the table, or lines that were not
            told to be of one, since a single cell makes no table.

    Returns:
        Whether nothing of the group is left.
    """
    if before.table is None or not before.table.rows or not group.starts_column:
        return False
    rows = group.table.rows if group.table else []
    rest = rows[0].cells if rows else [group.lines]
    if group.page <= before.lines[-1].page or not _take(before.table, rest, among=bool(rows)):
        return False
    before.lines.extend(line for cell in rest for line in cell)
    del rows[:1]
    return not rows


def _take(table: Table, rest: Sequence[Cell], *, among: bool) -> bool:
    """Give the last row what it lacks; tell whether it was its.

    Args:
        table: what ends the page before.
        rest: the first row on the new page.
        among: whether a table on that page has it.
    """
    row = table.rows[-1]
    cells = _match(row, rest)
    if cells is not None:
        for cell, more in zip(cells, rest, strict=True):
            cell.extend(more)
        return True
    if among and _lacks(table, rest):
        for cell in rest:
            row.add_cell(cell[0])
            for line in cell[1:]:
                row.add_line(line)
        return True
    return False


def _lacks(table: Table, rest: Sequence[Cell]) -> bool:
    """Tell whether the rest makes the last row as long as the others, under their ends."""
    row = table.rows[-1]
    whole = max(table.rows, key=lambda other: len(other.cells))
    size = rest[0][0].size or 1.0
    if not 1 < len(row.cells) < len(whole.cells) == len(row.cells) + len(rest):
        return False
    starts = [bounds(cell)[0] for cell in whole.cells]
    found = [bounds(cell)[0] for cell in [*row.cells, *rest]]
    return all(abs(a - b) < 0.5 * size for a, b in zip(starts, found, strict=True))


def _match(row: Row, rest: Sequence[Cell]) -> list[Cell] | None:
    """Return the cell of the row that each of the rest goes on with; nothing where one does not."""
    found = [_find_cell(row, cell) for cell in rest]
    cells = [cell for cell in found if cell is not None]
    if len(cells) < len(rest) or len({id(cell) for cell in cells}) < len(cells):
        return None
    return cells if len(row.cells) > 1 else None


def _find_cell(row: Row, rest: Cell) -> Cell | None:
    """Return the cell that stands above, set alike, and in the middle of a sentence."""
    x0, _, x1, _ = bounds(rest)
    size = rest[0].size or 1.0
    for at, cell in enumerate(row.cells):
        left, _, right, _ = bounds(cell)
        limit = bounds(row.cells[at + 1])[0] if at + 1 < len(row.cells) else float("inf")
        if abs(left - x0) < 0.5 * size and x1 < limit and right - left > 0:
            return cell if _runs_on(cell[-1], rest[0]) else None
    return None


def _runs_on(last: Line, first: Line) -> bool:
    alike = abs(last.size - first.size) < 0.4 and last.bold == first.bold  # noqa: PLR2004
    small = first.words[0].lstrip(_OPENING)[:1].islower()
    return alike and small and (last.broken or not ends_sentence(last))
