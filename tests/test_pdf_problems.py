"""What cannot be read is said: by page where some can, as an error where nothing can."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from ingest.errors import (
    EmptyReportError,
    ReadError,
    TooLargeError,
    UnsupportedFormatError,
)
from ingest.ocr import recognise_words
from ingest.pdf import read_pdf
from ingest.registry import read_report
from ingest.report import NoticeKind
from ingest.source import ReadOptions
from tests import pdf_files, pdf_pages

_PASSWORD = "open sesame"  # noqa: S105 - of a file made here


def _write(folder: Path, data: bytes, name: str = "made.pdf") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def _picture(words: str = "") -> bytes:
    picture = Image.new("L", (1240, 1754), 255)
    pen = ImageDraw.Draw(picture)
    for at, line in enumerate(words.splitlines()):
        pen.text((150, 200 + 60 * at), line, fill=0, font_size=36)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def test_scanned_and_empty_pages_are_noticed_and_the_others_read(tmp_path: Path) -> None:
    report = read_pdf(_write(tmp_path, pdf_pages.scanned_pages(_picture())), ReadOptions())
    assert [(n.kind, n.page) for n in report.notices] == [
        (NoticeKind.NO_TEXT_LAYER, 2),
        (NoticeKind.EMPTY_PAGE, 3),
    ]
    assert len(report.pages) == 3
    assert len(report.blocks) == 1


def test_a_page_of_a_font_without_letters_is_noticed_not_read(tmp_path: Path) -> None:
    report = read_pdf(_write(tmp_path, pdf_pages.unmapped_font()), ReadOptions())
    assert [(n.kind, n.page) for n in report.notices] == [(NoticeKind.BROKEN_FONT, 1)]
    assert {region.page for region in report.regions} == {2}


def test_a_file_of_which_nothing_can_be_read_is_an_error_that_says_why(tmp_path: Path) -> None:
    path = _write(tmp_path, pdf_pages.picture_only(_picture()))
    with pytest.raises(EmptyReportError, match="scanned picture without text"):
        read_pdf(path, ReadOptions())


def test_a_password_opens_and_a_missing_or_wrong_one_says_so(tmp_path: Path) -> None:
    path = _write(tmp_path, pdf_pages.locked_file(_PASSWORD))
    assert read_pdf(path, ReadOptions(password=_PASSWORD)).blocks
    with pytest.raises(ReadError, match="encrypted; give its password"):
        read_pdf(path, ReadOptions())
    with pytest.raises(ReadError, match="password does not open"):
        read_pdf(path, ReadOptions(password=_PASSWORD[1:]))


def test_a_web_page_named_pdf_is_told_by_name(tmp_path: Path) -> None:
    path = _write(tmp_path, b"<!doctype html><html><body><p>Not found</p></body></html>")
    with pytest.raises(UnsupportedFormatError, match=r"made\.pdf"):
        read_pdf(path, ReadOptions())
    with pytest.raises(UnsupportedFormatError, match="HTML"):
        read_report(path)


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7", b"%PDF-1.7\n" + b"\0" * 5000, b"%PDF-1.4\nhello"]
)
def test_no_pdf_at_all_is_an_error_not_a_crash(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"made\.pdf"):
        read_pdf(_write(tmp_path, data), ReadOptions())


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.999])
def test_a_truncated_file_is_read_or_refused_by_name(share: float, tmp_path: Path) -> None:
    data = pdf_files.weasy(pdf_files.plain_content())
    path = _write(tmp_path, data[: int(share * len(data))])
    try:
        report = read_pdf(path, ReadOptions())
    except ReadError as refusal:
        said = str(refusal)
    else:
        said = f"made.pdf, {len(report.text)} code points"
        assert report.text
    assert "made.pdf" in said


def test_a_corrupt_cross_reference_is_rebuilt(tmp_path: Path) -> None:
    data = pdf_pages.numbered_pages(3)
    at = data.rindex(b"startxref")
    broken = data[:at] + b"startxref\n99999999\n%%EOF"
    report = read_pdf(_write(tmp_path, broken), ReadOptions())
    assert "page 2 of the file" in report.text


def test_a_file_of_no_pages_is_empty(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"pages|damaged"):
        read_pdf(_write(tmp_path, pdf_pages.no_pages()), ReadOptions())


def test_a_file_without_fonts_has_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(EmptyReportError, match="without text"):
        read_pdf(_write(tmp_path, pdf_pages.drawing_only()), ReadOptions())


def test_scripts_and_attachments_are_neither_run_nor_read(tmp_path: Path) -> None:
    report = read_pdf(_write(tmp_path, pdf_pages.active_file()), ReadOptions())
    assert "alert" not in report.text
    assert "attached secret" not in report.text
    assert report.blocks


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with pytest.raises(TooLargeError, match="limit"):
        read_pdf(_write(tmp_path, pdf_pages.numbered_pages(2)), ReadOptions(max_bytes=100))


def test_every_page_is_told_to_the_progress_hook(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    path = _write(tmp_path, pdf_pages.numbered_pages(300))
    report = read_pdf(path, ReadOptions(), lambda done, of: seen.append((done, of)))
    assert seen == [(page, 300) for page in range(1, 301)]
    assert [page.label for page in report.pages] == [str(n) for n in range(1, 301)]
    assert len(report.blocks) == 300


@pytest.mark.slow
def test_ten_thousand_pages_are_read(tmp_path: Path) -> None:
    report = read_pdf(_write(tmp_path, pdf_pages.numbered_pages(10_000)), ReadOptions())
    assert len(report.pages) == 10_000
    assert len(report.blocks) == 10_000
    assert report.regions[-1].page == 10_000


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="needs Debian's tesseract-ocr")
def test_a_scanned_page_is_recognised_on_request_and_marked(tmp_path: Path) -> None:
    words = "The Lighthouse brings together medical,\nadvocacy and social care for children."
    path = _write(tmp_path, pdf_pages.scanned_pages(_picture(words)))
    report = read_pdf(path, ReadOptions(ocr=True))
    assert words.replace("\n", " ") in report.text
    assert (NoticeKind.OCR, 2) in {(n.kind, n.page) for n in report.notices}
    recognised = [region for region in report.regions if region.page == 2]
    assert len(recognised) == len(words.split())
    assert all(60 < region.box.x0 < 500 for region in recognised)


def test_without_tesseract_the_notice_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ReadError, match="tesseract-ocr"):
        recognise_words(_picture(), 300)
    path = _write(tmp_path, pdf_pages.scanned_pages(_picture()))
    report = read_pdf(path, ReadOptions(ocr=True))
    assert "tesseract-ocr" in report.notices[0].message
    assert report.notices[0].kind is NoticeKind.NO_TEXT_LAYER
