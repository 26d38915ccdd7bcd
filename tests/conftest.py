"""Fixtures that several test files share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from index import open_index
from index.build import Source, add_reports
from index.encoder import Encoder, load_encoder
from index.folder import IndexFolder
from index.search import Index
from index.settings import Settings
from ingest.registry import read_report
from ingest.sample import sample_reports
from tests.browser import browser, page, site

__all__ = ["browser", "page", "site"]

# How long an example takes says more about the machine than about the code.
settings.register_profile("reportqa", deadline=None)
settings.load_profile("reportqa")


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The default encoder, loaded once."""
    return load_encoder(Settings())


@pytest.fixture(scope="session")
def sample_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the shipped report; tests only read it."""
    folder = tmp_path_factory.mktemp("sample index") / "index"
    sources = [Source(read_report(path), str(path)) for path in sample_reports()]
    add_reports(IndexFolder(folder), sources, Settings())
    return folder


@pytest.fixture
def sample_index(sample_dir: Path) -> Iterator[Index]:
    """That index, open."""
    with open_index(sample_dir) as opened:
        yield opened
