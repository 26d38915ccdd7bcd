"""Gives scanned pages of a PDF a text layer, by recognising the words in their picture."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import groupby
from statistics import median

from ingest.errors import ReadError
from ingest.ocr import SeenWord, recognise_words
from ingest.pdf_file import PagePieces, PdfFile
from ingest.pdf_frame import Frame
from ingest.pdf_glyphs import Style
from ingest.pdf_lines import Line, gather_lines
from ingest.pdf_words import Word
from ingest.report import Notice, NoticeKind

RECOGNISABLE = frozenset((NoticeKind.NO_TEXT_LAYER, NoticeKind.BROKEN_FONT))
_DPI = 300
_POINTS = 72
# Share of a line's height that small letters without ascenders leave free; a guess of the size.
_SIZE_OF_HEIGHT = 0.95


def recognise(file: PdfFile, page: PagePieces, notices: Sequence[Notice]) -> list[Notice]:
    """Put the words recognised on a page into it; return what is to be said of the page.

    Where nothing can be recognised, the page stays as it is and its notices say why.
    """
    try:
        words = recognise_words(_picture(file, page.index), _DPI)
    except ReadError as error:
        return [Notice(n.kind, f"{n.message} ({error})", n.page) for n in notices]
    if not words:
        return list(notices)
    frame = page.frame
    upright = Frame(frame.left, frame.bottom, frame.right, frame.top, frame.shown, frame.shown)
    page.frames = {upright.read: upright}
    page.pieces, page.aside = _make_lines(words, page.index, upright.read), []
    message = f"page {page.index}: text recognised (OCR) from a picture; it may contain errors"
    return [Notice(NoticeKind.OCR, message, page.index)]


def _picture(file: PdfFile, index: int) -> bytes:
    buffer = io.BytesIO()
    file.render(index, _DPI / _POINTS).convert("L").save(buffer, "PNG")
    return buffer.getvalue()


def _make_lines(words: Sequence[SeenWord], page: int, turn: int) -> list[Line]:
    made: list[Word] = []
    for _, paragraph in groupby(words, key=lambda word: word.line[:2]):
        held = list(paragraph)
        height = median(word.y1 - word.y0 for word in held) * _POINTS / _DPI
        style = Style(
            size=max(1.0, round(height * _SIZE_OF_HEIGHT)),
            bold=False,
            italic=False,
            mono=False,
            angle=0,
        )
        for number, line in groupby(held, key=lambda word: word.line[2]):
            made += _make_words(list(line), style, number)
    return gather_lines(made, page, turn)


def _make_words(line: Sequence[SeenWord], style: Style, number: int) -> list[Word]:
    """Return the words of a line in points, with one baseline for all of them."""
    scale = _POINTS / _DPI
    base = median(word.y1 for word in line) * scale
    flags = {"broken": False, "raised": False, "tied": False}
    made = []
    for word in line:
        x0, y0, x1, y1 = (edge * scale for edge in (word.x0, word.y0, word.x1, word.y1))
        made.append(Word(word.text, x0, y0, x1, y1, base, style, source=number, **flags))
    return made
