"""A report: one canonical text, and spans over it that say what is what."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from ingest.span import Span

PATH_SEPARATOR = " › "


class BlockKind(StrEnum):
    """What a block is in the report's structure."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE_ROW = "table_row"
    CAPTION = "caption"
    FOOTNOTE = "footnote"


class NoticeKind(StrEnum):
    """Why something in the file is not in the text."""

    NO_TEXT_LAYER = "no_text_layer"
    ENCRYPTED = "encrypted"
    BROKEN_FONT = "broken_font"
    EMPTY_PAGE = "empty_page"
    BAD_ENCODING = "bad_encoding"
    LEFT_OUT = "left_out"
    OCR = "ocr"


# A page with one of these gave no text that could be trusted.
UNREAD = frozenset({NoticeKind.NO_TEXT_LAYER, NoticeKind.ENCRYPTED, NoticeKind.BROKEN_FONT})


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph, list item, table row, caption or footnote.

    Attributes:
        kind: what it is.
        span: where its words stand in the canonical text.
        level: 1 to 6 for a heading, nothing for any other kind.
        section: index into `Report.sections`.
        number: which paragraph of its section it is, from 1. A list item, table row or
            caption bears the number of the paragraph that it follows; a heading has 0.
        item: which item of its list or row of its table, from 1; else nothing.
        label: the number or name that the report itself prints ("4.12", "Recommendation 3").
        line: first line of the block in the source file, from 1, where the format has lines.
    """

    kind: BlockKind
    span: Span
    section: int
    level: int | None = None
    number: int = 0
    item: int | None = None
    label: str | None = None
    line: int | None = None

    def __post_init__(self) -> None:
        """Raise ValueError where level and kind disagree, or a count is negative."""
        is_heading = self.kind is BlockKind.HEADING
        if is_heading != (self.level is not None):
            raise ValueError("a heading has a level, and nothing else has one")
        if self.level is not None and not 1 <= self.level <= 6:  # noqa: PLR2004
            raise ValueError(f"a heading's level is 1 to 6, got {self.level}")
        if self.section < 0 or self.number < 0:
            raise ValueError("section and number count from 0")


@dataclass(frozen=True, slots=True)
class Section:
    """The blocks that stand directly under one heading.

    Attributes:
        path: the headings above, outermost first; empty for text before any heading.
            The report's own title is not part of it.
        span: from the heading's first code point to the end of its last own block.
        anchor: the `id` of the nearest HTML element, for a link; else nothing.
    """

    path: tuple[str, ...]
    span: Span
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A physical page.

    Attributes:
        index: physical page counted from 1.
        label: the printed page number ("iv", "7").
        width: points (1/72 inch), after rotation, inside the crop box.
        height: points, likewise.
    """

    index: int
    label: str
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page in points, origin at the top left: x0 < x1, y0 < y1."""

    x0: float
    y0: float
    x1: float
    y1: float

    def __post_init__(self) -> None:
        """Raise ValueError for an inverted box."""
        if self.x1 < self.x0 or self.y1 < self.y0:
            raise ValueError(f"a box needs x0 <= x1 and y0 <= y1, got {self}")


@dataclass(frozen=True, slots=True)
class Region:
    """Where the words of one span (a line or a word of it) lie on a page."""

    span: Span
    page: int
    box: Box


@dataclass(frozen=True, slots=True)
class Notice:
    """Something in the file that did not become text, and why."""

    kind: NoticeKind
    message: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of the report as a publication; nothing where it is not known."""

    creator: str | None = None
    date: str | None = None
    url: str | None = None
    licence: str | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Report:
    r"""One report.

    Attributes:
        title: as a citation gives it.
        source: the file's name, without its folder.
        text: canonical text: NFC, lines ended by `\n`, no carriage returns.
        blocks: in reading order, spans disjoint and ascending.
        sections: in reading order; every block belongs to one.
        pages: empty where the format has none.
        regions: ascending by span; empty where the format has no geometry.
        notices: what could not be read.
        metadata: creator, date and the like.
    """

    title: str
    source: str
    text: str
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...]
    pages: tuple[Page, ...] = ()
    regions: Sequence[Region] = ()
    notices: tuple[Notice, ...] = ()
    metadata: Metadata = field(default_factory=Metadata)

    def __post_init__(self) -> None:
        """Hold the spans to the text.

        Raises:
            ValueError: the text is not canonical, or a span lies outside it or over another.
        """
        if not unicodedata.is_normalized("NFC", self.text) or "\r" in self.text:
            raise ValueError("canonical text is NFC with \\n line ends")
        _require_within("block", (b.span for b in self.blocks), len(self.text))
        _require_within("section", (s.span for s in self.sections), len(self.text))
        for left, right in pairwise(self.blocks):
            if left.span.end > right.span.start:
                raise ValueError(f"blocks overlap at {right.span}")
        if any(b.section >= len(self.sections) for b in self.blocks):
            raise ValueError("a block names a section that is not there")

    @property
    def id(self) -> str:
        """Content hash: 16 hexadecimal digits of SHA-256 over file name, title and text.

        The file name counts, so that one text published twice keeps both citations.
        """
        content = f"{self.source}\0{self.title}\0{self.text}"
        return hashlib.sha256(content.encode()).hexdigest()[:16]


def _require_within(what: str, spans: Iterable[Span], length: int) -> None:
    for span in spans:
        if span.end > length:
            raise ValueError(f"{what} {span} lies beyond the text's {length} code points")
