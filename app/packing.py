"""An evidence pack: passages with all that somebody else needs to check them.

Words come from the index at the time of packing, `text[start:end]`, never from whoever asks
for the pack. One module for each format writes it; `app.pack_check` checks it again later.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol

from index.catalogue import ReportSummary
from index.generation import Manifest
from ingest.bibliography import to_bibtex, to_csl_json
from ingest.citation import cite
from ingest.errors import ReportNotFoundError, SettingError
from ingest.report import Report
from ingest.span import Span

MOST_ITEMS = 500
MOST_CHARACTERS = 2_000  # of a question or a note
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """A passage that belongs into a pack.

    Attributes:
        question: what it was found for; may be empty.
        report: id.
        span: the passage.
        note: whoever packs it may say something.
    """

    question: str
    report: str
    span: Span
    note: str = ""

    def __post_init__(self) -> None:
        """Raise SettingError for a question or note that is too long."""
        if max(len(self.question), len(self.note)) > MOST_CHARACTERS:
            raise SettingError(f"a question or note has at most {MOST_CHARACTERS:,} characters")


@dataclass(frozen=True, slots=True)
class PackedReport:
    """A report that passages of the pack are from.

    Attributes:
        id: content hash of its text.
        title: as cited.
        source: file name.
        sha256: of the file, where it is still where it was read; else nothing.
        creator: who published it, where it says so.
        date: of publication, likewise.
        url: likewise.
        licence: likewise.
    """

    id: str
    title: str
    source: str
    sha256: str | None
    creator: str | None
    date: str | None
    url: str | None
    licence: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """A passage of the pack.

    Attributes:
        question: what it was found for.
        note: of whoever packed it.
        report: id of its report.
        title: of the report.
        source: the report's file name.
        start: first code point in the report's canonical text.
        end: the one behind the last.
        text: the passage, verbatim.
        section: section path, outermost heading first.
        page: physical page, nothing where there are none.
        page_label: the number printed on it.
        locator: "p. 7 (PDF 9), para 3".
        citation: report, section and place in one line.
        csl: the report with its locator as CSL-JSON.
        bibtex: the same in BibTeX.
    """

    question: str
    note: str
    report: str
    title: str
    source: str
    start: int
    end: int
    text: str
    section: tuple[str, ...] = ()
    page: int | None = None
    page_label: str | None = None
    locator: str = ""
    citation: str = ""
    csl: Mapping[str, Any] = field(default_factory=dict)
    bibtex: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError for a span that cannot be one; its words are checked elsewhere."""
        if not 0 <= self.start <= self.end:
            raise ValueError(f"a span needs 0 <= start <= end, got [{self.start}, {self.end})")


@dataclass(frozen=True, slots=True)
class Pack:
    """An evidence pack.

    Attributes:
        made: when, ISO 8601 with its zone.
        version: of ReportQA.
        model: the encoder that the index was built with.
        fingerprint: of the encoder.
        passages: how reports were cut, by setting.
        reports: those that passages are from.
        items: the passages, in the order in which they were chosen.
    """

    made: str
    version: str
    model: str
    fingerprint: str
    passages: Mapping[str, Any]
    reports: tuple[PackedReport, ...]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where and when a pack is made."""

    made: str
    version: str
    manifest: Manifest


class Shelf(Protocol):
    """What packing needs of an index."""

    def reports(self) -> Sequence[ReportSummary]:
        """List the reports."""

    def report(self, name: str) -> Report:
        """Return a whole report."""


def make_pack(shelf: Shelf, wanted: Sequence[Wanted], origin: Origin) -> Pack:
    """Gather the passages; one that is wanted twice for a question is packed once.

    Raises:
        SettingError: there are none or too many, or a place is not in its report.
        ReportNotFoundError: a report is not in the index.
    """
    if not 1 <= len(wanted) <= MOST_ITEMS:
        raise SettingError(f"a pack holds 1 to {MOST_ITEMS} passages, not {len(wanted)}")
    summaries = {summary.id: summary for summary in shelf.reports()}
    ids = list(dict.fromkeys(one.report for one in wanted))
    if missing := [one for one in ids if one not in summaries]:
        raise ReportNotFoundError(f"report {missing[0]} is not in the index any more")
    reports = {one: shelf.report(one) for one in ids}
    manifest = origin.manifest
    return Pack(
        made=origin.made,
        version=origin.version,
        model=manifest.model,
        fingerprint=manifest.fingerprint,
        passages=_describe_settings(manifest),
        reports=tuple(_pack_report(reports[one], Path(summaries[one].path)) for one in ids),
        items=tuple(_pack_item(one, reports[one.report]) for one in dict.fromkeys(wanted)),
    )


def group_items(pack: Pack) -> list[tuple[str, list[tuple[int, Item]]]]:
    """Return the passages under their questions, numbered from 1 through the whole pack."""
    numbered = enumerate(pack.items, start=1)
    groups = groupby(numbered, key=lambda pair: pair[1].question)
    return [(question, list(items)) for question, items in groups]


def name_pack(pack: Pack, suffix: str) -> str:
    """Return a file name for a pack: "evidence-2026-11-23.docx"."""
    return f"evidence-{pack.made[:10]}.{suffix}"


def _describe_settings(manifest: Manifest) -> dict[str, Any]:
    settings = manifest.passages
    return {"size": settings.size, "overlap": settings.overlap, "method": settings.method}


def _pack_report(report: Report, path: Path) -> PackedReport:
    metadata = report.metadata
    return PackedReport(
        id=report.id,
        title=report.title,
        source=report.source,
        sha256=_hash_file(path),
        creator=metadata.creator,
        date=metadata.date,
        url=metadata.url,
        licence=metadata.licence,
    )


def _pack_item(wanted: Wanted, report: Report) -> Item:
    span = wanted.span
    if span.end > len(report.text) or not span.of(report.text).strip():
        raise SettingError(f"{report.source}: there is no passage at {span.start}:{span.end}")
    place = cite(report, span)
    return Item(
        question=wanted.question,
        note=wanted.note,
        report=report.id,
        title=report.title,
        source=report.source,
        start=span.start,
        end=span.end,
        text=span.of(report.text),
        section=place.section,
        page=place.page,
        page_label=place.page_label,
        locator=place.locator,
        citation=place.text,
        csl=to_csl_json(report, span),
        bibtex=to_bibtex(report, span),
    )


def _hash_file(path: Path) -> str | None:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError:
        return None
    return digest.hexdigest()
