"""Checks an evidence pack again: against the same reports, or against newer ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.pack_csv import read_items
from app.pack_docx import read_docx_pack
from app.pack_json import read_pack_json
from app.pack_markdown import read_markdown
from app.packing import Item, Shelf
from index.catalogue import ReportSummary
from index.verification import QuotedPlace, verify_quotation
from ingest.agreement import Verdict
from ingest.citation import cite
from ingest.errors import QuotationError, ReadError
from ingest.report import Report
from ingest.span import Span

SCHEMA_VERSION = 1
SUFFIXES = (".json", ".md", ".csv", ".docx", ".bib")
_MOST_BYTES = 64 << 20


class State(StrEnum):
    """What became of a passage."""

    UNCHANGED = "unchanged"  # the very words at the very place of the very report
    MOVED = "moved"  # the same words, elsewhere or in another version
    DIFFERS = "differs"  # words were changed
    GONE = "gone"  # nothing comes near

    @property
    def holds(self) -> bool:
        """Whether the words are still the report's."""
        return self in {State.UNCHANGED, State.MOVED}


@dataclass(frozen=True, slots=True)
class CheckedItem:
    """A passage of a pack and what became of it.

    Attributes:
        item: as it was packed.
        state: what became of it.
        place: where it stands now, or what comes nearest; nothing where it is gone or unchanged.
    """

    item: Item
    state: State
    place: QuotedPlace | None = None

    @property
    def citation(self) -> str:
        """Where it stands now."""
        return self.place.citation if self.place else self.item.citation


def read_pack_items(path: Path) -> tuple[Item, ...]:
    """Return the passages of a pack in any of the formats that carry them.

    Raises:
        ReadError: the file cannot be read, or is no pack.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ReadError(f"{path}: too large for an evidence pack")
        content = path.read_bytes()
    except OSError as error:
        raise ReadError(f"{path}: cannot be read ({error.strerror})") from error
    name, suffix = str(path), path.suffix.casefold()
    if suffix == ".bib" or path.name.casefold().endswith(".csl.json"):
        raise ReadError(f"{name}: references carry no quotations; check another form of the pack")
    if suffix == ".docx":
        return read_docx_pack(content, name).items
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ReadError(f"{path}: not UTF-8, so no evidence pack") from error
    if suffix == ".csv":
        return read_items(text, name)
    reader = read_markdown if suffix == ".md" else read_pack_json
    return reader(text, name).items


def check_items(items: Sequence[Item], shelf: Shelf) -> tuple[CheckedItem, ...]:
    """Check every passage against the reports of an index.

    Its own report is looked at first, then others of its title or file, then all.
    """
    summaries = tuple(shelf.reports())
    reports: dict[str, Report] = {}

    def fetch(summary: ReportSummary) -> Report:
        return reports.setdefault(summary.id, reports.get(summary.id) or shelf.report(summary.id))

    def check(item: Item) -> CheckedItem:
        own = [one for one in summaries if one.id == item.report]
        if own and _stands(item, fetch(own[0])):
            return CheckedItem(item, State.UNCHANGED)
        kin = [one for one in summaries if one.title == item.title or one.source == item.source]
        first = _look(item, [fetch(one) for one in kin])
        if first.state.holds or len(kin) == len(summaries):
            return first
        others = _look(item, [fetch(one) for one in summaries if one not in kin])
        return others if others.state.holds or first.state is State.GONE else first

    return tuple(check(item) for item in items)


def checked_pack_to_json(checked: Sequence[CheckedItem]) -> dict[str, Any]:
    """Return the document of `reportqa verify PACK --json`."""
    return {
        "schema": SCHEMA_VERSION,
        "checked": len(checked),
        "wrong": sum(not one.state.holds for one in checked),
        "items": [_to_json(one) for one in checked],
    }


def _stands(item: Item, report: Report) -> bool:
    return Span(item.start, item.end).of(report.text) == item.text


def _look(item: Item, reports: Sequence[Report]) -> CheckedItem:
    try:
        found = verify_quotation(item.text, reports)
    except QuotationError:  # no words, or too many for a quotation: then only as a whole
        return _look_verbatim(item, reports)
    if found.verdict is Verdict.ABSENT:
        return CheckedItem(item, State.GONE)
    same = found.verdict in {Verdict.EXACT, Verdict.TYPOGRAPHY}
    return CheckedItem(item, State.MOVED if same else State.DIFFERS, found.places[0])


def _look_verbatim(item: Item, reports: Sequence[Report]) -> CheckedItem:
    for report in reports:
        at = report.text.find(item.text)
        if at >= 0:
            moved = cite(report, Span(at, at + len(item.text))).text
            return CheckedItem(_cited(item, moved), State.MOVED)
    return CheckedItem(item, State.GONE)


def _cited(item: Item, citation: str) -> Item:
    from dataclasses import replace

    return replace(item, citation=citation)


def _to_json(checked: CheckedItem) -> dict[str, Any]:
    item, place = checked.item, checked.place
    return {
        "state": str(checked.state),
        "question": item.question,
        "text": item.text,
        "citation": item.citation,
        "now": None
        if place is None
        else {
            "report": place.report,
            "start": place.match.span.start,
            "end": place.match.span.end,
            "text": place.text,
            "citation": place.citation,
        },
    }
