"""Draws a page of a report's file, with boxes over the words of a span."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import ChangedFileError, ReadError
from ingest.geometry import boxes_for, index_regions
from ingest.report import Box, Page, Report
from ingest.source import ReadOptions
from ingest.span import Span

if TYPE_CHECKING:
    from PIL.Image import Image

    from ingest.pdf_file import PdfFile

_LARGEST_SCALE = 6.0
_MOST_PIXELS = 40_000_000
_FILL = (255, 221, 0, 90)
_EDGE = (196, 84, 0, 255)
_MARGIN = 1.0
# Words on this many tell a page from others.
_TELLING = 20
# On pages of text twice as quick as zlib's own 6, and no larger.
_COMPRESSION = 3


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a page is drawn.

    Attributes:
        scale: pixels for each point; made smaller where the picture would be too large.
        password: opens an encrypted file.
    """

    scale: float = 2.0
    password: str | None = None


PLAIN = Drawing()


def draw_page(
    path: Path, report: Report, page: int, span: Span | None = None, how: Drawing = PLAIN
) -> bytes:
    """Draw a page as PNG.

    Args:
        path: the file that the report was read from.
        report: the report.
        page: physical page, from 1.
        span: its words get boxes, as far as they lie on this page.
        how: scale and password.

    Raises:
        ChangedFileError: the page no longer says what the report has of it.
        LockedFileError: the password does not open the file.
        ReadError: the report has no such page, or the file is gone or damaged.
        ValueError: the span lies beyond the report's text.
    """
    boxes = [box for at, box in boxes_for(report, span) if at == page] if span else []
    return draw_boxes(path, report, page, boxes, how)


def draw_boxes(
    path: Path, report: Report, page: int, boxes: Sequence[Box], how: Drawing = PLAIN
) -> bytes:
    """Draw a page as PNG with given boxes, points from the page's top left.

    Raises:
        ReadError: as `draw_page` does.
    """
    known = _find_page(report, page)
    fitting = (_MOST_PIXELS / max(known.width * known.height, 1.0)) ** 0.5
    scale = max(0.1, min(how.scale, _LARGEST_SCALE, fitting))
    with _open_checked(path, report, page, how) as file:
        picture = file.render(page, scale).convert("RGBA")
    return _encode(_mark(picture, boxes, scale))


def check_page(path: Path, report: Report, page: int, how: Drawing = PLAIN) -> None:
    """Do nothing where the page can be drawn and is still the one that was read.

    Raises:
        ReadError: as `draw_page` does.
    """
    _find_page(report, page)
    with _open_checked(path, report, page, how):
        pass


def _find_page(report: Report, page: int) -> Page:
    known = next((known for known in report.pages if known.index == page), None)
    if known is None:
        raise ReadError(_describe_missing(report, page))
    return known


def _describe_missing(report: Report, page: int) -> str:
    if not report.pages:
        return f"{report.source}: this format has no pages to draw"
    return f"{report.source}: there is no page {page}; it has pages 1 to {len(report.pages)}"


@contextmanager
def _open_checked(path: Path, report: Report, page: int, how: Drawing) -> Iterator[PdfFile]:
    """Open the file, and refuse it where the page is not the one that was read."""
    from ingest.pdf_agreement import agrees
    from ingest.pdf_file import open_pdf

    size = max(path.stat().st_size, 1) if path.is_file() else 1
    with open_pdf(path, ReadOptions(max_bytes=size, password=how.password)) as file:
        if len(file) != len(report.pages):
            raise ChangedFileError(
                f"{path}: has {len(file)} pages, but the report was read from {len(report.pages)}; "
                "read it again"
            )
        for at in _telling_pages(report, page):
            if not agrees(report, file.read_page(at)):
                raise ChangedFileError(
                    f"{path}: page {at} is no longer what was read from it; read it again"
                )
        yield file


def _telling_pages(report: Report, page: int) -> list[int]:
    """Return the page, and where it has few words the nearest ones that have more.

    A cover or a scanned page looks the same in many files.
    """
    words = index_regions(report).count_pages()
    if words[page] >= _TELLING:
        return [page]
    others = sorted((at for at in words if words[at] >= _TELLING), key=lambda at: abs(at - page))
    return [page, *others[:2]]


def _mark(picture: Image, boxes: Sequence[Box], scale: float) -> Image:
    from PIL import Image, ImageDraw

    if not boxes:
        return picture
    layer = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(layer)
    for box in boxes:
        corners = [box.x0 - _MARGIN, box.y0 - _MARGIN / 2, box.x1 + _MARGIN, box.y1 + _MARGIN / 2]
        width = max(1, round(scale / 2))
        pen.rectangle([edge * scale for edge in corners], _FILL, _EDGE, width)
    return Image.alpha_composite(picture, layer)


def _is_grey(picture: Image) -> bool:
    """Tell a page without colour, such as most pages of text: its file is half as large."""
    from PIL import ImageChops

    red, green, blue, *_ = picture.split()
    pairs = ((red, green), (green, blue))
    return all(ImageChops.difference(*pair).getbbox() is None for pair in pairs)


def _encode(picture: Image) -> bytes:
    buffer = io.BytesIO()
    chosen = "L" if _is_grey(picture) else "RGB"
    picture.convert(chosen).save(buffer, "PNG", compress_level=_COMPRESSION)
    return buffer.getvalue()
