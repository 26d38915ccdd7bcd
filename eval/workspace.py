"""The temporary index of a collection that brings its own reports.

Embedding a collection takes minutes, so its index stays in the user's cache, under a name
made from everything that goes into it, and is built again, from cached vectors, when the code
changes. It can be deleted at any time.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import platformdirs

from eval.fingerprint import hash_code, hash_model, hash_reports
from index.build import Source, Watch, add_reports
from index.folder import IndexFolder
from index.settings import Settings
from ingest.errors import IndexStoreError
from ingest.report import Report

_STAMP = "made-by"


def default_cache() -> Path:
    """Return `REPORTQA_CACHE` or the user's cache, and in it the folder for evaluations."""
    chosen = os.environ.get("REPORTQA_CACHE")
    cache = Path(chosen) if chosen else platformdirs.user_cache_path("reportqa", appauthor=False)
    return cache / "evaluation"


def prepare_index(
    reports: Sequence[Report], settings: Settings, cache: Path, watch: Watch
) -> IndexFolder:
    """Return an index of exactly these reports, built now unless a like one is in the cache.

    Raises:
        IndexStoreError: the cache cannot be written.
        EncoderError: the encoder cannot be loaded.
    """
    folder = IndexFolder(cache / _name(reports, settings))
    stamp = folder.path / _STAMP
    if not (folder.exists() and _read(stamp) == hash_code()):
        _build(folder, reports, settings, watch)
        try:
            stamp.write_text(hash_code(), encoding="utf-8")
        except OSError as error:
            raise IndexStoreError(f"{stamp} cannot be written ({error.strerror})") from error
    return folder


def _build(
    folder: IndexFolder, reports: Sequence[Report], settings: Settings, watch: Watch
) -> None:
    # Another version's index, or a damaged one, is not even opened; the vectors stay.
    with folder.writing(watch.on_wait):
        folder.clear()
    # The path only tells one report from another here; no file is read from it.
    sources = [Source(report, f"{at}:{report.source}") for at, report in enumerate(reports)]
    add_reports(folder, sources, settings, watch)


def _name(reports: Sequence[Report], settings: Settings) -> str:
    made_of = f"{hash_reports(reports)} {hash_model(settings.model)} {asdict(settings.passages)}"
    return hashlib.sha256(made_of.encode()).hexdigest()[:32]


def _read(stamp: Path) -> str:
    try:
        return stamp.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
