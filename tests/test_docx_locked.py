"""A Word document under a password is opened with it, and says what is wrong without it."""

from __future__ import annotations

import io
import logging
import zipfile
from pathlib import Path

import docx
import olefile
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msoffcrypto.format.ooxml import OOXMLFile
from msoffcrypto.method.container.ecma376_encrypted import ECMA376Encrypted
from typer.testing import CliRunner

from app.cli import cli
from ingest.docx import read_docx
from ingest.errors import LockedFileError, ReadError, TooLargeError, UnsupportedFormatError
from ingest.registry import read_report
from ingest.report import Report
from ingest.source import ReadOptions

WORD = Path(__file__).parent / "data" / "word"
PASSWORD = "Ünlüberg 7"  # noqa: S105 - the tests' own
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _make_docx() -> bytes:
    document = docx.Document()
    document.add_heading("The harbour", 0)
    for number in range(300):
        document.add_paragraph(f"Sentence {number} tells of the harbour wall.")
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _lock(content: bytes, password: str = PASSWORD) -> bytes:
    target = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt(password, target)
    return target.getvalue()


def _read(folder: Path, content: bytes, password: str | None) -> Report:
    path = folder / "report.docx"
    path.write_bytes(content)
    return read_docx(path, ReadOptions(password=password))


def _stream(content: bytes, name: str) -> bytes:
    with olefile.OleFileIO(io.BytesIO(content)) as container:
        found: bytes = container.openstream(name).read()
        return found


def _contain(package: bytes, keys: bytes) -> bytes:
    target = io.BytesIO()
    ECMA376Encrypted(package, keys).write_to(target)
    return target.getvalue()


PLAIN = _make_docx()
LOCKED = _lock(PLAIN)
PACKAGE, KEYS = _stream(LOCKED, "EncryptedPackage"), _stream(LOCKED, "EncryptionInfo")


def test_the_password_gives_the_very_report_that_is_inside(tmp_path: Path) -> None:
    assert _read(tmp_path, LOCKED, PASSWORD) == _read(tmp_path, PLAIN, None)


@pytest.mark.parametrize(
    ("name", "password", "text"),
    [
        ("protected-2010.docx", "encrypted", "Encrypted Test File\n\nNo other contents, sorry ☺"),
        ("protected-aes256-sha1.docx", "pass", "The is a password protected document."),
        ("protected-mac-2008.docx", "solrcell", "This is password protected Word document."),
        ("protected-libreoffice.docx", "geheim", "Title\n\nSome words."),
    ],
)
def test_what_word_and_libreoffice_themselves_protected_is_opened(
    name: str, password: str, text: str
) -> None:
    assert read_report(WORD / name, ReadOptions(password=password)).text == text
    with pytest.raises(LockedFileError, match="the password does not open"):
        read_report(WORD / name, ReadOptions(password=password + " "))


def test_without_a_password_the_message_says_how_to_give_it(tmp_path: Path) -> None:
    with pytest.raises(LockedFileError, match=r"report\.docx: .*protected.* with --password"):
        _read(tmp_path, LOCKED, None)


@pytest.mark.parametrize("wrong", ["", PASSWORD[1:], PASSWORD.lower(), "\0", "\udcff", "x" * 999])
def test_a_wrong_password_is_called_that_and_not_repeated(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(LockedFileError, match=r"report\.docx: the password does not open") as found:
        _read(tmp_path, LOCKED, wrong)
    assert found.value.__cause__ is None
    assert len(wrong) < 2 or wrong not in str(found.value)


def test_the_password_is_not_logged_nor_shown_with_the_options(
    caplog: pytest.LogCaptureFixture,
) -> None:
    # The standard encryption is the one whose code logs the password.
    with caplog.at_level(logging.DEBUG), pytest.raises(LockedFileError):
        read_report(WORD / "protected-libreoffice.docx", ReadOptions(password=PASSWORD))
    assert PASSWORD not in caplog.text
    assert PASSWORD not in repr(ReadOptions(password=PASSWORD))


@pytest.mark.parametrize("kept", [8, 76, 511, 512, 2000, 0.3, 0.6, 0.9, 0.99])
def test_a_protected_file_that_was_cut_short_is_refused(tmp_path: Path, kept: float) -> None:
    short = LOCKED[: kept if isinstance(kept, int) else int(kept * len(LOCKED))]
    with pytest.raises(ReadError, match=r"report\.docx"):
        _read(tmp_path, short, PASSWORD)


@settings(max_examples=60)
@given(st.data())
def test_a_damaged_container_is_read_or_refused_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    damaged = bytearray(LOCKED)
    start = data.draw(st.sampled_from([0, 0, len(LOCKED) - 8192]))
    for _ in range(data.draw(st.integers(1, 6))):
        at = start + data.draw(st.integers(0, 2047))
        damaged[at] = data.draw(st.sampled_from([0, 1, 0x7F, 0xFE, 0xFF]))
    try:
        _read(tmp_path_factory.mktemp("damaged"), bytes(damaged), PASSWORD)
    except ReadError as error:
        assert "report.docx" in str(error)  # noqa: PT017


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (0x1E, b"\xff\xff"),  # sectors of 2**65535 bytes
        (0x2C, b"\xff\xff\xff\xff"),  # four thousand million allocation tables
        (0x40, b"\xff\xff\xff\x7f"),  # as many tables of small sectors
        (0x30, b"\xff\xff\xff\x7f"),  # a directory beyond the file
    ],
)
def test_a_header_that_promises_what_the_file_cannot_hold_is_refused(
    tmp_path: Path, at: int, value: bytes
) -> None:
    hostile = LOCKED[:at] + value + LOCKED[at + len(value) :]
    with pytest.raises(ReadError, match=r"report\.docx: .*damaged"):
        _read(tmp_path, hostile, PASSWORD)


