"""Footnotes stand at the end of the section that first refers to them, in every format."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest.report import BlockKind


@dataclass(frozen=True, slots=True)
class Draft:
    """A block as a reader finds it, before it has a place in the text.

    Attributes:
        kind: what it is.
        text: its words, canonical.
        level: 1 to 6 for a heading.
        label: the number or name printed for it, where the format tells.
        anchor: `id` of the nearest HTML element at or above it.
        notes: keys of the footnotes that it refers to, in its order.
        line: first line in the source file, from 1, where the format has lines.
    """

    kind: BlockKind
    text: str
    level: int | None = None
    label: str | None = None
    anchor: str | None = None
    notes: tuple[str, ...] = ()
    line: int | None = None


def place_notes(body: Sequence[Draft], notes: Mapping[str, Sequence[Draft]]) -> list[Draft]:
    """Return all blocks, each footnote at the end of the section that first refers to it.

    Args:
        body: the blocks without the footnotes, in reading order.
        notes: the blocks of each footnote by its key; those that nothing refers to go last.
    """
    placed: list[Draft] = []
    left = dict(notes)
    waiting: deque[str] = deque()
    for draft in body:
        if draft.kind is BlockKind.HEADING:
            _place(placed, waiting, left)
        placed.append(draft)
        waiting.extend(draft.notes)
    waiting.extend(left)
    _place(placed, waiting, left)
    return placed


def _place(placed: list[Draft], waiting: deque[str], left: dict[str, Sequence[Draft]]) -> None:
    """Move what waits to the end of `placed`, with the footnotes of those footnotes."""
    while waiting:
        for draft in left.pop(waiting.popleft(), ()):
            placed.append(draft)
            waiting.extend(draft.notes)
