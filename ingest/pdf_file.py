"""A PDF file opened through PDFium: the one place where its errors become ours.

PDFium may be called by one thread at a time in a process, so every call holds one lock, for
a page at the longest: a page can be drawn while a long report is being read.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.canonical import canonicalise
from ingest.errors import (
    EmptyReportError,
    LockedFileError,
    ReadError,
    UnsupportedFormatError,
)
from ingest.pdf_frame import Frame
from ingest.pdf_lines import Line, gather_lines
from ingest.pdf_words import PageWords, read_words
from ingest.source import ReadOptions, load_bytes, name_binary

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfDocument, PdfPage

_HEAD = 1024
_MOST_BOOKMARKS = 20_000
_PICTURED = 0.5
_PDFIUM = threading.RLock()


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of the outline.

    Attributes:
        title: canonical.
        level: 1 for the outermost.
        page: physical page that it leads to, from 1.
    """

    title: str
    level: int
    page: int


@dataclass(slots=True)
class PagePieces:
    """One page as pieces of lines, not yet in reading order.

    Attributes:
        index: physical page, from 1.
        frames: how each group of lines is turned, by `Line.turn`; the main one first.
        pieces: lines of the main group, in drawing order.
        aside: lines that run another way.
        characters: how many characters the page draws, spaces not counted.
        unmapped: how many of them no font gives a meaning to.
        pictured: share of the page that the largest picture covers, 0 to 1; looked up only
            where there is little text.
        drawn: whether anything at all is drawn.
    """

    index: int
    frames: dict[int, Frame]
    pieces: list[Line]
    aside: list[Line]
    characters: int
    unmapped: int
    pictured: float = 0.0
    drawn: bool = True

    @property
    def frame(self) -> Frame:
        """The frame of the main group."""
        return next(iter(self.frames.values()))


class PdfFile:
    """An open PDF file; `open_pdf` makes and closes it."""

    def __init__(self, document: PdfDocument, path: Path) -> None:
        """Wrap an open document."""
        self._document = document
        self._path = path

    def __len__(self) -> int:
        """Return how many pages there are."""
        with _PDFIUM:
            return len(self._document)

    def read_page(self, index: int) -> PagePieces:
        """Read the page `index`, from 1.

        Raises:
            ReadError: the page is damaged.
        """
        with self.open_page(index) as page:
            return _read_pieces(page, index)

    @contextmanager
    def open_page(self, index: int) -> Iterator[PdfPage]:
        """Open PDFium's own page `index`, from 1.

        Raises:
            ReadError: the page is damaged.
        """
        with _translated(f"{self._path}, page {index}"):
            page = self._document[index - 1]
            try:
                yield page
            finally:
                page.close()

    def render(self, index: int, scale: float) -> Image:
        """Return the page `index`, from 1, as a picture of `scale` pixels for each point.

        Raises:
            ReadError: the page is damaged.
        """
        with self.open_page(index) as page:
            picture: Image = page.render(scale=scale).to_pil()
            return picture

    def bookmarks(self) -> list[Bookmark]:
        """Return the outline's entries that lead to a page, outermost first as printed."""
        found = []
        with _translated(str(self._path)):
            for entry in self._document.get_toc(max_depth=12):
                title = canonicalise(entry.get_title())
                target = entry.get_dest()
                index = target.get_index() if target else None
                if title and index is not None:
                    found.append(Bookmark(title, entry.level + 1, index + 1))
                if len(found) >= _MOST_BOOKMARKS:
                    break
        return found

    def labels(self) -> list[str]:
        """Return the label that the file gives each page, empty where it gives none."""
        with _translated(str(self._path)):
            return [canonicalise(self._document.get_page_label(i)) for i in range(len(self))]

    def metadata(self) -> dict[str, str]:
        """Return the document information that is there: Title, Author and the like."""
        with _translated(str(self._path)):
            given = self._document.get_metadata_dict(skip_empty=True)
            return {key: canonicalise(value) for key, value in given.items()}

    def language(self) -> str | None:
        """Return the language that the file declares, such as "en-GB"."""
        from pypdfium2 import raw

        buffer = (ctypes.c_ushort * 64)()
        with _PDFIUM:
            size = raw.FPDFCatalog_GetLanguage(self._document, buffer, 128)
        text = bytes(buffer)[: max(min(size, 128) - 2, 0)].decode("utf-16-le", "replace")
        return canonicalise(text) or None


