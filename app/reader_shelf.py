"""Reports as the reader shows them: read once from the index, the latest kept."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.reader_outline import Entry, list_sections
from app.reader_pictures import Latest, Sheet
from app.reader_text import Leaf, part_text
from app.service import Service
from index.catalogue import ReportSummary
from ingest.citation import cite
from ingest.errors import ReportNotFoundError
from ingest.geometry import boxes_for, index_regions
from ingest.report import Box, Page, Report
from ingest.span import Span

_KEPT = 6


@dataclass(frozen=True, slots=True)
class Volume:
    """A report with what the reader needs of it.

    Attributes:
        report: the report.
        summary: its line in the catalogue.
        leaves: its text in parts.
        entries: its sections.
        firsts: for each page with words, the first code point on it.
        twin: another report of the index bears the same title.
    """

    report: Report
    summary: ReportSummary
    leaves: tuple[Leaf, ...]
    entries: tuple[Entry, ...]
    firsts: Mapping[int, int]
    twin: bool

    def page(self, index: int) -> Page | None:
        """Return a physical page."""
        pages = self.report.pages
        at = bisect_left(pages, index, key=lambda page: page.index)
        return pages[at] if at < len(pages) and pages[at].index == index else None

    def sheet(self, index: int) -> Sheet:
        """Return a physical page with the file that it is drawn from."""
        return Sheet(self.report, self.summary.id, Path(self.summary.path), index)

    def page_of(self, offset: int) -> int | None:
        """Return the page that the word at, or next after, a code point lies on."""
        regions = self.report.regions
        at = bisect_right(regions, offset, key=lambda region: region.span.end)
        return regions[at].page if at < len(regions) else None

    def boxes(self, mark: Span | None) -> dict[int, list[Box]]:
        """Return the boxes of the marked words by page, in reading order."""
        found: dict[int, list[Box]] = {}
        for page, box in boxes_for(self.report, mark) if mark else ():
            found.setdefault(page, []).append(box)
        return dict(sorted(found.items()))

    def cite(self, mark: Span) -> str:
        """Return the citation of some words, as answers give it."""
        suffix = f" [{self.summary.source}]" if self.twin else ""
        return cite(self.report, mark).text + suffix

    def find_page(self, label: str, current: int | None) -> Page | None:
        """Return the page that somebody means by "7", "iv" or "PDF 9"; printed numbers first.

        Args:
            label: what was typed.
            current: the page before them; of several with one number, another one is meant.
        """
        wanted = label.casefold().strip()
        if wanted.startswith("pdf"):
            number = wanted.removeprefix("pdf").strip()
            return self.page(int(number)) if number.isdecimal() else None
        found = [page for page in self.report.pages if page.label.casefold() == wanted]
        others = [page for page in found if page.index != current]
        if others or found:
            return (others or found)[0]
        return self.page(int(wanted)) if wanted.isdecimal() else None


class Shelf:
    """Takes reports out of a served index."""

    def __init__(self, service: Service) -> None:
        """Begin with none."""
        self._service = service
        self._volumes: Latest[Volume] = Latest(_KEPT)

    def take(self, report_id: str) -> Volume:
        """Return a report by its full id.

        Raises:
            ReportNotFoundError: there is none.
            IndexStoreError: the index cannot be read.
        """
        summaries = self._service.searcher.reports()
        summary = next((one for one in summaries if one.id == report_id), None)
        if summary is None:
            raise ReportNotFoundError(f"no report has the id {report_id}")
        twin = Counter(one.title for one in summaries)[summary.title] > 1
        known = self._volumes.get((summary, twin))
        if known is not None:
            return known
        report = self._service.searcher.report(report_id)
        return self._volumes.put((summary, twin), _open_volume(report, summary, twin=twin))


def _open_volume(report: Report, summary: ReportSummary, *, twin: bool) -> Volume:
    return Volume(
        report=report,
        summary=summary,
        leaves=part_text(report),
        entries=list_sections(report),
        firsts=index_regions(report).first_starts(),
        twin=twin,
    )
