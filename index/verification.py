"""Checks quotations against the reports of an index, without vectors or an encoder.

For a whole index, `verify_stored(folder, quotes, scope)`; for reports already read,
`verify_quotation(quote, reports)`. Both give a `Verification`: a verdict and every place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial

from index.catalogue import Catalogue
from index.folder import IndexFolder
from index.scope import EVERYTHING, Scope
from ingest.agreement import Match, Quotation, Verdict, read_quotation
from ingest.alignment import find_nearest
from ingest.citation import cite
from ingest.quotation import find_alike, rank_match
from ingest.report import Report

# The rest of a commonplace is no news; they are counted.
MOST_PLACES = 20


@dataclass(frozen=True, slots=True)
class QuotedPlace:
    """A place in a report that a quotation agrees with, wholly or nearly.

    Attributes:
        report: id.
        title: of the report.
        source: its file name.
        text: the report's own words, verbatim: its text under `match.span`.
        section: section path, outermost heading first.
        page: physical page from 1; nothing where there are none.
        page_label: the number printed on that page, likewise.
        locator: "p. 7 (PDF 9), para 3".
        citation: report, section and locator in one line.
        match: span, verdict, similarity and the pieces that differ.
    """

    report: str
    title: str
    source: str
    text: str
    section: tuple[str, ...]
    page: int | None
    page_label: str | None
    locator: str
    citation: str
    match: Match


@dataclass(frozen=True, slots=True)
class Verification:
    """What came of checking one quotation.

    Attributes:
        quote: as it was given.
        verdict: that of the best place; ABSENT where there is none.
        places: best first, at most 20.
        found: how many places there are in all.
    """

    quote: str
    verdict: Verdict
    places: tuple[QuotedPlace, ...]
    found: int

    def __post_init__(self) -> None:
        """Raise ValueError where the verdict is not that of the best place."""
        best = self.places[0].match.verdict if self.places else Verdict.ABSENT
        if best is not self.verdict or self.found < len(self.places):
            raise ValueError("a verdict is that of the best place")


@dataclass(frozen=True, slots=True)
class _Volume:
    """A report that is read as a whole only where something was found in it."""

    read_text: Callable[[], str]
    read: Callable[[], Report]


@dataclass(frozen=True, slots=True)
class _Shelf:
    volumes: Sequence[_Volume]
    titles: Counter[str]
    section: tuple[str, ...] = ()


def verify_quotation(quote: str, reports: Sequence[Report]) -> Verification:
    """Check one quotation against reports that were read already.

    Raises:
        QuotationError: the quotation holds no word, or more than 10,000 characters.
    """
    volumes = [_hold(report) for report in reports]
    shelf = _Shelf(volumes, Counter(report.title for report in reports))
    return _verify([quote], shelf)[0]


def verify_stored(
    folder: IndexFolder, quotes: Sequence[str], scope: Scope = EVERYTHING
) -> tuple[Verification, ...]:
    """Check quotations against the reports of an index's current generation.

    Args:
        folder: the index.
        quotes: what somebody took for words of its reports.
        scope: where to look; everywhere where not given.

    Raises:
        IndexMissingError: there is no index.
        IndexCorruptError: its catalogue is missing or damaged.
        QuotationError: a quotation holds no word, or more than 10,000 characters.
    """
    with closing(folder.catalogue()) as catalogue:
        return _verify(quotes, _open_shelf(catalogue, scope))


def _hold(report: Report) -> _Volume:
    return _Volume(lambda: report.text, lambda: report)


def _open_shelf(catalogue: Catalogue, scope: Scope) -> _Shelf:
    summaries = catalogue.summaries()
    volumes = [
        _Volume(
            partial(catalogue.text, position),
            partial(catalogue.report, summary.id),
        )
        for position, summary in enumerate(summaries)
        if not scope.reports or summary.id in scope.reports
    ]
    return _Shelf(volumes, Counter(summary.title for summary in summaries), scope.section)


def _verify(quotes: Sequence[str], shelf: _Shelf) -> tuple[Verification, ...]:
    """Look for the very words in every report first, and for what comes near them after."""
    quotations = [read_quotation(quote) for quote in quotes]
    found = _search(quotations, shelf, find_alike)
    missing = [
        at
        for at, places in enumerate(found)
        if not any(place.match.verdict.is_found for place in places)
    ]
    near = _search([quotations[at] for at in missing], shelf, find_nearest)
    for at, places in zip(missing, near, strict=True):
        found[at] += places
    return tuple(_conclude(*one) for one in zip(quotes, found, strict=True))


def _search(
    quotations: Sequence[Quotation],
    shelf: _Shelf,
    find: Callable[[str, Quotation], Iterable[Match]],
) -> list[list[QuotedPlace]]:
    """Return the places of each quotation; each report's text is gone through once."""
    found: list[list[QuotedPlace]] = [[] for _ in quotations]
    for volume in shelf.volumes if quotations else ():
        text = volume.read_text()
        matches = [(at, m) for at, one in enumerate(quotations) for m in find(text, one)]
        report = volume.read() if matches else None
        for at, match in matches:
            place = _describe(report, match, shelf.titles)
            if place.section[: len(shelf.section)] == shelf.section:
                found[at].append(place)
    return found


def _describe(report: Report | None, match: Match, titles: Counter[str]) -> QuotedPlace:
    if report is None:
        raise ValueError("a match is in a report")
    place = cite(report, match.span)
    # Two reports of one title: the file tells them apart.
    suffix = f" [{report.source}]" if titles[report.title] > 1 else ""
    return QuotedPlace(
        report=report.id,
        title=report.title,
        source=report.source,
        text=match.span.of(report.text),
        section=place.section,
        page=place.page,
        page_label=place.page_label,
        locator=place.locator,
        citation=place.text + suffix,
        match=match,
    )


def _conclude(quote: str, places: Sequence[QuotedPlace]) -> Verification:
    distinct: list[QuotedPlace] = []
    for place in sorted(places, key=lambda one: rank_match(one.match)[:2]):
        if not any(_is_same(place, other) for other in distinct):
            distinct.append(place)
    verdict = distinct[0].match.verdict if distinct else Verdict.ABSENT
    return Verification(quote, verdict, tuple(distinct[:MOST_PLACES]), len(distinct))


def _is_same(one: QuotedPlace, other: QuotedPlace) -> bool:
    return one.report == other.report and one.match.span.overlaps(other.match.span)
