"""Groups of lines on a PDF page: each a paragraph, a list item, a heading or a table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.pdf_lines import BULLET, MARK, Line
from ingest.pdf_tables import Table

_MARKER = re.compile(
    r"(?:\d{1,3}(?:\.\d{1,3}){1,4}[.)]?|\d{1,3}[.)]|\(?[a-z][.)]|\(?[ivx]{1,5}[.)]|\(\d{1,3}\))"
)
_NAMED = re.compile(
    r"(?:Recommendation|Box|Figure|Table|Annexe?|Appendix|Case study|Chart|Conclusion)s?\s"
    r"(?:\d{1,3}(?:\.\d{1,3})*|[A-Z])\b"
)
_STOPS = (".", "!", "?", ":", ";", ".”", ".’", '."', "?”", ")", "]")
_LOOSE = 1.22
_INDENT = 0.8
_FARTHEST_INDENT = 6.0


@dataclass(slots=True)
class Group:
    """Lines that belong together, or a table.

    Attributes:
        lines: in reading order, of one page unless groups were joined; a table's too.
        table: the table, if it is one.
        starts_column: whether it stands first in its column.
        page: physical page that it begins on.
        left, right: edges of its column, points in the reading frame.
        head: lines of each of the first rows of the table, wherever the table began.
    """

    lines: list[Line]
    table: Table | None = None
    starts_column: bool = False
    left: float = 0.0
    right: float = 0.0
    head: tuple[tuple[str, ...], ...] = ()

    @property
    def page(self) -> int:
        return self.lines[0].page

    @property
    def size(self) -> float:
        """Size of most of its characters, points."""
        first = self.lines[0].size
        if all(line.size == first for line in self.lines):
            return first
        counts: Counter[float] = Counter()
        for line in self.lines:
            counts[line.size] += sum(map(len, line.words))
        return counts.most_common(1)[0][0]

    @property
    def bold(self) -> bool:
        return all(line.bold for line in self.lines)

    @property
    def mono(self) -> bool:
        return self.table is None and all(line.mono for line in self.lines)

    @property
    def text(self) -> str:
        """Its words as printed, line by line; hyphens not yet seen to."""
        return " ".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Body:
    """How a report prints its running text.

    Attributes:
        size: points, to half a point.
        bold: whether it is all bold.
        pitches: commonest distance from line to line for each size, points.
    """

    size: float
    bold: bool
    pitches: dict[float, float]

    def pitch(self, size: float) -> float:
        """Return the usual distance of lines of this size."""
        return self.pitches.get(round(size * 2) / 2, 1.25 * size)


def study_body(pages: Sequence[Sequence[Line | Table]]) -> Body:
    """Learn size, weight and line distance of a report's running text.

    Args:
        pages: each page's lines and tables in reading order.
    """
    styles: Counter[tuple[float, bool]] = Counter()
    pitches: dict[float, Counter[float]] = {}
    for items in pages:
        lines = [item for item in items if isinstance(item, Line)]
        for line in lines:
            styles[line.style] += sum(map(len, line.words))
        for upper, lower in pairwise(lines):
            step = lower.base - upper.base
            if upper.style == lower.style and 0.9 < step / (upper.size or 1) < 2.4:  # noqa: PLR2004
                pitches.setdefault(upper.style[0], Counter())[round(step * 2) / 2] += 1
    (size, bold), _ = styles.most_common(1)[0] if styles else ((10.0, False), 0)
    usual = {size: counts.most_common(1)[0] for size, counts in pitches.items()}
    # A pitch seen once or twice may be the gap between two paragraphs.
    return Body(size, bold, {s: step for s, (step, seen) in usual.items() if seen > 2})  # noqa: PLR2004


def group_column(items: Sequence[Line | Table], body: Body) -> list[Group]:
    """Part a column's lines into groups.

    Args:
        items: lines and tables of one column in reading order.
        body: how the report prints its running text.
    """
    lines = [item for item in items if isinstance(item, Line)]
    left = min((line.x0 for line in lines), default=0.0)
    right = max((line.x1 for line in lines), default=0.0)
    groups: list[Group] = []
    for item in items:
        if isinstance(item, Table):
            held = [line for row in item.rows for line in row.lines]
            groups.append(Group(held, item, left=left, right=right))
        elif groups and _goes_on(groups[-1], item, body):
            groups[-1].lines.append(item)
        else:
            groups.append(Group([item], left=left, right=right))
    if groups:
        groups[0].starts_column = True
    return groups


def split_columns(items: Sequence[Line | Table]) -> Iterator[list[Line | Table]]:
    """Yield runs of items that go down the page."""
    column: list[Line | Table] = []
    for item in items:
        if column and (
            item.y1 < column[-1].y0 or item.x0 > column[-1].x1 or item.x1 < column[-1].x0
        ):
            yield column
            column = []
        column.append(item)
    if column:
        yield column


def _goes_on(group: Group, line: Line, body: Body) -> bool:
    if group.table or group.lines[0].turn != line.turn:
        return False
    last = group.lines[-1]
    if _is_lone_mark(last, line):
        line.marks = (0,)
        return True
    if line.mono and last.mono and group.mono:
        return _is_near(last, line, body)
    if not _is_near(last, line, body) or not _looks_alike(group, line):
        return False
    if starts_item(line) and (ends_sentence(last) or BULLET.fullmatch(line.words[0])):
        return False
    return not (_is_indented(group, line) or _breaks_off(group, line))


def _is_lone_mark(last: Line, line: Line) -> bool:
    """Tell a reference to a footnote that its line had no room for."""
    small = line.size < 0.95 * last.size and line.base - last.base < 2 * last.size
    return len(line.words) == 1 and small and bool(MARK.fullmatch(line.words[0]))


def _is_near(last: Line, line: Line, body: Body) -> bool:
    step = line.base - last.base
    return step < _LOOSE * max(body.pitch(last.size), 1.1 * last.size)


def _looks_alike(group: Group, line: Line) -> bool:
    last = group.lines[-1]
    if abs(last.size - line.size) > 0.06 * last.size + 0.2:
        return _is_short(line) and line.size < last.size and bool(line.marks)
    if group.bold and not line.bold:
        return is_full(group, line) and not ends_sentence(last)
    if line.bold and not last.bold and not line.is_label:
        return is_full(group, line) and not ends_sentence(last)
    return True


def _is_short(line: Line) -> bool:
    return len(line.words) < 3  # noqa: PLR2004


def is_full(group: Group, following: Line) -> bool:
    """Tell whether the next line's first word would not have fitted into the last line."""
    last = group.lines[-1]
    word = following.edges[1] - following.edges[0]
    return last.x1 + 0.25 * last.size + word > group.right - 0.1 * last.size


