"""The bytes of a file and the text in them: every format's reader begins here."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ingest.errors import (
    EmptyReportError,
    ReadError,
    TooLargeError,
    UnsupportedFormatError,
)
from ingest.report import Notice, NoticeKind

MEBIBYTE = 2**20
_SNIFFED = 2048


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How files are read.

    Attributes:
        max_bytes: largest file that is read.
        password: opens an encrypted file.
        ocr: whether pages without text are recognised from their picture.
    """

    max_bytes: int = 64 * MEBIBYTE
    password: str | None = field(default=None, repr=False)
    ocr: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError for a limit that no file meets."""
        if self.max_bytes < 1:
            raise ValueError(f"max_bytes is at least 1, got {self.max_bytes}")


_MAGIC = (
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a ZIP archive, such as a DOCX, XLSX or EPUB file"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Microsoft Office file (DOC, XLS or PPT)"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"RIFF", "a RIFF file (WebP, WAV or AVI)"),
    (b"\x7fELF", "a Linux program (ELF)"),
    (b"MZ\x90", "a Windows program"),
    (b"\xcf\xfa\xed\xfe", "a macOS program"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"{\\rtf", "a Rich Text (RTF) file"),
    (b"%!PS", "a PostScript file"),
    (b"ID3", "an MP3 recording"),
    (b"OggS", "an Ogg recording"),
)
_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LOST = re.compile("[\x00\ufffd]")
# What a text file does not hold: control characters other than tab, line ends and form feed.
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1f]")
# A stray one happens in text that was copied out of a PDF file; this many per byte do not.
_MOST_CONTROLS = 0.05


def load_bytes(path: Path, options: ReadOptions) -> bytes:
    """Return what the file holds.

    Raises:
        ReadError: it is missing, a folder, or may not be read.
        TooLargeError: it is larger than `options.max_bytes`; nothing is read then.
        EmptyReportError: it holds nothing.
    """
    data = _translate(path, lambda: _load(path, options.max_bytes))
    if not data:
        raise EmptyReportError(f"{path}: the file is empty")
    return data


def load_head(path: Path, size: int) -> bytes:
    """Return the first `size` bytes of the file, to tell its format by.

    Raises:
        ReadError: as `load_bytes` does, but for files that are too large.
    """
    data = _translate(path, lambda: _load_start(path, size))
    if not data:
        raise EmptyReportError(f"{path}: the file is empty")
    return data


def _load(path: Path, limit: int) -> bytes:
    _require_regular(path)
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        data = file.read(limit + 1) if size <= limit else b""
    if max(size, len(data)) > limit:
        raise TooLargeError(
            f"{path}: {size / MEBIBYTE:,.1f} MiB is more than the limit of "
            f"{limit / MEBIBYTE:,.1f} MiB; split the file or raise the limit"
        )
    return data


def _load_start(path: Path, size: int) -> bytes:
    _require_regular(path)
    with path.open("rb") as file:
        return file.read(size)


def _require_regular(path: Path) -> None:
    """Refuse what would block or never end; a folder or nothing is `open`'s to refuse."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise ReadError(f"{path}: not a regular file but a device, pipe or socket")


def _translate(path: Path, action: Callable[[], bytes]) -> bytes:
    try:
        return action()
    except FileNotFoundError as error:
        raise ReadError(f"{path}: no such file; check the name and the folder") from error
    except IsADirectoryError as error:
        raise ReadError(f"{path}: a folder where a file is needed") from error
    except PermissionError as error:
        raise ReadError(f"{path}: may not be read; check its permissions") from error
    except (OSError, ValueError) as error:
        raise ReadError(f"{path}: cannot be read ({error})") from error


def name_binary(data: bytes) -> str | None:
    """Return what a file that is not text looks like ("a PDF file"), or nothing for text."""
    head = data[:_SNIFFED]
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if any(data.startswith(bom) for bom, _ in _BOMS):
        return None
    if b"\0" in data:
        return "a binary file (it holds NUL bytes)"
    controls = len(_CONTROL.findall(head))
    return "a binary file" if controls > _MOST_CONTROLS * len(head) else None


def decode_text(data: bytes, name: str) -> tuple[str, tuple[Notice, ...]]:
    """Return the text of a text file, and what there is to say about its encoding.

    UTF-8, or UTF-16 and UTF-32 with a byte order mark. Other encodings are refused and not
    guessed: a wrong guess would quote words that the report does not hold, and converting a
    file takes one command, which the message gives.

    Raises:
        UnsupportedFormatError: the file is no text.
        ReadError: it is text in another encoding, or damaged.
    """
    if looks_like := name_binary(data):
        raise UnsupportedFormatError(
            f"{name}: not a text file but {looks_like}; give the file its right suffix, "
            "or save it as text in UTF-8"
        )
    bom, encoding = next((b for b in _BOMS if data.startswith(b[0])), (b"", "utf-8"))
    try:
        text = data[len(bom) :].decode(encoding)
    except UnicodeDecodeError as error:
        offset = error.start + len(bom)
        raise ReadError(_describe_damage(data, name, encoding, offset)) from error
    return text.replace("\0", ""), _notice_lost_letters(text, name)


def _notice_lost_letters(text: str, name: str) -> tuple[Notice, ...]:
    """Say where letters were lost before the file came here: U+FFFD or NUL stand for them."""
    lost = _LOST.search(text)
    if not lost:
        return ()
    line = text.count("\n", 0, lost.start()) + 1
    message = (
        f"{name}: {len(_LOST.findall(text))} unreadable characters (U+FFFD or NUL), the first "
        f"in line {line}: the file was damaged before it came here"
    )
    return (Notice(NoticeKind.BAD_ENCODING, message),)


def _describe_damage(data: bytes, name: str, encoding: str, offset: int) -> str:
    line = data.count(b"\n", 0, offset) + 1
    place = (
        f"{name}: not valid {encoding.upper()} at byte {offset} (0x{data[offset]:02x}), line {line}"
    )
    try:
        meant = data[offset : offset + 1].decode("cp1252")
    except UnicodeDecodeError:
        meant = ""
    if encoding != "utf-8" or not meant:
        return f"{place}; save the file again as UTF-8"
    return (
        f"{place}; save the file again as UTF-8. If it was saved as Windows-1252 (“ANSI”), "
        f"where this byte is “{meant}”: iconv -f WINDOWS-1252 -t UTF-8 {name} > NEW"
    )
