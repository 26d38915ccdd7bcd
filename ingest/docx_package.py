"""Opens the package that a DOCX file is, and refuses what is dangerous or something else."""

from __future__ import annotations

import io
import lzma
import posixpath
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.docx_xml import parse_xml
from ingest.errors import ReadError, TooLargeError, UnsupportedFormatError
from ingest.source import MEBIBYTE, name_binary

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# What a compound file of the Office of 1997 to 2003 holds; a document may embed the others.
_OLD = (
    ("WordDocument", "a Word 97-2003 document: save it as .docx"),
    ("PowerPoint Document", "a PowerPoint 97-2003 presentation; save it as PDF"),
    ("Workbook", "an Excel workbook; save it as PDF"),
)
# What zipfile and its decompressors raise over a damaged archive, a name that is no UTF-8 and an
# offset before the file among it.
_DAMAGES = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    ArithmeticError,
    EOFError,
    NotImplementedError,
    OSError,
    ValueError,
)
_MOST_ENTRIES = 20_000
# Text in XML packs 5 to 30 times; a bomb of zeros 1,000 times and more.
_HIGHEST_RATIO = 200
_HARMLESS = 32 * MEBIBYTE
_LARGEST = 1024 * MEBIBYTE
# ISO/IEC 29500 Strict names the same elements by other addresses.
_STRICT = tuple(
    (f"purl.oclc.org/ooxml/{old}".encode(), f"schemas.openxmlformats.org/{new}".encode())
    for old, new in (
        ("wordprocessingml/main", "wordprocessingml/2006/main"),
        ("officeDocument/", "officeDocument/2006/"),
        ("drawingml/", "drawingml/2006/"),
    )
)
_OTHERS = (
    ("xl/", "an Excel workbook"),
    ("ppt/", "a PowerPoint presentation"),
    ("META-INF/container.xml", "an EPUB book"),
    ("META-INF/manifest.xml", "an OpenDocument file"),
)


@dataclass(frozen=True, slots=True)
class DocxPackage:
    """The parts of a DOCX file that hold words or say how they print; nothing where absent."""

    document: Element
    styles: Element | None = None
    numbering: Element | None = None
    footnotes: Element | None = None
    endnotes: Element | None = None
    settings: Element | None = None
    core: Element | None = None


def open_package(data: bytes, name: str, password: str | None = None) -> DocxPackage:
    """Return the parts of the DOCX file that `data` is.

    A file under a password is decrypted first, and then held to the limits of any other.

    Only the parts that are needed are unpacked, after their sizes have been checked, so that
    a broken link to a picture does no harm.

    Raises:
        UnsupportedFormatError: it is no Word document.
        TooLargeError: it would unpack to far more than its size.
        LockedFileError: it is protected by a password, and the one given does not open it.
        ReadError: it is damaged, or has external entities.
    """
    if data.startswith(_OLE):
        data = _open_container(data, name, password)
    if not data.startswith(b"PK"):
        found = name_binary(data) or "text"
        raise UnsupportedFormatError(
            f"{name}: not a DOCX file but {found}; give the file its right suffix"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _require_sane(archive, len(data), name)
            return _read_parts(archive, name)
    except _DAMAGES as error:
        raise ReadError(
            f"{name}: the file is damaged or was cut short ({error}); copy or download it again"
        ) from error


def _open_container(data: bytes, name: str, password: str | None) -> bytes:
    """Return the DOCX file inside a compound file, which old documents are too."""
    # This first: beside the encrypted package Word 2008 for Mac leaves a "WordDocument".
    if _ENCRYPTED in data:
        from ingest.docx_locked import unlock

        return unlock(data, name, password)
    for stream, what in _OLD:
        if stream.encode("utf-16-le") in data:
            raise UnsupportedFormatError(f"{name}: not a DOCX file; this is {what}")
    raise UnsupportedFormatError(
        f"{name}: not a DOCX file but an old Microsoft Office file (DOC, XLS or PPT); "
        "save it as DOCX"
    )


def _require_sane(archive: zipfile.ZipFile, size: int, name: str) -> None:
    """Refuse a bomb by what the archive declares: zipfile never unpacks more than that."""
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > _MOST_ENTRIES or unpacked > max(_HARMLESS, _HIGHEST_RATIO * size):
        raise TooLargeError(
            f"{name}: {size / MEBIBYTE:,.1f} MiB that would unpack to "
            f"{unpacked / MEBIBYTE:,.0f} MiB in {len(entries):,} parts; that is no report"
        )
    if unpacked > _LARGEST:
        raise TooLargeError(
            f"{name}: unpacks to {unpacked / MEBIBYTE:,.0f} MiB, more than the limit of "
            f"{_LARGEST / MEBIBYTE:,.0f} MiB; split the file"
        )
    if any(entry.flag_bits & 1 for entry in entries):
        raise ReadError(f"{name}: its parts are encrypted; save it without a password")


def _read_parts(archive: zipfile.ZipFile, name: str) -> DocxPackage:
    top = _relations(archive, "", name)
    main = top.get("officeDocument", "word/document.xml")
    document = _parse(archive, main, name)
    if document is None or document.tag != f"{W}document":
        raise _describe_other(archive, main, name, found=document is not None)
    parts = _relations(archive, main, name)

    def parse(relation: str) -> Element | None:
        return _parse(archive, parts[relation], name) if relation in parts else None

    return DocxPackage(
        document,
        styles=parse("styles"),
        numbering=parse("numbering"),
        footnotes=parse("footnotes"),
        endnotes=parse("endnotes"),
        settings=parse("settings"),
        core=_parse(archive, top.get("core-properties", "docProps/core.xml"), name),
    )


def _describe_other(
    archive: zipfile.ZipFile, main: str, name: str, *, found: bool
) -> UnsupportedFormatError | ReadError:
    names = archive.namelist()
    for start, what in _OTHERS:
        if any(entry.startswith(start) for entry in names):
            return UnsupportedFormatError(
                f"{name}: not a DOCX file but {what}; save it as DOCX or PDF"
            )
    if "[Content_Types].xml" not in names:
        return UnsupportedFormatError(
            f"{name}: a ZIP archive without a Word document; unpack it and add what it holds"
        )
    problem = "is no Word document" if found else "is missing"
    return ReadError(f"{name}: its main part {main} {problem}; export or download it again")


def _relations(archive: zipfile.ZipFile, part: str, name: str) -> dict[str, str]:
    """Return the parts that `part` is related to, by the last word of the relation's type."""
    folder, base = posixpath.split(part)
    root = _parse(archive, posixpath.join(folder, "_rels", f"{base}.rels"), name)
    found: dict[str, str] = {}
    for relation in root if root is not None else ():
        if relation.get("TargetMode") != "External":
            kind = (relation.get("Type") or "").rpartition("/")[2]
            target = posixpath.join("/", folder, relation.get("Target") or "")
            found.setdefault(kind, posixpath.normpath(target).lstrip("/"))
    return found


def _parse(archive: zipfile.ZipFile, part: str, name: str) -> Element | None:
    """Return the root of an XML part, nothing where there is no such part."""
    try:
        content = archive.read(part)
    except KeyError:
        return None
    for strict, transitional in _STRICT:
        content = content.replace(strict, transitional)
    return parse_xml(content, part, name)
