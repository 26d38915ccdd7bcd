"""Draws a page of a report's file, with boxes over the words of a span."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import ReadError
from ingest.geometry import boxes_for
from ingest.report import Box, Report
from ingest.source import ReadOptions
from ingest.span import Span

if TYPE_CHECKING:
    from PIL.Image import Image

_LARGEST_SCALE = 6.0
_MOST_PIXELS = 40_000_000
_FILL = (255, 221, 0, 90)
_EDGE = (196, 84, 0, 255)
_MARGIN = 1.0


def draw_page(
    path: Path,
    report: Report,
    page: int,
    span: Span | None = None,
    scale: float = 2.0,
) -> bytes:
    """Draw a page as PNG.

    Args:
        path: the file that the report was read from.
        report: the report.
        page: physical page, from 1.
        span: its words get boxes, as far as they lie on this page.
        scale: pixels for each point; made smaller where the picture would be too large.

    Raises:
        ReadError: the report has no such page, or the file is no longer the one that was read.
        ValueError: the span lies beyond the report's text.
    """
    boxes = [box for at, box in boxes_for(report, span) if at == page] if span else []
    return draw_boxes(path, report, page, boxes, scale)


def draw_boxes(
    path: Path, report: Report, page: int, boxes: Sequence[Box], scale: float = 2.0
) -> bytes:
    """Draw a page as PNG with given boxes, points from the page's top left.

    Raises:
        ReadError: the report has no such page, or the file is no longer the one that was read.
    """
    known = next((known for known in report.pages if known.index == page), None)
    if known is None:
        raise ReadError(_describe_missing(report, page))
    fitting = (_MOST_PIXELS / max(known.width * known.height, 1.0)) ** 0.5
    scale = max(0.1, min(scale, _LARGEST_SCALE, fitting))
    picture = _render(path, report, page, scale).convert("RGBA")
    return _encode(_mark(picture, boxes, scale))


def _describe_missing(report: Report, page: int) -> str:
    if not report.pages:
        return f"{report.source}: this format has no pages to draw"
    return f"{report.source}: there is no page {page}; it has pages 1 to {len(report.pages)}"


def _render(path: Path, report: Report, page: int, scale: float) -> Image:
    from ingest.pdf_file import open_pdf

    options = ReadOptions(max_bytes=max(path.stat().st_size, 1) if path.is_file() else 1)
    with open_pdf(path, options) as file:
        if len(file) != len(report.pages):
            raise ReadError(
                f"{path}: has {len(file)} pages, but the report was read from {len(report.pages)}; "
                "read it again"
            )
        return file.render(page, scale)


def _mark(picture: Image, boxes: Sequence[Box], scale: float) -> Image:
    from PIL import Image, ImageDraw

    layer = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(layer)
    for box in boxes:
        corners = [box.x0 - _MARGIN, box.y0 - _MARGIN / 2, box.x1 + _MARGIN, box.y1 + _MARGIN / 2]
        width = max(1, round(scale / 2))
        pen.rectangle([edge * scale for edge in corners], _FILL, _EDGE, width)
    return Image.alpha_composite(picture, layer)


def _encode(picture: Image) -> bytes:
    buffer = io.BytesIO()
    picture.convert("RGB").save(buffer, "PNG", optimize=False)
    return buffer.getvalue()
