"""Goes through a Word document and collects its blocks and footnotes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ingest.canonical import canonicalise
from ingest.docx_numbering import Number, Numbering, format_number
from ingest.docx_package import DocxPackage, W
from ingest.docx_styles import StyleSheet, is_on
from ingest.docx_words import WordReader, Words, is_drop_cap, is_mark_deleted, note_key
from ingest.footnotes import Draft
from ingest.report import BlockKind

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_CELL = " | "
_WRAPPERS = frozenset(
    f"{W}{name}" for name in ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo")
)


@dataclass(frozen=True, slots=True)
class Found:
    """A block with what only Word tells of it.

    Attributes:
        draft: the block.
        number: the automatic number that prints before it.
        role: "title", "subtitle" or nothing.
    """

    draft: Draft
    number: Number | None = None
    role: str = ""


@dataclass
class _Row:
    cells: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    after: list[Found] = field(default_factory=list)


class DocumentReader:
    """Reads the parts of one package.

    Attributes:
        words: what was read, and what had to be passed over.
        embedded: how many files of other formats are embedded as text.
    """

    def __init__(self, package: DocxPackage) -> None:
        """Prepare styles, numbering and the marks of footnotes."""
        self._package = package
        self._styles = StyleSheet(package.styles)
        self._numbering = Numbering(package.numbering, self._styles)
        self.words = WordReader(_mark_notes(package), self._styles)
        self.embedded = 0
        self._carried: Words | None = None

    @property
    def language(self) -> str | None:
        """The document's own language, such as "en-GB"."""
        return self._styles.language

    def read_body(self) -> list[Found]:
        """Return the blocks of the document's body, footnotes apart."""
        body = self._package.document.find(f"{W}body")
        found = list(self._read_container(body)) if body is not None else []
        return [*found, *self._end_carried()]

    def read_notes(self) -> dict[str, list[Draft]]:
        """Return the blocks of each footnote and endnote that is referred to, by its key."""
        found: dict[str, list[Draft]] = {}
        for part in (self._package.footnotes, self._package.endnotes):
            for note in part if part is not None else ():
                key = note_key(note)
                if key in self.words.marks:
                    found[key] = list(self._read_note(note, self.words.marks[key]))
        return found

    def _read_note(self, note: Element, mark: str) -> Iterator[Draft]:
        for found in (*self._read_container(note), *self._end_carried()):
            yield replace(found.draft, kind=BlockKind.FOOTNOTE, level=None, label=mark or None)

    def _read_container(self, container: Element) -> Iterator[Found]:
        for element in container:
            if element.tag == f"{W}p":
                yield from self._read_paragraph(element)
            elif element.tag == f"{W}tbl":
                yield from self._read_table(element)
            elif element.tag == f"{W}sdt" and _is_contents(element):
                continue
            elif element.tag == f"{W}altChunk":
                self.embedded += 1
            elif element.tag in _WRAPPERS:
                yield from self._read_container(element)
            elif str(element.tag).endswith("}AlternateContent") and len(element):
                yield from self._read_container(element[0])

    def _read_paragraph(self, paragraph: Element) -> Iterator[Found]:
        words = self.words.read(paragraph)
        if self._carried is not None:
            words = _join(self._carried, words)
            self._carried = None
        if is_mark_deleted(paragraph) or is_drop_cap(paragraph):
            self._carried = words
            return
        if not self._styles.is_contents(paragraph):
            number = self._numbering.count(self._styles.find_numbering(paragraph))
            yield from self._place(paragraph, words, number)
        for box in words.boxes:
            yield from self._read_container(box)

    def _end_carried(self) -> Iterator[Found]:
        """Yield what a following paragraph would have continued."""
        if self._carried is not None:
            words, self._carried = self._carried, None
            text = canonicalise("".join(words.parts))
            yield Found(Draft(BlockKind.PARAGRAPH, text, notes=tuple(words.notes)))

    def _place(self, paragraph: Element, words: Words, number: Number | None) -> Iterator[Found]:
        text = canonicalise("".join(words.parts))
        if not text:
            return
        role, kind, level = self._classify(paragraph, number)
        if number is not None and number.text:
            text = canonicalise(f"{number.text} {text}")
        yield Found(Draft(kind, text, level, notes=tuple(words.notes)), number, role)

    def _classify(
        self, paragraph: Element, number: Number | None
    ) -> tuple[str, BlockKind, int | None]:
        """Return the paragraph's role, kind and heading level."""
        if self._styles.is_subtitle(paragraph):
            return "subtitle", BlockKind.PARAGRAPH, None
        if self._styles.is_title(paragraph):
            return "title", BlockKind.HEADING, 1
        level = self._styles.find_heading_level(paragraph)
        if level is not None:
            return "", BlockKind.HEADING, level
        if self._styles.is_caption(paragraph):
            return "", BlockKind.CAPTION, None
        listed = number is not None and not number.dotted
        return "", BlockKind.LIST_ITEM if listed else BlockKind.PARAGRAPH, None

    def _read_table(self, table: Element) -> Iterator[Found]:
        rows = [row for row in _unwrap(table, f"{W}tr") if not _is_row_deleted(row)]
        cells = [[cell for cell in _unwrap(row, f"{W}tc") if _is_printed(cell)] for row in rows]
        if all(len(row) < 2 for row in cells) or self._holds_headings(table):  # noqa: PLR2004
            for row in cells:
                for cell in row:
                    yield from self._read_container(cell)
            return
        for row in cells:
            yield from self._read_row(row)

    def _read_row(self, cells: Sequence[Element]) -> Iterator[Found]:
        row = _Row()
        for cell in cells:
            self._read_cell(cell, row)
        text = canonicalise(_CELL.join(row.cells)) if any(row.cells) else ""
        if text:
            yield Found(Draft(BlockKind.TABLE_ROW, text, notes=tuple(row.notes)))
        yield from row.after

    def _read_cell(self, cell: Element, row: _Row) -> None:
        """Add the cell's words to the row; a table inside it comes after the row."""
        parts: list[str] = []
        for found in (*self._read_container(cell), *self._end_carried()):
            if found.draft.kind is BlockKind.TABLE_ROW:
                row.after.append(found)
            else:
                parts.append(found.draft.text)
                row.notes += found.draft.notes
        row.cells.append(canonicalise(" ".join(parts)))

    def _holds_headings(self, table: Element) -> bool:
        return any(self._styles.find_heading_level(p) is not None for p in table.iter(f"{W}p"))


