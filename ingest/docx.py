"""Reads a Word document (DOCX, ECMA-376) as a report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.builder import Origin, ReportBuilder
from ingest.canonical import canonicalise
from ingest.docx_blocks import DocumentReader, Found, settle_lists
from ingest.docx_package import open_package
from ingest.docx_styles import DEEPEST_HEADING
from ingest.footnotes import Draft, place_notes
from ingest.report import BlockKind, Metadata, Notice, NoticeKind, Report
from ingest.source import ReadOptions, load_bytes

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_DC = "{http://purl.org/dc/elements/1.1/}"
_DCTERMS = "{http://purl.org/dc/terms/}"
# What programs write where nobody wrote anything.
_NO_TITLE = re.compile(
    r"(?:microsoft word\b.*|word document|document\d*|untitled.*|title|"
    r".*\.(?:docx?|dotx?|rtf|odt))",
    re.IGNORECASE,
)
_NO_CREATOR = frozenset(
    ("python-docx", "microsoft office user", "windows user", "user", "author", "admin", "unknown")
)


def read_docx(path: Path, options: ReadOptions) -> Report:
    """Read a DOCX file.

    Tracked changes are taken as accepted, automatic numbers are written out, tables of
    contents, headers, footers and comments are left out. There are no pages: where a page
    ends is decided when the file is printed.

    Raises:
        ReadError: the file cannot be read; its subclasses say why.
    """
    package = open_package(load_bytes(path, options), path.name, options.password)
    reader = DocumentReader(package)
    found = settle_lists(reader.read_body())
    notes = reader.read_notes()
    body = _shift_headings(_settle_title(found))
    builder = ReportBuilder(path.name)
    for draft in place_notes(body, notes):
        builder.add(draft.kind, draft.text, level=draft.level, origin=Origin(label=draft.label))
    return builder.build(
        title=_choose_title(found, body, package.core),
        metadata=_read_metadata(package.core, reader.language),
        notices=_report_omissions(path.name, reader),
    )


def _settle_title(found: Sequence[Found]) -> list[Found]:
    """Join a title of several lines, and make a subtitle a heading where it heads nothing.

    Only the first title is one. A subtitle straight before a heading belongs to the title, as
    `ReportBuilder` knows it; before other text it is a paragraph.
    """
    settled: list[Found] = []
    for at, block in enumerate(found):
        after = found[at + 1] if at + 1 < len(found) else None
        if block.role == "title" and settled and settled[-1].role == "title":
            joined = canonicalise(f"{settled[-1].draft.text} {block.draft.text}")
            settled[-1] = replace(settled[-1], draft=replace(settled[-1].draft, text=joined))
        elif block.role == "subtitle" and _belongs_to_title(settled, after):
            draft = replace(block.draft, kind=BlockKind.HEADING, level=_SUBTITLE_LEVEL)
            settled.append(replace(block, draft=draft))
        else:
            settled.append(block)
    return settled


_SUBTITLE_LEVEL = 2


def _belongs_to_title(before: Sequence[Found], after: Found | None) -> bool:
    titled = bool(before) and before[-1].role == "title"
    return titled and after is not None and after.draft.kind is BlockKind.HEADING


def _shift_headings(found: Sequence[Found]) -> list[Draft]:
    """Put headings one level down where the title has a style of its own above "Heading 1"."""
    titled = any(block.role == "title" for block in found)
    plain = [b.draft.level for b in found if b.draft.level is not None and not b.role]
    if not titled or 1 not in plain:
        return [block.draft for block in found]
    return [block.draft if block.role else _one_lower(block.draft) for block in found]


def _one_lower(draft: Draft) -> Draft:
    if draft.level is None:
        return draft
    return replace(draft, level=min(draft.level + 1, DEEPEST_HEADING))


def _choose_title(
    found: Sequence[Found], body: Sequence[Draft], core: Element | None
) -> str | None:
    """Return the title, or nothing where the builder finds it in the first heading."""
    tops = [draft for draft in body if draft.level == 1]
    if len(tops) == 1 and body[0] is tops[0]:
        return None
    if any(block.role == "title" for block in found):
        return tops[0].text
    given = _read_text(core, f"{_DC}title")
    if not given or _NO_TITLE.fullmatch(given):
        return None
    # "The report - GOV.UK" in the properties means the heading "The report" below a cover line.
    said = len(tops) == 1 and tops[0].text.casefold() in given.casefold()
    return tops[0].text if said else given


def _read_metadata(core: Element | None, language: str | None) -> Metadata:
    creator = _read_text(core, f"{_DC}creator")
    date = _read_text(core, f"{_DCTERMS}modified") or _read_text(core, f"{_DCTERMS}created")
    language = _read_text(core, f"{_DC}language") or language or "en"
    return Metadata(
        creator=creator if creator and creator.lower() not in _NO_CREATOR else None,
        date=date[:10] if date else None,
        language=language.partition("-")[0].lower(),
    )


def _read_text(core: Element | None, tag: str) -> str | None:
    found = core.find(tag) if core is not None else None
    return canonicalise(found.text or "") or None if found is not None else None


def _report_omissions(name: str, reader: DocumentReader) -> list[Notice]:
    words = reader.words
    counts = (
        (words.pictures, "pictures, charts or embedded objects"),
        (words.symbols, "characters of symbol fonts"),
        (words.hidden_words, "hidden words"),
        (reader.embedded, "embedded files"),
    )
    return [
        Notice(NoticeKind.LEFT_OUT, f"{name}: {count:,} {what} were left out")
        for count, what in counts
        if count
    ]
