"""The formats of an evidence pack, and what makes one of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from app.pack_csv import write_csv
from app.pack_docx import write_docx
from app.pack_json import write_json
from app.pack_markdown import write_markdown
from app.pack_references import write_bibtex, write_csl
from app.packing import Origin, Pack, Shelf, Wanted, make_pack, name_pack
from index.folder import IndexFolder
from ingest.errors import SettingError

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class Format:
    """A format.

    Attributes:
        media_type: as HTTP names it.
        write: makes the file's content.
    """

    media_type: str
    write: Callable[[Pack], bytes]


@dataclass(frozen=True, slots=True)
class PackFile:
    """A written pack."""

    name: str
    media_type: str
    content: bytes


def _encode(write: Callable[[Pack], str]) -> Callable[[Pack], bytes]:
    return lambda pack: write(pack).encode("utf-8")


FORMATS: Mapping[str, Format] = {
    "docx": Format(_WORD, write_docx),
    "md": Format("text/markdown; charset=utf-8", _encode(write_markdown)),
    "csv": Format("text/csv; charset=utf-8", _encode(write_csv)),
    "json": Format("application/json", _encode(write_json)),
    "bib": Format("application/x-bibtex; charset=utf-8", _encode(write_bibtex)),
    "csl.json": Format("application/vnd.citationstyles.csl+json", _encode(write_csl)),
}


def find_format(name: str) -> str:
    """Return the format that a file name or suffix asks for.

    Raises:
        SettingError: there is none.
    """
    for suffix in sorted(FORMATS, key=len, reverse=True):
        if name.casefold() == suffix or name.casefold().endswith(f".{suffix}"):
            return suffix
    raise SettingError(f"{name}: an evidence pack is written as {', '.join(FORMATS)}")


def write_pack(
    folder: IndexFolder, shelf: Shelf, wanted: Sequence[Wanted], suffix: str
) -> PackFile:
    """Gather passages and write them.

    Raises:
        SettingError: there is no such format, or a place is not in its report.
        ReportNotFoundError: a report is not in the index.
        IndexStoreError: the index cannot be read.
    """
    kind = FORMATS[find_format(suffix)]
    made = datetime.now(UTC).isoformat(timespec="seconds")
    pack = make_pack(shelf, wanted, Origin(made, version("reportqa"), folder.manifest()))
    return PackFile(name_pack(pack, suffix), kind.media_type, kind.write(pack))
