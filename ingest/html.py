"""Reads an HTML page, saved or written as a file, as a report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.builder import Origin, ReportBuilder
from ingest.canonical import canonicalise
from ingest.errors import EmptyReportError
from ingest.footnotes import Draft, place_notes
from ingest.html_blocks import BlockCollector
from ingest.html_content import ContentFilter, find_main
from ingest.html_decoding import decode_html
from ingest.html_metadata import PageFacts
from ingest.report import Notice, NoticeKind, Report
from ingest.source import ReadOptions, load_bytes

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

# Fewer are labels for screen readers; more are a part of the page that it does not show.
_MANY_HIDDEN_WORDS = 50


def read_html(path: Path, options: ReadOptions) -> Report:
    """Read the main content of an HTML file.

    Raises:
        ReadError: the file cannot be read; its subclasses say why.
    """
    text, notices = decode_html(load_bytes(path, options), path.name)
    return parse_html(text, path.name, notices)


def parse_html(text: str, name: str, notices: Sequence[Notice] = ()) -> Report:
    """Return the report that an HTML page holds.

    Navigation, banners, scripts, forms and whatever the page hides are no part of it. A
    footnote stands at the end of the section that first refers to it, and bears its printed
    mark as label. The words of `alt` are the caption of a picture that stands by itself.

    Args:
        text: the page's source.
        name: the file's name.
        notices: what is known to be missing from `text`.

    Raises:
        EmptyReportError: there are no words in the main content.
    """
    from selectolax.lexbor import LexborHTMLParser

    document = LexborHTMLParser(text)
    root = find_main(document)
    if root is None:
        raise EmptyReportError(f"{name}: the page has no body to read")
    content = ContentFilter(root)
    blocks = BlockCollector()
    blocks.through(content)
    notes = blocks.sink.collect_notes()
    builder = ReportBuilder(name)
    for draft in place_notes(blocks.sink.drafts, notes):
        origin = Origin(label=draft.label, anchor=draft.anchor)
        builder.add(draft.kind, draft.text, level=draft.level, origin=origin)
    facts = PageFacts(document, text)
    return builder.build(
        title=_choose_title(document, blocks.sink.drafts, facts),
        metadata=facts.find_metadata(),
        notices=(*notices, *_report_omissions(name, content.hidden_words, blocks.pictures)),
    )


def _choose_title(
    document: LexborHTMLParser, drafts: Sequence[Draft], facts: PageFacts
) -> str | None:
    """Return the title, or nothing where the builder finds it in the first heading."""
    tops = [draft for draft in drafts if draft.level == 1]
    if len(tops) == 1 and drafts[0] is tops[0]:
        return None
    given = facts.find_title()
    if tops and (len(tops) == 1 or tops[0].text.casefold() in (given or "").casefold()):
        return tops[0].text
    outside = [canonicalise(node.text()) for node in document.css("h1")] if not tops else []
    if len(outside) == 1 and outside[0] and outside[0].casefold() in (given or "").casefold():
        return outside[0]
    return given


def _report_omissions(name: str, hidden_words: int, pictures: int) -> list[Notice]:
    found = []
    if hidden_words >= _MANY_HIDDEN_WORDS:
        found.append(f"{name}: {hidden_words:,} words that the page hides were left out")
    if pictures:
        found.append(f"{name}: {pictures} pictures without description were left out")
    return [Notice(NoticeKind.LEFT_OUT, message) for message in found]
