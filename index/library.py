"""What is in an index, without loading an encoder or opening its vectors."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from index.catalogue import ReportSummary
from index.folder import IndexFolder
from ingest.errors import ConflictError, ReportNotFoundError
from ingest.labels import find_block
from ingest.report import BlockKind, Report
from ingest.span import Span


def list_summaries(folder: IndexFolder) -> tuple[ReportSummary, ...]:
    """Return the reports of the current generation, in the order in which they came.

    Raises:
        IndexMissingError: there is no index.
        IndexCorruptError: its catalogue is missing or damaged.
    """
    with closing(folder.catalogue()) as catalogue:
        return catalogue.summaries()


def read_stored(folder: IndexFolder, name: str) -> Report:
    """Return a whole report by id, the beginning of one, file name or title.

    Raises:
        IndexMissingError: there is no index.
        IndexCorruptError: its catalogue is missing or damaged.
        ReportNotFoundError: no report goes by that name.
        ConflictError: several do.
    """
    with closing(folder.catalogue()) as catalogue:
        return catalogue.report(find_summary(catalogue.summaries(), name).id)


@dataclass(frozen=True, slots=True)
class StoredReports:
    """The reports of a folder, read one by one, without its vectors."""

    folder: IndexFolder

    def reports(self) -> tuple[ReportSummary, ...]:
        """Return the reports of the current generation."""
        return list_summaries(self.folder)

    def report(self, name: str) -> Report:
        """Return a whole report, as `read_stored` does."""
        return read_stored(self.folder, name)


def find_part(report: Report, label: str) -> Span:
    """Return the part of a report that bears a label: a block, or a heading's whole section.

    Raises:
        ReportNotFoundError: the report prints no such label.
    """
    at = find_block(report, label)
    if at is None:
        raise ReportNotFoundError(
            f"{report.source} prints no {label!r}: 'reportqa show' lists its headings"
        )
    block = report.blocks[at]
    if block.kind is not BlockKind.HEADING:
        return block.span
    path = report.sections[block.section].path
    inside = [s.span for s in report.sections[block.section :] if s.path[: len(path)] == path]
    return Span(block.span.start, max(span.end for span in inside))


def find_summary(summaries: Sequence[ReportSummary], name: str) -> ReportSummary:
    """Return the one report that goes by `name`: its id or the beginning of it, file or title.

    Raises:
        ReportNotFoundError: none does.
        ConflictError: several do.
    """
    wanted = name.strip().casefold()
    exact = [s for s in summaries if wanted in (s.id, s.source.casefold(), s.title.casefold())]
    partly = [s for s in summaries if wanted and s.id.startswith(wanted)]
    found = exact or partly
    if not found:
        raise ReportNotFoundError(f"no report goes by {name!r}: 'reportqa list' shows them all")
    if len(found) > 1:
        ids = ", ".join(summary.id for summary in found)
        raise ConflictError(f"{len(found)} reports go by {name!r}: name one by its id ({ids})")
    return found[0]
