"""Which reader reads which file: by its suffix, and by what it really holds."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from ingest.errors import ReadError, UnsupportedFormatError
from ingest.report import Report
from ingest.source import ReadOptions, load_head, name_binary

Reader = Callable[..., Report]
Pages = Callable[[int, int], None]
_SNIFFED = 4096
_COMPOUND = b"\xd0\xcf\x11\xe0"
_TAG = re.compile(rb"<[A-Za-z!?/]")


@dataclass(frozen=True, slots=True)
class Format:
    """A file format that can be read.

    Attributes:
        name: as people call it.
        suffixes: lower case, with the dot.
        sniff: tells from the first 4,096 bytes whether a file can be of this format.
        reader: "module:function", imported when the first such file is read. It takes the path
            and the options, and where pages are counted who wants to know how many are read.
        counts_pages: whether the reader can say how far it is.
    """

    name: str
    suffixes: tuple[str, ...]
    sniff: Callable[[bytes], bool]
    reader: str
    counts_pages: bool = False

    def load_reader(self) -> Reader:
        """Import the reader."""
        module, _, function = self.reader.partition(":")
        reader: Reader = getattr(import_module(module), function)
        return reader


def is_html(head: bytes) -> bool:
    """Tell whether a file that begins with `head` is an HTML page."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return start.startswith((b"<!doctype html", b"<html")) or (
        start.startswith(b"<?xml") and b"<html" in start
    )


def is_pdf(head: bytes) -> bool:
    """Tell whether a file that begins with `head` is a PDF; mail programs put lines above it."""
    return b"%PDF-" in head[:1024]


def _is_text(head: bytes) -> bool:
    return name_binary(head) is None and not is_html(head)


def _is_markup(head: bytes) -> bool:
    return name_binary(head) is None and bool(_TAG.search(head.replace(b"\0", b"")))


def _is_package(head: bytes) -> bool:
    """Tell a ZIP archive, or the container that a DOCX becomes under a password."""
    return head.startswith((b"PK\x03\x04", _COMPOUND))


FORMATS: tuple[Format, ...] = (
    Format(
        "Markdown",
        (".md", ".markdown", ".mdown", ".mkd"),
        _is_text,
        "ingest.markdown:read_markdown",
    ),
    Format("plain text", (".txt", ".text"), _is_text, "ingest.text:read_text"),
    Format("HTML", (".html", ".htm", ".xhtml"), _is_markup, "ingest.html:read_html"),
    Format("DOCX", (".docx", ".docm"), _is_package, "ingest.docx:read_docx"),
    Format("PDF", (".pdf",), is_pdf, "ingest.pdf:read_pdf", counts_pages=True),
)


def read_report(
    path: Path, options: ReadOptions | None = None, progress: Pages | None = None
) -> Report:
    """Read one file as a report.

    Args:
        path: the file; its suffix says which reader is meant, its content must agree.
        options: limits and the like; the defaults where not given.
        progress: called after each page, where the format has pages, with the number of pages
            read and of all pages.

    Raises:
        UnsupportedFormatError: no reader for the suffix, or the content is of another format.
        ReadError: the file cannot be read; its subclasses say why.
    """
    head = load_head(path, _SNIFFED)
    chosen = _by_suffix(path)
    if chosen is None:
        raise UnsupportedFormatError(_describe_unknown(path, head))
    if not chosen.sniff(head):
        raise UnsupportedFormatError(_describe_mismatch(path, chosen, head))
    more = (progress,) if progress and chosen.counts_pages else ()
    return chosen.load_reader()(path, options or ReadOptions(), *more)


def find_reports(paths: Iterable[Path]) -> list[Path]:
    """Return the files to read: each file named, and in each folder all that can be read.

    Folders are searched to the bottom, in the order of their names, hidden files and folders
    and those already seen left out.

    Raises:
        ReadError: a path is missing, or a folder cannot be listed or holds nothing readable.
    """
    found: dict[Path, None] = {}
    for path in paths:
        try:
            found.update(dict.fromkeys(_find(path)))
        except OSError as error:
            raise ReadError(f"{path}: cannot be searched ({error.strerror})") from error
    return list(found)


def _find(path: Path) -> list[Path]:
    if path.is_dir():
        return _search(path)
    if not path.exists():
        raise ReadError(f"{path}: no such file or folder; check the name")
    return [path]


def _search(folder: Path) -> list[Path]:
    files = list(_walk(folder))
    readable = [file for file in files if _by_suffix(file)]
    if not readable:
        raise ReadError(
            f"{folder}: nothing to read in this folder, {_census(files)}; {_readable()}"
        )
    return readable


def _walk(folder: Path) -> Iterator[Path]:
    """Yield visible files; a folder reached twice, as by a looping link, only once."""
    seen: set[tuple[int, int]] = set()
    for root, folders, files in os.walk(folder, followlinks=True, onerror=_refuse):
        status = Path(root).stat()
        identity = (status.st_dev, status.st_ino)
        if identity in seen:
            folders.clear()
            continue
        seen.add(identity)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(root, name) for name in sorted(files) if not name.startswith("."))


def _refuse(error: OSError) -> None:
    raise ReadError(f"{error.filename}: the folder cannot be listed ({error.strerror})") from error


def _by_suffix(path: Path) -> Format | None:
    suffix = path.suffix.lower()
    return next((known for known in FORMATS if suffix in known.suffixes), None)


def _census(files: list[Path]) -> str:
    counts = Counter(file.suffix.lower() or "without suffix" for file in files)
    kinds = ", ".join(f"{count} {suffix}" for suffix, count in counts.most_common(5))
    return f"only {kinds}" if kinds else "it is empty"


def _readable() -> str:
    known = (f"{known.name} ({', '.join(known.suffixes)})" for known in FORMATS)
    return f"ReportQA reads {', '.join(known)}"


def _describe_unknown(path: Path, head: bytes) -> str:
    if path.suffix.lower() in {".doc", ".dot"} and head.startswith(_COMPOUND):
        return f"{path}: this is a Word 97-2003 document: save it as .docx"
    return f"{path}: cannot read {path.suffix or 'a file without suffix'}; {_readable()}"


def _describe_mismatch(path: Path, chosen: Format, head: bytes) -> str:
    found = name_binary(head) or ("an HTML page" if is_html(head) else "text")
    return (
        f"{path}: named as {chosen.name}, but it holds {found}; "
        "give the file its right suffix, or export it again"
    )
