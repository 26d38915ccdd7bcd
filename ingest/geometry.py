"""Where the words of a span lie: boxes for any stretch of a report's text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from ingest.regions import Regions
from ingest.report import Box, Region, Report
from ingest.span import Span

# Words of one line have boxes of one height; a gap wider than this many heights parts cells.
_WIDEST_GAP = 3.0
_SAME_LINE = 0.01


def boxes_for(report: Report, span: Span) -> list[tuple[int, Box]]:
    """Return the physical page and box of each line, or part of a line, that `span` touches.

    A word that the span touches counts whole. Lines, columns and pages each begin a new box,
    and so do words far apart on one line, as in the cells of a table.

    Raises:
        ValueError: the span lies beyond the report's text.
    """
    if span.end > len(report.text):
        raise ValueError(f"{span} lies beyond the {len(report.text)} code points of the report")
    return [(run[0].page, _unite(run)) for run in _runs(_touched(report, span))]


def index_regions(report: Report) -> Regions:
    """Return where the words of a report lie, to be asked by page."""
    regions = report.regions
    return regions if isinstance(regions, Regions) else Regions(regions)


def _touched(report: Report, span: Span) -> Iterable[Region]:
    regions = report.regions
    first = bisect_right(regions, span.start, key=lambda region: region.span.end)
    last = bisect_left(regions, span.end, key=lambda region: region.span.start)
    return (r for r in regions[first:last] if r.span.overlaps(span))


def _runs(regions: Iterable[Region]) -> Iterator[list[Region]]:
    run: list[Region] = []
    for region in regions:
        if run and not _is_next(run[-1], region):
            yield run
            run = []
        run.append(region)
    if run:
        yield run


def _is_next(one: Region, other: Region) -> bool:
    if one.page != other.page:
        return False
    a, b = one.box, other.box
    across = abs(a.y0 - b.y0) < _SAME_LINE and abs(a.y1 - b.y1) < _SAME_LINE
    if across:
        return abs(b.x0 - a.x1) < _WIDEST_GAP * (a.y1 - a.y0)
    # The same for a page that is read turned by a quarter.
    down = abs(a.x0 - b.x0) < _SAME_LINE and abs(a.x1 - b.x1) < _SAME_LINE
    gap = max(b.y0 - a.y1, a.y0 - b.y1)
    return down and gap < _WIDEST_GAP * (a.x1 - a.x0)


def _unite(run: list[Region]) -> Box:
    return Box(
        min(region.box.x0 for region in run),
        min(region.box.y0 for region in run),
        max(region.box.x1 for region in run),
        max(region.box.y1 for region in run),
    )
