"""Title, date and creator of a PDF: from its document information or its first pages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ingest.canonical import canonicalise
from ingest.pdf_groups import Group
from ingest.report import Metadata

_NO_TITLE = re.compile(
    r"(?:microsoft (?:word|powerpoint)\b.*|untitled.*|document\d*|title|slide \d+|print|layout 1"
    r"|.*\.(?:docx?|dotx?|rtf|odt|indd|qxd|pdf|tex|dvi|ps|html?)|\(?(?:anonymous|unspecified)\)?)",
    re.IGNORECASE,
)
_NO_CREATOR = frozenset(
    (
        "", "(anonymous)", "(unspecified)", "admin", "administrator", "anonymous", "author",
        "microsoft office user", "owner", "root", "unknown", "user", "windows user",
    )
)  # fmt: skip
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_DATE = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+)?(?P<month>{'|'.join(_MONTHS)})\s+"
    r"(?P<year>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_STAMP = re.compile(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?")
_COVER = 1500
_LONGEST_TITLE = 300


def choose_title(
    title: Group | None, groups: Sequence[Group], given: Mapping[str, str]
) -> str | None:
    """Return the title: as the cover prints it, else as the document information has it.

    Where both say the same, or one goes on where the other ends, the longer one is taken if
    it is on the first pages at all.
    """
    printed = canonicalise(title.text) if title else None
    named = given.get("Title", "")
    if _NO_TITLE.fullmatch(named) or len(named) > _LONGEST_TITLE:
        named = ""
    if not printed or not named:
        return printed or named or None
    cover = _fold(" ".join(group.text for group in groups[:12]))
    if _fold(named).startswith(_fold(printed)) and _fold(named) in cover:
        return named
    return printed


def read_metadata(
    given: Mapping[str, str], groups: Sequence[Group], language: str | None
) -> Metadata:
    """Return what the file says of itself; a date printed on the first pages goes first."""
    creator = given.get("Author", "")
    return Metadata(
        creator=creator if creator.lower() not in _NO_CREATOR else None,
        date=_printed_date(groups) or _stamp(given),
        language=(language or "en").partition("-")[0].lower(),
    )


def _printed_date(groups: Sequence[Group]) -> str | None:
    first = " ".join(group.text for group in groups if group.page <= groups[0].page + 1)
    match = _DATE.search(first[:_COVER])
    if not match:
        return None
    month = _MONTHS.index(match["month"].lower()) + 1
    day = f"-{int(match['day']):02}" if match["day"] else ""
    return f"{match['year']}-{month:02}{day}"


def _stamp(given: Mapping[str, str]) -> str | None:
    match = _STAMP.match(given.get("CreationDate") or given.get("ModDate") or "")
    return "-".join(part for part in match.groups() if part) if match else None


def _fold(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
