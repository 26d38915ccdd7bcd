"""Reports that were read from files, without an index: all that the reader asks of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index.catalogue import ReportSummary
from ingest.report import Report


@dataclass
class FakeSearcher:
    """Reports and the files that they were read from; asks nothing."""

    held: list[tuple[Report, Path]] = field(default_factory=list)

    def reports(self) -> Sequence[ReportSummary]:
        return [
            ReportSummary(r.id, r.title, r.source, str(path), len(r.pages), 1, r.notices)
            for r, path in self.held
        ]

    def report(self, name: str) -> Report:
        return next(report for report, _ in self.held if report.id == name)

    def refresh(self) -> bool:
        return False
