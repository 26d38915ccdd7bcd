"""Evidence packs: verbatim, safe to open, and checked again against the same or newer reports."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from bibtexparser.entrypoint import parse_string
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import validate
from markdown_it import MarkdownIt

from app.pack_check import State, check_items, read_pack_items
from app.packing import Item, Origin, Pack, Wanted, make_pack
from app.packs import FORMATS, find_format
from app.payload import load_schema
from index.catalogue import ReportSummary
from index.generation import Manifest
from ingest.errors import ReadError, ReportNotFoundError, SettingError
from ingest.markdown import parse_markdown
from ingest.passage import PassageSettings
from ingest.report import Report
from ingest.span import Span

HOSTILE = (
    '=HYPERLINK("http://example.org") said the keeper, +1 -2 @SUM(A1), <script>alert(1)</script> '
    "and --> <!-- then *stars* _lines_ `ticks` [link](javascript:alert(1)) | # & \u202eevil\u202c."
)
LAMPS = f"# Lamps\n\n## One\n\nThe lamp is lit. The oil is low.\n\n## Two\n\n`{HOSTILE}`\n"
MADE = "2026-11-23T10:00:00+00:00"
ORIGIN = Origin(MADE, "0.1.0", Manifest("a-model", "f" * 64, 384, PassageSettings(), MADE))
CARRYING = ("json", "md", "csv", "docx")


class Shelf:
    """Reports without an index."""

    def __init__(self, *reports: Report) -> None:
        self._reports = {report.id: report for report in reports}

    def reports(self) -> Sequence[ReportSummary]:
        return [
            ReportSummary(one.id, one.title, one.source, "/nowhere", 0, 1, ())
            for one in self._reports.values()
        ]

    def report(self, name: str) -> Report:
        return self._reports[name]


def read(text: str) -> Report:
    return parse_markdown(text, "lamps.md")


def pack_all(report: Report, question: str = "Is it lit?") -> Pack:
    wanted = [Wanted(question, report.id, block.span, "a note") for block in report.blocks]
    return make_pack(Shelf(report), wanted, ORIGIN)


def write(pack: Pack, suffix: str, folder: Path) -> Path:
    path = folder / f"pack.{suffix}"
    path.write_bytes(FORMATS[suffix].write(pack))
    return path


@pytest.mark.parametrize("suffix", CARRYING)
def test_every_carrying_format_gives_its_passages_back(tmp_path: Path, suffix: str) -> None:
    report = read(LAMPS)
    pack = pack_all(report, HOSTILE)
    items = read_pack_items(write(pack, suffix, tmp_path))
    told = [(i.question, i.note, i.report, i.start, i.end, i.text, i.citation) for i in items]
    assert told == [
        (i.question, i.note, i.report, i.start, i.end, i.text, i.citation) for i in pack.items
    ]
    assert all(item.text == report.text[item.start : item.end] for item in items)


@pytest.mark.parametrize("suffix", CARRYING)
def test_a_pack_of_the_same_report_is_unchanged(tmp_path: Path, suffix: str) -> None:
    report = read(LAMPS)
    checked = check_items(read_pack_items(write(pack_all(report), suffix, tmp_path)), Shelf(report))
    assert {one.state for one in checked} == {State.UNCHANGED}


def test_against_a_newer_report_each_passage_is_told_what_became_of_it() -> None:
    report = read(LAMPS)
    newer = read("# Lamps\n\n## Zero\n\nNew words.\n\n## One\n\nThe lamp is out. The oil is low.\n")
    at = report.text.index("The oil is low.")
    spans = [Span(at, at + 15), Span(at - 17, at + 15), report.blocks[-1].span]
    pack = make_pack(Shelf(report), [Wanted("Q?", report.id, span) for span in spans], ORIGIN)
    checked = check_items(pack.items, Shelf(newer))
    assert [one.state for one in checked] == [State.MOVED, State.DIFFERS, State.GONE]
    assert checked[0].place is not None
    assert checked[0].place.report == newer.id
    assert "One" in checked[0].citation


@given(st.data())
def test_words_that_were_tampered_with_never_hold(data: st.DataObject) -> None:
    report = read(LAMPS)
    item = pack_all(report).items[2]
    words = item.text.split(" ")
    at = data.draw(st.integers(0, len(words) - 1))
    words[at] = "never"
    (checked,) = check_items([replace(item, text=" ".join(words))], Shelf(report))
    assert not checked.state.holds


def test_the_json_pack_is_as_its_schema_says() -> None:
    validate(json.loads(FORMATS["json"].write(pack_all(read(LAMPS)))), load_schema("pack"))


def test_no_cell_of_the_table_is_a_formula() -> None:
    text = FORMATS["csv"].write(pack_all(read(LAMPS), "=1+1")).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) > 1
    for cell in (cell for row in rows for cell in row):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_markdown_shows_hostile_words_and_runs_none_of_them() -> None:
    html = MarkdownIt("commonmark").render(FORMATS["md"].write(pack_all(read(LAMPS))).decode())
    body = html.split("<!-- reportqa-pack")[0]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in body
    assert "<script" not in html
    assert "href=" not in body
    assert html.count("<!--") == 1


def test_word_opens_the_document_and_finds_every_passage() -> None:
    pack = pack_all(read(LAMPS), "Is it\x07 lit?")
    content = FORMATS["docx"].write(pack)
    document = docx.Document(io.BytesIO(content))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    for item in pack.items:
        assert item.text in text
        assert item.citation in text
    assert "Is it\ufffd lit?" in text
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None


def test_references_have_keys_of_their_own() -> None:
    pack = pack_all(read(LAMPS))
    entries = parse_string(FORMATS["bib"].write(pack).decode()).entries
    items = json.loads(FORMATS["csl.json"].write(pack))
    assert len(entries) == len({entry.key for entry in entries}) == len(items)
    assert {entry.key for entry in entries} == {item["id"] for item in items}


def test_a_file_that_is_gone_has_no_hash_and_one_that_is_there_has_its_own(tmp_path: Path) -> None:
    report = read(LAMPS)
    file = tmp_path / "lamps.md"
    file.write_text("any words")
    shelf = Shelf(report)
    summary = replace(shelf.reports()[0], path=str(file))
    shelf.reports = lambda: [summary]  # type: ignore[method-assign]
    wanted = [Wanted("", report.id, report.blocks[0].span)]
    (packed,) = make_pack(shelf, wanted, ORIGIN).reports
    assert packed.sha256 is not None
    assert len(packed.sha256) == 64
    assert pack_all(report).reports[0].sha256 is None


def test_what_is_wanted_twice_is_packed_once() -> None:
    report = read(LAMPS)
    one = Wanted("Q?", report.id, report.blocks[0].span)
    assert len(make_pack(Shelf(report), [one, one], ORIGIN).items) == 1


@pytest.mark.parametrize("span", [Span(0, 99_999), Span(2, 2)])
def test_a_place_that_is_not_there_is_not_packed(span: Span) -> None:
    report = read(LAMPS)
    with pytest.raises(SettingError, match="no passage"):
        make_pack(Shelf(report), [Wanted("Q?", report.id, span)], ORIGIN)


def test_a_report_that_is_not_there_is_not_packed() -> None:
    with pytest.raises(ReportNotFoundError):
        make_pack(Shelf(), [Wanted("Q?", "gone", Span(0, 1))], ORIGIN)


def test_an_empty_or_endless_pack_is_refused() -> None:
    report = read(LAMPS)
    one = Wanted("Q?", report.id, report.blocks[0].span)
    for wanted in ([], [replace(one, question=str(n)) for n in range(501)]):
        with pytest.raises(SettingError, match="1 to 500"):
            make_pack(Shelf(report), wanted, ORIGIN)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b"{broken"),
        ("a.json", b"[]"),
        ("a.json", b'{"kind": "reportqa evidence pack", "schema": 1}'),
        ("a.json", b'{"kind": "reportqa evidence pack", "schema": 2}'),
        ("a.json", b"\xff\xfe"),
        ("a.md", b"# Evidence\n"),
        ("a.md", b"<!-- reportqa-pack {} -->"),
        ("a.csv", b"question,text\n"),
        ("a.docx", b"PK not a zip"),
        ("a.bib", b"@techreport{a,}"),
        ("a.csl.json", b"[]"),
    ],
)
def test_what_is_no_pack_is_refused_by_name(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ReadError, match=name):
        read_pack_items(path)


def test_a_format_that_is_not_there_is_named() -> None:
    assert find_format("My Pack.CSL.JSON") == "csl.json"
    assert find_format("pack.json") == "json"
    with pytest.raises(SettingError, match=r"docx, md"):
        find_format("pack.odt")


def test_a_span_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="start"):
        Item("", "", "r", "t", "s", 5, 2, "")
