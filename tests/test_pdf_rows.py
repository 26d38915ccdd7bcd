"""A table row that a page break parts is one row; two rows are never taken for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.pdf import read_pdf
from ingest.report import BlockKind, Report
from ingest.source import ReadOptions
from tests.pdf_files import print_html

_STYLE = """<style>@page { size: 14cm 10cm; margin: 1.5cm } p { margin: 0 }
table { border-collapse: collapse; width: 100% } td, th { vertical-align: top; padding: 2pt 6pt;
text-align: left; border: 0.5pt solid black; width: 33%; font-size: 10pt }</style>"""
LONG = (
    "officers met the family twice in the first week and agreed with the school nurse that the "
    "child would be seen every morning by somebody whom she knew and trusted until the "
    "conference could be held with all the agencies that had a part in her care and in that of "
    "her younger brother who was staying with an aunt in another town at the time"
)


def make_table(rows: str, tmp_path: Path, before: int) -> Report:
    lines = "<p>Line of text before the table stands here.</p>" * before
    page = f"<html><head>{_STYLE}</head><body>{lines}<table>{rows}</table></body></html>"
    path = tmp_path / "table.pdf"
    path.write_bytes(print_html(page))
    return read_pdf(path, ReadOptions())


def row(*cells: str) -> str:
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def rows_of(report: Report) -> list[str]:
    found = [block for block in report.blocks if block.kind is BlockKind.TABLE_ROW]
    return [block.span.of(report.text) for block in found]


SHORT = row("Alpha", "Devon", "Closed") + row("Beta", "Kent", "Open")


@pytest.mark.parametrize("before", [4, 5, 6])
@pytest.mark.parametrize("last", [LONG, LONG.replace("family", "parents")])
def test_a_row_parted_by_a_page_break_is_one_row(tmp_path: Path, before: int, last: str) -> None:
    rows = SHORT + row("Gamma", "Essex", last) + row("Delta", "Surrey", "Open")
    report = make_table(rows, tmp_path, before)
    assert len(report.pages) > 1
    found = rows_of(report)
    assert any(last in one and one.startswith("Gamma") for one in found)
    assert report.text.count("officers met") == 1
    (gamma,) = [b.span for b in report.blocks if b.span.of(report.text).startswith("Gamma")]
    pages = {r.page for r in report.regions if r.span.overlaps(gamma)}
    assert len(pages) > 1


def test_rows_that_begin_on_a_new_page_stay_rows(tmp_path: Path) -> None:
    rows = "".join(
        row(f"Force {n}", f"County {n}", f"the work of team {n} is done.") for n in range(30)
    )
    report = make_table(rows, tmp_path, 2)
    assert len(report.pages) > 2
    assert len(rows_of(report)) == 30


def test_rows_of_small_letters_after_unended_cells_of_other_columns_stay_rows(
    tmp_path: Path,
) -> None:
    rows = "".join(row(f"Force {n}", "open", "yes") for n in range(40))
    report = make_table(rows, tmp_path, 2)
    assert len(rows_of(report)) == 40


def test_text_after_a_table_is_no_cell_of_it(tmp_path: Path) -> None:
    rows = "".join(row(f"Force {n}", "open", "yes") for n in range(9))
    page = (
        f"<html><head>{_STYLE}</head><body><table>{rows}</table>"
        "<p style='break-before: page'>which is what the inspectors had expected to find.</p>"
        "</body></html>"
    )
    path = tmp_path / "after.pdf"
    path.write_bytes(print_html(page))
    report = read_pdf(path, ReadOptions())
    last = report.blocks[-1]
    assert last.kind is BlockKind.PARAGRAPH
    assert last.span.of(report.text).startswith("which is what")


HEAD = "<thead><tr><th>Name</th><th>Place</th><th>Finding</th></tr></thead>"


@pytest.mark.parametrize("before", range(2, 8))
def test_a_heading_row_that_every_page_repeats_stands_once(tmp_path: Path, before: int) -> None:
    rows = "".join(
        row(f"Force {n}", f"County {n}", f"The work of team {n} is done.") for n in range(30)
    )
    report = make_table(f"{HEAD}<tbody>{rows}</tbody>", tmp_path, before)
    assert len(report.pages) > 3
    found = rows_of(report)
    assert found[0] == "Name | Place | Finding"
    expected = [f"Force {n} | County {n} | The work of team {n} is done." for n in range(30)]
    assert found[1:] == expected
    assert report.text.count("Finding") == 1


@pytest.mark.parametrize("before", [4, 5, 6])
def test_a_parted_row_goes_on_under_a_heading_row_that_is_repeated(
    tmp_path: Path, before: int
) -> None:
    rows = row("Alpha", "Devon", "Closed") + row("Gamma", "Essex", LONG)
    rows += row("Delta", "Surrey", "Open")
    report = make_table(f"{HEAD}<tbody>{rows}</tbody>", tmp_path, before)
    assert len(report.pages) > 1
    assert rows_of(report) == [
        "Name | Place | Finding",
        "Alpha | Devon | Closed",
        f"Gamma | Essex | {LONG}",
        "Delta | Surrey | Open",
    ]


def test_a_heading_row_of_another_table_stays(tmp_path: Path) -> None:
    first = "".join(row(f"Force {n}", "Devon", "Closed.") for n in range(7))
    second = "".join(row(f"Team {n}", "Kent", "Open.") for n in range(3))
    other = HEAD.replace("Finding", "Advice")
    page = (
        f"<html><head>{_STYLE}</head><body><table>{HEAD}{first}</table>"
        f"<table style='break-before: page'>{other}{second}</table></body></html>"
    )
    path = tmp_path / "two.pdf"
    path.write_bytes(print_html(page))
    found = rows_of(read_pdf(path, ReadOptions()))
    assert found.count("Name | Place | Finding") == 1
    assert found.count("Name | Place | Advice") == 1
    assert len(found) == 12
