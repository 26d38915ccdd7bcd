"""Says where in a report some words stand, in one line that a reader can follow."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.report import PATH_SEPARATOR, Block, BlockKind, NoticeKind, Page, Report
from ingest.span import Span

_PARTS = {BlockKind.LIST_ITEM: ("item", "items"), BlockKind.TABLE_ROW: ("row", "rows")}


@dataclass(frozen=True, slots=True)
class Citation:
    """Where words stand.

    Attributes:
        text: report, section and place in one line: "HMICFRS, National Child Protection
            Inspections: 2019 thematic report, 2. Summary › Leadership, p. 7 (PDF 9), para 3".
        locator: the place alone: "p. 7 (PDF 9), para 3"; empty for a heading without pages.
        section: section path, outermost heading first.
        page: physical page from 1 where the words begin; nothing where there are no pages.
        page_label: the number printed on that page, likewise.
        url: address of the report with the nearest anchor, where the report has one.
    """

    text: str
    locator: str
    section: tuple[str, ...]
    page: int | None = None
    page_label: str | None = None
    url: str | None = None


def cite(report: Report, span: Span) -> Citation:
    """Return where the words under `span` stand.

    A span that runs on into further sections is placed by the section that it begins in.

    Raises:
        ValueError: the span lies beyond the report's text.
    """
    if span.end > len(report.text):
        raise ValueError(f"{span} lies beyond the {len(report.text)} code points of the report")
    blocks = _blocks_under(report, span)
    pages = pages_under(report, span)
    section = report.sections[blocks[0].section] if blocks else None
    path = section.path if section else ()
    locator = ", ".join(filter(None, (_name_pages(report, pages), _name_place(report, blocks))))
    parts = (report.metadata.creator, report.title, PATH_SEPARATOR.join(path), locator)
    return Citation(
        text=", ".join(part for part in parts if part),
        locator=locator,
        section=path,
        page=pages[0].index if pages else None,
        page_label=pages[0].label if pages else None,
        url=_link(report.metadata.url, section.anchor if section else None),
    )


def pages_under(report: Report, span: Span) -> tuple[Page, ...]:
    """Return the first and the last page that words of `span` lie on: none, one or two."""
    regions = report.regions
    first = bisect_right(regions, span.start, key=lambda region: region.span.end)
    last = bisect_left(regions, span.end, key=lambda region: region.span.start) - 1
    if not first <= last:
        return ()
    numbers = sorted({regions[first].page, regions[last].page})
    found = (_find_page(report.pages, number) for number in numbers)
    return tuple(page for page in found if page is not None)


def _find_page(pages: Sequence[Page], number: int) -> Page | None:
    at = bisect_left(pages, number, key=lambda page: page.index)
    return pages[at] if at < len(pages) and pages[at].index == number else None


def _blocks_under(report: Report, span: Span) -> list[Block]:
    """Return the blocks of one section that `span` touches."""
    blocks = report.blocks
    first = bisect_right(blocks, span.start, key=lambda block: block.span.end)
    last = bisect_left(blocks, span.end, key=lambda block: block.span.start)
    touched = blocks[first : max(last, first + 1)]
    return [block for block in touched if block.section == touched[0].section]


def _name_pages(report: Report, pages: Sequence[Page]) -> str:
    if not pages:
        return ""
    printed = _join(page.label for page in pages)
    physical = _join(str(page.index) for page in pages)
    numbers = {page.index for page in pages}
    read = any(n.kind is NoticeKind.OCR and n.page in numbers for n in report.notices)
    remarks = [f"PDF {physical}"] if printed != physical else []
    remarks += ["OCR"] if read else []
    remark = f" ({', '.join(remarks)})" if remarks else ""
    return f"{'p.' if len(pages) == 1 else 'pp.'} {printed}{remark}"


def _name_place(report: Report, blocks: Sequence[Block]) -> str:
    body = [block for block in blocks if block.kind is not BlockKind.HEADING]
    if not body:
        return ""
    first, last = body[0], body[-1]
    alone = all(block.number == first.number for block in body)
    if alone and first.kind is last.kind and first.kind in _PARTS:
        return f"{_name_owner(report, first)}, {_name_parts(body)}"
    if len(body) == 1:
        return _name_single(first)
    return _name_paragraphs(report, first, last)


def _name_single(block: Block) -> str:
    if block.kind is BlockKind.FOOTNOTE:
        return f"footnote {block.label}" if block.label else f"para {block.number}, footnote"
    if block.kind is BlockKind.CAPTION:
        return block.label or f"para {block.number}, caption"
    return _name_paragraph(block)


def _name_parts(blocks: Sequence[Block]) -> str:
    one, several = _PARTS[blocks[0].kind]
    ends = (blocks[0], blocks[-1])
    listed = all(end.label and end.kind is BlockKind.LIST_ITEM for end in ends)
    numbers = [str(end.label if listed else end.item) for end in ends]
    return f"{one if numbers[0] == numbers[1] else several} {_join(numbers)}"


def _name_owner(report: Report, block: Block) -> str:
    """Name what a list item or table row belongs to: its captioned table, else its paragraph."""
    caption = _caption_of(report, block) if block.kind is BlockKind.TABLE_ROW else None
    return caption or _name_paragraph(_paragraph_of(report, block))


def _caption_of(report: Report, row: Block) -> str | None:
    """Return the label of the caption right above or below the row's table."""
    at = bisect_left(report.blocks, row.span, key=lambda block: block.span)
    for step in (-1, 1):
        near = at
        while 0 <= near < len(report.blocks) and report.blocks[near].kind is row.kind:
            near += step
        if 0 <= near < len(report.blocks):
            neighbour = report.blocks[near]
            if neighbour.kind is BlockKind.CAPTION and neighbour.section == row.section:
                return neighbour.label
    return None


def _paragraph_of(report: Report, block: Block) -> Block:
    """Return the paragraph that the block follows, or itself where it follows none."""
    at = bisect_left(report.blocks, block.span, key=lambda other: other.span)
    for other in reversed(report.blocks[:at]):
        if (other.section, other.number) != (block.section, block.number):
            break
        if other.kind is BlockKind.PARAGRAPH:
            return other
    return block


def _name_paragraphs(report: Report, first: Block, last: Block) -> str:
    ends = [_paragraph_of(report, block) for block in (first, last)]
    if ends[0].number == ends[1].number:
        return _name_paragraph(ends[0])
    labels = [end.label for end in ends]
    if all(label and label[0].isdigit() for label in labels):
        return f"paras {_join(str(label) for label in labels)}"
    if all(labels):
        return " to ".join(_name_paragraph(end) for end in ends)
    numbers = f"paras {_join(str(end.number) for end in ends)}"
    # A name that stands alone names what is below it.
    named = labels[0] and not labels[0][0].isdigit()
    return f"{labels[0]}, {numbers}" if named else numbers


def _name_paragraph(block: Block) -> str:
    if block.kind is not BlockKind.PARAGRAPH or not block.label:
        return f"para {block.number}"
    return f"para {block.label}" if block.label[0].isdigit() else block.label


def _join(ends: Iterable[str]) -> str:
    """Return "3" or "3–4"."""
    return "–".join(dict.fromkeys(ends))


def _link(url: str | None, anchor: str | None) -> str | None:
    if not url:
        return None
    return f"{url.split('#', 1)[0]}#{anchor}" if anchor else url
