"""Where to look, as a form: reports, a section of one report, each report by itself."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import urlencode

from app.asked import Asked
from index.catalogue import ReportSummary
from ingest.report import PATH_SEPARATOR

Path = tuple[str, ...]


def write_filters(
    asked: Asked, summaries: Sequence[ReportSummary], sections: Sequence[Path]
) -> str:
    """Return the form.

    Args:
        asked: what is chosen.
        summaries: the reports on offer.
        sections: the section paths on offer: those of the one report that is searched.
    """
    several = len(summaries) > 1
    parts = [
        _reports(asked, summaries) if several else "",
        _sections(asked, sections, several=several),
        _each(asked) if several else "",
    ]
    chosen = bool(asked.narrowing)
    return (
        f'<details class="rq-filters"{" open" if chosen else ""}>'
        f"<summary>{escape(_describe(asked, summaries))}</summary>"
        f'<form class="rq-filter-form" aria-label="Where to look"'
        f' data-narrowing="{escape(asked.narrowing)}">{"".join(parts)}'
        f'<button type="button" class="rq-tool rq-unfilter"{"" if chosen else " disabled"}>'
        "Search everything</button></form></details>"
        '<details class="rq-history" hidden><summary>Earlier questions</summary><ol></ol></details>'
    )


def _describe(asked: Asked, summaries: Sequence[ReportSummary]) -> str:
    titles = {summary.id: summary.title for summary in summaries}
    reports = asked.scope.reports
    if len(reports) == 1:
        where = titles.get(reports[0], "a report that is not here")
    else:
        where = f"{len(reports):,} reports" if reports else "everything"
    section = f", section {asked.scope.section[-1]}" if asked.scope.section else ""
    each = ", each report by itself" if asked.each else ""
    return f"Searching {where}{section}{each}"


def _reports(asked: Asked, summaries: Sequence[ReportSummary]) -> str:
    boxes = "".join(
        f'<label><input type="checkbox" name="report" value="{escape(summary.id)}"'
        f"{' checked' if summary.id in asked.scope.reports else ''}>"
        f"<bdi>{escape(summary.title)}</bdi></label>"
        for summary in summaries
    )
    return f'<fieldset><legend>Reports</legend><div class="rq-choices">{boxes}</div></fieldset>'


def _sections(asked: Asked, sections: Sequence[Path], *, several: bool) -> str:
    if not sections:
        hint = "Choose one report to search one of its sections." if several else ""
        return f'<p class="rq-filter-hint">{hint}</p>' if hint else ""
    options = "".join(_option(path, chosen=path == asked.scope.section) for path in sections)
    return (
        '<label class="rq-section">Section <select name="path">'
        f'<option value="">All sections</option>{options}</select></label>'
    )


def _option(path: Path, *, chosen: bool) -> str:
    value = urlencode([("section", step) for step in path])
    indent = "\u2003" * (len(path) - 1)
    return (
        f'<option value="{escape(value)}"{" selected" if chosen else ""}'
        f' title="{escape(PATH_SEPARATOR.join(path))}">{indent}{escape(path[-1])}</option>'
    )


def _each(asked: Asked) -> str:
    return (
        '<label class="rq-each"><input type="checkbox" name="each" value="1"'
        f"{' checked' if asked.each else ''}>The best passage of each report</label>"
    )
