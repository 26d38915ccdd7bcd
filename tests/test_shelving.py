"""Uploaded files become reports: kept, read, told apart, refused by name, and gone again."""

import io
import json
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.ingestion import run_removal
from app.library_files import LibraryFiles, safe_name, shown_name
from app.library_markup import write_shelf
from app.served_index import ServedIndex
from app.shelving import Library
from index import open_index
from index.build import Change, Source, add_reports
from index.encoder import Encoder
from ingest.errors import (
    IndexMissingError,
    IndexStoreError,
    ReadError,
    ReportNotFoundError,
    TooLargeError,
)
from ingest.registry import read_report
from ingest.sample import sample_reports
from tests import pdf_pages
from tests.library_files import (
    HARBOUR,
    LIMIT,
    kept_files,
    make_library,
    put,
    receive,
    take_out,
)

SAMPLE = sample_reports()[0].read_bytes()


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return make_library(tmp_path)


def make_docx(folder: Path) -> bytes:
    document = Document()
    document.add_heading("Lifeboats", 0)
    document.add_paragraph("The crew of the lifeboat put to sea in a gale.")
    document.save(str(folder / "made.docx"))
    return (folder / "made.docx").read_bytes()


def test_good_files_of_every_kind_are_kept_read_and_found(library: Library, tmp_path: Path) -> None:
    put(library, "Harbours.md", HARBOUR)
    put(library, "Lifeboats.docx", make_docx(tmp_path))
    read = put(library, "Numbered.pdf", pdf_pages.numbered_pages(3))
    assert (read.verb, read.pages, read.pages_read, read.notices) == ("added", 3, 3, ())
    with open_index(library.folder.path) as index:
        sources = [summary.source for summary in index.reports()]
        assert sources == ["Harbours.md", "Lifeboats.docx", "Numbered.pdf"]
        assert index.ask("Who put to sea in a gale?").hits[0].title == "Lifeboats"
        for summary in index.reports():
            path = Path(summary.path)
            assert path.is_file()
            assert path.name == summary.source
            assert path.parent.parent == library.folder.path / "files"
            assert len(path.parent.name) == 16
    assert len(kept_files(library)) == 3, "and nothing is left in the waiting room"


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("liar.pdf", b"hello, this is no PDF", "named as PDF, but it holds text"),
        ("liar.md", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "named as Markdown, but it holds a PDF file"),
        ("liar.docx", b"<html><body>web</body></html>", "named as DOCX, but it holds an HTML page"),
        ("locked.pdf", pdf_pages.locked_file("secret"), "encrypted: save a copy without its"),
        ("empty.md", b"", "the file is empty"),
        ("cut.pdf", pdf_pages.numbered_pages(2)[:150], "damaged or cut short"),
        ("latin.txt", b"caf\xe9 au lait", "not valid UTF-8 at byte 3"),
        ("sheet.xlsx", b"PK\x03\x04", "cannot read .xlsx"),
    ],
)
def test_what_cannot_be_read_is_told_why_and_not_kept(
    library: Library, name: str, data: bytes, reason: str
) -> None:
    with pytest.raises(ReadError, match=reason.replace(".", r"\.")) as caught:
        put(library, name, data)
    assert str(library.folder.path) not in str(caught.value)
    assert not str(caught.value).startswith(name)
    assert kept_files(library) == []
    assert library.summaries() == ()


def test_pages_that_could_not_be_read_are_named_once(library: Library) -> None:
    file = pdf_pages.scanned_pages(_picture())
    read = put(library, "scanned.pdf", file)
    assert read.pages_read < read.pages
    assert read.notices
    for page, words in read.notices:
        assert page is None or not words.startswith("page")


def _picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (200, 200), 200).save(buffer, "PNG")
    return buffer.getvalue()


def test_the_same_words_under_another_name_are_recognised(library: Library) -> None:
    first = put(library, "Harbours.md", HARBOUR)
    again = put(library, "folder/Copy of Harbours.md", HARBOUR)
    windows = put(library, "Saved elsewhere.md", HARBOUR.replace("\n", "\r\n"))
    assert (first.verb, again.verb, windows.verb) == ("added", "present", "present")
    assert again.source == windows.source == "Harbours.md"
    assert [s.source for s in library.summaries()] == ["Harbours.md"]
    assert kept_files(library) == [f"{Path(library.summaries()[0].path).parent.name}/Harbours.md"]


def test_a_report_that_the_command_added_is_recognised_and_its_file_left_alone(
    library: Library, tmp_path: Path
) -> None:
    own = tmp_path / "own.md"
    own.write_text(HARBOUR)
    add_reports(library.folder, [Source(read_report(own), str(own))], library.settings)
    assert put(library, "Harbours.md", HARBOUR).verb == "present"
    take_out(library, library.summaries()[0].id)
    assert own.read_text() == HARBOUR


def test_another_file_of_the_same_name_is_added_and_said(library: Library) -> None:
    put(library, "report.md", HARBOUR)
    second = put(library, "new/report.md", HARBOUR.replace("Whitby", "Hull"))
    assert second.verb == "added"
    assert second.namesakes == ("Harbours",)
    assert len(library.summaries()) == len(kept_files(library)) == 2