def test_a_directory_that_runs_in_a_circle_is_refused(tmp_path: Path) -> None:
    first = int.from_bytes(LOCKED[0x30:0x34], "little")
    table = int.from_bytes(LOCKED[0x4C:0x50], "little")
    at = 512 * (table + 1) + 4 * first
    hostile = LOCKED[:at] + first.to_bytes(4, "little") + LOCKED[at + 4 :]
    with pytest.raises(ReadError, match=r"report\.docx: .*damaged"):
        _read(tmp_path, hostile, PASSWORD)


def test_a_protected_bomb_is_refused_like_any_other(tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _content_types())
        archive.writestr("word/document.xml", b"\0" * 64 * 2**20)
    with pytest.raises(TooLargeError, match=r"would unpack to\s+64 MiB"):
        _read(tmp_path, _lock(target.getvalue()), PASSWORD)


def _content_types() -> bytes:
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as archive:
        return archive.read("[Content_Types].xml")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<encryption ", b"<!DOCTYPE x><encryption "),
        (b'spinCount="100000"', b'spinCount="4000000000"'),
        (b'spinCount="100000"', b'spinCount="-1"'),
        (b'keyBits="256"', b'keyBits="7"'),
        (b"p:encryptedKey ", b"c:encryptedKey "),
        (b"\x04\x00\x04\x00", b"\x04\x00\x03\x00"),
        (KEYS, KEYS[:5]),
    ],
)
def test_keys_that_nobody_writes_are_refused(tmp_path: Path, old: bytes, new: bytes) -> None:
    assert old in KEYS
    with pytest.raises(ReadError, match=r"report\.docx"):
        _read(tmp_path, _contain(PACKAGE, KEYS.replace(old, new)), PASSWORD)


def test_keys_far_longer_than_any_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.docx_locked._LONGEST_KEYS", len(KEYS) - 1)
    with pytest.raises(ReadError, match=r"report\.docx: .*damaged"):
        _read(tmp_path, LOCKED, PASSWORD)


def test_a_package_that_promises_more_than_it_holds_is_not_made_larger(tmp_path: Path) -> None:
    hostile = _contain((2**62).to_bytes(8, "little") + PACKAGE[8:], KEYS)
    assert _read(tmp_path, hostile, PASSWORD) == _read(tmp_path, PLAIN, None)


def test_what_rights_management_encrypts_is_not_said_to_want_a_password(tmp_path: Path) -> None:
    name = "EncryptionInfo".encode("utf-16-le")
    managed = LOCKED.replace(name, "EncryptionNone".encode("utf-16-le"))
    with pytest.raises(LockedFileError, match="no password opens it"):
        _read(tmp_path, managed, PASSWORD)


@pytest.mark.parametrize(
    ("stream", "message"),
    [
        ("WordDocument", r"this is a Word 97-2003 document: save it as \.docx"),
        ("Workbook", "this is an Excel workbook"),
        ("PowerPoint Document", "this is a PowerPoint 97-2003 presentation"),
    ],
)
def test_an_old_office_document_is_named_as_what_it_is(
    tmp_path: Path, stream: str, message: str
) -> None:
    with pytest.raises(UnsupportedFormatError, match=rf"report\.docx: .*{message}"):
        _read(tmp_path, OLE + bytes(600) + stream.encode("utf-16-le"), None)


def test_a_word_97_document_under_its_own_suffix_is_named_so(tmp_path: Path) -> None:
    old, text = tmp_path / "old.doc", tmp_path / "text.doc"
    old.write_bytes(OLE + bytes(600))
    text.write_text("{\\rtf1}")
    with pytest.raises(UnsupportedFormatError, match=r"old\.doc: this is a Word 97-2003 document"):
        read_report(old)
    with pytest.raises(UnsupportedFormatError, match=r"text\.doc: cannot read \.doc"):
        read_report(text)


def test_an_index_of_a_protected_report_shows_it_and_does_not_hold_the_password(
    tmp_path: Path,
) -> None:
    report, index = tmp_path / "harbour.docx", tmp_path / "index"
    report.write_bytes(LOCKED)
    run = CliRunner().invoke
    secret = ["--password", PASSWORD]
    made = run(cli, ["ingest", str(report), "--index", str(index), *secret])
    assert made.exit_code == 0, made.output
    report.unlink()
    shown = run(cli, ["show", "The harbour", "--text", "--index", str(index)])
    assert "Sentence 299 tells of the harbour wall." in shown.output
    stored = b"".join(file.read_bytes() for file in index.rglob("*") if file.is_file())
    for said in (PASSWORD.encode(), PASSWORD.encode("utf-16-le")):
        assert said not in stored
    assert PASSWORD not in made.output + shown.output
