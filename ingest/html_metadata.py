"""What an HTML page says of itself as a publication."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ingest.canonical import canonicalise
from ingest.report import Metadata

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_CREATORS = ("author", "dc.creator", "dcterms.creator", "citation_author", "article:author")
_DATES = (
    "article:published_time",
    "dcterms.issued",
    "dc.date.issued",
    "dcterms.date",
    "dc.date",
    "citation_publication_date",
    "date",
    "pubdate",
)
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(https?://\S+)\s*-->", re.IGNORECASE)
_SUFFIX = re.compile(r"\s+(?:[|·»:]|::|[-–—])\s+")
_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_LANGUAGE = re.compile(r"[a-z]{2,3}\b", re.IGNORECASE)


class PageFacts:
    """The `meta` and `link` elements of a page and its JSON-LD."""

    def __init__(self, document: LexborHTMLParser, source: str) -> None:
        """Collect them from a parsed page and its source text."""
        self._document = document
        self._source = source
        self._meta: dict[str, str] = {}
        for node in document.css("meta[content]"):
            attributes = node.attributes
            key = attributes.get("name") or attributes.get("property") or ""
            self._meta.setdefault(key.lower(), canonicalise(attributes.get("content") or ""))
        self._linked = _read_linked_data(document)

    def find_title(self) -> str | None:
        """Return the title that the page's head gives, without the site's name."""
        written = self._meta.get("dc.title") or self._meta.get("dcterms.title")
        node = self._document.css_first("head title") or self._document.css_first("body > title")
        title = canonicalise(node.text()) if node is not None else ""
        return written or self._strip_site(self._meta.get("og:title") or title) or None

    def find_metadata(self) -> Metadata:
        """Return creator, date, address, licence and language, each where it is given."""
        html = self._document.css_first("html")
        language = _LANGUAGE.match((html.attributes.get("lang") or "") if html else "")
        return Metadata(
            creator=self._first(_CREATORS) or self._linked.get("creator"),
            date=_shorten_date(self._first(_DATES) or self._linked.get("date")),
            url=self._find_url(),
            licence=self._find_licence(),
            language=language[0].lower() if language else "en",
        )

    def _first(self, keys: tuple[str, ...]) -> str | None:
        return next((self._meta[key] for key in keys if self._meta.get(key)), None)

    def _find_url(self) -> str | None:
        node = self._document.css_first("link[rel=canonical][href]")
        saved = _SAVED_FROM.search(self._source[:4096])
        candidates = (
            node.attributes.get("href") if node is not None else None,
            self._meta.get("og:url"),
            saved[1] if saved else None,
        )
        return next((url for url in candidates if url and _is_web_address(url)), None)

    def _find_licence(self) -> str | None:
        node = self._document.css_first("a[rel~=license], link[rel~=license]")
        if node is None:
            return self._first(("dcterms.license", "dc.rights", "dcterms.rights"))
        return canonicalise(node.text()) or node.attributes.get("href") or None

    def _strip_site(self, title: str) -> str:
        """Take " - GOV.UK" off a title where the page itself says that it is the site's name."""
        parts = _SUFFIX.split(title)
        if len(parts) == 1:
            return title
        host = urlsplit(self._find_url() or "").hostname or ""
        sites = {self._meta.get("og:site_name", ""), self._meta.get("application-name", "")}
        site = parts[-1]
        known = site in sites or (len(site) > 2 and _letters(site) in _letters(host))  # noqa: PLR2004
        if known or re.search(r"\s\|\s\S[^|]*$", title):
            return title[: title.rindex(site)].rstrip(" |·»:-–—")
        return title


def _read_linked_data(document: LexborHTMLParser) -> dict[str, str]:
    """Return creator and date from the page's JSON-LD, which may be anything."""
    found: dict[str, str] = {}
    for node in document.css("script[type='application/ld+json']"):
        try:
            content = json.loads(node.text())
        except (ValueError, RecursionError):
            continue
        for item in _items(content):
            creator = _name(item.get("author")) or _name(item.get("publisher"))
            date = item.get("datePublished")
            if creator:
                found.setdefault("creator", creator)
            if isinstance(date, str):
                found.setdefault("date", canonicalise(date))
    return found


def _items(content: object) -> Iterator[dict[str, object]]:
    """Yield the objects at the top of JSON-LD, in a list or under `@graph`."""
    candidates = content if isinstance(content, list) else [content]
    for candidate in candidates:
        if isinstance(candidate, dict):
            yield candidate
            graph = candidate.get("@graph")
            yield from (i for i in graph if isinstance(i, dict)) if isinstance(graph, list) else ()


def _name(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(name for name in map(_name, value) if name)
    if isinstance(value, dict):
        value = value.get("name")
    return canonicalise(value) if isinstance(value, str) else ""


def _shorten_date(date: str | None) -> str | None:
    """Return "2019-12-03" for "2019-12-03T09:30:00+00:00"; other spellings as they stand."""
    match = _DATE.match(date or "")
    return match[0] if match and (len(date or "") == len(match[0]) or "T" in (date or "")) else date


def _is_web_address(url: str) -> bool:
    return url.startswith(("https://", "http://")) and not any(c in url for c in " \n\"'<>")


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())
