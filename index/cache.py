"""Vectors that were computed before, by text and model, so that nothing is embedded twice."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.encoder import Encoder, Vectors
from index.late import Packed, pack_tokens, packed_width
from ingest.errors import IndexStoreError

# What is embedded between two writes: after a kill at most this much is done again.
_BATCH = 256
_LOOKUP = 500

_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (
  model TEXT NOT NULL,
  text BLOB NOT NULL,
  vector BLOB NOT NULL,
  PRIMARY KEY (model, text)
) WITHOUT ROWID
"""
_TOKENS_SCHEMA = """
CREATE TABLE IF NOT EXISTS tokens (
  model TEXT NOT NULL,
  text BLOB NOT NULL,
  packed BLOB NOT NULL,
  PRIMARY KEY (model, text)
)
"""


def hash_text(text: str) -> bytes:
    """Return the 32 bytes under which a text's vector is kept."""
    return hashlib.sha256(text.encode()).digest()


class VectorCache:
    """A SQLite file of vectors. Losing it costs time, never an answer."""

    def __init__(self, path: Path) -> None:
        """Open the cache; a damaged one is thrown away and begun anew.

        Raises:
            IndexStoreError: the folder cannot be written.
        """
        try:
            self._database = _open(path)
        except sqlite3.DatabaseError:
            self._database = _reopen(path)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def encode(
        self, encoder: Encoder, texts: Sequence[str], advance: Callable[[int], None]
    ) -> Vectors:
        """Return the vector of each text, embedding only those never seen.

        Args:
            encoder: the model.
            texts: each within the encoder's limit.
            advance: called with how many more texts are done.

        Returns:
            float32, shape (texts, encoder.dimension).
        """
        keys = [hash_text(text) for text in texts]
        vectors = np.zeros((len(texts), encoder.dimension), dtype=np.float32)
        known = self._find(encoder, set(keys))
        missing: dict[bytes, str] = {}
        for row, key in enumerate(keys):
            if key in known:
                vectors[row] = known[key]
            else:
                missing[key] = texts[row]
        advance(len(texts) - sum(key in missing for key in keys))
        fresh = self._embed(encoder, missing, advance)
        for row, key in enumerate(keys):
            if key in fresh:
                vectors[row] = fresh[key]
        return vectors

    def embed(
        self, encoder: Encoder, texts: Sequence[str], advance: Callable[[int], None]
    ) -> tuple[Vectors, list[Packed]]:
        """Return the vector and the packed tokens of each text, as `encode` does.

        Returns:
            float32, shape (texts, encoder.dimension); int8, shape (tokens, width), each.
        """
        keys = {hash_text(text): text for text in texts}
        packed = self._find_tokens(encoder, set(keys))
        known = packed.keys() & self._find(encoder, set(packed)).keys()
        missing = {key: text for key, text in keys.items() if key not in known}
        packed |= self._embed_tokens(encoder, missing, advance)
        vectors = self.encode(encoder, texts, _ignore)
        advance(len(texts) - len(missing))
        return vectors, [packed[hash_text(text)] for text in texts]

    def keep_only(self, texts: Iterable[str]) -> None:
        """Forget the vectors of all other texts: what was removed leaves no trace here."""
        with self._database:
            self._database.execute("CREATE TEMP TABLE used (text BLOB PRIMARY KEY) WITHOUT ROWID")
            self._database.executemany(
                "INSERT OR IGNORE INTO used VALUES (?)", ((hash_text(text),) for text in texts)
            )
            self._database.execute("DELETE FROM vectors WHERE text NOT IN (SELECT text FROM used)")
            self._database.execute("DELETE FROM tokens WHERE text NOT IN (SELECT text FROM used)")
            self._database.execute("DROP TABLE used")

    def _find(self, encoder: Encoder, keys: set[bytes]) -> dict[bytes, Vectors]:
        size = encoder.dimension * 4
        found: dict[bytes, Vectors] = {}
        for part in _parts(sorted(keys), _LOOKUP):
            marks = ",".join("?" * len(part))
            rows = self._database.execute(
                f"SELECT text, vector FROM vectors WHERE model = ? AND text IN ({marks})",  # noqa: S608
                (encoder.fingerprint, *part),
            )
            found |= {
                key: np.frombuffer(blob, dtype="<f4") for key, blob in rows if len(blob) == size
            }
        return found

    def _find_tokens(self, encoder: Encoder, keys: set[bytes]) -> dict[bytes, Packed]:
        width = packed_width(encoder.dimension)
        found: dict[bytes, Packed] = {}
        for part in _parts(sorted(keys), _LOOKUP):
            marks = ",".join("?" * len(part))
            rows = self._database.execute(
                f"SELECT text, packed FROM tokens WHERE model = ? AND text IN ({marks})",  # noqa: S608
                (encoder.fingerprint, *part),
            )
            found |= {
                key: np.frombuffer(blob, dtype=np.int8).reshape(-1, width)
                for key, blob in rows
                if blob and len(blob) % width == 0
            }
        return found

    def _embed_tokens(
        self, encoder: Encoder, missing: dict[bytes, str], advance: Callable[[int], None]
    ) -> dict[bytes, Packed]:
        fresh: dict[bytes, Packed] = {}
        for part in _parts(sorted(missing, key=lambda key: len(missing[key])), _BATCH):
            made = encoder.embed_texts([missing[key] for key in part], advance)
            packed = [pack_tokens(embedding.tokens) for embedding in made]
            self._write("vectors", encoder, part, [e.vector.astype("<f4") for e in made])
            self._write("tokens", encoder, part, packed)
            fresh.update(zip(part, packed, strict=True))
        return fresh

    def _write(
        self,
        table: str,
        encoder: Encoder,
        keys: Sequence[bytes],
        arrays: Sequence[npt.NDArray[Any]],
    ) -> None:
        rows = [
            (encoder.fingerprint, key, array.tobytes())
            for key, array in zip(keys, arrays, strict=True)
        ]
        with self._database:
            self._database.executemany(f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?)", rows)  # noqa: S608

    def _embed(
        self, encoder: Encoder, missing: dict[bytes, str], advance: Callable[[int], None]
    ) -> dict[bytes, Vectors]:
        fresh: dict[bytes, Vectors] = {}
        for part in _parts(sorted(missing, key=lambda key: len(missing[key])), _BATCH):
            vectors = encoder.encode_texts([missing[key] for key in part], advance)
            self._write("vectors", encoder, part, [vector.astype("<f4") for vector in vectors])
            fresh.update(zip(part, vectors, strict=True))
        return fresh


def _open(path: Path) -> sqlite3.Connection:
    try:
        database = sqlite3.connect(path)
    except sqlite3.OperationalError as error:
        raise IndexStoreError(f"the index folder {path.parent} cannot be written") from error
    try:
        database.execute(_SCHEMA)
        database.execute(_TOKENS_SCHEMA)
        database.execute("SELECT count(*) FROM (SELECT 1 FROM vectors LIMIT 1)").fetchone()
    except sqlite3.DatabaseError:
        database.close()
        raise
    return database


def _reopen(path: Path) -> sqlite3.Connection:
    try:
        path.unlink(missing_ok=True)
        return _open(path)
    except (OSError, sqlite3.DatabaseError) as error:
        raise IndexStoreError(
            f"the vector cache {path} is damaged and cannot be replaced: delete it ({error})"
        ) from error


def _ignore(_done: int) -> None:
    return


def _parts(items: Sequence[bytes], size: int) -> Iterator[Sequence[bytes]]:
    for first in range(0, len(items), size):
        yield items[first : first + size]
