"""Where the words of an HTML page go: into blocks, table rows and footnotes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ingest.canonical import canonicalise, canonicalise_lines
from ingest.footnotes import Draft
from ingest.html_lists import mark
from ingest.html_notes import split_marker
from ingest.report import BlockKind

# A break keeps its own sign until the block ends: line feeds in the source are mere spaces.
LINE_BREAK = "\x00"
_CELL = " | "


@dataclass
class Gather:
    """Collects all words inside an element into one block or table cell."""

    node: int
    kind: BlockKind | None
    level: int | None = None
    parts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass
class Row:
    """A table row that is being read; `after` waits for its end."""

    cells: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    after: list[Draft] = field(default_factory=list)


@dataclass
class Note:
    """A footnote that is being read: the ids it goes by, its printed mark, its blocks."""

    node: int
    keys: list[str]
    label: str | None = None
    drafts: list[Draft] = field(default_factory=list)


class BlockSink:
    """Collects words and puts finished blocks in their place.

    Attributes:
        drafts: the blocks without the footnotes.
        anchor: `id` of the nearest element at or above the current one.
        note: the footnote that is being read.
        in_item: whether words belong to a list item.
        preformatted: whether line breaks mean something.
        marker: what the current list item prints before its words.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.drafts: list[Draft] = []
        self.anchor: str | None = None
        self.note: Note | None = None
        self.in_item = False
        self.preformatted = False
        self.marker = ""
        self._words: list[str] = []
        self._alternatives: list[str] = []
        self._references: list[str] = []
        self._labels: dict[str, str] = {}
        self._notes: list[Note] = []
        self._gathers: list[Gather] = []
        self._rows: list[Row] = []

    def add_words(self, words: str) -> None:
        """Append running text."""
        self._words.append(words)

    def add_picture(self, description: str) -> None:
        """Remember a picture's description, for where it stands by itself."""
        self._alternatives.append(description)

    def add_reference(self, key: str, label: str) -> None:
        """Append a reference to the footnote that goes by `key`."""
        self._labels.setdefault(key, label)
        self._references.append(key)
        self._words.append(f"[{label}]")

    def break_line(self) -> None:
        """Take one break as a space and two in a row as the end of a paragraph."""
        blank = next((word for word in reversed(self._words) if word.strip(" \t\r\n")), None)
        if blank == LINE_BREAK and not self._gathers:
            self.flush()
        self._words.append(LINE_BREAK)

    def open_gather(self, node: int, kind: BlockKind | None, level: int | None = None) -> None:
        """Begin a block or, without a kind, a table cell that takes all words up to its end."""
        self._gathers.append(Gather(node, kind, level))

    def open_note(self, node: int, key: str | None) -> None:
        """Begin a footnote."""
        self.note = Note(node, [key or f"note {len(self._notes) + 1}"])
        self._notes.append(self.note)

    def open_row(self) -> None:
        """Begin a table row."""
        self._rows.append(Row())

    def close_row(self) -> None:
        """End the table row and put it, then whatever waited for it, in place."""
        row = self._rows.pop()
        text = canonicalise(_CELL.join(row.cells)) if any(row.cells) else ""
        self._emit(Draft(BlockKind.TABLE_ROW, text, notes=tuple(row.notes)))
        for draft in row.after:
            self._emit(draft)

    def close(self, node: int) -> None:
        """End what began with this element."""
        if self._gathers and self._gathers[-1].node == node:
            self._close_gather()
        if self.note and self.note.node == node:
            self.note = None

    def collect_notes(self) -> dict[str, list[Draft]]:
        """Return the blocks of each footnote by the key that references use."""
        keys = {key: note.keys[0] for note in self._notes for key in note.keys}
        self.drafts = [_resolve(draft, keys) for draft in self.drafts]
        found: dict[str, list[Draft]] = {}
        for note in self._notes:
            label = next((self._labels[k] for k in note.keys if k in self._labels), note.label)
            drafts = [replace(_resolve(draft, keys), label=label) for draft in note.drafts]
            found.setdefault(note.keys[0], []).extend(drafts)
        return found

    def _close_gather(self) -> None:
        gather = self._gathers.pop()
        text = canonicalise(" ".join(gather.parts))
        if gather.kind is None:
            self._rows[-1].cells.append(text)
            self._rows[-1].notes.extend(gather.notes)
            return
        self._emit(Draft(gather.kind, text, gather.level, notes=tuple(gather.notes)))

    def flush(self) -> None:
        """End the block that words were being collected for."""
        raw = "".join(self._words).replace(LINE_BREAK, "\n")
        pictures, references = self._alternatives, tuple(self._references)
        self._words, self._alternatives, self._references = [], [], []
        text = canonicalise_lines(raw) if self.preformatted else canonicalise(raw)
        if text and self.in_item and self.note is None:
            text, self.marker = mark(self.marker, text), ""
        if self._gathers:
            self._gathers[-1].parts.append(text)
            self._gathers[-1].notes.extend(references)
        elif text:
            self._emit_words(text, references)
        else:
            for description in pictures:
                self._emit(Draft(BlockKind.CAPTION, description))

    def _emit_words(self, text: str, references: tuple[str, ...]) -> None:
        kind = BlockKind.LIST_ITEM if self.in_item else BlockKind.PARAGRAPH
        if self.note is not None:
            kind = BlockKind.FOOTNOTE
            if not self.note.drafts:
                label, text = split_marker(text)
                self.note.label = label or self.note.label
        self._emit(Draft(kind, text, notes=references))

    def _emit(self, draft: Draft) -> None:
        """Put a block where it belongs: in the text, a footnote, or the cell around it."""
        if not draft.text:
            return
        draft = draft if draft.anchor else replace(draft, anchor=self.anchor)
        if self.note is not None:
            self.note.drafts.append(replace(draft, kind=BlockKind.FOOTNOTE, level=None))
        elif self._rows and draft.kind in {BlockKind.TABLE_ROW, BlockKind.CAPTION}:
            self._rows[-1].after.append(draft)
        elif self._gathers:
            self._gathers[-1].parts.append(draft.text)
            self._gathers[-1].notes.extend(draft.notes)
        else:
            self.drafts.append(draft)


def _resolve(draft: Draft, keys: dict[str, str]) -> Draft:
    """Give a block's references the keys of the footnotes that they mean."""
    notes = tuple(keys[note] for note in draft.notes if note in keys)
    return replace(draft, notes=notes)
