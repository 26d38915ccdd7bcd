"""What a Word paragraph is by its styles: heading, title, caption, list, contents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.docx_package import W

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

DEEPEST_HEADING = 6
_BODY_LEVEL = 9
# Word stores English names whatever its language; other programs store what they show.
_HEADING = re.compile(
    r"(?:heading|überschrift|titre|título|titolo|kop|rubrik|overskrift|otsikko|nagłówek|nadpis|"
    r"cím|címsor|titlu|başl\u0131k|заголовок|naslov|επικεφαλίδα|見出し|标题|標題|제목)\s*([1-9])"
)
_TITLES = frozenset(("title", "titel", "titre", "título", "titolo", "tytuł", "otsikko", "название"))
_SUBTITLES = frozenset(
    (
        "subtitle",
        "untertitel",
        "sous-titre",
        "subtítulo",
        "sottotitolo",
        "ondertitel",
        "underrubrik",
    )
)
_CAPTIONS = frozenset(
    ("caption", "beschriftung", "légende", "epígrafe", "didascalia", "bijschrift", "legenda")
)
_QUOTATIONS = frozenset(
    ("quote", "intense quote", "quotations", "block text", "blockquote", "block quote", "zitat",
     "citation", "cita", "citazione", "citaat")
)  # fmt: skip
_CONTENTS = re.compile(
    r"(?:toc|index|contents|verzeichnis|tm|tdc|sommario)\s*\d|toc heading|index heading|"
    r"contents heading|table of (?:figures|authorities)"
)


@dataclass(frozen=True, slots=True)
class NumberReference:
    """Which list and which of its levels a paragraph is numbered by.

    Attributes:
        list_id: `w:numId`; "0" takes numbering off.
        level: from 0; nothing where the list says which level belongs to `style`.
        style: id of the style that the reference stands in; nothing for a paragraph's own.
    """

    list_id: str
    level: int | None = None
    style: str | None = None


class StyleSheet:
    """The styles of a document, with inheritance resolved."""

    def __init__(self, root: Element | None) -> None:
        """Index the styles under `root`, the part `styles.xml`."""
        styles = root.findall(f"{W}style") if root is not None else []
        self._styles = {style.get(f"{W}styleId") or "": style for style in styles}
        self._default = next(
            (
                key
                for key, style in self._styles.items()
                if style.get(f"{W}type") == "paragraph" and is_on(style.get(f"{W}default"), "0")
            ),
            None,
        )
        self._hiding: dict[str | None, bool] = {}
        language = root.find(f".//{W}docDefaults//{W}lang") if root is not None else None
        self.language = language.get(f"{W}val") if language is not None else None

    def find_heading_level(self, paragraph: Element) -> int | None:
        """Return 1 to 6 where the paragraph or its style has a heading's outline level or name."""
        own = _read_outline(paragraph.find(f"{W}pPr"))
        if own is not None:
            return _as_heading(own)
        for style in self._chain(paragraph):
            outline = _read_outline(style.find(f"{W}pPr"))
            if outline is not None:
                return _as_heading(outline)
            named = _HEADING.fullmatch(_name(style))
            if named:
                return min(int(named[1]), DEEPEST_HEADING)
        return None

    def is_title(self, paragraph: Element) -> bool:
        """Tell whether the paragraph is the document's title."""
        return self._is_named(paragraph, _TITLES)

    def is_subtitle(self, paragraph: Element) -> bool:
        """Tell whether the paragraph is the document's subtitle."""
        return self._is_named(paragraph, _SUBTITLES)

    def is_caption(self, paragraph: Element) -> bool:
        """Tell whether the paragraph is a caption."""
        return self._is_named(paragraph, _CAPTIONS)

    def is_quotation(self, paragraph: Element) -> bool:
        """Tell whether the paragraph is a block quotation."""
        return self._is_named(paragraph, _QUOTATIONS)

    def is_contents(self, paragraph: Element) -> bool:
        """Tell whether the paragraph is a line of a table of contents or an index."""
        return any(_CONTENTS.fullmatch(_name(style)) for style in self._chain(paragraph))

    def find_numbering(self, paragraph: Element) -> NumberReference | None:
        """Return by which list the paragraph is numbered: its own word first, then its style's."""
        list_id, level = _read_numbering(paragraph.find(f"{W}pPr"))
        if list_id is not None:
            return NumberReference(list_id, level or 0)
        for style in self._chain(paragraph):
            styled, styled_level = _read_numbering(style.find(f"{W}pPr"))
            if styled is not None:
                chosen = level if level is not None else styled_level
                return NumberReference(styled, chosen, style.get(f"{W}styleId"))
        return None

    def find_list_of(self, style_id: str) -> str | None:
        """Return the list that a numbering style stands for."""
        style = self._styles.get(style_id)
        return _read_numbering(style.find(f"{W}pPr"))[0] if style is not None else None

    def _is_named(self, paragraph: Element, names: frozenset[str]) -> bool:
        return any(_name(style) in names for style in self._chain(paragraph))

    def hides_paragraph(self, paragraph: Element) -> bool:
        """Tell whether the paragraph's style hides its words."""
        return self._hides(self._style_of(paragraph))

    def hides_run(self, run: Element) -> bool:
        """Tell whether the run's own style hides its words."""
        reference = run.find(f"{W}rPr/{W}rStyle")
        return reference is not None and self._hides(reference.get(f"{W}val"))

    def _hides(self, key: str | None) -> bool:
        if key not in self._hiding:
            found = (style.find(f"{W}rPr/{W}vanish") for style in self._follow(key))
            vanish = next((mark for mark in found if mark is not None), None)
            self._hiding[key] = vanish is not None and is_on(vanish.get(f"{W}val"))
        return self._hiding[key]

    def _style_of(self, paragraph: Element) -> str | None:
        reference = paragraph.find(f"{W}pPr/{W}pStyle")
        return reference.get(f"{W}val") if reference is not None else self._default

    def _chain(self, paragraph: Element) -> Iterator[Element]:
        """Yield the paragraph's style and those that it is based on, nearest first."""
        return self._follow(self._style_of(paragraph))

    def _follow(self, key: str | None) -> Iterator[Element]:
        seen: set[str] = set()
        while key is not None and key in self._styles and key not in seen:
            seen.add(key)
            style = self._styles[key]
            yield style
            base = style.find(f"{W}basedOn")
            key = base.get(f"{W}val") if base is not None else None


