"""Finds what a document quotes: passages in quotation marks and block quotations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from ingest.quotation import find_quote
from ingest.registry import read_report
from ingest.report import Block, Report
from ingest.source import ReadOptions, decode_text, load_bytes
from ingest.span import Span

# Fewer words in quotation marks are a term or a title, not a quotation.
FEWEST_WORDS = 4
_MARKED = (
    # An opening mark that nothing closes: the quotation goes on in the next paragraph.
    re.compile(r"“([^“”]+)(?:”|\Z)"),
    re.compile(r"«([^«»]+)»"),
    re.compile(r"„([^„“”]+)[“”]"),
    re.compile(r"(?<![\w\"])\"(?=\S)([^\"]*[^\s\"])\"(?!\w)"),
    # An apostrophe inside a word closes nothing.
    re.compile(r"(?<!\w)‘((?:[^‘’]|(?<=\w)’(?=\w))+)’(?!\w)"),
    re.compile(r"(?<!\w)'(?=[^\W\d])((?:[^']|(?<=\w)'(?=\w))+[^\s'])'(?!\w)"),
)
_WORD = re.compile(r"\w+(?:['’-]\w+)*")
# "— HMICFRS, 2019" or "(HMICFRS 2019, p. 7)" or "[3]" under a block quotation.
_SOURCE = re.compile(
    r"(?<=[.!?…”\"’'])\s+(?:(?:—|–|--)\s*\S.*|\([^()]*\)\.?|\[\d+\]\.?)\Z", re.DOTALL
)


def read_document(path: Path, options: ReadOptions | None = None) -> tuple[Report, list[Span]]:
    """Read a document and find what it quotes.

    Block quotations are known in Markdown, HTML and DOCX; passages in quotation marks in every
    format.

    Raises:
        ReadError: the file cannot be read; its subclasses say why.
    """
    report = read_report(path, options)
    blocks = _find_block_quotations(report, path, options or ReadOptions())
    return report, find_passages(report, blocks)


def find_passages(report: Report, blocks: Sequence[Span] = ()) -> list[Span]:
    """Return what stands in quotation marks, and block quotations without their source line.

    Args:
        report: the document.
        blocks: its block quotations.

    Returns:
        In order, disjoint, each of at least four words, without the marks.
    """
    found = [_drop_source(report.text, span) for span in blocks]
    for block in report.blocks:
        inside = _find_marked(report, block)
        found += [span for span in inside if not any(span.overlaps(other) for other in blocks)]
    return [span for span in sorted(found) if _count_words(report, span) >= FEWEST_WORDS]


def _find_marked(report: Report, block: Block) -> list[Span]:
    words = block.span.of(report.text)
    marked = [match.span(1) for mark in _MARKED for match in mark.finditer(words)]
    outermost: list[Span] = []
    for start, end in sorted(marked, key=lambda one: (one[0], -one[1])):
        if not outermost or start >= outermost[-1].end:
            outermost.append(Span(start, end))
    return [span.shift(block.span.start) for span in outermost]


def _drop_source(text: str, span: Span) -> Span:
    source = _SOURCE.search(span.of(text))
    return Span(span.start, span.start + source.start()) if source else span


def _count_words(report: Report, span: Span) -> int:
    return len(_WORD.findall(span.of(report.text)))


def _find_block_quotations(report: Report, path: Path, options: ReadOptions) -> list[Span]:
    suffix = path.suffix.lower()
    if suffix in {".docx", ".docm"}:
        return _locate(report, _read_docx_quotations(path, options))
    if suffix in {".html", ".htm", ".xhtml"}:
        return _locate(report, _read_html_quotations(path, options))
    if suffix.startswith((".md", ".markdown", ".mkd", ".mdown")):
        return list(_find_markdown_quotations(report, path, options))
    return []


def _find_markdown_quotations(report: Report, path: Path, options: ReadOptions) -> Iterator[Span]:
    text, _ = decode_text(load_bytes(path, options), path.name)
    lines = re.split("\r\n?|\n", text)
    for block in report.blocks:
        if block.line is not None and lines[block.line - 1].lstrip().startswith(">"):
            yield block.span


def _read_html_quotations(path: Path, options: ReadOptions) -> Iterator[str]:
    from selectolax.lexbor import LexborHTMLParser

    from ingest.html_decoding import decode_html

    text, _ = decode_html(load_bytes(path, options), path.name)
    for quotation in LexborHTMLParser(text).css("blockquote"):
        parts = quotation.css("p, li") or [quotation]
        yield from (part.text(deep=True, separator="") for part in parts)


def _read_docx_quotations(path: Path, options: ReadOptions) -> Iterator[str]:
    from ingest.docx_package import W, open_package
    from ingest.docx_styles import StyleSheet

    package = open_package(load_bytes(path, options), path.name, options.password)
    styles = StyleSheet(package.styles)
    for paragraph in package.document.iter(f"{W}p"):
        if styles.is_quotation(paragraph):
            yield "".join(node.text or "" for node in paragraph.iter(f"{W}t"))


def _locate(report: Report, quotations: Iterator[str]) -> list[Span]:
    """Return where block quotations stand in the text that was made of their document."""
    found: dict[Span, None] = {}
    for words in quotations:
        place = next((span for span in find_quote(report, words) if span not in found), None)
        if place is not None:
            found[place] = None
    return sorted(found)