def settle_lists(found: Sequence[Found]) -> list[Found]:
    """Return the blocks with numbered paragraphs told from lists.

    A list that goes on counting beyond a heading is no list: the report numbers its paragraphs.
    """
    passed = 0
    begun: dict[str, int] = {}
    running: set[str] = set()
    for block in found:
        if block.draft.kind is BlockKind.HEADING:
            passed += 1
        elif (
            block.number is not None
            and block.number.text
            and begun.setdefault(block.number.list_id, passed) != passed
        ):
            running.add(block.number.list_id)
    return [_as_paragraph(block) if _is_running(block, running) else block for block in found]


def _is_running(block: Found, running: set[str]) -> bool:
    number = block.number
    counted = number is not None and number.text[:1].isdigit() and number.list_id in running
    return counted and block.draft.kind is BlockKind.LIST_ITEM


def _as_paragraph(block: Found) -> Found:
    return replace(block, draft=replace(block.draft, kind=BlockKind.PARAGRAPH))


def _join(first: Words, second: Words) -> Words:
    return Words(first.parts + second.parts, first.notes + second.notes, first.boxes + second.boxes)


def _unwrap(element: Element, tag: str) -> Iterator[Element]:
    """Yield rows or cells, also those inside content controls."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _unwrap(child, tag)


def _is_row_deleted(row: Element) -> bool:
    return row.find(f"{W}trPr/{W}del") is not None


def _is_printed(cell: Element) -> bool:
    """Tell whether a cell prints: not deleted, nor merged into the one above or before it."""
    properties = cell.find(f"{W}tcPr")
    if properties is None:
        return True
    merged = (properties.find(f"{W}vMerge"), properties.find(f"{W}hMerge"))
    if any(merge is not None and merge.get(f"{W}val") != "restart" for merge in merged):
        return False
    return properties.find(f"{W}cellDel") is None


def _is_contents(control: Element) -> bool:
    """Tell a table of contents that Word made."""
    gallery = control.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
    return gallery is not None and gallery.get(f"{W}val") == "Table of Contents"


def _mark_notes(package: DocxPackage) -> dict[str, str]:
    """Return the printed mark of each note that the text refers to, empty for one of its own."""
    marks: dict[str, str] = {}
    for kind, usual in (("footnote", "decimal"), ("endnote", "lowerRoman")):
        form = _find_form(package, kind) or usual
        number = 0
        for reference in package.document.iter(f"{W}{kind}Reference"):
            key = note_key(reference)
            if key in marks or _is_left_out(reference):
                continue
            if is_on(reference.get(f"{W}customMarkFollows"), "0"):
                marks[key] = ""
                continue
            number += 1
            marks[key] = format_number(number, form)
    return marks


def _is_left_out(reference: Element) -> bool:
    """Tell whether a reference is deleted, or stands in the second copy of a text box."""
    tags = (str(above.tag).rpartition("}")[2] for above in reference.iterancestors())
    return any(tag in {"del", "moveFrom", "Fallback"} for tag in tags)


def _find_form(package: DocxPackage, kind: str) -> str | None:
    for part in (package.document, package.settings):
        found = part.find(f".//{W}{kind}Pr/{W}numFmt") if part is not None else None
        if found is not None:
            return found.get(f"{W}val")
    return None
