"""Files that are no Word document, or a dangerous one, are refused with the reason."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.docx import read_docx
from ingest.errors import EmptyReportError, ReadError, TooLargeError, UnsupportedFormatError
from ingest.report import Report
from ingest.source import ReadOptions

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _zip(entries: Mapping[str, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return target.getvalue()


def _make_docx(words: str) -> bytes:
    document = docx.Document()
    document.add_paragraph(words)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _main(content: str | bytes) -> bytes:
    """A package that holds nothing but this main part."""
    return _zip({"[Content_Types].xml": "<x/>", "word/document.xml": content})


def _read(folder: Path, content: bytes) -> Report:
    path = folder / "report.docx"
    path.write_bytes(content)
    return read_docx(path, ReadOptions())


SOUND = _make_docx("Some words.")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = _main(b"\0" * 64 * 2**20)
    assert len(bomb) < 100_000
    with pytest.raises(TooLargeError, match=r"report\.docx: .*would unpack to\s+64 MiB"):
        _read(tmp_path, bomb)


def test_an_archive_that_lies_about_its_size_is_not_unpacked_beyond_it(tmp_path: Path) -> None:
    unpacked = 0x3123456
    bomb = _main(b"\0" * unpacked)
    lie, size = ((number).to_bytes(4, "little") for number in (1000, unpacked))
    assert bomb.count(size) == 2
    with pytest.raises(ReadError, match="damaged"):
        _read(tmp_path, bomb.replace(size, lie))


def test_more_parts_than_any_document_has_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TooLargeError, match="20,001 parts"):
        _read(tmp_path, _zip({f"part{i}": "" for i in range(20_001)}))


_LAUGHS = "".join(f'<!ENTITY l{i} "&l{i - 1};&l{i - 1};&l{i - 1};">' for i in range(1, 30))


@pytest.mark.parametrize(
    ("doctype", "words"),
    [
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>', "&e;"),
        ('<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">', "words"),
        (f'<!DOCTYPE x [<!ENTITY l0 "ha">{_LAUGHS}]>', "&l29;"),
        ("<!DOCTYPE x>", "words"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_and_outside_entities_are_refused(
    tmp_path: Path, doctype: str, words: str, encoding: str
) -> None:
    body = f"<w:body><w:p><w:r><w:t>{words} words</w:t></w:r></w:p></w:body>"
    xml = (
        f'<?xml version="1.0" encoding="{encoding}"?>{doctype}'
        f'<w:document xmlns:w="{W}">{body}</w:document>'
    )
    with pytest.raises(ReadError, match=r"document type|entity nesting depth"):
        _read(tmp_path, _main(xml.encode(encoding)))


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        (OLE + "EncryptedPackage".encode("utf-16-le"), ReadError, "protected by a password"),
        (OLE + b"WordDocument", UnsupportedFormatError, "old Microsoft"),
        (b"%PDF-1.7 ...", UnsupportedFormatError, "a PDF file"),
        (b"<html><p>x", UnsupportedFormatError, "but text"),
        (SOUND[:-30], ReadError, "damaged or was cut short"),
        (SOUND[: len(SOUND) // 2], ReadError, "damaged or was cut short"),
        (SOUND[:200], ReadError, "damaged or was cut short"),
        (_zip({"a": "b"}), UnsupportedFormatError, "without a Word document"),
        (_zip({"xl/workbook.xml": "x"}), UnsupportedFormatError, "Excel"),
        (_zip({"ppt/presentation.xml": "x"}), UnsupportedFormatError, "PowerPoint"),
        (_zip({"META-INF/manifest.xml": "x"}), UnsupportedFormatError, "OpenDocument"),
        (_zip({"META-INF/container.xml": "x"}), UnsupportedFormatError, "EPUB"),
        (_zip({"[Content_Types].xml": "x"}), ReadError, r"word/document\.xml is missing"),
        (_main("<x/>"), ReadError, "no Word document"),
        (_main("<x>"), ReadError, "not valid XML"),
        (_main(""), ReadError, "not valid XML"),
        (_main(f'<w:document xmlns:w="{W}"/>'), EmptyReportError, "no text"),
        (_make_docx(" "), EmptyReportError, "no text"),
        (b"", EmptyReportError, "empty"),
    ],
)
def test_what_is_no_word_document_is_refused_with_the_reason(
    tmp_path: Path, content: bytes, error: type[ReadError], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        _read(tmp_path, content)
    assert "report.docx" in str(caught.value)


def test_a_part_whose_name_is_no_utf8_is_damage(tmp_path: Path) -> None:
    # U+00E9 makes zipfile mark the name as UTF-8; a lone start byte then is none.
    package = _zip({"[Content_Types].xml": "<x/>", "caf\u00e9": "x"})
    with pytest.raises(ReadError, match="damaged"):
        _read(tmp_path, package.replace("caf\u00e9".encode(), b"caf\xe9\xe9"))


def test_tables_nested_without_end_are_refused_or_read(tmp_path: Path) -> None:
    depth = 3000
    start, end = "<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"
    xml = f'<w:document xmlns:w="{W}"><w:body>{start * depth}{end * depth}</w:body></w:document>'
    with pytest.raises(ReadError, match=r"report\.docx"):
        _read(tmp_path, _main(xml))


@given(st.data())
def test_a_damaged_document_is_read_or_refused_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    damaged = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at] = data.draw(st.integers(0, 255))
    try:
        _read(tmp_path_factory.mktemp("damaged"), bytes(damaged))
    except ReadError as error:
        assert "report.docx" in str(error)  # noqa: PT017
