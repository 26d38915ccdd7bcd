"""What of a report is asked for, read from an address and written into one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from ingest.span import Span

_REPORT = re.compile(r"[0-9a-f]{16}")
_NUMBER = re.compile(r"[0-9]{1,9}")
_MARK = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")
_LONGEST_LABEL = 40
ZOOMS = (0, 50, 75, 100, 125, 150, 200, 250, 300)


class View(StrEnum):
    """How a report is shown."""

    OVERVIEW = "overview"
    PAGE = "page"
    TEXT = "text"


class BadAddressError(ValueError):
    """An address that no page of ours leads to."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for.

    Attributes:
        mark: the words to mark.
        page: physical page, from 1.
        at: a code point to begin reading at.
        view: nothing for the one that suits.
        zoom: percent of the printed size; 0 fits the width.
        theme: "dark", "light", or empty for the reader's own.
        embed: shown inside another page.
    """

    mark: Span | None = None
    page: int | None = None
    at: int | None = None
    view: View | None = None
    zoom: int = 0
    theme: str = ""
    embed: bool = False

    @property
    def is_bare(self) -> bool:
        """Whether no place and no view is named."""
        return (self.mark, self.page, self.at, self.view) == (None, None, None, None)

    def address(self, **changes: Any) -> str:  # noqa: ANN401 - values of the fields above
        """Return the query string, with some of it changed."""
        wanted = replace(self, **changes)
        given = {
            "mark": f"{wanted.mark.start}-{wanted.mark.end}" if wanted.mark else None,
            "page": wanted.page,
            "at": wanted.at,
            "view": wanted.view,
            "zoom": wanted.zoom or None,
            "theme": wanted.theme or None,
            "embed": 1 if wanted.embed else None,
        }
        return "?" + urlencode({name: value for name, value in given.items() if value is not None})

    def elsewhere(self, **changes: Any) -> str:  # noqa: ANN401 - likewise
        """Return the query string for another place or view; what is marked is kept."""
        return self.address(**{"page": None, "at": None, "view": self.view, **changes})


def reader_address(report_id: str, span: Span | None = None) -> str:
    """Return where the reader shows a report, or some words of it, relative to the root."""
    mark = f"?mark={span.start}-{span.end}" if span else ""
    return f"./reports/{report_id}{mark}"


def check_report_id(report_id: str) -> str:
    """Return a report's id.

    Raises:
        BadAddressError: it is none.
    """
    if not _REPORT.fullmatch(report_id):
        raise BadAddressError("the address names no report")
    return report_id


def read_wanted(query: Mapping[str, str]) -> Wanted:
    """Read a query string.

    Raises:
        BadAddressError: a mark, page or view is none.
    """
    return replace(
        read_looks(query),
        mark=read_mark(query["mark"]) if "mark" in query else None,
        page=read_number(query["page"], "page", 1) if "page" in query else None,
        at=read_number(query["at"], "place", 0) if "at" in query else None,
        view=_read_view(query["view"]) if "view" in query else None,
    )


def read_looks(query: Mapping[str, str]) -> Wanted:
    """Read how things are to look, and no place; what is no such thing is left out."""
    zoom = query.get("zoom", "")
    theme = query.get("theme", "")
    return Wanted(
        zoom=int(zoom) if _NUMBER.fullmatch(zoom) and int(zoom) in ZOOMS else 0,
        theme=theme if theme in {"dark", "light"} else "",
        embed=query.get("embed") == "1",
    )


def read_mark(mark: str) -> Span:
    """Read "START-END", code points of the report's text.

    Raises:
        BadAddressError: it is something else, or holds nothing.
    """
    match = _MARK.fullmatch(mark)
    if not match or int(match[1]) >= int(match[2]):
        raise BadAddressError("the address names no words: a mark is START-END")
    return Span(int(match[1]), int(match[2]))


def read_number(number: str, name: str, least: int) -> int:
    """Read a number of at most nine digits.

    Raises:
        BadAddressError: it is none, or below `least`.
    """
    if not _NUMBER.fullmatch(number) or int(number) < least:
        raise BadAddressError(f"the address names no {name}: it is a number from {least}")
    return int(number)


def read_scale(query: Mapping[str, str]) -> float:
    """Read pixels for each point; anything that is no such number is 2."""
    try:
        wanted = float(query.get("scale", "2"))
    except ValueError:
        return 2.0
    return wanted if wanted > 0 else 2.0


def read_label(query: Mapping[str, str]) -> str | None:
    """Return the page number that somebody typed, where the form for it was sent."""
    return query["go"].strip()[:_LONGEST_LABEL] if "go" in query else None


def _read_view(view: str) -> View:
    try:
        return View(view)
    except ValueError as error:
        raise BadAddressError("the address names no view: page, text or overview") from error
