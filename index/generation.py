"""One generation of an index: a folder of files that are written once and never changed."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.catalogue import Catalogue, write_catalogue
from index.encoder import Encoder, Vectors
from index.entry import ReportEntry
from index.late import Packed
from index.lexical import LexicalIndex, build_lexical_index, load_lexical_index
from index.model import hash_file
from index.settings import Settings
from index.terms import TermTable, build_term_table
from index.vectors import FaissStore, build_store, load_store
from ingest.errors import IndexCorruptError, IndexStoreError
from ingest.passage import PassageSettings

FORMAT = 2
_MANIFEST = "manifest.json"
CATALOGUE = "catalogue.sqlite3"
_PASSAGES = "passages.faiss"
_WINDOW_OWNERS = "window_owners.npy"
_SENTENCES = "sentences.npy"
_WORDS = "words"
_TERMS = "terms.npy"
_TERM_STARTS = "term_starts.npy"
_TOKENS = "tokens.npy"
_STATE_STARTS = "token_starts.npy"
# Hashing this much on opening takes some 50 ms; a larger index is held to its file sizes.
_HASH_LIMIT = 64 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation was made with.

    Attributes:
        model: the encoder's name in the settings.
        fingerprint: the encoder's fingerprint.
        dimension: length of a vector.
        passages: how reports were cut.
        created: ISO 8601, UTC.
    """

    model: str
    fingerprint: str
    dimension: int
    passages: PassageSettings
    created: str


@dataclass(frozen=True, slots=True)
class GenerationVectors:
    """What the encoder made of the reports.

    Attributes:
        windows: float32, shape (windows, dimension).
        owners: int64, shape (windows,): the passage of each window, ascending.
        sentences: float32, shape (sentences, dimension).
        tokens: for each window int8, shape (tokens, width), as `index.late` packs them.
    """

    windows: Vectors
    owners: npt.NDArray[np.int64]
    sentences: Vectors
    tokens: Sequence[Packed]


class Generation:
    """An opened generation. It stays whole in memory and open files however the index moves on."""

    def __init__(self, folder: Path) -> None:
        """Open and check the files.

        Raises:
            IndexCorruptError: a file is missing, cut short or changed.
        """
        description = _read_description(folder)
        _check_files(folder, description["files"])
        self.manifest = _parse_manifest(folder, description)
        self.catalogue = Catalogue(folder / CATALOGUE)
        self.store: FaissStore = load_store(folder / _PASSAGES)
        self.window_owners: npt.NDArray[np.int64] = _load_array(folder / _WINDOW_OWNERS)
        self.sentences: Vectors = _load_array(folder / _SENTENCES)
        self.sentence_owners = self.catalogue.owners()
        self.passages = int(description["passages"])
        self.words: LexicalIndex = load_lexical_index(folder / _WORDS, self.passages)
        self.terms = TermTable(_load_array(folder / _TERMS), _load_array(folder / _TERM_STARTS))
        self.tokens: Packed = _load_array(folder / _TOKENS)
        self.token_starts: npt.NDArray[np.int64] = _load_array(folder / _STATE_STARTS)
        if not self._is_consistent():
            raise IndexCorruptError(f"the files in {folder} do not belong together")

    def close(self) -> None:
        """Close the open files."""
        self.catalogue.close()

    def _is_consistent(self) -> bool:
        windows, sentences = len(self.window_owners), len(self.sentence_owners)
        return (
            len(self.store) == windows == len(self.token_starts) - 1
            and len(self.sentences) == sentences == len(self.terms.starts) - 1
            and len(self.tokens) == self.token_starts[-1]
            and len(self.terms.terms) == self.terms.starts[-1]
        )


def read_manifest(folder: Path) -> Manifest:
    """Return what a generation was made with.

    Raises:
        IndexCorruptError: its manifest is missing or damaged.
    """
    return _parse_manifest(folder, _read_description(folder))


