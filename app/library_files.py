"""Where uploaded files lie: in a waiting room until they are read, then with the index for good.

    INDEX/files/<first 16 digits of SHA-256>/<safe name>
    INDEX/files/.waiting/<token>/upload.json and <safe name>

An upload leaves the waiting room only when its job has ended, so a killed server finds there
what it had promised to read.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Self

from ingest.errors import IndexStoreError, TooLargeError
from ingest.source import MEBIBYTE

_RECORD = "upload.json"
_UNSAFE = re.compile(r'[<>:"/\\|?*]')
# Windows takes these for devices, whatever suffix follows.
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)")
# Every file system of today takes 255 bytes; a path of Windows in all only 260 letters.
_MOST_BYTES = 120
_MOST_SUFFIX = 16


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came in and waits to be read.

    Attributes:
        token: names its place in the waiting room.
        name: as whoever sent it names it, with its folders; hostile.
        digest: SHA-256 of what it holds, 64 hexadecimal digits.
    """

    token: str
    name: str
    digest: str

    @property
    def source(self) -> str:
        """The file's own name, as it is shown and cited."""
        return shown_name(self.name)

    @property
    def safe_name(self) -> str:
        """The name that it bears on this machine's disk."""
        return safe_name(self.name)


class LibraryFiles:
    """The uploaded files of one index."""

    def __init__(self, index: Path) -> None:
        """Name the index's folder; nothing is made yet."""
        self._root = index.absolute() / "files"
        self._waiting = self._root / ".waiting"

    def make_claim(self) -> Path:
        """Return the lock file of whoever looks after the waiting room; make its folder.

        Raises:
            OSError: the folder cannot be written.
        """
        self._waiting.mkdir(parents=True, exist_ok=True)
        return self._waiting / "claim.lock"

    def receive(self, name: str, limit: int) -> Arrival:
        """Open a place in the waiting room for a file of at most `limit` bytes.

        Raises:
            IndexStoreError: the folder cannot be written.
        """
        token = secrets.token_hex(8)
        folder = self._waiting / token
        try:
            folder.mkdir(parents=True)
            return Arrival(folder, name, limit)
        except OSError as error:
            raise _unwritable(error) from error

    def waiting(self) -> Iterator[Upload]:
        """Yield what came in whole and was not dealt with, oldest first; sweep the rest."""
        for folder in sorted(self._list_waiting(), key=_came_at):
            upload = _read_record(folder)
            if upload is None or not self.find(upload).is_file():
                shutil.rmtree(folder, ignore_errors=True)
            else:
                yield upload

    def find(self, upload: Upload) -> Path:
        """Return where the file lies now."""
        waiting = self._waiting / upload.token / upload.safe_name
        return waiting if waiting.is_file() else self.place(upload)

    def place(self, upload: Upload) -> Path:
        """Return where the file lies once it is kept for good."""
        return self._root / upload.digest[:16] / upload.safe_name

    def keep(self, upload: Upload) -> Path:
        """Move the file to its place for good, in one step, and return that.

        Raises:
            IndexStoreError: the folder cannot be written.
        """
        target = self.place(upload)
        waiting = self._waiting / upload.token / upload.safe_name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if waiting.is_file():
                waiting.replace(target)
        except OSError as error:
            raise _unwritable(error) from error
        return target

    def release(self, upload: Upload) -> None:
        """Forget an upload whose job has ended; what was kept of it stays."""
        shutil.rmtree(self._waiting / upload.token, ignore_errors=True)

    def discard(self, path: Path) -> bool:
        """Delete a kept file, and tell whether it was one; any other path is left alone."""
        folder = path.parent
        if folder.parent != self._root or folder == self._waiting or not path.is_file():
            return False
        with suppress(OSError):
            path.unlink()
            folder.rmdir()
        return not path.exists()

    def _list_waiting(self) -> list[Path]:
        if not self._waiting.is_dir():
            return []
        return [path for path in self._waiting.iterdir() if path.is_dir()]


class Arrival:
    """A file that is coming in; leaving the block before `finish` throws it away."""

    def __init__(self, folder: Path, name: str, limit: int) -> None:
        self._folder = folder
        self._name = name
        self._limit = limit
        self._hash = hashlib.sha256()
        self._size = 0
        self._finished = False
        self._file: BinaryIO = (folder / safe_name(name)).open("wb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        if not self._finished:
            shutil.rmtree(self._folder, ignore_errors=True)

    def write(self, data: bytes) -> None:
        """Take some more of the file.

        Raises:
            TooLargeError: it is larger than the limit.
            IndexStoreError: the disk is full, or may not be written.
        """
        self._size += len(data)
        if self._size > self._limit:
            raise TooLargeError(describe_excess(None, self._limit))
        self._hash.update(data)
        try:
            self._file.write(data)
        except OSError as error:
            raise _unwritable(error) from error

    def finish(self) -> Upload:
        """Close the file and return what is to be read.

        Raises:
            IndexStoreError: the disk is full, or may not be written.
        """
        upload = Upload(self._folder.name, self._name, self._hash.hexdigest())
        record = {"name": upload.name, "digest": upload.digest}
        try:
            self._file.close()
            fresh = self._folder / f"{_RECORD}.new"
            fresh.write_text(json.dumps(record), "utf-8")
            fresh.replace(self._folder / _RECORD)
        except OSError as error:
            raise _unwritable(error) from error
        self._finished = True
        return upload


def shown_name(name: str) -> str:
    """Return a file's name without its folders and without what no screen can show."""
    last = re.split(r"[/\\]", name)[-1].strip() or "unnamed"
    return "".join("�" if unicodedata.category(c) in ("Cc", "Cs") else c for c in last)


def safe_name(name: str) -> str:
    """Return a name for the same file that every file system takes and no program misreads."""
    last = unicodedata.normalize("NFC", shown_name(name))
    plain = "".join("_" if _is_unsafe(letter) else letter for letter in last).strip(". ")
    path = PurePosixPath(plain or "unnamed")
    suffix = path.suffix if len(path.suffix.encode()) <= _MOST_SUFFIX else ""
    stem = path.name.removesuffix(suffix).rstrip(". ") or "unnamed"
    if _DEVICES.match(stem) or f"{stem}{suffix}" == _RECORD:
        stem = f"_{stem}"
    room = _MOST_BYTES - len(suffix.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") + suffix


def describe_excess(size: int | None, limit: int) -> str:
    """Return why a file is too large."""
    most = f"the limit of {limit / MEBIBYTE:,.0f} MiB"
    found = "larger than" if size is None else f"{size / MEBIBYTE:,.0f} MiB, more than"
    return f"{found} {most}; split the file into parts"


def _is_unsafe(letter: str) -> bool:
    return bool(_UNSAFE.match(letter)) or not letter.isprintable()


def _read_record(folder: Path) -> Upload | None:
    try:
        record = json.loads((folder / _RECORD).read_text("utf-8"))
        return Upload(folder.name, str(record["name"]), str(record["digest"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _came_at(folder: Path) -> float:
    record = folder / _RECORD
    return (record if record.is_file() else folder).stat().st_mtime


def _unwritable(error: OSError) -> IndexStoreError:
    return IndexStoreError(
        f"the index's folder for files cannot be written ({error.strerror or error}): "
        "free some room there, or choose another with --index"
    )
