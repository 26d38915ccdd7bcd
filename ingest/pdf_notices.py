"""What of a PDF page could not be read, and why."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.pdf_file import PagePieces
from ingest.report import Notice, NoticeKind

_MOST_UNMAPPED = 0.3
_FEWEST_CHARACTERS = 40
_PICTURE = 0.5


def is_broken(page: PagePieces) -> bool:
    """Tell a page whose fonts do not say which letters their glyphs are."""
    return page.unmapped > _MOST_UNMAPPED * page.characters


def notice_pages(page: PagePieces) -> Iterator[Notice]:
    """Yield why a page has no text, or not all of what is seen on it."""
    where = f"page {page.index}"
    if is_broken(page):
        yield Notice(
            NoticeKind.BROKEN_FONT,
            f"{where}: its fonts do not say which letters they show, so its text was left out",
            page.index,
        )
    elif page.characters < _FEWEST_CHARACTERS and page.pictured > _PICTURE:
        yield Notice(
            NoticeKind.NO_TEXT_LAYER,
            f"{where}: a scanned picture without text; text recognition (OCR) could read it",
            page.index,
        )
    elif not page.characters and page.drawn:
        yield Notice(
            NoticeKind.NO_TEXT_LAYER, f"{where}: pictures or drawings without text", page.index
        )
    elif not page.characters:
        yield Notice(NoticeKind.EMPTY_PAGE, f"{where}: empty", page.index)
