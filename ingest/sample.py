"""The report that ships with ReportQA, to try it on with no download."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def sample_reports() -> tuple[Path, ...]:
    """Return the shipped reports' files, sorted by name; their licence is not among them."""
    folder = Path(str(files("ingest"))) / "sample"
    return tuple(sorted(path for path in folder.glob("*.md") if path.stem.islower()))
