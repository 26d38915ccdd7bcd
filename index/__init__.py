"""Passages become a searchable index, questions become hits.

from index import open_index

with open_index("my-index") as reports:
answer = reports.ask("What services does the Lighthouse bring together?")
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.search import Index
    from index.settings import Settings

__all__ = ["open_index"]


def open_index(directory: str | Path | None = None, settings: Settings | None = None) -> Index:
    """Open an index for questions.

    Args:
        directory: the index folder; without one, `REPORTQA_INDEX` or the user's data folder.
        settings: without them, those that the index was built with.

    Raises:
        IndexMissingError: there is no index in that folder.
        IndexCorruptError: its files are missing or damaged.
        ModelMismatchError: it was built with another encoder than the settings name.
        EncoderError: the encoder cannot be loaded.
    """
    from index.encoder import load_encoder
    from index.folder import IndexFolder
    from index.search import Index as OpenIndex
    from index.settings import Settings as IndexSettings
    from index.settings import default_index_dir

    folder = IndexFolder(Path(directory) if directory is not None else default_index_dir())
    if settings is None:
        made = folder.manifest()
        settings = IndexSettings(model=made.model, passages=made.passages)
    return OpenIndex(folder, settings, load_encoder(settings))
