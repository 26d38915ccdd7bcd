"""Goes through the elements of a page's main content and says what their words are."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from ingest.canonical import canonicalise
from ingest.html_content import HEADINGS, ContentFilter, Step, classes
from ingest.html_lists import OrderedList, open_list
from ingest.html_notes import (
    Attributes,
    begins_note,
    holds_notes,
    is_mark,
    is_note,
    is_reference_id,
    read_mark,
    read_reference,
)
from ingest.html_sink import BlockSink
from ingest.report import BlockKind

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_BREAKING = HEADINGS | frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "colgroup", "dd",
    "details", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
    "header", "hgroup", "hr", "html", "legend", "li", "listing", "main", "menu", "ol", "p", "pre",
    "search", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    "xmp",
))  # fmt: skip
_CAPTIONS = frozenset(("caption", "figcaption"))
_CAPTION_NAMES = re.compile(r"(?:fig(?:ure)?|table|chart|image|wp|mso)?-?caption(?:-text)?")
_SHOWN_AS_BLOCK = re.compile(r"display\s*:\s*(?:block|flex|grid|table)", re.IGNORECASE)
_LISTS = ("ol", "ul", "menu", "dir")
# Beyond it tables only place things; nobody prints tables in tables in tables so deep.
_DEEPEST_TABLE = 20
_PREFORMATTED = ("pre", "listing", "xmp")

_Action = Callable[["BlockCollector", "LexborNode", Attributes], None]


class BlockCollector:
    """Goes through a page and collects its blocks and footnotes.

    Attributes:
        sink: where the blocks go.
        pictures: how many pictures without a description were passed over.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.sink = BlockSink()
        self.pictures = 0
        self._tables: list[bool] = []
        self._lists: list[OrderedList | None] = []
        self._items = 0
        self._note_lists = 0
        self._quotes = 0
        self._preformatted = 0
        self._ignored: int | None = None

    def through(self, content: ContentFilter) -> None:
        """Read everything that the filter lets through."""
        for step, node in content.walk():
            if step is Step.LEAVE and node.mem_id == self._ignored:
                self._ignored = None
            elif self._ignored is not None:
                continue
            elif step is Step.TEXT:
                self.sink.add_words((node.text_content or "").replace("\0", ""))
            elif step is Step.ENTER:
                self._enter(node, node.attributes)
            else:
                self._leave(node, node.attributes)
        self.sink.flush()

    def _enter(self, node: LexborNode, attributes: Attributes) -> None:
        tag = node.tag or ""
        if tag in {"a", "span", "sup"} and self._refer(node, attributes):
            return
        breaking = _is_breaking(tag, attributes)
        if breaking:
            self.sink.flush()
        self._remember_anchor(tag, attributes)
        if breaking:
            self._open_note(node, attributes)
            self._open_caption(node, attributes)
        action = self._ENTER.get(tag)
        if action:
            action(self, node, attributes)

    def _leave(self, node: LexborNode, attributes: Attributes) -> None:
        tag = node.tag or ""
        if _is_breaking(tag, attributes):
            self.sink.flush()
        action = self._LEAVE.get(tag)
        if action:
            action(self, node, attributes)
        self.sink.close(node.mem_id)
        if self._note_lists and holds_notes(attributes):
            self._note_lists -= 1

    def _refer(self, node: LexborNode, attributes: Attributes) -> bool:
        """Read a reference to a footnote, or pass over a link back from one."""
        if self.sink.note is not None and is_mark(node, attributes):
            self._remember_anchor(node.tag or "", attributes)
            self.sink.note.label = self.sink.note.label or read_mark(node)
            self._ignored = node.mem_id
            return True
        reference = read_reference(node)
        if reference is not None:
            self.sink.add_reference(*reference)
            self._ignored = node.mem_id
        return reference is not None

    def _remember_anchor(self, tag: str, attributes: Attributes) -> None:
        anchor = attributes.get("id") or (attributes.get("name") if tag == "a" else None)
        if not anchor or is_reference_id(anchor):
            return
        self.sink.anchor = anchor
        if self.sink.note is not None:
            self.sink.note.keys.append(anchor)

    def _open_note(self, node: LexborNode, attributes: Attributes) -> None:
        if holds_notes(attributes):
            self._note_lists += 1
        if begins_note(node) and node.parent is not None:
            self.sink.open_note(node.parent.mem_id, attributes.get("id"))
            return
        listed = self._note_lists > 0 and node.tag == "li"
        if self.sink.note is None and (listed or is_note(node, attributes)):
            self.sink.open_note(node.mem_id, attributes.get("id"))

    def _open_caption(self, node: LexborNode, attributes: Attributes) -> None:
        named = any(map(_CAPTION_NAMES.fullmatch, classes(attributes)))
        if node.tag in _CAPTIONS or (named and node.tag in {"p", "div"}):
            self.sink.open_gather(node.mem_id, BlockKind.CAPTION)

    def _open_heading(self, node: LexborNode, _: Attributes) -> None:
        if not self._quotes and self.sink.note is None:
            level = int((node.tag or "h1")[1])
            self.sink.open_gather(node.mem_id, BlockKind.HEADING, level)

    def _open_list(self, node: LexborNode, attributes: Attributes) -> None:
        items = sum(child.tag == "li" for child in node.iter()) if node.tag == "ol" else 0
        self._lists.append(open_list(attributes, items) if node.tag == "ol" else None)

    def _close_list(self, _: LexborNode, __: Attributes) -> None:
        self._lists.pop()

    def _open_item(self, _: LexborNode, attributes: Attributes) -> None:
        self._items += 1
        self.sink.in_item = True
        counter = self._lists[-1] if self._lists else None
        marker = counter.take(attributes.get("value")) if counter else ""
        if self.sink.note is None:
            self.sink.marker += marker
        elif not self.sink.note.drafts:
            self.sink.note.label = marker.strip().rstrip(".") or None

    def _close_item(self, _: LexborNode, __: Attributes) -> None:
        self._items -= 1
        self.sink.in_item = self._items > 0
        self.sink.marker = ""

    def _open_table(self, node: LexborNode, attributes: Attributes) -> None:
        deep = len(self._tables) >= _DEEPEST_TABLE
        self._tables.append(deep or _is_layout(node, attributes))

    def _close_table(self, _: LexborNode, __: Attributes) -> None:
        self._tables.pop()

    def _in_data_table(self) -> bool:
        return bool(self._tables) and not self._tables[-1]

    def _open_row(self, _: LexborNode, __: Attributes) -> None:
        if self._in_data_table():
            self.sink.open_row()

    def _close_row(self, _: LexborNode, __: Attributes) -> None:
        if self._in_data_table():
            self.sink.close_row()

    def _open_cell(self, node: LexborNode, _: Attributes) -> None:
        if self._in_data_table():
            self.sink.open_gather(node.mem_id, None)

    def _open_quote(self, _: LexborNode, __: Attributes) -> None:
        self._quotes += 1

    def _close_quote(self, _: LexborNode, __: Attributes) -> None:
        self._quotes -= 1

    def _open_preformatted(self, _: LexborNode, __: Attributes) -> None:
        self._preformatted += 1
        self.sink.preformatted = True

    def _close_preformatted(self, _: LexborNode, __: Attributes) -> None:
        self._preformatted -= 1
        self.sink.preformatted = self._preformatted > 0

    def _begin_quotation(self, _: LexborNode, __: Attributes) -> None:
        self.sink.add_words("“")

    def _end_quotation(self, _: LexborNode, __: Attributes) -> None:
        self.sink.add_words("”")

    def _break_line(self, _: LexborNode, __: Attributes) -> None:
        self.sink.break_line()

    def _see_picture(self, _: LexborNode, attributes: Attributes) -> None:
        if description := canonicalise(attributes.get("alt") or ""):
            self.sink.add_picture(description)
        elif "alt" not in attributes:
            self.pictures += 1

    _ENTER: ClassVar[dict[str, _Action]] = {
        **dict.fromkeys(HEADINGS, _open_heading),
        **dict.fromkeys(_LISTS, _open_list),
        **dict.fromkeys(("td", "th"), _open_cell),
        **dict.fromkeys(_PREFORMATTED, _open_preformatted),
        "li": _open_item,
        "table": _open_table,
        "tr": _open_row,
        "blockquote": _open_quote,
        "q": _begin_quotation,
        "br": _break_line,
        "img": _see_picture,
    }
    _LEAVE: ClassVar[dict[str, _Action]] = {
        **dict.fromkeys(_LISTS, _close_list),
        **dict.fromkeys(_PREFORMATTED, _close_preformatted),
        "li": _close_item,
        "table": _close_table,
        "tr": _close_row,
        "blockquote": _close_quote,
        "q": _end_quotation,
    }


def _is_breaking(tag: str, attributes: Attributes) -> bool:
    """Tell whether the element begins a new line, and so ends the block before it."""
    return tag in _BREAKING or bool(_SHOWN_AS_BLOCK.search(attributes.get("style") or ""))


def _is_layout(table: LexborNode, attributes: Attributes) -> bool:
    """Tell a table that only places things: it has one column, or holds headings."""
    if attributes.get("role") in {"presentation", "none"}:
        return True
    if table.css_first("h1, h2, h3, h4, h5, h6") is not None:
        return True
    groups = (group for group in table.iter() if group.tag in {"tbody", "thead", "tfoot"})
    rows = (row for group in groups for row in group.iter() if row.tag == "tr")
    return all(sum(cell.tag in {"td", "th"} for cell in row.iter()) < 2 for row in rows)  # noqa: PLR2004
