"""Hashes that say what a figure was measured with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from index.model import find_model, fingerprint
from ingest.report import Report

_COUNTED = {".py", ".json", ".onnx"}


@lru_cache(maxsize=1)
def hash_code() -> str:
    """Return the SHA-256 over the files of `ingest` and `index`: what builds and asks an index."""
    digest = hashlib.sha256(version("reportqa").encode())
    for package in ("ingest", "index"):
        root = Path(str(files(package)))
        for path in sorted(root.rglob("*")):
            if path.suffix in _COUNTED and path.is_file():
                digest.update(f"{package}/{path.relative_to(root).as_posix()}\0".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def hash_model(name: str) -> str:
    """Return the fingerprint of an encoder's files.

    Raises:
        EncoderError: no such model is on this machine.
    """
    return fingerprint(find_model(name))


def hash_reports(reports: Iterable[Report]) -> str:
    """Return the SHA-256 over the reports, in any order."""
    return hash_ids(report.id for report in reports)


def hash_ids(ids: Iterable[str]) -> str:
    """Return the SHA-256 over report ids, in any order."""
    return hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()
