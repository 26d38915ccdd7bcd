"""Reads PDF files, every word with its place on the page.

A page's words come from PDFium (`pdf_words`), become lines (`pdf_lines`), lose headers and
footers (`pdf_margins`), are put in reading order (`pdf_tables`, `pdf_layout`), grouped
(`pdf_groups`), told apart (`pdf_headings`, `pdf_notes`), joined over breaks (`pdf_joins`) and
spelt as blocks (`pdf_blocks`).
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ingest.builder import Origin, ReportBuilder
from ingest.errors import EmptyReportError
from ingest.pdf_blocks import Draft, Speller, draft_group, is_item, note_key
from ingest.pdf_file import PagePieces, PdfFile, open_pdf
from ingest.pdf_groups import Body, Group, group_column, split_columns, study_body
from ingest.pdf_headings import Headings, find_headings, is_caption
from ingest.pdf_hyphens import study_hyphens
from ingest.pdf_joins import join_groups, leave_out_contents
from ingest.pdf_layout import Item, order_items
from ingest.pdf_lines import Line
from ingest.pdf_margins import find_body_size, find_margins
from ingest.pdf_metadata import choose_title, read_metadata
from ingest.pdf_notes import begins_note, cut_foot, split_each, split_notes
from ingest.pdf_notices import is_broken, notice_pages
from ingest.pdf_recognition import RECOGNISABLE, recognise
from ingest.pdf_tables import Table, part_tables
from ingest.regions import Regions
from ingest.report import BlockKind, Notice, Page, Report
from ingest.source import ReadOptions

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class _Note:
    """A footnote: the page that it begins on, its printed mark and its lines."""

    page: int
    mark: str
    lines: list[Line]


def read_pdf(path: Path, options: ReadOptions, progress: Progress | None = None) -> Report:
    """Read a PDF file.

    Args:
        path: the file.
        options: limits, the password, and whether pages without text are recognised.
        progress: called after each page with the number of pages read and of all pages.

    Raises:
        ReadError: the file cannot be read; its subclasses say why.
        EmptyReportError: no page of it has text that can be read.
    """
    with _paused_collection(), open_pdf(path, options) as file:
        pages, notices = _read_pages(file, options, progress)
        if not any(page.pieces or page.aside for page in pages):
            raise EmptyReportError(_describe_empty(path, notices))
        size = find_body_size(pages)
        margins, labels = find_margins(pages, file.labels(), size)
        groups, notes, body = _group_pages(pages, margins, size)
        bookmarks = file.bookmarks()
        given, language = file.metadata(), file.language()
        groups = leave_out_contents(groups)
        if not groups and not notes:
            raise EmptyReportError(
                f"{path}: nothing but headers, footers and contents in it to index"
            )
        headings = find_headings(groups, bookmarks, body)
        builder = ReportBuilder(path.name)
        regions = _build(builder, pages, (groups, notes), headings)
        return builder.build(
            title=choose_title(headings.title, groups, given),
            metadata=read_metadata(given, groups, language),
            pages=[_page(page, label) for page, label in zip(pages, labels, strict=True)],
            regions=regions,
            notices=notices,
        )


@contextmanager
def _paused_collection() -> Iterator[None]:
    """Keep the garbage collector from going through 100,000s of words again and again.

    A page makes no reference cycles; without this it takes a fifth of the time.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _describe_empty(path: Path, notices: Sequence[Notice]) -> str:
    kinds = {notice.kind for notice in notices}
    if len(kinds) == 1 and notices:
        return f"{path}: nothing of it can be read; {notices[0].message}"
    return f"{path}: none of its pages has text that can be read"


def _page(page: PagePieces, label: str) -> Page:
    width, height = page.frame.size
    return Page(page.index, label, round(width, 2), round(height, 2))


def _read_pages(
    file: PdfFile, options: ReadOptions, progress: Progress | None
) -> tuple[list[PagePieces], list[Notice]]:
    pages: list[PagePieces] = []
    notices: list[Notice] = []
    for index in range(1, len(file) + 1):
        page = file.read_page(index)
        found = list(notice_pages(page))
        if is_broken(page):
            page.pieces, page.aside = [], []
        if found and options.ocr and found[0].kind in RECOGNISABLE:
            found = recognise(file, page, found)
        notices += found
        pages.append(page)
        if progress:
            progress(index, len(file))
    return pages, notices


def _group_pages(
    pages: Sequence[PagePieces], margins: Sequence[set[int]], size: float
) -> tuple[list[Group], list[_Note], Body]:
    layouts = list(_lay_out(pages, margins, size))
    body = study_body([items for items, _ in layouts])
    groups: list[Group] = []
    notes: list[_Note] = []
    for items, foot in layouts:
        for column in split_columns(items):
            text, small = split_notes(column, body, continued=False)
            groups += group_column(text, body)
            _collect(notes, small)
        _collect(notes, [item for item in foot if isinstance(item, Line)])
    return groups, notes, body


