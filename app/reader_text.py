"""A report's text in leaves short enough to show on one page."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.report import Block, Report
from ingest.span import Span

# Code points. A leaf ends before the next section once it holds the first of these, and
# anywhere once it holds the second.
_ENOUGH = 12_000
_MOST = 24_000
# Each piece is an element of the page, whose tags count too.
_MOST_PIECES = 400


@dataclass(frozen=True, slots=True)
class Piece:
    """A block, or a part of one that is too long for one leaf."""

    block: Block
    span: Span


@dataclass(frozen=True, slots=True)
class Leaf:
    """Pieces that are shown together, at least one."""

    pieces: tuple[Piece, ...]

    @property
    def span(self) -> Span:
        """From the first word to the last."""
        return Span(self.pieces[0].span.start, self.pieces[-1].span.end)


def part_text(report: Report) -> tuple[Leaf, ...]:
    """Return the whole text as leaves, the same ones each time."""
    leaves: list[Leaf] = []
    held: list[Piece] = []
    for piece in _cut_blocks(report):
        if held and _is_full(held, piece):
            leaves.append(Leaf(tuple(held)))
            held = []
        held.append(piece)
    return (*leaves, Leaf(tuple(held))) if held else tuple(leaves)


def find_leaf(leaves: Sequence[Leaf], offset: int) -> int:
    """Return which leaf, from 0, holds a code point; between two leaves, the one before."""
    return max(0, bisect_right(leaves, offset, key=lambda leaf: leaf.span.start) - 1)


def _is_full(held: Sequence[Piece], piece: Piece) -> bool:
    length = piece.span.end - held[0].span.start
    begins = piece.block.section != held[-1].block.section
    return (
        length > _MOST
        or len(held) >= _MOST_PIECES
        or (begins and piece.span.start - held[0].span.start > _ENOUGH)
    )


def _cut_blocks(report: Report) -> Iterator[Piece]:
    for block in report.blocks:
        start = block.span.start
        while block.span.end - start > _MOST:
            end = _find_gap(report.text, start, start + _MOST)
            yield Piece(block, Span(start, end))
            start = end
        yield Piece(block, Span(start, block.span.end))


def _find_gap(text: str, start: int, end: int) -> int:
    """Return a place after a space in the second half of [start, end), or `end`."""
    space = text.rfind(" ", (start + end) // 2, end)
    return end if space < 0 else space + 1