def test_removing_takes_the_report_and_its_file(library: Library) -> None:
    first, second = put(library, "a.md", HARBOUR), put(library, "b.md", SAMPLE)
    assert take_out(library, first.report).title == "Harbours"
    assert [s.id for s in library.summaries()] == [second.report]
    assert [Path(p).name for p in kept_files(library)] == ["b.md"]
    with pytest.raises(ReportNotFoundError, match="not in the index any more"):
        take_out(library, first.report)
    take_out(library, second.report)
    assert library.summaries() == ()
    assert kept_files(library) == []


def test_the_command_that_removes_takes_the_kept_file_too(library: Library) -> None:
    put(library, "a.md", HARBOUR)
    run_removal(library.folder, ["Harbours"], library.settings)
    assert kept_files(library) == []


def test_a_copy_that_somebody_deleted_comes_back_with_its_upload(library: Library) -> None:
    put(library, "a.md", HARBOUR)
    kept = Path(library.summaries()[0].path)
    kept.unlink()
    assert put(library, "a.md", HARBOUR).verb == "present"
    assert kept.read_text() == HARBOUR


def test_a_failed_build_leaves_no_file(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Change:
        raise IndexStoreError("the disk is full")

    monkeypatch.setattr("app.shelving.add_reports", fail)
    with pytest.raises(IndexStoreError):
        put(library, "a.md", HARBOUR)
    assert kept_files(library) == []


def test_an_open_index_follows_the_library_to_empty_and_back(
    library: Library, encoder: Encoder
) -> None:
    first = put(library, "a.md", HARBOUR)
    with ServedIndex(library.folder, library.settings, encoder) as index:
        take_out(library, first.report)
        assert index.refresh()
        assert index.reports() == ()
        with pytest.raises(IndexMissingError, match="add one first"):
            index.ask("How deep is the harbour?")
        with pytest.raises(ReportNotFoundError):
            index.report(first.report)
        second = put(library, "b.md", HARBOUR.replace("Whitby", "Hull"))
        assert index.refresh()
        assert not index.refresh()
        assert index.ask("How deep is the harbour?").hits[0].report == second.report


def test_an_index_emptied_and_filled_between_two_looks_is_seen_as_new(
    library: Library, encoder: Encoder
) -> None:
    first = put(library, "a.md", HARBOUR)
    with ServedIndex(library.folder, library.settings, encoder) as index:
        take_out(library, first.report)
        second = put(library, "b.md", HARBOUR.replace("Whitby", "Hull"))
        assert index.refresh()
        assert [summary.id for summary in index.reports()] == [second.report]


HOSTILE_NAMES = [
    "../../../etc/passwd.md",
    "..\\..\\windows\\system.md",
    "nul\0byte.md",
    "CON.md",
    "com1.tar.md",
    "a" * 252 + ".md",
    "🚢" * 100 + ".md",
    "\u202egnp.md",
    "<img src=x onerror=alert(1)>.md",
    "line\nbreak\ttab.md",
    "\ud800lone.md",
    "  .hidden . md .md",
    "ẞ́é.md",
    'a"b|c?d*e:f.md',
]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_hostile_name_stays_inside_the_folder_and_is_shown_as_it_was(
    library: Library, name: str
) -> None:
    read = put(library, name, HARBOUR)
    assert read.verb == "added"
    assert read.source == shown_name(name)
    kept = Path(library.summaries()[0].path)
    assert kept.read_text() == HARBOUR
    assert kept.resolve().parent.parent == (library.folder.path / "files").resolve()
    shelf = write_shelf(library.summaries(), read_only=False)
    assert "<img" not in shelf
    assert "\0" not in shelf


@given(st.text(max_size=300))
def test_every_name_becomes_one_that_every_file_system_takes(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe.encode()) <= 120
    assert safe == Path(safe).name
    assert safe.strip(". ") == safe
    assert not set(safe) & set('<>:"/\\|?*\0')
    assert safe.isprintable()
    assert safe_name(safe) == safe


def test_a_name_that_is_safe_already_stays() -> None:
    for name in ("Annual report 2019 (final).pdf", "Bericht über Häfen.docx", "報告.md", "🚢.md"):
        assert safe_name(name) == name


def test_a_file_beyond_the_limit_is_refused_while_it_comes_in(library: Library) -> None:
    with pytest.raises(TooLargeError, match="limit of 1 MiB"):
        receive(library, "big.md", b"x" * (LIMIT + 1))
    assert kept_files(library) == []


def test_no_path_of_this_machine_is_in_a_record_of_the_waiting_room(library: Library) -> None:
    upload = receive(library, "a.md", HARBOUR)
    record = library.folder.path / "files" / ".waiting" / upload.token / "upload.json"
    assert json.loads(record.read_text()) == {"name": "a.md", "digest": upload.digest}
    assert list(LibraryFiles(library.folder.path).waiting()) == [upload]