def _lay_out(
    pages: Sequence[PagePieces], margins: Sequence[set[int]], size: float
) -> Iterator[tuple[list[Item], list[Item]]]:
    """Yield each page's items in reading order, and those at its foot."""
    before: Table | None = None
    for page, left_out in zip(pages, margins, strict=True):
        pieces = [piece for piece in page.pieces if id(piece) not in left_out]
        text, foot = cut_foot(pieces, size)
        below = order_items(part_tables(foot)) if foot else []
        if any(isinstance(item, Table) for item in below):
            text, below = pieces, []
        items = order_items(part_tables(text, before))
        last = items[-1] if items else None
        before = last if isinstance(last, Table) else None
        items += [line for line in page.aside if id(line) not in left_out]
        _part_boxes(items + below)
        yield items, below


def _part_boxes(items: Sequence[Item]) -> None:
    """Let the boxes of lines right above each other meet instead of overlapping."""
    previous: Line | None = None
    for item in items:
        line = item if isinstance(item, Line) else None
        if line and previous and previous.base < line.base and previous.y1 > line.y0:
            middle = (max(previous.y0, previous.base) + min(line.base, line.y1)) / 2
            edge = min(max(middle, line.y0), previous.y1)
            previous.y1 = line.y0 = edge
        previous = line


def _collect(notes: list[_Note], lines: Sequence[Line]) -> None:
    for found in split_each(lines):
        if begins_note(found[0]):
            mark = found[0].words[0].rstrip(".)")
            notes.append(_Note(found[0].page, mark, found))
        elif notes:
            notes[-1].lines += found


def _build(
    builder: ReportBuilder,
    pages: Sequence[PagePieces],
    content: tuple[list[Group], list[_Note]],
    headings: Headings,
) -> Regions:
    """Add all blocks; return where their words lie."""
    regions = Regions()
    for draft in _draft(*content, headings):
        text = draft.spelling.text
        span = builder.add(draft.kind, text, level=draft.level, origin=Origin(label=draft.label))
        if span is not None:
            _place(draft, span.start, pages, regions)
    return regions


def _place(draft: Draft, start: int, pages: Sequence[PagePieces], regions: Regions) -> None:
    line = None
    for place in draft.spelling.places:
        if place.line is not line:
            line = place.line
            frame = pages[line.page - 1].frames[line.turn]
        at = 2 * place.word
        box = frame.show(line.edges[at], line.y0, line.edges[at + 1], line.y1)
        regions.add_box(start + place.start, start + place.end, line.page, box)


def _draft(groups: list[Group], notes: list[_Note], headings: Headings) -> Iterator[Draft]:
    levels = dict(headings.levels)
    if headings.title is not None:
        levels[id(headings.title)] = 1
    groups = join_groups(groups, frozenset(levels))
    lines = [(line.words, line.broken) for group in groups for line in group.lines]
    marks = frozenset((note.page, note.mark) for note in notes)
    speller = Speller(study_hyphens(lines), marks)
    waiting = {note_key(note.page, note.mark): note for note in notes}
    section: list[_Note] = []
    for at, group in enumerate(groups):
        if id(group) in levels:
            yield from _draft_notes(section, speller)
            section = []
        for draft in draft_group(group, speller, _kind(group, levels), levels.get(id(group))):
            yield draft
            section += [waiting.pop(key) for key in draft.notes if key in waiting]
        section += _unreferred(groups, at, waiting)
    yield from _draft_notes([*section, *waiting.values()], speller)


def _unreferred(groups: Sequence[Group], at: int, waiting: dict[str, _Note]) -> list[_Note]:
    """Take the footnotes of pages that are over, which nothing refers to."""
    page = groups[at].lines[-1].page
    over = at + 1 == len(groups) or groups[at + 1].page > page
    keys = [key for key, note in waiting.items() if note.page <= page] if over and waiting else []
    return [waiting.pop(key) for key in keys]


def _draft_notes(notes: Sequence[_Note], speller: Speller) -> Iterator[Draft]:
    for note in notes:
        yield Draft(BlockKind.FOOTNOTE, speller.spell(note.lines, 1), label=note.mark)


def _kind(group: Group, levels: dict[int, int]) -> BlockKind:
    if id(group) in levels:
        return BlockKind.HEADING
    if group.table:
        return BlockKind.TABLE_ROW
    if is_caption(group):
        return BlockKind.CAPTION
    return BlockKind.LIST_ITEM if is_item(group) else BlockKind.PARAGRAPH