def write_generation(
    folder: Path,
    entries: Sequence[ReportEntry],
    vectors: GenerationVectors,
    encoder: Encoder,
    settings: Settings,
) -> None:
    """Write a whole generation into an empty folder and sync it to the disk.

    Raises:
        IndexStoreError: the disk is full or cannot be written.
    """
    try:
        write_catalogue(folder / CATALOGUE, entries)
        build_store(vectors.windows).save(folder / _PASSAGES)
        np.save(folder / _WINDOW_OWNERS, vectors.owners, allow_pickle=False)
        np.save(folder / _SENTENCES, vectors.sentences, allow_pickle=False)
        words = [p.words(entry.report.text) for entry in entries for p in entry.passages]
        lexical = build_lexical_index(words)
        lexical.save(folder / _WORDS)
        _write_terms(folder, build_term_table(_sentences(entries), lexical))
        _write_tokens(folder, vectors.tokens)
        _write_manifest(folder, len(words), encoder, settings)
        _sync(folder)
    except (OSError, sqlite3.Error) as error:
        raise IndexStoreError(f"the index in {folder.parent} cannot be written: {error}") from error


def _sentences(entries: Sequence[ReportEntry]) -> list[str]:
    return [
        place.span.of(entry.report.text)
        for entry in entries
        for passage in entry.passages
        for place in passage.sentences
    ]


def _write_terms(folder: Path, table: TermTable) -> None:
    np.save(folder / _TERMS, table.terms, allow_pickle=False)
    np.save(folder / _TERM_STARTS, table.starts, allow_pickle=False)


def _write_tokens(folder: Path, tokens: Sequence[Packed]) -> None:
    starts = np.cumsum([0, *map(len, tokens)], dtype=np.int64)
    np.save(folder / _TOKENS, np.concatenate(tokens), allow_pickle=False)
    np.save(folder / _STATE_STARTS, starts, allow_pickle=False)


def _write_manifest(folder: Path, passages: int, encoder: Encoder, settings: Settings) -> None:
    files = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    description = {
        "format": FORMAT,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "model": settings.model,
        "fingerprint": encoder.fingerprint,
        "dimension": encoder.dimension,
        "settings": asdict(settings.passages),
        "passages": passages,
        "files": {
            name: {"bytes": path.stat().st_size, "sha256": hash_file(path)}
            for name, path in files.items()
        },
    }
    (folder / _MANIFEST).write_text(json.dumps(description, indent=1), encoding="utf-8")


def _read_description(folder: Path) -> dict[str, Any]:
    path = folder / _MANIFEST
    try:
        description: dict[str, Any] = json.loads(path.read_text("utf-8"))
        found = description["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexCorruptError(f"the index file {path} is missing or damaged") from error
    if found != FORMAT:
        raise IndexCorruptError(
            f"the index in {folder.parent.parent} has format {found}, this version reads "
            f"{FORMAT}: build it again with 'reportqa ingest' into an empty folder"
        )
    return description


def _parse_manifest(folder: Path, description: dict[str, Any]) -> Manifest:
    try:
        return Manifest(
            model=description["model"],
            fingerprint=description["fingerprint"],
            dimension=int(description["dimension"]),
            passages=PassageSettings(**description["settings"]),
            created=description["created"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise IndexCorruptError(f"the index file {folder / _MANIFEST} is damaged") from error


def _check_files(folder: Path, files: dict[str, Any]) -> None:
    total = sum(int(known["bytes"]) for known in files.values())
    for name, known in files.items():
        path = folder / name
        try:
            whole = path.stat().st_size == known["bytes"] and (
                total > _HASH_LIMIT or hash_file(path) == known["sha256"]
            )
        except OSError as error:
            raise IndexCorruptError(f"the index file {path} is missing") from error
        if not whole:
            raise IndexCorruptError(f"the index file {path} is damaged")


def _load_array(path: Path) -> Any:  # noqa: ANN401  (the caller names the dtype)
    try:
        # As a plain array over the same pages: slicing a memmap costs ten times as much.
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except (OSError, ValueError, EOFError) as error:
        raise IndexCorruptError(f"the index file {path} is damaged") from error


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("*") if path.is_file())


def _sync(folder: Path) -> None:
    for path in [*_files(folder), *(p for p in folder.rglob("*") if p.is_dir()), folder]:
        sync_path(path)


def sync_path(path: Path) -> None:
    """Force a file or folder to the disk, where the platform can do it for folders."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
