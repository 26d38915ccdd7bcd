"""From groups of lines to the blocks of a report, and where their words lie."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from ingest.pdf_groups import Group, starts_item
from ingest.pdf_hyphens import HYPHENS, Hyphenation
from ingest.pdf_lines import BULLET, Line
from ingest.report import BlockKind

_CELLS = " | "
_ORDINAL = re.compile(r"\d{1,3}[.)]")
_NOTED = re.compile(r"[^\W\d_]{4}$|[.,;:!?”’)\"']$")


@dataclass(slots=True)
class Place:
    """Code points [start, end) of a block's text, and the line and word that print them."""

    start: int
    end: int
    line: Line
    word: int


@dataclass(slots=True)
class Spelling:
    """Text put together from printed words."""

    parts: list[str] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    length: int = 0

    @property
    def text(self) -> str:
        return "".join(self.parts)

    def write(self, text: str) -> None:
        """Append what no printed word stands for."""
        self.parts.append(text)
        self.length += len(text)

    def take_back(self) -> None:
        """Remove what was written last."""
        self.length -= len(self.parts.pop())

    def print(self, text: str, line: Line, word: int) -> None:
        """Append a printed word."""
        start = self.length
        self.write(text)
        self.places.append(Place(start, self.length, line, word))

    def print_all(self, line: Line, first: int) -> None:
        """Append the printed words of a line from `first`, a space between each two."""
        start = self.length
        for at, word in enumerate(line.words[first:], first):
            end = start + len(word)
            self.places.append(Place(start, end, line, at))
            start = end + 1
        self.parts += chain.from_iterable((word, " ") for word in line.words[first:])
        self.parts.pop()
        self.length = start - 1


@dataclass(slots=True)
class Draft:
    """A block before it has a place in the text.

    Attributes:
        kind: what it is.
        spelling: its words and where they lie.
        level: 1 to 6 for a heading.
        label: the number or name printed for it, where it is not part of the text.
        notes: keys of the footnotes that it refers to.
    """

    kind: BlockKind
    spelling: Spelling
    level: int | None = None
    label: str | None = None
    notes: tuple[str, ...] = ()


