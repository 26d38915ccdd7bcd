"""The text of a report as HTML: every word of it, escaped, some of them marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from app.reader_text import Piece
from ingest.report import BlockKind
from ingest.span import Span

_CELLS = " | "
# What a list item prints before its words; one that prints nothing gets a bullet.
_ITEM = re.compile(r"(?:[•‣▪◦·●○■□–—*-]|\(?\w{1,5}[.)])\s")
_LOWEST = 6
_RUNS = {BlockKind.LIST_ITEM: "ul", BlockKind.TABLE_ROW: "table"}


@dataclass(frozen=True, slots=True)
class Marked:
    """A report's text and the words of it that are marked.

    Attributes:
        text: canonical.
        mark: nothing where no words are marked.
    """

    text: str
    mark: Span | None = None

    def write(self, span: Span) -> str:
        """Return the words under a span, escaped, those of the mark in `<mark>`."""
        mark = self.mark
        if mark is None or not mark.overlaps(span):
            return escape(span.of(self.text))
        start, end = max(mark.start, span.start), min(mark.end, span.end)
        first = ' id="mark"' if start == mark.start else ""
        before, after = Span(span.start, start), Span(end, span.end)
        return (
            f"{escape(before.of(self.text))}<mark{first}>"
            f"{escape(self.text[start:end])}</mark>{escape(after.of(self.text))}"
        )


def write_pieces(pieces: Sequence[Piece], marked: Marked) -> str:
    """Return pieces as headings, paragraphs, lists and tables."""
    return "".join(_write_runs(pieces, marked))


def _write_runs(pieces: Sequence[Piece], marked: Marked) -> Iterator[str]:
    for kind, found in groupby(pieces, key=lambda piece: piece.block.kind):
        run = list(found)
        written = "".join(_write_piece(piece, marked) for piece in run)
        holder = _RUNS.get(kind)
        if holder == "table":
            yield f'<div class="rq-table"><table>{written}</table></div>'
        elif holder:
            yield f"<ul>{written}</ul>"
        else:
            yield written


def _write_piece(piece: Piece, marked: Marked) -> str:
    block = piece.block
    if block.kind is BlockKind.TABLE_ROW:
        return f"<tr>{_write_cells(piece.span, marked)}</tr>"
    words = marked.write(piece.span)
    if block.kind is BlockKind.HEADING:
        level = min((block.level or 1) + 1, _LOWEST)
        return f'<h{level} id="at-{piece.span.start}" dir="auto">{words}</h{level}>'
    if block.kind is BlockKind.LIST_ITEM:
        own = ' class="rq-labelled"' if _ITEM.match(marked.text, piece.span.start) else ""
        return f'<li{own} dir="auto">{words}</li>'
    if block.kind is BlockKind.CAPTION:
        return f'<p class="rq-caption" dir="auto">{words}</p>'
    if block.kind is BlockKind.FOOTNOTE:
        return f'<p class="rq-footnote" dir="auto">{_write_label(block.label)}{words}</p>'
    return f'<p data-para="{block.number}" dir="auto">{words}</p>'


def _write_label(label: str | None) -> str:
    return f"<sup>{escape(label)}</sup> " if label else ""


def _write_cells(span: Span, marked: Marked) -> str:
    """Return a row's cells; what parts them in the text stays in it, unseen."""
    cells = []
    start = span.start
    while True:
        bar = marked.text.find(_CELLS, start, span.end)
        end = span.end if bar < 0 else bar
        words = marked.write(Span(start, end))
        if bar < 0:
            cells.append(f'<td dir="auto">{words}</td>')
            return "".join(cells)
        parting = marked.write(Span(bar, bar + len(_CELLS)))
        unseen = f'<span class="rq-unseen" aria-hidden="true">{parting}</span>'
        cells.append(f'<td dir="auto">{words}{unseen}</td>')
        start = bar + len(_CELLS)
