"""Tells a page's main content from what stands around it and what it hides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))

_DROPPED = frozenset((
    "annotation", "annotation-xml", "area", "audio", "base", "button", "canvas",
    "datalist", "del", "dialog", "embed", "head", "iframe", "input", "link", "map",
    "meta", "nav", "noscript", "object", "progress", "rp", "rt", "script", "select",
    "style", "svg", "template", "textarea", "title", "video",
))  # fmt: skip
_DROPPED_ROLES = frozenset((
    "alertdialog", "contentinfo", "dialog", "doc-backlink", "doc-pagelist", "doc-toc",
    "menu", "menubar", "navigation", "search", "tablist", "toolbar",
))  # fmt: skip
_HIDING_STYLE = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE
)
_FURNITURE = re.compile(
    r"(?:[a-z]{1,6}-(?:c-)?)?(?:"
    r"breadcrumbs?|skip-?(?:link|nav|navigation)s?|skip-to-(?:main|content|main-content)|"
    r"nav(?:header|footer|-panel|bar|box)|sphinxsidebar|header-?link|anchor-?link|permalink|"
    r"docnav|editsection|jump-link|catlinks|printfooter|noprint|no-print|"
    r"share|share-(?:links|buttons|tools)|social-(?:media|share|links|icons)|"
    r"visually-?hidden|sr-only|screen-reader-(?:text|only)|"
    r"adverts?|advertisement|pagination|pager|back-to-top|print-link|feedback-(?:form|prompt))"
)
_COOKIES = re.compile(
    r"(?:.*[-_])?cookie[-_]?(?:banner|bar|consent|notice|message|popup|dialog|control|law)s?"
    r"(?:[-_].*)?|onetrust.*|cybot.*|gdpr[-_].*",
    re.IGNORECASE,
)
# Dropped only where nearly all they hold are links: "contents" is also a common wrapper.
_DOUBTFUL = re.compile(
    r"(?:.*[-_])?(?:toc|contents|contents-list|table-of-contents|shortcontents|sidebar|menu|nav|"
    r"navigation|header|footer|related(?:-.*)?)"
)
_CONTENTS = frozenset(("contents", "table of contents", "on this page", "page contents"))
_LIKELY_MAIN = (
    "article",
    "[itemprop=articleBody]",
    "#main-content",
    "#mw-content-text",
    "#content",
    "#main",
)
_MOSTLY = 0.5
_DEEPEST = 100
_LINKY = 0.6
_SHORTEST_CONTENTS = 3


class Step(Enum):
    """What happens to a node on a walk."""

    ENTER = "enter"
    LEAVE = "leave"
    TEXT = "text"


class ContentFilter:
    """Says of each element whether it belongs to the report.

    Attributes:
        hidden_words: how many words the elements held that were left out as hidden.
    """

    def __init__(self, root: LexborNode) -> None:
        """Filter what lies under `root`: the body, or a narrower main content."""
        self.hidden_words = 0
        self._root = root
        self._depth = 0
        self._narrow = root.tag != "body"
        self._total = max(len(root.text()), 1)

    def walk(self) -> Iterator[tuple[Step, LexborNode]]:
        """Yield the nodes that belong, in document order; iteratively, however deep."""
        above: list[LexborNode] = []
        node = self._root.child
        while node is not None or above:
            if node is None:
                node = above.pop()
                self._depth = len(above)
                yield Step.LEAVE, node
            elif node.is_element_node and self.keeps(node):
                yield Step.ENTER, node
                above.append(node)
                self._depth = len(above)
                node = node.child
                continue
            elif node.is_text_node:
                yield Step.TEXT, node
            node = node.next

    def keeps(self, node: LexborNode) -> bool:
        """Tell whether the element belongs to the report."""
        attributes = node.attributes
        if is_hidden(attributes):
            self.hidden_words += len(node.text(separator=" ").split())
            return False
        if node.tag in _DROPPED or (attributes.get("role") or "") in _DROPPED_ROLES:
            return False
        if _is_furniture(attributes):
            return False
        # What follows looks at all that the element holds: never for each of endless levels.
        if self._depth > _DEEPEST:
            return True
        if any(map(_DOUBTFUL.fullmatch, classes(attributes))) and _is_linky(node):
            return False
        return not self._stands_apart(node, attributes)

    def _stands_apart(self, node: LexborNode, attributes: dict[str, str | None]) -> bool:
        """Tell whether the element's tag or contents make it something else than the report."""
        tag = node.tag or ""
        role = attributes.get("role") or ""
        if tag in {"ul", "ol"}:
            return self._is_link_list(node)
        if tag == "aside" or role == "complementary":
            return not role.startswith("doc-") and (not self._narrow or _is_linky(node))
        if tag == "header" or role == "banner":
            return not self._narrow and node.css_first("h1") is None
        if tag == "footer":
            return not _holds_report_words(node)
        if tag == "form":
            return len(node.text()) < _MOSTLY * self._total
        return tag in HEADINGS and self._heads_contents(node)

    def _is_link_list(self, node: LexborNode) -> bool:
        """Tell a table of contents: a list of nothing but links within the page."""
        if len(node.css("li")) < _SHORTEST_CONTENTS:
            return False
        return _is_linky(node, "a[href^='#']" if self._narrow else "a[href]", share=0.9)

    def _heads_contents(self, node: LexborNode) -> bool:
        if " ".join(node.text().split()).casefold() not in _CONTENTS:
            return False
        after = node.next
        while after is not None and not after.is_element_node:
            after = after.next
        return after is None or not self.keeps(after)


def find_main(document: LexborHTMLParser) -> LexborNode | None:
    """Return the element that holds the main content, the body where none is marked as such."""
    body = document.body
    if body is None:
        return None
    marked = [node for node in document.css("main, [role=main]") if not is_hidden(node.attributes)]
    marked = [node for node in marked if node.text(strip=True)]
    if marked:
        return max(marked, key=lambda node: len(node.text()))
    least = _MOSTLY * sum(len(p.text()) for p in body.css("p, li, td, dd, pre"))
    for selector in _LIKELY_MAIN:
        longest = max(body.css(selector), key=lambda node: len(node.text()), default=None)
        if longest is not None and longest.tag != "body" and len(longest.text()) > least > 0:
            return longest
    return body


def is_hidden(attributes: dict[str, str | None]) -> bool:
    """Tell whether the page does not show the element with these attributes."""
    if "hidden" in attributes and attributes["hidden"] != "until-found":
        return True
    if attributes.get("aria-hidden") == "true":
        return True
    return bool(_HIDING_STYLE.search(attributes.get("style") or ""))


def classes(attributes: dict[str, str | None]) -> list[str]:
    """Return the element's class names in lower case."""
    return (attributes.get("class") or "").lower().split()


def _is_furniture(attributes: dict[str, str | None]) -> bool:
    names = classes(attributes)
    if _COOKIES.fullmatch(attributes.get("id") or "") or any(map(_COOKIES.fullmatch, names)):
        return True
    return any(map(_FURNITURE.fullmatch, names))


def _is_linky(node: LexborNode, links: str = "a[href]", share: float = _LINKY) -> bool:
    total = len("".join(node.text().split()))
    linked = sum(len("".join(link.text().split())) for link in node.css(links))
    return linked >= share * max(total, 1)


def _holds_report_words(footer: LexborNode) -> bool:
    """Tell whether a footer holds footnotes, or says who is quoted above it."""
    if footer.parent is not None and footer.parent.tag == "blockquote":
        return True
    return bool(footer.css("[role=doc-endnotes], .footnotes, .footnote, li[id^=fn]"))
