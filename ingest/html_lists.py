"""Numbers of HTML lists, as a browser prints them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.html_content import classes
from ingest.labels import find_label
from ingest.numerals import write_letters, write_roman

_STYLES = {
    "1": "decimal",
    "a": "lower-alpha",
    "A": "upper-alpha",
    "i": "lower-roman",
    "I": "upper-roman",
}
_LIST_STYLE = re.compile(
    r"list-style(?:-type)?\s*:[^;]*?\b(none|decimal|(?:lower|upper)-(?:alpha|latin|roman))",
    re.IGNORECASE,
)
_PLAIN = frozenset(("legislative-list", "list-none", "list-unstyled", "no-bullets", "unstyled"))


@dataclass
class OrderedList:
    """Counts the items of one `ol`."""

    style: str
    number: int
    step: int

    def take(self, value: str | None) -> str:
        """Return the next item's marker ("3. "), empty where the list prints none.

        Args:
            value: the item's own `value` attribute, if it has one.
        """
        self.number = _integer(value, self.number)
        ordinal = _write(self.number, self.style)
        self.number += self.step
        return f"{ordinal}. " if ordinal else ""


def open_list(attributes: dict[str, str | None], items: int) -> OrderedList:
    """Return the counter for an `ol` with these attributes and so many items of its own."""
    step = -1 if "reversed" in attributes else 1
    first = _integer(attributes.get("start"), items if step < 0 else 1)
    return OrderedList(_find_style(attributes), first, step)


def mark(marker: str, words: str) -> str:
    """Return an item with its marker, unless its words begin with a number of their own."""
    ordinal = re.escape(marker.strip().rstrip("."))
    label = find_label(words) or ""
    own = label.startswith("(") or (label[:1].isdigit() and "." in label)
    if own or (ordinal and re.match(rf"\(?{ordinal}[.)]\s", words, re.IGNORECASE)):
        return words
    return marker + words


def _write(number: int, style: str) -> str:
    case, _, kind = style.partition("-")
    if style == "none":
        return ""
    write = {"roman": write_roman, "alpha": write_letters, "latin": write_letters}.get(kind, str)
    written = write(number)
    return written.upper() if case == "upper" else written


def _find_style(attributes: dict[str, str | None]) -> str:
    named = _LIST_STYLE.search(attributes.get("style") or "")
    if named:
        return named[1].lower()
    names = {*classes(attributes)}
    if names & _PLAIN or ("govuk-list" in names and "govuk-list--number" not in names):
        return "none"
    return _STYLES.get(attributes.get("type") or "1", "decimal")


def _integer(text: str | None, default: int) -> int:
    match = re.fullmatch(r"\s*([+-]?\d{1,9})\s*", text or "")
    return int(match[1]) if match else default
