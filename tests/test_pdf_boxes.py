"""Boxes lie on the words of their span, and on no others."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ingest.drawing import Drawing, draw_page
from ingest.errors import ChangedFileError, LockedFileError, ReadError
from ingest.geometry import boxes_for, index_regions
from ingest.regions import Regions
from ingest.report import Box, Region
from ingest.serial import dump_report, load_report
from ingest.source import ReadOptions
from ingest.span import Span
from tests import pdf_files, pdf_pages
from tests.pdf_reading import Printed, letters

_JUSTIFIED = "p{hyphens:auto;text-align:justify}"
_FILES: dict[str, Callable[[], bytes]] = {
    "hyphenated": lambda: pdf_files.weasy(pdf_files.plain_content(5, 2), css=_JUSTIFIED),
    "columns": lambda: pdf_files.weasy(
        pdf_files.plain_content(6, 2), css=".main{columns:2}" + _JUSTIFIED
    ),
    "footnotes": lambda: pdf_files.weasy(pdf_files.noted_content()),
    "table": lambda: pdf_files.weasy(pdf_files.tabled_content()),
    "tight": lambda: pdf_files.weasy(pdf_files.plain_content(8, 2), css="body{line-height:1.05}"),
    "turned": lambda: pdf_pages.turned_pages()[0],
    "cropped": lambda: pdf_pages.cropped_page()[0],
}


@pytest.fixture(scope="module", params=_FILES)
def printed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Printed:
    path = tmp_path_factory.mktemp("pdf") / f"{request.param}.pdf"
    path.write_bytes(_FILES[request.param]())
    return Printed(path)


def test_every_word_has_a_box_that_holds_it_and_nothing_else(printed: Printed) -> None:
    wrong = [
        (region.span.of(printed.report.text), printed.under(region.page, region.box))
        for region in printed.regions
        if letters(region.span.of(printed.report.text)) != printed.under(region.page, region.box)
    ]
    assert wrong == []
    assert len(printed.regions) > 50


def test_every_letter_of_the_text_has_a_box(printed: Printed) -> None:
    boxed = {at for r in printed.regions for at in range(r.span.start, r.span.end)}
    text = printed.report.text
    assert [c for at, c in enumerate(text) if at not in boxed and c.isalnum()] == []


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_text_under_the_boxes_of_any_span_is_its_words(
    printed: Printed, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(printed.report.text) - 1))
    end = min(len(printed.report.text), start + data.draw(st.integers(1, 2500)))
    assert printed.boxed(Span(start, end)) == printed.touched(Span(start, end))


def test_boxes_are_one_for_each_printed_line(tmp_path: Path) -> None:
    data, texts = pdf_pages.turned_pages()
    path = tmp_path / "turned.pdf"
    path.write_bytes(data)
    printed = Printed(path)
    for text, block in zip(texts, printed.report.blocks, strict=True):
        lines = pdf_pages.wrap(text, 420)
        boxes = boxes_for(printed.report, block.span)
        assert [letters(line) for line in lines] == [printed.under(*at) for at in boxes]


def test_boxes_of_a_passage_over_two_pages_lie_on_both(tmp_path: Path) -> None:
    path = tmp_path / "long.pdf"
    path.write_bytes(pdf_files.weasy(pdf_files.plain_content()))
    report = Printed(path).report
    assert [page for page, _ in boxes_for(report, Span(0, len(report.text)))] == sorted(
        page for page, _ in boxes_for(report, Span(0, len(report.text)))
    )
    over = [b for b in report.blocks if len({page for page, _ in boxes_for(report, b.span)}) == 2]
    assert over


def test_a_span_beyond_the_text_is_refused(printed: Printed) -> None:
    with pytest.raises(ValueError, match="beyond"):
        boxes_for(printed.report, Span(0, len(printed.report.text) + 1))


def test_a_drawn_page_is_coloured_where_the_words_are_and_nowhere_else(printed: Printed) -> None:
    report = printed.report
    block = report.blocks[len(report.blocks) // 2]
    page = boxes_for(report, block.span)[0][0]
    boxes = [box for at, box in boxes_for(report, block.span) if at == page]
    plain = _pixels(draw_page(printed.path, report, page, how=Drawing(1.0)))
    marked = _pixels(draw_page(printed.path, report, page, block.span, Drawing(1.0)))
    changed = np.argwhere((plain != marked).any(axis=2))
    assert len(changed) > 0
    for y, x in changed[::97]:
        assert any(b.x0 - 3 <= x <= b.x1 + 3 and b.y0 - 3 <= y <= b.y1 + 3 for b in boxes)
    width, height = report.pages[page - 1].width, report.pages[page - 1].height
    assert marked.shape[:2] == (np.ceil(height), np.ceil(width))


def _pixels(png: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def test_drawing_a_page_that_is_not_there_names_the_pages_that_are(printed: Printed) -> None:
    with pytest.raises(ReadError, match="no page 99; it has pages 1 to"):
        draw_page(printed.path, printed.report, 99)


def test_drawing_from_another_file_than_was_read_is_refused(
    printed: Printed, tmp_path: Path
) -> None:
    other = tmp_path / "other.pdf"
    other.write_bytes(pdf_pages.numbered_pages(17))
    with pytest.raises(ReadError, match="read it again"):
        draw_page(other, printed.report, 1)


def test_drawing_a_page_whose_words_changed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    content = pdf_files.plain_content()
    path.write_bytes(pdf_files.weasy(content))
    report = Printed(path).report
    at = next(r for r in report.regions if r.page == 4 and len(r.span) > 6)
    word = at.span.of(report.text)
    changed = [part.replace(word, word[::-1]) for part in content.html]
    path.write_bytes(pdf_files.weasy(replace(content, html=changed)))
    with pytest.raises(ChangedFileError, match="no longer what was read"):
        draw_page(path, report, 4)


def test_drawing_a_cover_from_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf_files.weasy(pdf_files.plain_content()))
    report = Printed(path).report
    path.write_bytes(pdf_files.weasy(pdf_files.plain_content(9)))
    with pytest.raises(ChangedFileError):
        draw_page(path, report, 1)


def test_a_locked_file_is_drawn_with_its_password_only(tmp_path: Path) -> None:
    path = tmp_path / "locked.pdf"
    path.write_bytes(pdf_pages.locked_file("secret"))
    report = Printed(path, ReadOptions(password="secret")).report  # noqa: S106 - a test's own
    assert draw_page(path, report, 1, how=Drawing(password="secret"))  # noqa: S106 - likewise
    with pytest.raises(LockedFileError, match="give its password"):
        draw_page(path, report, 1)


def test_drawing_a_report_without_pages_says_so(printed: Printed) -> None:
    with pytest.raises(ReadError, match="no pages"):
        draw_page(printed.path, replace(printed.report, pages=(), regions=()), 1)


def test_a_huge_scale_does_not_make_a_huge_picture(printed: Printed) -> None:
    picture = Image.open(io.BytesIO(draw_page(printed.path, printed.report, 1, how=Drawing(1e9))))
    assert picture.width * picture.height < 41_000_000


def test_regions_in_columns_are_the_regions_put_in(printed: Printed) -> None:
    kept = Regions(printed.regions)
    assert kept == printed.regions
    assert kept == tuple(printed.regions)
    assert (kept[0], kept[-1], kept[1:3]) == (
        printed.regions[0],
        printed.regions[-1],
        tuple(printed.regions[1:3]),
    )
    assert kept != printed.regions[1:]
    with pytest.raises(IndexError, match="no region"):
        kept[len(kept)]


def test_regions_are_found_by_page(printed: Printed) -> None:
    kept = index_regions(printed.report)
    for page in printed.report.pages:
        found = [region for region in printed.regions if region.page == page.index]
        assert list(kept.on_page(page.index)) == found
        assert kept.count_pages()[page.index] == len(found)
        first = min((region.span.start for region in found), default=None)
        assert kept.first_starts().get(page.index) == first


def test_regions_refuse_to_go_back() -> None:
    box = Box(0, 0, 1, 1)
    with pytest.raises(ValueError, match="ascend"):
        Regions([Region(Span(5, 6), 1, box), Region(Span(1, 2), 1, box)])


def test_a_stored_report_keeps_its_regions(printed: Printed) -> None:
    assert load_report(dump_report(printed.report)) == printed.report
