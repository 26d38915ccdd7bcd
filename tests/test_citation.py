"""Where words stand, in one line."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.builder import Origin, ReportBuilder
from ingest.citation import cite
from ingest.markdown import parse_markdown
from ingest.report import (
    BlockKind,
    Box,
    Metadata,
    Notice,
    NoticeKind,
    Page,
    Region,
    Report,
)
from ingest.span import Span

K = BlockKind


def _build(*, pages: bool, creator: str | None = "HMICFRS") -> Report:
    """A report of two pages (printed 7 and 8, physical 9 and 10) or of none."""
    builder = ReportBuilder("report.pdf")
    builder.add(K.HEADING, "National Child Protection Inspections", level=1)
    builder.add(K.HEADING, "2019 thematic report", level=2)
    builder.add(K.HEADING, "2. Summary", level=2)
    builder.add(K.HEADING, "Leadership", level=3)
    spans = [builder.add(K.PARAGRAPH, f"Words {name}.") for name in ("one", "two", "three")]
    spans += [builder.add(K.LIST_ITEM, f"item {name}") for name in ("one", "two", "three")]
    spans += [builder.add(K.PARAGRAPH, "4.12 We found."), builder.add(K.PARAGRAPH, "4.13 So.")]
    spans += [builder.add(K.LIST_ITEM, "(a) this"), builder.add(K.LIST_ITEM, "(b) that")]
    builder.add(K.CAPTION, "Table 2: Cases")
    spans += [builder.add(K.TABLE_ROW, "Kent | 1"), builder.add(K.TABLE_ROW, "Essex | 2")]
    builder.add(K.PARAGRAPH, "Recommendation 3: Forces should act.")
    builder.add(K.FOOTNOTE, "A note.", origin=Origin(label="5"))
    box = Box(0, 0, 1, 1)
    regions = [Region(span, 9 if i < 4 else 10, box) for i, span in enumerate(spans) if span]
    return builder.build(
        metadata=Metadata(creator=creator),
        pages=(Page(9, "7", 595, 842), Page(10, "8", 595, 842)) if pages else (),
        regions=regions if pages else (),
    )


def _under(report: Report, first: str, last: str | None = None) -> Span:
    start = report.text.index(first)
    end = report.text.index(last or first) + len(last or first)
    return Span(start, end)


@pytest.mark.parametrize(
    ("first", "last", "locator"),
    [
        ("Words three", None, "para 3"),
        ("Words two", "Words three", "paras 2–3"),
        ("item two", None, "para 3, item 2"),
        ("item one", "item three", "para 3, items 1–3"),
        ("Words three", "item two", "para 3"),
        ("Words two", "item two", "paras 2–3"),
        ("We found", None, "para 4.12"),
        ("4.12", "So.", "paras 4.12–4.13"),
        ("that", None, "para 4.13, item (b)"),
        ("this", "that", "para 4.13, items (a)–(b)"),
        ("Table 2", None, "Table 2"),
        ("Essex", None, "Table 2, row 2"),
        ("Forces should", None, "Recommendation 3"),
        ("4.13", "Forces should", "para 4.13 to Recommendation 3"),
        ("A note", None, "footnote 5"),
        ("Leadership", None, ""),
        ("Leadership", "Words one", "para 1"),
    ],
)
def test_the_locator_names_the_paragraph_or_what_the_report_prints(
    first: str, last: str | None, locator: str
) -> None:
    report = _build(pages=False)
    assert cite(report, _under(report, first, last)).locator == locator


def test_the_citation_names_creator_title_section_page_and_paragraph() -> None:
    report = _build(pages=True)
    citation = cite(report, _under(report, "Words three"))
    assert citation.text == (
        "HMICFRS, National Child Protection Inspections: 2019 thematic report, "
        "2. Summary › Leadership, p. 7 (PDF 9), para 3"
    )
    assert (citation.page, citation.page_label) == (9, "7")
    assert citation.section == ("2. Summary", "Leadership")


def test_a_citation_without_creator_begins_with_the_title() -> None:
    report = _build(pages=False, creator=None)
    text = cite(report, _under(report, "Words one")).text
    assert text.startswith("National Child Protection Inspections: 2019 thematic report, 2. ")


def test_words_over_a_page_break_are_on_both_pages() -> None:
    report = _build(pages=True)
    citation = cite(report, _under(report, "item one", "item two"))
    assert citation.locator == "pp. 7–8 (PDF 9–10), para 3, items 1–2"
    assert citation.page == 9


def test_a_printed_number_equal_to_the_physical_page_is_given_once() -> None:
    report = _build(pages=True)
    pages = tuple(replace(page, label=str(page.index)) for page in report.pages)
    report = replace(report, pages=pages)
    assert cite(report, _under(report, "Words one")).locator == "p. 9, para 1"


def test_a_recognised_page_is_marked_as_ocr() -> None:
    report = _build(pages=True)
    report = replace(report, notices=(Notice(NoticeKind.OCR, "recognised", page=9),))
    assert cite(report, _under(report, "Words one")).locator == "p. 7 (PDF 9, OCR), para 1"
    assert "OCR" not in cite(report, _under(report, "item three")).locator


def test_a_span_without_any_region_under_it_has_no_page() -> None:
    report = _build(pages=True)
    citation = cite(report, _under(report, "Forces should"))
    assert (citation.page, citation.page_label) == (None, None)
    assert citation.locator == "Recommendation 3"


def test_a_citation_links_to_the_nearest_anchor() -> None:
    builder = ReportBuilder("page.html")
    builder.add(K.HEADING, "Summary", level=2, origin=Origin(anchor="summary"))
    builder.add(K.PARAGRAPH, "Words.", origin=Origin(anchor="summary"))
    report = builder.build(title="T", metadata=Metadata(url="https://example.org/r#top"))
    span = _under(report, "Words")
    assert cite(report, span).url == "https://example.org/r#summary"


def test_a_span_beyond_the_text_is_refused() -> None:
    report = _build(pages=False)
    with pytest.raises(ValueError, match="beyond"):
        cite(report, Span(0, len(report.text) + 1))


@given(st.data())
def test_every_span_of_a_report_can_be_cited(data: st.DataObject) -> None:
    report = _build(pages=data.draw(st.booleans()))
    start = data.draw(st.integers(0, len(report.text)))
    end = data.draw(st.integers(start, len(report.text)))
    citation = cite(report, Span(start, end))
    assert report.title in citation.text
    assert citation.locator in citation.text
    overlapping = [r for r in report.regions if r.span.overlaps(Span(start, end))]
    assert citation.page == (overlapping[0].page if overlapping else None)


def test_what_stands_below_a_name_is_cited_by_it() -> None:
    report = parse_markdown("# R\n\n## S\n\nRecommendation 3\n\nTrain staff.\n", "r.md")
    first, second = report.blocks[-2:]
    both = Span(first.span.start, second.span.end)
    assert cite(report, both).locator == "Recommendation 3, paras 1–2"
