"""Recognises footnotes of an HTML page, references to them, and the links back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.html_content import HEADINGS, classes

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

Attributes = dict[str, str | None]

_LIST_ROLES = frozenset(("doc-endnotes", "doc-footnotes"))
_NOTE_ROLES = frozenset(("doc-footnote", "doc-endnote"))
_LIST_NAMES = frozenset(("footnotes", "endnotes", "footnote-list", "footnotes-list", "references"))
_NOTE_NAMES = frozenset(("footnote", "endnote", "footnote-body", "footnote-text"))
_LABEL_NAMES = frozenset(("label", "fn-bracket", "footnote-number"))
_NOTE_TAGS = frozenset(("aside", "dd", "div", "li", "p", "section", "tr"))
_REFERENCE_NAMES = frozenset(("footnote-ref", "footnote-reference", "footnoteref", "noteref"))
_NOTE_ID = re.compile(
    r"_?(?:fn|ftn|footnote|endnote|edn|note|cite_note)[-_:.]?(?:[\w-]*[-_:.])?\d+", re.IGNORECASE
)
_REFERENCE_ID = re.compile(
    r"_?(?:fn|ftn|footnote|endnote|edn|note|cite)[-_:.]?ref|docf\d", re.IGNORECASE
)
_MARKER = re.compile(
    r"[\[(]?\s*(?:foot|end)?(?:note)?\s*(\d{1,3}|[a-z]|[*†‡§¶]{1,3})\s*[\])]?", re.IGNORECASE
)
_LEADING = re.compile(
    r"\[(\d{1,3}|[a-z]|[*†‡§¶]{1,3})\][.:]?\s*|\(?(\d{1,3}|[*†‡§¶]{1,3})[.):]?(?:\s+|$)"
)
# Texinfo: a heading begins each footnote, and nothing encloses it.
_NOTE_HEADING = "a[href^='#DOCF']"
_BACK = re.compile(r"[\s↩↑↵⏎^\ufe0e\ufe0f⤴]*|back|return|jump up|go back", re.IGNORECASE)


def holds_notes(attributes: Attributes) -> bool:
    """Tell whether the element is a list of footnotes."""
    names = {*classes(attributes), (attributes.get("id") or "").lower()}
    return attributes.get("role") in _LIST_ROLES or bool(names & _LIST_NAMES)


def is_note(node: LexborNode, attributes: Attributes) -> bool:
    """Tell whether the element is one footnote wherever it stands."""
    if node.tag not in _NOTE_TAGS or holds_notes(attributes):
        return False
    if attributes.get("role") in _NOTE_ROLES or _NOTE_NAMES & {*classes(attributes)}:
        return node.css_first(_NOTE_HEADING) is None
    return node.tag != "section" and bool(_NOTE_ID.fullmatch(attributes.get("id") or ""))


def begins_note(node: LexborNode) -> bool:
    """Tell whether the element is a heading that begins a footnote beside it."""
    return node.tag in HEADINGS and node.css_first(_NOTE_HEADING) is not None


def read_reference(node: LexborNode) -> tuple[str, str] | None:
    """Return the `id` and the printed mark that a reference to a footnote bears.

    Args:
        node: a link, or a superscript that holds nothing else than one.
    """
    link = node if node.tag == "a" else node.css_first("a[href]")
    if link is None or node.tag not in {"a", "sup"}:
        return None
    target = _fragment(link.attributes)
    marker = _MARKER.fullmatch(" ".join(node.text().split()))
    if not target or not marker or _REFERENCE_ID.match(target):
        return None
    said = link.attributes.get("role") == "doc-noteref" or link.attributes.get("rel") == "footnote"
    named = _REFERENCE_NAMES & {*classes(link.attributes)} or _NOTE_ID.fullmatch(target)
    raised = node.tag == "sup" or link.css_first("sup") is not None
    return (target, marker[1]) if said or named or raised else None


def is_mark(node: LexborNode, attributes: Attributes) -> bool:
    """Tell whether an element of a footnote is its mark, or leads back to where it is set."""
    if node.tag == "span":
        return bool(_LABEL_NAMES & {*classes(attributes)})
    if node.tag != "a":
        return False
    if any("footnote-back" in name or "backref" in name for name in classes(attributes)):
        return True
    target = _fragment(attributes)
    words = " ".join(node.text().split())
    if _REFERENCE_ID.match(target):
        return bool(_BACK.fullmatch(words) or _MARKER.fullmatch(words))
    return bool(target) and bool(words) and bool(_BACK.fullmatch(words))


def is_reference_id(identifier: str) -> bool:
    """Tell whether an `id` marks a reference to a footnote, and so no place to link to."""
    return bool(_REFERENCE_ID.match(identifier))


def read_mark(node: LexborNode) -> str | None:
    """Return what such an element shows, where it shows a mark: "[1]" has "1"."""
    marker = _MARKER.fullmatch(" ".join(node.text().split()))
    return marker[1] if marker else None


def split_marker(words: str) -> tuple[str | None, str]:
    """Return the mark that a footnote's own text begins with, and the rest of it."""
    match = _LEADING.match(words)
    return (match[1] or match[2], words[match.end() :]) if match else (None, words)


def _fragment(attributes: Attributes) -> str:
    """Return what follows `#` in a link within the page."""
    page, separator, fragment = (attributes.get("href") or "").partition("#")
    return fragment if separator and not page.startswith(("http:", "https:", "//")) else ""
