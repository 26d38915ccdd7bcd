"""Footnotes and contents lists of a PDF: what stands on a page beside its running text."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from ingest.pdf_groups import Body, Group
from ingest.pdf_lines import Line, beside
from ingest.pdf_margins import read_roman
from ingest.pdf_tables import Row, Table

_SMALLER = 0.93
_MARK = re.compile(r"\d{1,3}|[*†‡§¶]{1,3}|[a-z]")
_ENTRY = re.compile(r"\S.*?(?:\s?[.…·_]){3,}\s*(?:\d{1,4}|[ivxlc]{1,6})?(?:\s|$)")
_PAGE = re.compile(r"\d{1,4}|[ivxlc]{1,6}", re.IGNORECASE)
_CONTENTS = re.compile(
    r"(?:table of )?contents(?: page)?|list of (?:figures|tables|boxes)", re.IGNORECASE
)
_FEWEST_ENTRIES = 3


def split_notes(
    items: Sequence[Line | Table], body: Body, *, continued: bool
) -> tuple[list[Line | Table], list[Line]]:
    """Return a column's running text and the lines of its footnotes.

    Footnotes begin at a line smaller than running text that a mark begins, and go on to the
    foot of the column in lines no larger.

    Args:
        items: lines and tables of one column in reading order.
        body: how the report prints its running text.
        continued: whether the column before ends within a footnote.
    """
    start = len(items)
    notes: list[Line] = []
    for at in range(len(items) - 1, -1, -1):
        item = items[at]
        if isinstance(item, Table) or item.size >= _SMALLER * body.size:
            break
        notes.insert(0, item)
        if begins_note(item) or continued:
            start = at
    if start == 0 and not continued:
        return list(items), []
    return list(items[:start]), notes[len(notes) - (len(items) - start) :]


def cut_foot(pieces: Sequence[Line], size: float) -> tuple[list[Line], list[Line]]:
    """Return a page's pieces without those footnotes that stand below everything else.

    Args:
        pieces: of one page, in drawing order.
        size: of running text, points.
    """
    top = math.inf
    for piece in sorted(pieces, key=lambda piece: -piece.y1):
        if piece.size >= _SMALLER * size:
            break
        if _begins_row(piece, pieces):
            top = piece.y0
    top -= 0.3 * size
    return [p for p in pieces if p.y0 < top], [p for p in pieces if p.y0 >= top]


def _begins_row(piece: Line, pieces: Sequence[Line]) -> bool:
    """Tell a footnote's first line, or its mark alone, from a figure within a table."""
    mark = piece.words[0].rstrip(".)")
    if not _MARK.fullmatch(mark) or not (piece.is_label or begins_note(piece)):
        return False
    return not any(other.x1 <= piece.x0 and beside(other, piece) for other in pieces)


def split_each(lines: Sequence[Line]) -> list[list[Line]]:
    """Return the lines of each footnote; the first may be the rest of one before."""
    found: list[list[Line]] = []
    for line in lines:
        if found and not begins_note(line):
            found[-1].append(line)
        else:
            found.append([line])
    return found


def begins_note(line: Line) -> bool:
    """Tell whether a line begins with the mark of a footnote."""
    first = line.words[0].rstrip(".)")
    return (
        len(line.words) > 1
        and bool(_MARK.fullmatch(first))
        and (0 in line.marks or not first.isalpha())
    )


def is_contents_heading(group: Group) -> bool:
    """Tell the heading of a contents list."""
    return bool(_CONTENTS.fullmatch(group.text.strip(" :")))


def is_entry(group: Group) -> bool:
    """Tell entries of a contents list by their dotted leaders."""
    if group.table:
        return is_list_of_pages(group.table.rows)
    entries = sum(bool(_ENTRY.match(line.text)) for line in group.lines)
    return entries > 0 and entries >= len(group.lines) / 2


def is_list_of_pages(rows: Sequence[Row]) -> bool:
    """Tell a table whose last column holds page numbers that never fall."""
    last = [row.cells[-1][-1].words[-1] for row in rows if len(row.cells) > 1]
    if len(last) < _FEWEST_ENTRIES or len(last) < 0.7 * len(rows):
        return False
    if not all(_PAGE.fullmatch(word) for word in last):
        return False
    values = [int(word) if word.isdigit() else read_roman(word) - 1000 for word in last]
    return values == sorted(values) and values[0] != values[-1]


def ends_in_page(line: Line, *, alone: bool = False) -> bool:
    """Tell whether a line ends in what may be a page number, set off from the words.

    Args:
        line: the line, or the last one of a table's row.
        alone: whether the number may be all of it.
    """
    if not _PAGE.fullmatch(line.words[-1]) or (len(line.words) == 1 and not alone):
        return False
    if len(line.words) == 1:
        return True
    return line.edges[-2] - line.edges[-3] > line.size