@contextmanager
def open_pdf(path: Path, options: ReadOptions) -> Iterator[PdfFile]:
    """Open a PDF file.

    Raises:
        UnsupportedFormatError: it is no PDF file.
        EmptyReportError: it has no pages.
        TooLargeError: it is larger than the limit.
        LockedFileError: it is encrypted and the password does not open it.
        ReadError: it is missing or damaged.
    """
    data = load_bytes(path, options)
    if b"%PDF-" not in data[:_HEAD]:
        found = name_binary(data[:_HEAD]) or "text, such as a web page"
        raise UnsupportedFormatError(
            f"{path}: not a PDF file but {found}; give the file its right suffix"
        )
    document = _open(path, data, options.password)
    try:
        file = PdfFile(document, path)
        if not len(file):
            raise EmptyReportError(f"{path}: the PDF file has no pages")
        yield file
    finally:
        with _PDFIUM:
            document.close()


def _open(path: Path, data: bytes, password: str | None) -> PdfDocument:
    from pypdfium2 import PdfDocument, PdfiumError, raw

    try:
        with _PDFIUM:
            return PdfDocument(data, password=password)
    except PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
            raise LockedFileError(_describe_lock(path, password)) from error
        if getattr(error, "err_code", None) == raw.FPDF_ERR_SECURITY:
            raise ReadError(f"{path}: encrypted in a way that cannot be opened") from error
        raise ReadError(
            f"{path}: the PDF file is damaged or cut short and cannot be opened; "
            "fetch or export it again"
        ) from error


def _describe_lock(path: Path, password: str | None) -> str:
    if password is None:
        return f"{path}: the PDF file is encrypted; give its password"
    return f"{path}: the password does not open this encrypted PDF file"


@contextmanager
def _translated(place: str) -> Iterator[None]:
    from pypdfium2 import PdfiumError

    try:
        with _PDFIUM:
            yield
    except (PdfiumError, ctypes.ArgumentError) as error:
        raise ReadError(f"{place}: damaged and cannot be read ({error})") from error


def _read_pieces(page: PdfPage, index: int) -> PagePieces:
    textpage = page.get_textpage()
    try:
        address = ctypes.cast(textpage.raw, ctypes.c_void_p).value or 0
        words = read_words(address, textpage.count_chars(), partial(_measure, page))
    finally:
        textpage.close()
    return _assemble(page, index, words)


def _measure(page: PdfPage, angle: int) -> Frame:
    left, bottom, right, top = page.get_cropbox()
    return Frame(left, bottom, right, top, page.get_rotation(), angle)


def _assemble(page: PdfPage, index: int, words: PageWords) -> PagePieces:
    (frame, upright), *others = words.groups
    read = PagePieces(
        index=index,
        frames={frame.read: frame, **{other.read: other for other, _ in others}},
        pieces=gather_lines(upright, index, frame.read),
        aside=[line for other, found in others for line in gather_lines(found, index, other.read)],
        characters=words.characters,
        unmapped=words.unmapped,
    )
    if words.characters < 200 or words.unmapped:  # noqa: PLR2004
        read.drawn, read.pictured = _look(page, frame)
    return read


def _look(page: PdfPage, frame: Frame) -> tuple[bool, float]:
    """Return whether anything is drawn, and how much of the page the largest picture covers."""
    from pypdfium2 import raw

    drawn, pictured = False, 0.0
    area = (frame.right - frame.left) * (frame.top - frame.bottom) or 1.0
    for thing in page.get_objects(max_depth=3):
        drawn = True
        if thing.type == raw.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = _bounds(thing)
            pictured = max(pictured, (right - left) * (top - bottom) / area)
    return drawn, min(pictured, 1.0)


def _bounds(thing: Any) -> tuple[float, float, float, float]:  # noqa: ANN401 - PDFium's own
    with suppress(Exception):
        left, bottom, right, top = thing.get_bounds()
        return left, bottom, right, top
    return 0.0, 0.0, 0.0, 0.0