class Speller:
    """Puts words together, over line ends and with references to footnotes."""

    def __init__(self, hyphenation: Hyphenation, notes: frozenset[tuple[int, str]]) -> None:
        """Prepare.

        Args:
            hyphenation: how the report treats line ends.
            notes: page and mark of each footnote.
        """
        self._hyphenation = hyphenation
        self._notes = notes

    def find_note(self, line: Line, at: int) -> tuple[int, str] | None:
        """Return page and mark of the footnote that a superscript refers to.

        It stands on the same page, or on the next one where that had no room left for it.
        """
        found = ((line.page + step, line.words[at]) for step in (0, 1))
        return next((note for note in found if note in self._notes), None)

    def spell(self, lines: Sequence[Line], start: int = 0, *, verse: bool = False) -> Spelling:
        """Return the words of lines as one text.

        Args:
            lines: in reading order.
            start: how many words of the first line are left out, such as a bullet.
            verse: whether line ends are kept.
        """
        spelling = Spelling()
        for at, line in enumerate(lines):
            first = start if at == 0 else 0
            if first >= len(line.words):
                continue
            before = lines[at - 1] if at else None
            carried = self._join(spelling, before, line, verse=verse) if spelling.length else False
            self._spell_line(spelling, line, first, carried=carried)
        return spelling

    def spell_rows(self, cells: Sequence[Sequence[Line]]) -> Spelling:
        """Return a table row's cells, put apart by a bar."""
        spelling = Spelling()
        for cell in cells:
            if spelling.length:
                spelling.write(_CELLS)
            offset = spelling.length
            one = self.spell(cell)
            spelling.parts += one.parts
            spelling.length += one.length
            spelling.places += [
                Place(p.start + offset, p.end + offset, p.line, p.word) for p in one.places
            ]
        return spelling

    def _spell_line(self, spelling: Spelling, line: Line, first: int, *, carried: bool) -> None:
        if not (line.marks or line.tied or carried):
            spelling.print_all(line, first)
            return
        for at in range(first, len(line.words)):
            word = line.words[at]
            noted = at in line.marks and self._refers(spelling, line, at)
            tied = at in line.tied or noted
            if at > first and not tied:
                spelling.write(" ")
            if noted and at == first and spelling.parts[-1] == " ":
                spelling.take_back()
            if (tied or (carried and at == first)) and unicodedata.combining(word[0]):
                word = word.lstrip("".join(c for c in word if unicodedata.combining(c))) or " "
            spelling.print(f"[{word}]" if noted else word, line, at)

    def _refers(self, spelling: Spelling, line: Line, at: int) -> bool:
        """Tell a reference to a note from a power or an index.

        A note that is not on the page is one at the end of a chapter or of the report.
        """
        if not spelling.length:
            return False
        before = "".join(spelling.parts[-3:]).rstrip()
        told = line.words[at].isdigit() and bool(_NOTED.search(before))
        return told or self.find_note(line, at) is not None

    def _join(self, spelling: Spelling, last: Line | None, line: Line, *, verse: bool) -> bool:
        """Write what stands between two lines; tell whether a word runs on over it."""
        tail = spelling.parts[-1]
        hangs = last is not None and last.broken
        if not hangs and not (tail.endswith(HYPHENS) and len(tail) > 1):
            spelling.write("\n" if verse else " ")
            return False
        head = tail if not hangs else tail + "-"
        keeps = self._hyphenation.keeps(head, line.words[0])
        bare = head.rstrip("".join(HYPHENS))
        wanted = f"{bare}-" if keeps else bare
        self._rewrite(spelling, wanted)
        return True

    @staticmethod
    def _rewrite(spelling: Spelling, word: str) -> None:
        """Put `word` in the place of the last word."""
        spelling.length += len(word) - len(spelling.parts[-1])
        spelling.parts[-1] = word
        spelling.places[-1].end = spelling.length

    def marks(self, lines: Sequence[Line]) -> tuple[str, ...]:
        """Return the keys of the footnotes that lines refer to."""
        marked = [(line, at) for line in lines for at in line.marks if at or line is not lines[0]]
        found = (self.find_note(line, at) for line, at in marked)
        return tuple(note_key(*note) for note in found if note is not None)


def note_key(page: int, mark: str) -> str:
    """Return what tells one footnote from all others of the report."""
    return f"{page}:{mark}"


def draft_group(
    group: Group, speller: Speller, kind: BlockKind, level: int | None
) -> Iterator[Draft]:
    """Yield the blocks of a group: one, or the rows of a table."""
    if group.table is not None:
        for row in group.table.rows:
            spelling = speller.spell_rows(row.cells)
            yield Draft(BlockKind.TABLE_ROW, spelling, notes=speller.marks(row.lines))
        return
    bullet = kind is BlockKind.LIST_ITEM and BULLET.fullmatch(group.lines[0].words[0])
    spelling = speller.spell(group.lines, 1 if bullet else 0, verse=group.mono)
    yield Draft(kind, spelling, level, notes=speller.marks(group.lines))


def is_item(group: Group) -> bool:
    """Tell a list item from a paragraph: a bullet, a letter or a number in brackets."""
    first = group.lines[0]
    if group.mono or not starts_item(first):
        return False
    word = first.words[0]
    if _ORDINAL.fullmatch(word):
        return first.x0 > group.left + 0.5 * first.size
    return bool(BULLET.fullmatch(word)) or _is_counter(word)


def _is_counter(word: str) -> bool:
    """Tell "(a)", "b.", "(iv)" and "3)" from "4.12" and "12.", which number paragraphs."""
    bare = word.strip("().")
    return word.startswith("(") or word.endswith(")") or (bare.isalpha() and word != bare)
