"""Automatic numbers of a Word document, as they print.

Word stores only which list and level a paragraph is numbered by; the number follows from the
paragraphs before it (ECMA-376 part 1, section 17.9).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ingest.docx_package import W
from ingest.docx_styles import NumberReference, StyleSheet, is_on, read_integer
from ingest.numerals import write_letters_of_word, write_ordinal, write_roman, write_words

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_PLACE = re.compile(r"%([1-9])")
_MOST_LINKS = 8


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is numbered.

    Attributes:
        start: its first number.
        form: `w:numFmt`, such as "decimal", "lowerRoman", "bullet" or "none".
        template: `w:lvlText`, such as "%1.%2" or "(%3)".
        restart: the level (from 1) after which it begins anew; 0 for never; nothing for any.
        legal: whether all numbers in the template print as figures.
        style: id of the paragraph style that is numbered by this level.
    """

    start: int = 1
    form: str = "decimal"
    template: str = ""
    restart: int | None = None
    legal: bool = False
    style: str | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """What prints before a paragraph.

    Attributes:
        text: "4.12", "(a)", "Recommendation 3:"; empty for a bullet.
        list_id: identity of the list whose counting it continues.
        dotted: whether it joins several levels, as paragraph numbers of reports do.
    """

    text: str
    list_id: str
    dotted: bool = False


@dataclass
class _Counters:
    """How far the levels of one list have been counted; several `w:num` may share one."""

    values: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Counts the lists of a document from its first paragraph to its last."""

    def __init__(self, root: Element | None, styles: StyleSheet) -> None:
        """Index the lists under `root`, the part `numbering.xml`."""
        self._styles = styles
        self._abstract: dict[str, Element] = {}
        self._lists: dict[str, Element] = {}
        self._levels: dict[str, dict[int, Level]] = {}
        self._counters: dict[str, _Counters] = {}
        self._begun: set[tuple[str, int]] = set()
        self._runs: dict[str, int] = {}
        for element in root if root is not None else ():
            if element.tag == f"{W}abstractNum":
                self._abstract[element.get(f"{W}abstractNumId") or ""] = element
            elif element.tag == f"{W}num":
                self._lists[element.get(f"{W}numId") or ""] = element

    def count(self, reference: NumberReference | None) -> Number | None:
        """Count one more paragraph and return what prints before it, nothing if no number does."""
        if reference is None or reference.list_id not in self._lists:
            return None
        levels = self._levels_of(reference.list_id)
        at = self._find_level(reference, levels)
        level = levels.get(at)
        if level is None:
            return None
        abstract = self._abstract_of(reference.list_id)
        counters = self._counters.setdefault(abstract, _Counters())
        self._advance(reference.list_id, abstract, at, levels)
        identity = f"{abstract}/{self._runs.get(abstract, 0)}"
        if level.form == "bullet":
            return Number("", identity)
        text = _fill(level, levels, counters.values)
        if not text.strip():
            return None
        return Number(text.strip(), identity, bool(re.search(r"\d\.\d", text)))

    def _advance(self, list_id: str, abstract: str, at: int, levels: dict[int, Level]) -> None:
        values = self._counters[abstract].values
        for above in range(at):
            # A level that was passed over counts as begun: 1.1 and then 2, as LibreOffice prints.
            if above in levels:
                values.setdefault(above, levels[above].start)
        override = self._find_override(list_id, at)
        if override is not None and (list_id, at) not in self._begun:
            values[at] = override
            self._runs[abstract] = self._runs.get(abstract, 0) + 1
        else:
            values[at] = values[at] + 1 if at in values else levels[at].start
        self._begun.add((list_id, at))
        for deeper in [other for other in values if other > at]:
            restart = levels[deeper].restart if deeper in levels else None
            if restart is None or 0 < at + 1 <= restart:
                del values[deeper]

    def _find_level(self, reference: NumberReference, levels: dict[int, Level]) -> int:
        if reference.style is not None:
            for at, level in levels.items():
                if level.style == reference.style:
                    return at
        return reference.level or 0

    def _find_override(self, list_id: str, at: int) -> int | None:
        for override in self._lists[list_id].findall(f"{W}lvlOverride"):
            if read_integer(override.get(f"{W}ilvl")) == at:
                return _read(override, "startOverride")
        return None

    def _abstract_of(self, list_id: str) -> str:
        """Return which list a `w:num` counts, through links by numbering styles."""
        for _ in range(_MOST_LINKS):
            reference = self._lists[list_id].find(f"{W}abstractNumId")
            abstract = (reference.get(f"{W}val") if reference is not None else None) or ""
            link = self._abstract.get(abstract)
            link = link.find(f"{W}numStyleLink") if link is not None else None
            target = (
                self._styles.find_list_of(link.get(f"{W}val") or "") if link is not None else None
            )
            if target is None or target not in self._lists:
                break
            list_id = target
        return abstract

    def _levels_of(self, list_id: str) -> dict[int, Level]:
        if list_id not in self._levels:
            found: dict[int, Level] = {}
            abstract = self._abstract.get(self._abstract_of(list_id))
            elements = list(abstract.findall(f"{W}lvl")) if abstract is not None else []
            elements += self._lists[list_id].findall(f"{W}lvlOverride/{W}lvl")
            for element in elements:
                found[read_integer(element.get(f"{W}ilvl")) or 0] = _read_level(element)
            self._levels[list_id] = found
        return self._levels[list_id]


def _read_level(element: Element) -> Level:
    style = element.find(f"{W}pStyle")
    legal = element.find(f"{W}isLgl")
    template = element.find(f"{W}lvlText")
    start = _read(element, "start")
    return Level(
        start=0 if start is None else start,
        form=_read_form(element),
        template=(template.get(f"{W}val") if template is not None else None) or "",
        restart=_read(element, "lvlRestart"),
        legal=legal is not None and is_on(legal.get(f"{W}val")),
        style=style.get(f"{W}val") if style is not None else None,
    )


def _read_form(element: Element) -> str:
    """Return the number format; Word wraps one that it made up later together with a fallback."""
    forms = list(element.iter(f"{W}numFmt"))
    known = [form for form in forms if form.get(f"{W}val") != "custom"] or forms
    return (known[0].get(f"{W}val") if known else None) or "decimal"


def _read(element: Element, name: str) -> int | None:
    found = element.find(f"{W}{name}")
    return read_integer(found.get(f"{W}val")) if found is not None else None


def _fill(level: Level, levels: dict[int, Level], values: dict[int, int]) -> str:
    """Return the template with its numbers; a level not counted yet shows its first one."""

    def number(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        shown = levels.get(at, Level())
        form = "decimal" if level.legal and shown.form not in {"none", "bullet"} else shown.form
        return format_number(values.get(at, shown.start), form)

    return _PLACE.sub(number, level.template)


def format_number(number: int, form: str) -> str:
    """Return a number in a `w:numFmt`; in figures where the form is not known."""
    if form in {"none", "bullet"}:
        return ""
    if form == "decimalZero":
        return f"{number:02d}"
    if form.endswith("Roman"):
        written = write_roman(number)
    elif form.endswith("Letter"):
        written = write_letters_of_word(number)
    elif form == "ordinal":
        written = write_ordinal(number)
    elif form == "cardinalText":
        written = write_words(number).capitalize()
    else:
        written = str(number)
    return written.upper() if form.startswith("upper") else written
