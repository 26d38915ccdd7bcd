"""The visible words of HTML that stands inside a Markdown file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

from ingest.report import BlockKind

HIDDEN = frozenset({"script", "style", "template"})
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_KINDS = {
    "li": BlockKind.LIST_ITEM,
    "tr": BlockKind.TABLE_ROW,
    "caption": BlockKind.CAPTION,
    "figcaption": BlockKind.CAPTION,
}
_CONTAINERS = """
    address article aside blockquote body center dd details dialog div dl dt fieldset figure
    footer form header hr html iframe legend main nav ol p pre section summary table tbody
    textarea tfoot thead ul
"""
_BLOCKS = frozenset(_CONTAINERS.split()) | {*_HEADINGS, *_KINDS}
_NAMED = frozenset({*_HEADINGS, *_KINDS})
_CELLS = frozenset({"td", "th"})
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)")
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fragment:
    """A block of the HTML: its kind, words as extracted, line from 1 within the HTML."""

    kind: BlockKind
    words: str
    level: int | None
    line: int


def tag_name(tag: str) -> str:
    """Return the element that a tag opens or closes, in lower case; empty for a comment."""
    match = _TAG.match(tag)
    return match[1].lower() if match else ""


def visible_words(tag: str) -> str:
    """Return what one tag in running text shows: a picture's description, a break's space."""
    name = tag_name(tag)
    if name == "img":
        match = _ALT.search(tag)
        return unescape(next((group for group in match.groups() if group), "")) if match else ""
    return " " if name in {"br", "wbr", "td", "th"} or name in _BLOCKS else ""


def split_html(html: str) -> tuple[tuple[Fragment, ...], bool]:
    """Return the HTML's blocks, and whether scripts or styles were left out of them."""
    parser = _Splitter()
    parser.feed(html)
    parser.close()
    parser.end_block()
    return tuple(parser.fragments), parser.left_out


@dataclass
class _Splitter(HTMLParser):
    fragments: list[Fragment] = field(default_factory=list)
    left_out: bool = False
    _words: list[str] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)
    _hidden: str | None = None
    _line: int = 1

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._hidden:
            return
        if tag in HIDDEN:
            self._hidden = tag
            self.left_out = True
        elif tag in _BLOCKS:
            self.end_block()
            if self._open[-1:] == [tag]:  # the end tags of items and rows may be left out
                self._open.pop()
            self._open.append(tag)
        elif tag in _CELLS:
            self._words.append(" | " if any(w.strip() for w in self._words) else "")
        elif tag == "img":
            self._say(dict(attrs).get("alt") or "")
        elif tag == "br":
            self._words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = None
        elif not self._hidden and tag in _BLOCKS:
            self.end_block()
            while tag in self._open and self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._say(data)

    def _say(self, words: str) -> None:
        if words.strip() and not any(map(str.strip, self._words)):
            before = words[: len(words) - len(words.lstrip())]
            self._line = self.getpos()[0] + before.count("\n")
        self._words.append(words)

    def end_block(self) -> None:
        """Close the block that words were being collected for."""
        words = "".join(self._words)
        self._words = []
        if not words.strip():
            return
        element = next((tag for tag in reversed(self._open) if tag in _NAMED), "")
        kind = BlockKind.HEADING if element in _HEADINGS else _KINDS.get(element)
        self.fragments.append(
            Fragment(kind or BlockKind.PARAGRAPH, words, _HEADINGS.get(element), self._line)
        )
