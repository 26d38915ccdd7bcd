"""What holds for every report, whatever the format."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given

from ingest.builder import ReportBuilder
from ingest.canonical import canonicalise_lines
from ingest.errors import EmptyReportError
from ingest.markdown import parse_markdown
from ingest.report import BlockKind, Report
from ingest.text import parse_text
from tests.strategies import Document, markdown_documents, plain_documents, rough_texts

PARSERS = {"r.md": parse_markdown, "r.txt": parse_text}


def parse(name: str, text: str) -> Report | None:
    try:
        return PARSERS[name](text, name)
    except EmptyReportError:
        return None


def require_sound(report: Report) -> None:
    """Assert that blocks and sections rebuild the text, in order, gaps being line ends."""
    rebuilt = "\n".join(block.span.of(report.text) for block in report.blocks)
    assert rebuilt.replace("\n", "") == report.text.replace("\n", "")
    for left, right in pairwise(report.blocks):
        assert set(report.text[left.span.end : right.span.start]) == {"\n"}
        assert left.section <= right.section
    for block in report.blocks:
        words = block.span.of(report.text)
        assert words == canonicalise_lines(words) != ""
        assert report.sections[block.section].span.covers(block.span)
    starts = [section.span.start for section in report.sections]
    assert starts == sorted(set(starts))
    assert starts[0] == 0


@pytest.mark.parametrize("name", PARSERS)
@given(text=rough_texts())
def test_any_text_gives_a_sound_report_or_none(name: str, text: str) -> None:
    report = parse(name, text)
    assume(report is not None)
    if report is not None:
        require_sound(report)


@given(document=markdown_documents())
def test_markdown_keeps_every_word(document: Document) -> None:
    require_words(parse_markdown(document.text, "r.md"), document)


@given(document=plain_documents())
def test_plain_text_keeps_every_word(document: Document) -> None:
    require_words(parse_text(document.text, "r.txt"), document)


def require_words(report: Report, document: Document) -> None:
    require_sound(report)
    words = report.text.lower()
    assert [word for word in document.body if word.lower() not in words] == []
    headings = {
        word
        for block in report.blocks
        if block.kind is BlockKind.HEADING
        for word in block.span.of(report.text).split()
    }
    assert set(document.headings) - headings <= _underlined_last(document)
    assert not headings & {*document.body} or report.source == "r.txt"
    assert "gone" not in report.text


def _underlined_last(document: Document) -> set[str]:
    """Words of a heading at the file's end, which heads nothing in plain text."""
    return set(document.text.split("\n\n")[-1].replace("\r", "\n").split())


@pytest.mark.parametrize("name", PARSERS)
@given(text=rough_texts())
def test_reading_again_gives_the_same_report(name: str, text: str) -> None:
    first, second = parse(name, text), parse(name, text)
    assert first == second
    assert first is None or second is None or first.id == second.id


def test_one_text_under_two_names_is_two_reports() -> None:
    ids = {parse_text("The same words.", name).id for name in ("a.txt", "b.txt")}
    assert len(ids) == 2


def build(*blocks: tuple[BlockKind, str, int | None], title: str | None = None) -> Report:
    builder = ReportBuilder("file.name.md")
    for kind, text, level in blocks:
        builder.add(kind, text, level=level)
    return builder.build(title=title)


def heading(text: str, level: int) -> tuple[BlockKind, str, int | None]:
    return BlockKind.HEADING, text, level


def paragraph(text: str) -> tuple[BlockKind, str, int | None]:
    return BlockKind.PARAGRAPH, text, None


def test_section_paths_follow_levels_even_where_some_are_skipped() -> None:
    report = build(
        paragraph("Before."),
        heading("A", 1),
        heading("A.1.1", 3),
        paragraph("One."),
        heading("A.2", 2),
        heading("B", 1),
    )
    assert [section.path for section in report.sections] == [
        (),
        ("A",),
        ("A", "A.1.1"),
        ("A", "A.2"),
        ("B",),
    ]
    assert report.title == "file.name"


def test_list_items_rows_and_captions_bear_the_number_of_their_paragraph() -> None:
    item, row = (BlockKind.LIST_ITEM, "Item", None), (BlockKind.TABLE_ROW, "Row", None)
    report = build(
        heading("H", 1), item, paragraph("A."), item, item, row, paragraph("B."), row, row
    )
    assert [(block.number, block.item) for block in report.blocks] == [
        (0, None),
        (1, 1),
        (2, None),
        (2, 1),
        (2, 2),
        (2, 1),
        (3, None),
        (3, 1),
        (3, 2),
    ]
    assert report.text == "H\n\nItem\n\nA.\n\nItem\nItem\n\nRow\n\nB.\n\nRow\nRow"


def test_the_first_of_its_level_is_the_title_and_no_section() -> None:
    report = build(heading("Title", 1), heading("Subtitle", 2), heading("One", 2), paragraph("A."))
    assert report.title == "Title: Subtitle"
    assert [section.path for section in report.sections] == [(), ("One",)]


def test_a_report_of_nothing_is_refused() -> None:
    with pytest.raises(EmptyReportError, match=r"file\.name\.md: no text"):
        build(paragraph(""))
