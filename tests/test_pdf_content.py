"""What is put into a PDF file comes out: words, kinds, levels, section paths, page labels."""

from __future__ import annotations

from collections.abc import Callable
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from ingest.pdf import read_pdf
from ingest.report import BlockKind, Report
from ingest.source import ReadOptions
from tests import pdf_files, pdf_government, pdf_pages
from tests.pdf_files import Content, Known

_NO_BOOKMARKS = "h1,h2,h3,h4{bookmark-level:none !important}"
_JUSTIFIED = "p{hyphens:auto;text-align:justify}"
_LOOKS = {
    "ragged": "",
    "hyphenated": _JUSTIFIED,
    "no bookmarks": _NO_BOOKMARKS,
    "two columns": ".main{columns:2}" + _JUSTIFIED,
    "indented paragraphs": "p{margin:0;text-indent:1.5em;text-align:justify;hyphens:auto}",
    "small pages": "@page{size:A5;margin:15mm}" + _JUSTIFIED,
}
_CONTENTS: dict[str, Callable[[int], Content]] = {
    "plain": pdf_files.plain_content,
    "footnotes": pdf_files.noted_content,
    "boxes": pdf_files.boxed_content,
}
_TITLE = 1


def _read(folder: Path, data: bytes) -> Report:
    path = folder / "made.pdf"
    path.write_bytes(data)
    return read_pdf(path, ReadOptions())


def _found(report: Report) -> list[Known]:
    return [
        Known(b.kind, b.span.of(report.text), report.sections[b.section].path, b.level)
        for b in report.blocks
    ]


def _plain(known: list[Known]) -> list[tuple[BlockKind, str, tuple[str, ...]]]:
    return [(block.kind, block.text, block.path) for block in known]


def _similarity(one: str, other: str) -> float:
    return SequenceMatcher(None, one.split(), other.split(), autojunk=False).ratio()


def _by_section(known: list[Known]) -> dict[tuple[str, ...], str]:
    """Return the words under each section path, however they are parted into paragraphs."""
    sections: dict[tuple[str, ...], list[str]] = {}
    for block in known:
        sections.setdefault(block.path, []).append(block.text)
    return {path: " ".join(texts) for path, texts in sections.items()}


def _share_found(wanted: list[Known], found: list[Known]) -> float:
    """Return the share of the blocks put in that came out whole, in order, in their section."""
    pairs = SequenceMatcher(None, _plain(wanted), _plain(found), autojunk=False)
    return sum(match.size for match in pairs.get_matching_blocks()) / len(wanted)


@pytest.mark.parametrize("look", _LOOKS)
@pytest.mark.parametrize("kind", _CONTENTS)
def test_words_and_section_paths_are_those_put_in(kind: str, look: str, tmp_path: Path) -> None:
    content = _CONTENTS[kind](12)
    report = _read(tmp_path, pdf_files.weasy(content, css=_LOOKS[look]))
    wanted = content.blocks
    found = _found(report)[_TITLE:]
    text = "\n".join(block.text for block in wanted)
    assert _similarity(text, "\n".join(block.text for block in found)) > 0.995
    assert _by_section(found) == _by_section(wanted)
    assert _share_found(wanted, found) >= 0.95


@pytest.mark.parametrize("look", _LOOKS)
def test_blocks_are_exactly_those_put_in(look: str, tmp_path: Path) -> None:
    content = pdf_files.plain_content()
    report = _read(tmp_path, pdf_files.weasy(content, css=_LOOKS[look]))
    title = (BlockKind.HEADING, content.title, ())
    assert _plain(_found(report)) == [title, *_plain(content.blocks)]
    levels = [block.level for block in content.blocks if block.level]
    assert [b.level for b in report.blocks if b.level][_TITLE:] == levels
    assert report.title == content.title


def test_footnotes_stand_apart_with_their_marks(tmp_path: Path) -> None:
    content = pdf_files.noted_content()
    report = _read(tmp_path, pdf_files.weasy(content))
    title = (BlockKind.HEADING, content.title, ())
    assert _plain(_found(report)) == [title, *_plain(content.blocks)]
    notes = [block.label for block in report.blocks if block.kind is BlockKind.FOOTNOTE]
    assert notes == [b.label for b in content.blocks if b.kind is BlockKind.FOOTNOTE]


