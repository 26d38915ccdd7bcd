"""Puts a report together block by block: every reader of a format ends here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.errors import EmptyReportError
from ingest.labels import find_label
from ingest.regions import Regions
from ingest.report import (
    Block,
    BlockKind,
    Metadata,
    Notice,
    Page,
    Region,
    Report,
    Section,
)
from ingest.span import Span

_WORD = re.compile(r"\w+")
_RUNS = frozenset({BlockKind.LIST_ITEM, BlockKind.TABLE_ROW})
_FOLLOWERS = _RUNS | {BlockKind.CAPTION, BlockKind.FOOTNOTE}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a block comes from in its file, as far as the format tells.

    Attributes:
        label: the number or name that the report prints for it ("4.12").
        line: first line in the source file, from 1.
        anchor: `id` of the nearest HTML element at or above it.
    """

    label: str | None = None
    line: int | None = None
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class _Draft:
    kind: BlockKind
    text: str
    span: Span
    level: int | None
    origin: Origin


_NOWHERE = Origin()


class ReportBuilder:
    """Collects blocks in reading order and builds the report from them.

    Sections, paragraph numbers, item numbers and the title follow from the blocks, so that
    the same content gives the same structure in every format.
    """

    def __init__(self, source: str) -> None:
        """Begin a report read from the file named `source` (its name, not its path)."""
        self._source = source
        self._drafts: list[_Draft] = []
        self._length = 0

    def add(
        self,
        kind: BlockKind,
        text: str,
        *,
        level: int | None = None,
        origin: Origin = _NOWHERE,
    ) -> Span | None:
        """Append a block and return its span in the canonical text.

        Args:
            kind: what it is.
            text: its words, already canonical (`ingest.canonical`).
            level: 1 to 6, for a heading.
            origin: its label, line and anchor, where the format has them.

        Returns:
            The span, or nothing where `text` is empty and no block was made.
        """
        if not text:
            return None
        start = self._length + len(self._separator(kind))
        span = Span(start, start + len(text))
        self._drafts.append(_Draft(kind, text, span, level, origin))
        self._length = span.end
        return span

    def build(
        self,
        *,
        title: str | None = None,
        metadata: Metadata | None = None,
        pages: Sequence[Page] = (),
        regions: Sequence[Region] = (),
        notices: Sequence[Notice] = (),
    ) -> Report:
        """Return the report.

        Args:
            title: from the file's metadata; without it the first headings give it, and
                without those the file name does.
            metadata: creator, date and the like.
            pages: physical pages.
            regions: where spans lie on them.
            notices: what could not be read.

        Raises:
            EmptyReportError: no block was added.
        """
        if not self._drafts:
            raise EmptyReportError(f"{self._source}: no text in it to index")
        title_drafts = self._title_drafts(title)
        blocks, sections = self._structure(title_drafts)
        return Report(
            title=title or self._title(title_drafts),
            source=self._source,
            text=self._text(),
            blocks=tuple(blocks),
            sections=tuple(sections),
            pages=tuple(pages),
            regions=regions
            if isinstance(regions, Regions)
            else tuple(sorted(regions, key=lambda region: region.span)),
            notices=tuple(notices),
            metadata=metadata or Metadata(),
        )

    def _separator(self, kind: BlockKind) -> str:
        if not self._drafts:
            return ""
        return "\n" if kind in _RUNS and self._drafts[-1].kind is kind else "\n\n"

    def _text(self) -> str:
        parts: list[str] = []
        end = 0
        for draft in self._drafts:
            parts += ("\n" * (draft.span.start - end), draft.text)
            end = draft.span.end
        return "".join(parts)

    def _title_drafts(self, title: str | None) -> list[_Draft]:
        """Return the heading that is the title, and the one that is its subtitle, if any.

        The title is the first block when that is the only heading of its level and all
        others lie below it. A heading straight under it with nothing of its own, before
        another of its level, is the subtitle. Where neither holds, the first heading is the
        title if it says what `title` says: a cover or a date may stand above it. Where it says
        something else than `title`, it heads a section like any other.
        """
        at_top = self._title_at_top()
        if at_top and (title is None or _agree(title, at_top[0].text)):
            return at_top
        return self._title_that_says(title)

    def _title_that_says(self, title: str | None) -> list[_Draft]:
        first = next((draft for draft in self._drafts if draft.level is not None), None)
        same = first and title and first.text.casefold() == title.casefold()
        return [first] if first and same else []

    def _title_at_top(self) -> list[_Draft]:
        levels = [d.level for d in self._drafts if d.level is not None]
        first = self._drafts[0]
        if first.level is None or any(level <= first.level for level in levels[1:]):
            return []
        second, third = (*self._drafts[1:3], first, first)[:2]
        if second.level and second.level == third.level:
            return [first, second]
        return [first]

    def _title(self, drafts: Sequence[_Draft]) -> str:
        stem = self._source.rsplit(".", 1)[0] or self._source
        return ": ".join(draft.text for draft in drafts) or stem

    def _structure(self, title: Sequence[_Draft]) -> tuple[list[Block], list[Section]]:
        blocks: list[Block] = []
        sections: list[Section] = []
        for path, drafts in self._runs(title):
            blocks += _number(drafts, len(sections))
            anchor = next((d.origin.anchor for d in drafts if d.origin.anchor), None)
            sections.append(Section(path, Span(drafts[0].span.start, drafts[-1].span.end), anchor))
        return blocks, sections

    def _runs(self, title: Sequence[_Draft]) -> Iterator[tuple[tuple[str, ...], list[_Draft]]]:
        """Yield each section's path and drafts."""
        above: list[_Draft] = []
        run: list[_Draft] = []
        for draft in self._drafts:
            if draft.level is not None and draft not in title:
                if run:
                    yield tuple(d.text for d in above), run
                above = [d for d in above if (d.level or 0) < draft.level] + [draft]
                run = []
            run.append(draft)
        yield tuple(d.text for d in above), run


def _agree(title: str, heading: str) -> bool:
    """Tell whether all words of the shorter one are in the longer."""
    ours, theirs = (set(_WORD.findall(words.casefold())) for words in (title, heading))
    return ours <= theirs or theirs <= ours


def _number(drafts: Sequence[_Draft], section: int) -> Iterator[Block]:
    number = 0
    item = 0
    previous: BlockKind | None = None
    for draft in drafts:
        if draft.kind is BlockKind.PARAGRAPH or (number == 0 and draft.kind in _FOLLOWERS):
            number += 1
        item = item + 1 if draft.kind is previous else 1
        previous = draft.kind
        yield Block(
            draft.kind,
            draft.span,
            section,
            number=0 if draft.kind is BlockKind.HEADING else number,
            item=item if draft.kind in _RUNS else None,
            level=draft.level,
            label=draft.origin.label or find_label(draft.text),
            line=draft.origin.line,
        )
