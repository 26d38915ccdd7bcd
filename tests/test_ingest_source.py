"""Bytes of files, and the text in them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import EmptyReportError, ReadError, TooLargeError, UnsupportedFormatError
from ingest.report import NoticeKind
from ingest.source import ReadOptions, decode_text, load_bytes, load_head, name_binary

BINARIES = {
    b"%PDF-1.7\n%\xe2\xe3": "PDF",
    b"PK\x03\x04\x14\x00": "ZIP",
    b"\x7fELF\x02\x01\x01\x00": "ELF",
    b"\x89PNG\r\n\x1a\n\x00\x00": "PNG",
    b"\xff\xd8\xff\xe0": "JPEG",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "Office",
    b"{\\rtf1\\ansi": "RTF",
    b"\x1f\x8b\x08": "gzip",
    b"text\x00text": "NUL",
    bytes(range(1, 256)): "binary",
}


@pytest.mark.parametrize(("data", "name"), BINARIES.items())
def test_a_binary_file_is_refused_by_what_it_is(data: bytes, name: str) -> None:
    with pytest.raises(UnsupportedFormatError, match=rf"^r\.md: .*{name}"):
        decode_text(data, "r.md")


@given(st.text(st.characters(exclude_characters="\0\ufffd", exclude_categories=["Cs"])))
def test_unicode_text_is_read_as_it_is_in_every_encoding_that_is_certain(text: str) -> None:
    printable = "word " + "".join(c for c in text if c.isprintable() or c in "\n\t")
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
        decoded, notices = decode_text(printable.encode(encoding), "r.txt")
        assert (decoded, notices) == (printable, ())


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_a_byte_order_mark_tells_the_byte_order(encoding: str) -> None:
    assert decode_text("\ufeffPolice".encode(encoding), "r.txt") == ("Police", ())


def test_invalid_utf8_is_refused_with_its_place_and_the_way_out() -> None:
    with pytest.raises(ReadError) as caught:
        decode_text(b"one\ntwo\nthey paid \xa33m", "r.md")
    message = str(caught.value)
    assert "byte 18 (0xa3), line 3" in message
    assert "“£”" in message
    assert "iconv -f WINDOWS-1252 -t UTF-8" in message


def test_a_byte_that_is_no_letter_in_windows_1252_either_is_named_without_a_guess() -> None:
    with pytest.raises(ReadError, match=r"byte 1 .*line 1; save the file again as UTF-8$"):
        decode_text(b"a\x81b", "r.md")


def test_half_a_utf16_character_is_refused() -> None:
    with pytest.raises(ReadError, match="UTF-16-LE at byte 4"):
        decode_text("\ufeffa".encode("utf-16-le") + b"a", "r.txt")


def test_letters_lost_before_are_reported() -> None:
    text, (notice,) = decode_text("fine\nlost \ufffd and \ufffd".encode(), "r.txt")
    assert text == "fine\nlost \ufffd and \ufffd"
    assert notice.kind is NoticeKind.BAD_ENCODING
    assert "2 unreadable characters" in notice.message
    assert "line 2" in notice.message


def test_a_stray_control_character_makes_no_text_binary() -> None:
    assert name_binary(b"copied\x02 out of a PDF file, and ended by DOS\x1a") is None


def test_missing_folder_empty_and_special_files_are_named(tmp_path: Path) -> None:
    empty = tmp_path / "empty.md"
    empty.touch()
    pipe = tmp_path / "pipe.md"
    os.mkfifo(pipe)
    expected: dict[Path, tuple[type[ReadError], str]] = {
        tmp_path / "missing.md": (ReadError, "no such file"),
        tmp_path: (ReadError, "folder"),
        empty: (EmptyReportError, "empty"),
        pipe: (ReadError, "not a regular file"),
        tmp_path / "nul\0.md": (ReadError, "cannot be read"),
        empty / "below.md": (ReadError, "cannot be read"),
    }
    for path, (error, message) in expected.items():
        with pytest.raises(error, match=message):
            load_bytes(path, ReadOptions())
        with pytest.raises(error, match=message):
            load_head(path, 10)


def test_a_file_that_may_not_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secret.md"
    path.write_text("secret")

    def refuse(*_: object) -> None:  # root may read everything, so a mode would not do
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ReadError, match=r"secret\.md: may not be read"):
        load_bytes(path, ReadOptions())


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(200 * 2**20)
    with pytest.raises(TooLargeError, match=r"huge\.txt: 200\.0 MiB .* 64\.0 MiB"):
        load_bytes(path, ReadOptions())


def test_a_file_of_just_the_limit_is_read(tmp_path: Path) -> None:
    path = tmp_path / "r.txt"
    path.write_bytes(b"12345")
    assert load_bytes(path, ReadOptions(max_bytes=5)) == b"12345"
    with pytest.raises(TooLargeError):
        load_bytes(path, ReadOptions(max_bytes=4))
    assert load_head(path, 2) == b"12"


def test_a_limit_that_no_file_meets_is_refused() -> None:
    with pytest.raises(ValueError, match="max_bytes"):
        ReadOptions(max_bytes=0)
