"""The sections of a report as a list to move by."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest.report import Report

_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Entry:
    """A section.

    Attributes:
        title: its heading, cut where it is very long; "Beginning" for text before any heading.
        depth: from 1 for the outermost.
        start: its first code point.
        page: physical page that it begins on, where there are pages.
    """

    title: str
    depth: int
    start: int
    page: int | None


def list_sections(report: Report) -> tuple[Entry, ...]:
    """Return every section in reading order."""
    pages = _first_pages(report)
    return tuple(
        Entry(
            title=_shorten(section.path[-1]) if section.path else "Beginning",
            depth=max(1, len(section.path)),
            start=section.span.start,
            page=pages.get(section.span.start),
        )
        for section in report.sections
    )


def find_section(entries: Sequence[Entry], offset: int) -> int:
    """Return which entry, from 0, a code point stands under."""
    return max(0, bisect_right(entries, offset, key=lambda entry: entry.start) - 1)


def choose_entries(entries: Sequence[Entry], here: int | None, limit: int) -> tuple[int, ...]:
    """Return which entries to list, at most `limit`: as deep as that goes, and those near `here`.

    Args:
        entries: all of them.
        here: the one that the reader is in; nothing where there is none.
        limit: how many at most.
    """
    depths = sorted({entry.depth for entry in entries}, reverse=True)
    chosen = list(range(len(entries)))
    for depth in depths:
        if len(chosen) <= limit:
            break
        chosen = [at for at in chosen if entries[at].depth < depth]
    near = _siblings(entries, here) if here is not None else []
    room = max(0, limit - len(chosen))
    around = sorted(set(near) - set(chosen), key=lambda at: abs(at - (here or 0)))[:room]
    return tuple(sorted({*chosen, *around})) if chosen or around else tuple(range(limit))


def _siblings(entries: Sequence[Entry], here: int) -> list[int]:
    """Return the entries above, beside and right below `here`."""
    found = [here]
    depth = entries[here].depth
    for at in range(here - 1, -1, -1):
        if entries[at].depth <= depth:
            found.append(at)
            depth = entries[at].depth
        if depth == 1:
            break
    for at in range(here + 1, len(entries)):
        if entries[at].depth == 1:
            break
        if entries[at].depth <= entries[here].depth + 1:
            found.append(at)
    return found


def _first_pages(report: Report) -> Mapping[int, int]:
    """Return the physical page of each section's first word that lies on one, by its start."""
    regions = report.regions
    found: dict[int, int] = {}
    for section in report.sections:
        at = bisect_right(regions, section.span.start, key=lambda region: region.span.end)
        if at < len(regions) and regions[at].span.start < section.span.end:
            found[section.span.start] = regions[at].page
    return found


def _shorten(title: str) -> str:
    return title if len(title) <= _LONGEST else f"{title[:_LONGEST]}…"