def is_on(value: str | None, default: str = "1") -> bool:
    """Tell whether an on-off attribute is on; `default` is what its absence means."""
    return (value if value is not None else default) not in {"0", "false", "off"}


def read_integer(text: str | None) -> int | None:
    """Return a decimal attribute as a number, nothing where it is none."""
    return int(text) if text and re.fullmatch(r"-?\d{1,9}", text) else None


def _name(style: Element) -> str:
    name = style.find(f"{W}name")
    return ((name.get(f"{W}val") if name is not None else None) or "").strip().lower()


def _read_outline(properties: Element | None) -> int | None:
    found = properties.find(f"{W}outlineLvl") if properties is not None else None
    return read_integer(found.get(f"{W}val")) if found is not None else None


def _as_heading(outline: int) -> int | None:
    return min(outline + 1, DEEPEST_HEADING) if 0 <= outline < _BODY_LEVEL else None


def _read_numbering(properties: Element | None) -> tuple[str | None, int | None]:
    found = properties.find(f"{W}numPr") if properties is not None else None
    if found is None:
        return None, None
    list_id = found.find(f"{W}numId")
    level = found.find(f"{W}ilvl")
    return (
        list_id.get(f"{W}val") if list_id is not None else None,
        read_integer(level.get(f"{W}val")) if level is not None else None,
    )
