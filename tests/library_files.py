"""Puts files into a library and takes them out again, as the page does."""

from __future__ import annotations

from pathlib import Path

from app.library_files import Upload
from app.shelving import Library, Shelved, shelve, unshelve
from index.folder import IndexFolder
from index.settings import Settings
from ingest.source import ReadOptions

LIMIT = 2**20
HARBOUR = "# Harbours\n\nThe harbour of Whitby is deep enough for herring boats.\n"


def make_library(folder: Path) -> Library:
    """An empty library that takes files of up to 1 MiB."""
    return Library(IndexFolder(folder / "index"), Settings(), ReadOptions(max_bytes=LIMIT))


def receive(library: Library, name: str, data: bytes | str) -> Upload:
    content = data.encode() if isinstance(data, str) else data
    with library.files.receive(name, LIMIT) as arrival:
        arrival.write(content)
        return arrival.finish()


def put(library: Library, name: str, data: bytes | str) -> Shelved:
    upload = receive(library, name, data)
    try:
        return shelve(library, upload, lambda _stage, _done, _total: None)
    finally:
        library.files.release(upload)


def take_out(library: Library, report: str) -> Shelved:
    return unshelve(library, report, lambda _stage, _done, _total: None)


def kept_files(library: Library) -> list[str]:
    root = library.folder.path / "files"
    return sorted(str(p.relative_to(root)) for p in root.rglob("*") if p.is_file())
