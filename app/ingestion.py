"""Reads files and puts them into an index; one bad file never keeps the others out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import typer

from app.console import name_notice, name_pages, watch_build
from app.library_files import LibraryFiles
from app.payload import SCHEMA_VERSION, summary_to_json
from index.build import Change, Source, Watch, add_reports, rebuild, remove_reports
from index.catalogue import ReportSummary
from index.folder import IndexFolder
from index.library import find_summary, list_summaries
from index.settings import Settings
from ingest.errors import IndexMissingError, ReadError, SettingError
from ingest.registry import find_reports, read_report
from ingest.sample import sample_reports
from ingest.source import ReadOptions


@dataclass(frozen=True, slots=True)
class Ingestion:
    """What to ingest.

    Attributes:
        paths: files and folders.
        sample: whether the shipped report is wanted too.
        rebuild: whether what is indexed already is cut and embedded again.
        reading: how files are read.
    """

    paths: tuple[Path, ...] = ()
    sample: bool = False
    rebuild: bool = False
    reading: ReadOptions = field(default_factory=ReadOptions)

    def __post_init__(self) -> None:
        """Raise SettingError where there is nothing to do."""
        if not (self.paths or self.sample or self.rebuild):
            raise SettingError("nothing to ingest: name files or folders, or use --sample")


@dataclass(frozen=True, slots=True)
class Failure:
    """A file or folder that could not be read."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it.

    Attributes:
        summaries: all reports that are in the index now, by id.
        change: what the build did.
        failures: what could not be read.
    """

    summaries: dict[str, ReportSummary]
    change: Change
    failures: tuple[Failure, ...]


def run_ingestion(folder: IndexFolder, ingestion: Ingestion, settings: Settings) -> Outcome:
    """Read what can be read and add it to the index.

    Raises:
        IndexStoreError: the index cannot be read or written.
        EncoderError: the encoder cannot be loaded.
        SettingError: the settings are not those of the index.
    """
    with watch_build() as watch:
        failures: list[Failure] = []
        sources = list(_read_sources(ingestion, failures, watch))
        change = Change()
        if ingestion.rebuild and folder.exists():
            change = rebuild(folder, settings, watch)
        if sources:
            change = _join(change, add_reports(folder, sources, settings, watch))
    summaries = {summary.id: summary for summary in _list_if_any(folder)}
    return Outcome(summaries, change, tuple(failures))


def print_ingestion(folder: IndexFolder, outcome: Outcome, *, as_json: bool) -> None:
    """Print what was done on the standard output, and failures on the standard error."""
    change = outcome.change
    if as_json:
        document = {
            "schema": SCHEMA_VERSION,
            "index": str(folder.path),
            "added": _details(outcome, change.added),
            "replaced": _details(outcome, change.replaced),
            "unchanged": _details(outcome, change.unchanged),
            "failed": [{"path": f.path, "reason": f.reason} for f in outcome.failures],
        }
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        for verb in ("added", "replaced", "unchanged"):
            for summary in _named(outcome, getattr(change, verb)):
                _print_summary(verb, summary)
    for failure in outcome.failures:
        typer.echo(f"reportqa: {_printable(failure.reason)}", err=True)


def run_removal(
    folder: IndexFolder, names: Sequence[str], settings: Settings
) -> tuple[ReportSummary, ...]:
    """Remove reports by id, title or file name, and return what they were.

    Raises:
        ReportNotFoundError: one of the names is not in the index; nothing is removed.
        ConflictError: one of the names is that of several reports; nothing is removed.
    """
    summaries = list_summaries(folder)
    wanted = {find_summary(summaries, name).id for name in names}
    with watch_build() as watch:
        change = remove_reports(folder, wanted, settings, watch)
    removed = tuple(summary for summary in summaries if summary.id in change.removed)
    for summary in removed:
        LibraryFiles(folder.path).discard(Path(summary.path))
    return removed


def _read_sources(ingestion: Ingestion, failures: list[Failure], watch: Watch) -> Iterator[Source]:
    paths = list(_find_files(ingestion, failures))
    for done, path in enumerate(paths):
        watch.on_progress("Reading", done, len(paths))
        pages = partial(watch.on_progress, f"Reading {path.name}, page")
        try:
            yield Source(read_report(path, ingestion.reading, pages), str(path.resolve()))
        except ReadError as error:
            failures.append(Failure(str(path), str(error)))


def _find_files(ingestion: Ingestion, failures: list[Failure]) -> Iterator[Path]:
    for path in ingestion.paths:
        try:
            yield from find_reports([path])
        except ReadError as error:
            failures.append(Failure(str(path), str(error)))
    if ingestion.sample:
        yield from sample_reports()


def _join(first: Change, second: Change) -> Change:
    return Change(
        added=first.added + second.added,
        replaced=first.replaced + second.replaced,
        unchanged=tuple(one for one in second.unchanged if one not in first.replaced),
    )


def _list_if_any(folder: IndexFolder) -> tuple[ReportSummary, ...]:
    try:
        return list_summaries(folder)
    except IndexMissingError:
        return ()


def _named(outcome: Outcome, ids: Sequence[str]) -> list[ReportSummary]:
    return [outcome.summaries[one] for one in ids if one in outcome.summaries]


def _details(outcome: Outcome, ids: Sequence[str]) -> list[dict[str, object]]:
    return [summary_to_json(summary) for summary in _named(outcome, ids)]


def _print_summary(verb: str, summary: ReportSummary) -> None:
    pages = f"read {name_pages(summary)}, " if summary.pages else ""
    passages = f"{summary.passages} passage{'' if summary.passages == 1 else 's'}"
    typer.echo(f"{verb} {summary.title} ({summary.source}): {pages}{passages}")
    for notice in summary.notices:
        typer.echo(f"  {name_notice(notice.page, notice.message)}")


def _printable(words: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in words)