def ends_sentence(line: Line) -> bool:
    words = [word for at, word in enumerate(line.words) if at not in line.marks]
    return bool(words) and words[-1].endswith(_STOPS) and not line.broken


def _is_indented(group: Group, line: Line) -> bool:
    """Tell the first line of a paragraph that is set in, or one set out after a list."""
    last = group.lines[-1]
    shift = (line.x0 - last.x0) / (line.size or 1)
    if len(group.lines) == 1 and starts_item(last):
        return shift < -_INDENT and not is_full(group, line)
    if shift > _INDENT:
        return shift < _FARTHEST_INDENT and ends_sentence(last)
    return shift < -_INDENT and len(group.lines) > 1 and ends_sentence(last)


def _breaks_off(group: Group, line: Line) -> bool:
    """Tell a line that was ended on purpose, as a paragraph's last one is."""
    last = group.lines[-1]
    if is_full(group, line):
        return False
    if not ends_sentence(last) and line.x1 - last.x1 < 0.2 * (group.right - group.left):
        return False
    return line.words[0][:1].isupper() or starts_item(line) or not line.words[0][:1].isalpha()


def starts_item(line: Line) -> bool:
    """Tell whether a line begins with a bullet, a number or a letter of a list."""
    if len(line.words) < 2:  # noqa: PLR2004
        return False
    first = line.words[0]
    return bool(
        BULLET.fullmatch(first)
        or (_MARKER.fullmatch(first) and not line.words[1][:1].islower())
        or (_MARKER.fullmatch(first) and not first[0].isdigit())
        or (first.isdigit() and _gap_after_first(line) > line.size)
        or _NAMED.match(line.text)
    )


def _gap_after_first(line: Line) -> float:
    return line.edges[2] - line.edges[1]
