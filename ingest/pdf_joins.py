"""Joins what a page or column break parts: paragraphs and tables; leaves out contents lists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import takewhile

from ingest.pdf_groups import Group, ends_sentence, is_full, starts_item
from ingest.pdf_headings import is_caption
from ingest.pdf_notes import ends_in_page, is_contents_heading, is_entry
from ingest.pdf_rows import join_parted_row

_LOOK_BACK = 6
_REACH = 0.6
_NUMBERED = re.compile(r"\d{1,3}(?:\.\d{1,3}){1,3}[.)]?")
_FEWEST_ENTRIES = 3
_HIGHEST_HEAD = 3


def leave_out_contents(groups: Sequence[Group]) -> list[Group]:
    """Return the groups without contents lists, whose entries only repeat the headings.

    A list is told by dotted leaders or page numbers at the lines' ends: three on a page, or
    any that follow a heading that says "Contents".
    """
    entries = {id(group): _count_entries(group) for group in groups}
    on_page, lines = Counter[int](), Counter[int]()
    for group in groups:
        on_page[group.page] += entries[id(group)]
        lines[group.page] += len(group.lines)
    full = {p for p, n in on_page.items() if n >= max(_FEWEST_ENTRIES, 0.5 * lines[p])}
    kept: list[Group] = []
    within = False
    for group in groups:
        several = on_page[group.page] >= _FEWEST_ENTRIES
        begins = is_contents_heading(group) and on_page[group.page]
        if begins or (entries[id(group)] and (within or several)):
            within = True
        elif group.page not in full and not (within and several):
            within = False
            kept.append(group)
        elif not _may_be_part(group):
            kept.append(group)
    return kept


def _count_entries(group: Group) -> int:
    if is_entry(group):
        return max(len(group.lines), _FEWEST_ENTRIES if group.table else 0)
    if group.table:
        return 0
    ending = sum(ends_in_page(line) for line in group.lines)
    return ending if ending >= len(group.lines) / 2 else 0


def _may_be_part(group: Group) -> bool:
    """Tell a chapter's name or a stray number in a contents list from text after it."""
    if group.table:
        return all(ends_in_page(row.lines[-1], alone=True) for row in group.table.rows)
    return len(group.lines) < 3 and group.lines[-1].text[-1] not in ".!?:;"  # noqa: PLR2004


def join_groups(groups: Sequence[Group], headings: frozenset[int]) -> list[Group]:
    """Return the groups with those joined that a break parts.

    Args:
        groups: in reading order.
        headings: `id` of each group that is one.
    """
    joined: list[Group] = []
    bare = False
    for group in groups:
        if id(group) in headings:
            joined.append(group)
            continue
        # What follows heading rows without more is the first that its page adds.
        group.starts_column |= bare
        bare = bool(joined) and _head_table(joined[-1], group)
        if bare or (joined and join_parted_row(joined[-1], group)):
            continue
        before = _find_beginning(joined, group, headings)
        if before is None:
            joined.append(group)
        else:
            before.lines += group.lines
            before.left, before.right = group.left, group.right
    return joined


def _head_table(before: Group, group: Group) -> bool:
    """Note how a table begins; take out the first rows that its page only repeats.

    Returns:
        Whether nothing of the table is left.
    """
    if group.table is None:
        return False
    rows = group.table.rows
    group.head = tuple(tuple(line.text for line in row.lines) for row in rows[:_HIGHEST_HEAD])
    if before.table is None or not group.starts_column:
        return False
    pairs = zip(before.head, group.head, strict=False)
    repeated = len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
    if repeated:
        del rows[:repeated]
        group.head = before.head
    return not rows


def _find_beginning(
    joined: Sequence[Group], group: Group, headings: frozenset[int]
) -> Group | None:
    """Return the paragraph that `group` goes on with, if it does.

    Right before it a full last line is enough; past tables, captions and boxes the group has
    to begin with a small letter.
    """
    first = group.lines[0]
    if group.table or group.mono or starts_item(first) or is_caption(group):
        return None
    word = first.words[0].lstrip("“‘\"'([")
    small = word[:1].islower()
    for distance, other in enumerate(reversed(joined[-_LOOK_BACK:])):
        if _is_open(other, group, headings):
            near = distance == 0 and group.starts_column
            return other if small or other.lines[-1].broken or near else None
        if distance == 0 and group.starts_column and _fills_column(other, group, headings):
            return other
        if distance == 0 and not small:
            return None
    return None


def _fills_column(other: Group, group: Group, headings: frozenset[int]) -> bool:
    """Tell a sentence that ends exactly where its column does, with the next beginning alike.

    One paragraph with such a line is twice as likely as two (docs/decisions/0010). Where
    paragraphs bear numbers, one without goes on with that before.
    """
    last, first = other.lines[-1], group.lines[0]
    if not _is_like(other, group, headings):
        return False
    if _NUMBERED.fullmatch(other.lines[0].words[0]):
        return is_full(other, first)
    if starts_item(other.lines[0]):
        return False
    level = abs((last.x0 - other.left) - (first.x0 - group.left)) < 0.5 * last.size
    return level and len(other.lines) > 1 and last.x1 > other.right - 0.5 * last.size


def _is_like(other: Group, group: Group, headings: frozenset[int]) -> bool:
    """Tell whether a group is running text printed as `group` is."""
    if other.table or id(other) in headings or is_caption(other) or other.mono:
        return False
    return abs(other.size - group.size) < 0.4 and other.bold == group.bold  # noqa: PLR2004


def _is_open(other: Group, group: Group, headings: frozenset[int]) -> bool:
    """Tell whether a group ends in the middle of a sentence at the end of a full line."""
    last = other.lines[-1]
    if not _is_like(other, group, headings):
        return False
    if last.broken:
        return True
    reach = (last.x1 - other.left) / ((other.right - other.left) or 1.0)
    several = len(other.lines) > 1 and reach > _REACH and group.starts_column
    return not ends_sentence(last) and (several or is_full(other, group.lines[0]))
