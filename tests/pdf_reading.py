"""Reads words back from boxes on a page, through PDFium's plain interface only."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ingest.geometry import boxes_for
from ingest.pdf import read_pdf
from ingest.report import Block, Box, Region, Report
from ingest.source import ReadOptions
from ingest.span import Span

_FINE = 100


class Printed:
    """A PDF file: the report read from it, and its letters by their place as shown."""

    def __init__(self, path: Path, options: ReadOptions | None = None) -> None:
        import pypdfium2

        self.path = path
        self.report: Report = read_pdf(path, options or ReadOptions())
        self._document = pypdfium2.PdfDocument(path, password=options.password if options else None)
        self._pages: dict[int, tuple[str, Any]] = {}

    @cached_property
    def regions(self) -> list[Region]:
        return list(self.report.regions)

    def under(self, page: int, box: Box) -> str:
        """Return the letters and figures whose middle lies in the box, in drawing order."""
        if page not in self._pages:
            found = list(_letters(self._document[page - 1]))
            places = np.array([place for _, place in found]).reshape(-1, 2)
            self._pages[page] = "".join(letter for letter, _ in found), places
        text, places = self._pages[page]
        low, high = np.array([box.x0, box.y0]), np.array([box.x1, box.y1])
        inside = ((places >= low) & (places <= high)).all(axis=1)
        return "".join(text[at] for at in np.flatnonzero(inside))

    def boxed(self, span: Span) -> str:
        """Return letters and figures under the boxes of a span."""
        return "".join(self.under(page, box) for page, box in boxes_for(self.report, span))

    def touched(self, span: Span) -> str:
        """Return letters and figures of the words that a span touches."""
        words = (
            r.span for r in self.regions if r.span.start < span.end and span.start < r.span.end
        )
        return letters(" ".join(word.of(self.report.text) for word in words))

    def text(self, block: Block) -> str:
        return block.span.of(self.report.text)


def _letters(page: Any) -> Iterator[tuple[str, tuple[float, float]]]:
    """Yield letters and figures with their middle, points from the top left as shown."""
    from pypdfium2 import raw

    text = page.get_textpage()
    size = [round(length * _FINE) for length in page.get_size()]
    across, down = ctypes.c_int(), ctypes.c_int()
    for at in range(text.count_chars()):
        letter = chr(raw.FPDFText_GetUnicode(text, at))
        if letter.isalnum():
            left, bottom, right, top = text.get_charbox(at)
            middle = ((left + right) / 2, (bottom + top) / 2)
            raw.FPDF_PageToDevice(page, 0, 0, *size, 0, *middle, across, down)
            yield letter, (across.value / _FINE, down.value / _FINE)


def letters(text: str) -> str:
    """Return letters and figures only."""
    return "".join(filter(str.isalnum, text))
