"""One uploaded file becomes a report of the index, or is told why not; and a report goes again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

from app.library_files import LibraryFiles, Upload, describe_excess
from index.build import Source, Watch, add_reports, remove_reports
from index.catalogue import ReportSummary
from index.folder import IndexFolder
from index.library import find_summary, list_summaries
from index.settings import Settings
from ingest.errors import (
    IndexBusyError,
    IndexMissingError,
    LockedFileError,
    ModelMismatchError,
    ReadError,
    ReportNotFoundError,
    ReportQAError,
)
from ingest.registry import FORMATS, read_report
from ingest.report import Notice, Report
from ingest.source import ReadOptions

_log = logging.getLogger("reportqa")
_TERMINAL = "the terminal that ReportQA runs in says more"
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz")

Progress = Callable[[str, int, int], None]
Verb = Literal["added", "present", "removed"]


@dataclass(frozen=True, slots=True)
class Shelved:
    """What came of one file or one removal.

    Attributes:
        verb: "present" where the report was there already.
        report: its id.
        title: as cited.
        source: file name; of the one that was there already where the verb says so.
        pages: 0 where the format has none.
        pages_read: how many of them gave their text.
        passages: how many it was cut into.
        notices: what could not be read, with the page where it has one.
        namesakes: titles of other reports that came from a file of the same name.
    """

    verb: Verb
    report: str
    title: str
    source: str
    pages: int
    pages_read: int
    passages: int
    notices: tuple[tuple[int | None, str], ...] = ()
    namesakes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Library:
    """The index that files are put into.

    Attributes:
        folder: the index.
        settings: what it was built with.
        reading: how files are read.
    """

    folder: IndexFolder
    settings: Settings
    reading: ReadOptions = field(default_factory=ReadOptions)

    @property
    def files(self) -> LibraryFiles:
        """Its uploaded files."""
        return LibraryFiles(self.folder.path)

    def summaries(self) -> tuple[ReportSummary, ...]:
        """Return its reports; an index that does not exist yet has none.

        Raises:
            IndexCorruptError: its catalogue is missing or damaged.
        """
        try:
            return list_summaries(self.folder)
        except IndexMissingError:
            return ()


def shelve(library: Library, upload: Upload, progress: Progress) -> Shelved:
    """Read an uploaded file, keep it and add it to the index.

    A report whose very words are in the index already is not added again.

    Raises:
        ReadError: it cannot be read as a report; the message names no folder of this machine.
        IndexStoreError: the index cannot be read or written.
        EncoderError: the encoder cannot be loaded.
    """
    progress("Reading", 0, 0)
    report = _read(library, upload, progress)
    if twin := _find_twin(library, report):
        if twin.path == str(library.files.place(upload)):
            library.files.keep(upload)  # in place of a copy that somebody deleted
        return _describe("present", twin)
    kept = library.files.keep(upload)
    watch = Watch(lambda: progress("Waiting", 0, 0), progress)
    try:
        add_reports(library.folder, [Source(report, str(kept))], library.settings, watch)
    except Exception:
        if all(one.path != str(kept) for one in library.summaries()):
            library.files.discard(kept)
        raise
    summaries = library.summaries()
    namesakes = [s.title for s in summaries if s.source == report.source and s.id != report.id]
    return _describe("added", find_summary(summaries, report.id), namesakes)


def unshelve(library: Library, report: str, progress: Progress) -> Shelved:
    """Remove a report by its id, and its file where that was uploaded.

    Raises:
        ReportNotFoundError: it is not in the index.
        IndexStoreError: the index cannot be read or written.
        EncoderError: the encoder cannot be loaded.
    """
    progress("Removing", 0, 0)
    summary = next((one for one in library.summaries() if one.id == report), None)
    if summary is None:
        raise ReportNotFoundError("it is not in the index any more")
    watch = Watch(lambda: progress("Waiting", 0, 0))
    remove_reports(library.folder, [report], library.settings, watch)
    library.files.discard(Path(summary.path))
    return _describe("removed", summary)


def check_file(name: str, size: int, reading: ReadOptions) -> str | None:
    """Return why a file is not worth sending, by its name and size in bytes; else nothing."""
    suffix = Path(name).suffix.lower()
    if suffix in _ARCHIVES:
        return "archives are not unpacked: unpack it, then drop the folder"
    known = [one for kind in FORMATS for one in kind.suffixes]
    if suffix not in known:
        found = f"{suffix} files are not read" if suffix else "a file without suffix is not read"
        return f"{found}; ReportQA reads {', '.join(kind.name for kind in FORMATS)}"
    if size > reading.max_bytes:
        return describe_excess(size, reading.max_bytes)
    return None


def explain(error: Exception) -> str:
    """Return what to show for an error, and log what is not shown: a path, a trace."""
    match error:
        case ReadError() | ReportNotFoundError():
            return str(error)
        case IndexBusyError():
            reason = "another program is writing to the index; try again when it is done"
        case ModelMismatchError():
            reason = f"the index was built with another model; {_TERMINAL}"
        case ReportQAError():
            reason = f"the index could not be read or written; {_TERMINAL}"
        case _:
            _log.error("unexpected error while adding or removing a report", exc_info=error)
            return f"something went wrong; {_TERMINAL}"
    _log.error("%s", error)
    return reason


def shelved_from_json(stored: dict[str, Any]) -> Shelved:
    """Return what `dataclasses.asdict` and JSON made of a `Shelved`."""
    notices = tuple((page, message) for page, message in stored["notices"])
    return Shelved(**stored | {"notices": notices, "namesakes": tuple(stored["namesakes"])})


def _read(library: Library, upload: Upload, progress: Progress) -> Report:
    path = library.files.find(upload)
    try:
        report = read_report(path, library.reading, partial(progress, "Reading"))
    except LockedFileError as error:
        raise LockedFileError(
            "it is encrypted: save a copy without its password, then drop that"
        ) from error
    except ReadError as error:
        raise type(error)(_clean(str(error), path)) from error
    safe, shown = Path(upload.safe_name).stem, Path(upload.source).stem
    return replace(
        report,
        source=upload.source,
        title=shown if report.title == safe else report.title,
        notices=tuple(_clean_notice(notice, path) for notice in report.notices),
    )


def _clean(message: str, path: Path) -> str:
    """Return a message about a file without the name that it begins with, nor its folder."""
    for name in (str(path), path.name):
        message = message.removeprefix(f"{name}: ")
    return message.replace(str(path), path.name)


def _clean_notice(notice: Notice, path: Path) -> Notice:
    words = _clean(notice.message, path).removeprefix(f"page {notice.page}: ")
    return replace(notice, message=words)


def _find_twin(library: Library, report: Report) -> ReportSummary | None:
    """Return the report of the index that has the very same words."""
    try:
        catalogue = library.folder.catalogue()
    except IndexMissingError:
        return None
    with closing(catalogue):
        alike = (
            summary
            for position, summary in enumerate(catalogue.summaries())
            if summary.pages == len(report.pages) and catalogue.text(position) == report.text
        )
        return next(alike, None)


def _describe(verb: Verb, summary: ReportSummary, namesakes: Sequence[str] = ()) -> Shelved:
    return Shelved(
        verb=verb,
        report=summary.id,
        title=summary.title,
        source=summary.source,
        pages=summary.pages,
        pages_read=summary.pages_read,
        passages=summary.passages,
        notices=tuple((notice.page, notice.message) for notice in summary.notices),
        namesakes=tuple(namesakes),
    )
