"""Whether a page of a PDF file still says what the report has of it, in the same places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ingest.geometry import index_regions
from ingest.pdf_file import PagePieces
from ingest.report import Box, NoticeKind, Region, Report

# Points: coordinates keep two decimals, and lines' boxes are cut where they meet.
_CLOSE = 1.0


def agrees(report: Report, page: PagePieces) -> bool:
    """Tell whether each word that the report has on the page is printed there, in its place.

    The page may print more, since headers and contents are not part of a report. Of a page
    whose words were recognised from its picture, only the size is compared.
    """
    known = next((known for known in report.pages if known.index == page.index), None)
    if known is None or not _fits((known.width, known.height), page.frame.size):
        return False
    if any(n.kind is NoticeKind.OCR and n.page == page.index for n in report.notices):
        return True
    printed = _printed(page)
    return all(_is_printed(report, r, printed) for r in index_regions(report).on_page(page.index))


def _fits(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return all(abs(a - b) < _CLOSE for a, b in zip(one, other, strict=True))


def _is_printed(report: Report, region: Region, printed: Mapping[str, Sequence[Box]]) -> bool:
    letters = _letters(region.span.of(report.text))
    return not letters or any(_overlap(region.box, box) for box in printed.get(letters, ()))


def _overlap(one: Box, other: Box) -> bool:
    """Tell boxes of one width that share some of their height."""
    across = abs(one.x0 - other.x0) < _CLOSE and abs(one.x1 - other.x1) < _CLOSE
    down = abs(one.y0 - other.y0) < _CLOSE and abs(one.y1 - other.y1) < _CLOSE
    level = one.y0 < other.y1 + _CLOSE and other.y0 < one.y1 + _CLOSE
    beside = one.x0 < other.x1 + _CLOSE and other.x0 < one.x1 + _CLOSE
    return (across and level) or (down and beside)


def _printed(page: PagePieces) -> dict[str, list[Box]]:
    found: dict[str, list[Box]] = {}
    for word, box in _words(page):
        found.setdefault(_letters(word), []).append(box)
    return found


def _words(page: PagePieces) -> Iterator[tuple[str, Box]]:
    for line in [*page.pieces, *page.aside]:
        frame = page.frames[line.turn]
        for at, word in enumerate(line.words):
            x0, x1 = line.edges[2 * at : 2 * at + 2]
            yield word, Box(*frame.show(x0, line.y0, x1, line.y1))


def _letters(word: str) -> str:
    """Return letters and figures only: punctuation may be spelt otherwise in the report."""
    return "".join(filter(str.isalnum, word))