def test_a_table_over_page_breaks_is_rows_with_its_head_once(tmp_path: Path) -> None:
    content = pdf_files.tabled_content()
    report = _read(tmp_path, pdf_files.weasy(content))
    title = (BlockKind.HEADING, content.title, ())
    assert _plain(_found(report)) == [title, *_plain(content.blocks)]
    rows = [block for block in report.blocks if block.kind is BlockKind.TABLE_ROW]
    assert [row.item for row in rows] == list(range(1, len(rows) + 1))
    assert len(report.pages) > 3


def test_captions_and_boxes_keep_their_place_and_labels(tmp_path: Path) -> None:
    content = pdf_files.boxed_content()
    report = _read(tmp_path, pdf_files.weasy(content))
    title = (BlockKind.HEADING, content.title, ())
    assert _plain(_found(report)) == [title, *_plain(content.blocks)]
    labels = {block.label for block in report.blocks}
    assert {"Box 1", "Figure 2", "3.1"} <= labels


def test_headers_footers_and_page_numbers_are_no_text(tmp_path: Path) -> None:
    content = pdf_files.plain_content()
    report = _read(tmp_path, pdf_files.weasy(content, header="Secret header 2019"))
    assert "Secret" not in report.text
    assert not [line for line in report.text.splitlines() if line.strip().isdigit()]


def test_columns_are_read_one_after_the_other_whatever_is_drawn_first(tmp_path: Path) -> None:
    data, texts = pdf_pages.two_columns()
    report = _read(tmp_path, data)
    assert [b.span.of(report.text) for b in report.blocks][_TITLE:] == texts


def test_turned_and_sideways_pages_read_like_upright_ones(tmp_path: Path) -> None:
    data, texts = pdf_pages.turned_pages()
    report = _read(tmp_path, data)
    assert [b.span.of(report.text) for b in report.blocks] == texts
    assert {(round(p.width), round(p.height)) for p in report.pages} <= {(595, 842), (842, 595)}


def test_what_the_crop_box_hides_is_no_text(tmp_path: Path) -> None:
    data, text = pdf_pages.cropped_page()
    report = _read(tmp_path, data)
    assert report.text == text
    assert (report.pages[0].width, report.pages[0].height) == (480, 680)


def test_printed_labels_go_with_physical_pages(tmp_path: Path) -> None:
    content = pdf_government.government_content(chapters=2)
    report = _read(tmp_path, pdf_government.government_pdf(content))
    labels = [page.label for page in report.pages]
    front = labels.index("1")
    assert labels[:front] == ["i", "ii", "iii", "iv"][:front]
    assert labels[front:] == [str(n) for n in range(1, len(labels) - front + 1)]
    assert [page.index for page in report.pages] == list(range(1, len(labels) + 1))


def test_labels_in_the_file_serve_where_none_are_printed(tmp_path: Path) -> None:
    report = _read(tmp_path, pdf_pages.labelled_pages())
    assert [page.label for page in report.pages] == ["A-1", "A-2", "A-3"]


def test_title_date_creator_and_language_are_those_of_the_file(tmp_path: Path) -> None:
    content = pdf_government.government_content(chapters=2)
    author = '<meta name="author" content="HMICFRS">'
    report = _read(tmp_path, pdf_government.government_pdf(content, metadata=author))
    assert report.title == pdf_government.TITLE
    assert (report.metadata.date, report.metadata.creator) == ("2020-02", "HMICFRS")
    assert report.metadata.language == "en"


@pytest.mark.parametrize("look", ["", _NO_BOOKMARKS])
def test_a_report_of_seventy_pages_is_read_end_to_end(look: str, tmp_path: Path) -> None:
    content = pdf_government.government_content()
    report = _read(tmp_path, pdf_government.government_pdf(content, css=look))
    wanted, found = pdf_government.expected(content), _found(report)
    assert len(report.pages) > 60
    headings = [(b.text, b.level) for b in wanted if b.level]
    assert [(b.text, b.level) for b in found if b.level] == headings
    assert _by_section(found) == _by_section(wanted)
    assert _share_found(wanted, found) >= 0.99
    assert "....." not in report.text.replace(" ", "")
    labels = {block.label for block in report.blocks}
    assert {"Recommendation 3", "Figure 4", "5.12", "Annex B"} <= labels


def test_reading_a_file_twice_gives_the_same_report(tmp_path: Path) -> None:
    data = pdf_files.weasy(pdf_files.noted_content())
    assert _read(tmp_path, data) == _read(tmp_path, data)
