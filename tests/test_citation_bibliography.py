"""The report in CSL-JSON and BibTeX, read back by real readers of those formats."""

from __future__ import annotations

import re
import warnings
from typing import Any

import pytest
from bibtexparser.entrypoint import parse_string
from hypothesis import given
from hypothesis import strategies as st

from ingest.bibliography import to_bibtex, to_csl_json
from ingest.builder import ReportBuilder
from ingest.report import BlockKind, Box, Metadata, Page, Region, Report
from ingest.span import Span

_UNESCAPED = {
    r"\textbackslash{}": "\\",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    r"\textbraceleft{}": "{",
    r"\textbraceright{}": "}",
}


def _build(
    title: str = "National Child Protection Inspections",
    metadata: Metadata | None = None,
    *,
    paged: bool = True,
) -> tuple[Report, Span]:
    builder = ReportBuilder("report.pdf")
    builder.add(BlockKind.HEADING, "1. Foreword", level=2)
    builder.add(BlockKind.HEADING, "2. Summary", level=2)
    spans = [builder.add(BlockKind.PARAGRAPH, words) for words in ("One.", "Two & three.")]
    first, last = (span or Span(0, 0) for span in spans)
    box = Box(0, 0, 1, 1)
    metadata = metadata or Metadata(
        creator="HMICFRS", date="2020-02-27", url="https://example.org/a_b?c=1&d=50%25"
    )
    report = builder.build(
        title=title,
        metadata=metadata,
        pages=(Page(9, "7", 1, 1), Page(10, "8", 1, 1)) if paged else (),
        regions=(Region(first, 9, box), Region(last, 10, box)) if paged else (),
    )
    return report, Span(first.start, last.end)


def _parse(entry: str) -> dict[str, str]:
    library = parse_string(entry)
    assert not library.failed_blocks
    assert len(library.entries) == 1
    assert library.entries[0].entry_type == "techreport"
    fields = {field.key: field.value for field in library.entries[0].fields}
    return {key: _unescape(value) for key, value in fields.items()}


def _unescape(value: str) -> str:
    if value.startswith("{"):
        value = value[1:-1]
    pattern = "|".join(map(re.escape, _UNESCAPED)) + r"|\\([$&#_%])"
    return re.sub(pattern, lambda m: m[1] or _UNESCAPED[m[0]], value)


def _render(item: dict[str, Any]) -> str:
    """Render a citation as citeproc-py does with a small style that prints all we give."""
    from citeproc import (
        Citation,
        CitationItem,
        CitationStylesBibliography,
        CitationStylesStyle,
        Locator,
        formatter,
    )
    from citeproc.source.json import CiteProcJSON

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        source = CiteProcJSON([{k: v for k, v in item.items() if k != "locator"}])
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, source, formatter.plain)
    cited = CitationItem(item["id"].lower(), locator=Locator("page", item["locator"]))
    citation = Citation([cited])
    bibliography.register(citation)
    shown = str(bibliography.cite(citation, lambda _: None))
    return shown + "\n" + str(bibliography.bibliography()[0])


def test_csl_json_gives_the_report_with_its_locator() -> None:
    report, span = _build()
    assert to_csl_json(report, span) == {
        "id": "hmicfrs2020national",
        "type": "report",
        "title": "National Child Protection Inspections",
        "language": "en",
        "author": [{"literal": "HMICFRS"}],
        "issued": {"date-parts": [[2020, 2, 27]]},
        "URL": "https://example.org/a_b?c=1&d=50%25",
        "section": "2. Summary",
        "locator": "7-8",
    }


def test_csl_json_of_a_report_without_pages_locates_the_paragraph() -> None:
    report, span = _build(paged=False)
    assert to_csl_json(report, span)["locator"] == "paras 1–2"


def test_csl_json_leaves_out_what_is_not_known() -> None:
    report, span = _build(metadata=Metadata())
    assert {"author", "issued", "URL"}.isdisjoint(to_csl_json(report, span))


@pytest.mark.parametrize(
    ("date", "issued"),
    [
        ("2020", {"date-parts": [[2020]]}),
        ("2020-02", {"date-parts": [[2020, 2]]}),
        ("2020-02-27T09:30:00Z", {"date-parts": [[2020, 2, 27]]}),
        ("February 2020", {"literal": "February 2020"}),
    ],
)
def test_dates_are_parts_where_they_are_iso_and_words_otherwise(date: str, issued: object) -> None:
    report, span = _build(metadata=Metadata(date=date))
    assert to_csl_json(report, span)["issued"] == issued


def test_a_citation_processor_renders_the_item_with_its_page() -> None:
    report, span = _build()
    rendered = _render(to_csl_json(report, span))
    assert "HMICFRS" in rendered
    assert "2020" in rendered
    assert re.search(r"7[–-]8", rendered)
    assert "National Child Protection Inspections" in rendered


def test_bibtex_gives_the_report_with_its_locator() -> None:
    report, span = _build()
    assert _parse(to_bibtex(report, span)) == {
        "author": "HMICFRS",
        "title": "National Child Protection Inspections",
        "institution": "HMICFRS",
        "year": "2020",
        "month": "feb",
        "pages": "7--8",
        "note": "2. Summary, pp. 7–8 (PDF 9–10), paras 1–2",
        "url": "https://example.org/a_b?c=1&d=50%25",
        "language": "en",
    }


@given(
    st.text(
        st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=40
    )
)
def test_any_title_and_creator_survive_bibtex(words: str) -> None:
    words = " ".join(words.split()) or "x"
    report, span = _build(words, Metadata(creator=words, date="2020", url=f"https://x/{words}"))
    entry = to_bibtex(report, span)
    assert entry.count("{") == entry.count("}")
    fields = _parse(entry)
    assert fields["title"] == words
    assert fields["author"] == words
    assert fields["year"] == "2020"
