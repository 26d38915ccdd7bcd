"""Plain text as a report: paragraphs, lists and the headings that are beyond doubt."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.builder import Origin, ReportBuilder
from ingest.canonical import canonicalise
from ingest.report import BlockKind, Notice, Report
from ingest.source import ReadOptions, decode_text, load_bytes

_LINE_END = re.compile("\r\n|[\n\r\u0085\u2028]")
_PAGE_END = re.compile("[\x0b\x0c\u2029]")
_RULE = re.compile(r"\s*([=*_~#-])(?: ?\1){2,}\s*")
_BULLET = re.compile(r"\s*[-*•‣▪◦·–—]\s+(?=\S)")
_ENUMERATOR = re.compile(r"\s*(?:(\d{1,3})[.)]|\(\d{1,3}\)|\(?[a-z][.)]|\(?[ivx]{1,5}\))\s+(?=\S)")
_NUMBERED = re.compile(r"(?:\d{1,2}\.|\d{1,2}(?:\.\d{1,2}){1,4}\.?)\s+(?=[^\W\d_])(?=\S*[^\Wa-z])")
_NAMED = re.compile(
    r"(?:Chapter|Part|Section|Annex|Appendix)\s+(?:\d{1,2}|[A-Z]|[IVX]{1,5})"
    r"(?:\s*[:.–—-]\s*\S.*|\s+[A-Z].*)?"
)
_COLUMNS = re.compile(r"\S(?:\t|\s{2,})\S")
_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")
_BROKEN_WORD = re.compile(r"([^\W\d_]+)[-\u2010]")
_HYPHENS = ("-", "\u2010")
_SENTENCE_ENDS = (".", "!", "?", ":", "”", '"', "’", ")")
_PAUSES = (".", ",", ";", ":")
_NO_HEADING_ENDS = (".", ",", ";", ":", "!", "?", "-")
_LONGEST_HEADING = 80
_LONGEST_WORD = 60
_FEWEST_CAPITALS = 4
_DEEPEST = 6


def read_text(path: Path, options: ReadOptions) -> Report:
    """Read a plain text file.

    Raises:
        ReadError: the file cannot be read or decoded; its subclasses say why.
    """
    text, notices = decode_text(load_bytes(path, options), path.name)
    return parse_text(text, path.name, notices)


def parse_text(text: str, name: str, notices: Sequence[Notice] = ()) -> Report:
    """Return the report that a plain text is.

    Paragraphs end at blank lines, and the lines of one are joined. Headings are short lines
    standing alone that are underlined, numbered ("2.1 Leadership") or in capitals; any doubt
    makes them paragraphs, for those are searched.

    Args:
        text: the file's words.
        name: the file's name.
        notices: what is known to be missing from `text`.

    Raises:
        EmptyReportError: there are no words in it.
    """
    vocabulary = Counter(word.lower() for word in _WORD.findall(text))
    drafts = [draft for chunk in _split_chunks(text) for draft in _read_chunk(chunk, vocabulary)]
    builder = ReportBuilder(name)
    for draft in _lower_under_title(_settle(drafts)):
        builder.add(draft.kind, draft.text, level=draft.level, origin=Origin(line=draft.line))
    return builder.build(notices=notices)


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Lines that belong together, with the number of the first and the rule under them."""

    lines: list[str]
    line: int
    rule: str = ""


@dataclass(frozen=True, slots=True)
class _Draft:
    """A block; `depth` counts the numbers of a numbered heading ("2.1": 2)."""

    kind: BlockKind
    text: str
    line: int
    level: int | None = None
    depth: int = 0


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    number: int
    after_page_end: bool


def _split_lines(text: str) -> Iterator[_Line]:
    """Yield the lines; of one that holds a page end only the parts with words in them."""
    after_page_end = False
    for number, line in enumerate(_LINE_END.split(text), 1):
        first, *others = _PAGE_END.split(line)
        if first.strip() or not others:
            yield _Line(first, number, after_page_end)
            after_page_end = False
        for other in others:
            after_page_end = True
            if other.strip():
                yield _Line(other, number, after_page_end)
                after_page_end = False


def _split_chunks(text: str) -> Iterator[_Chunk]:
    """Yield the lines between blank ones.

    A rule ends a chunk too, so that an underlined heading may touch its paragraph, and so
    does the end of a page after the end of a sentence.
    """
    lines: list[str] = []
    start = 1
    for line in _split_lines(text):
        rule = _RULE.fullmatch(line.text)
        turned = line.after_page_end and lines and lines[-1].rstrip().endswith(_SENTENCE_ENDS)
        if lines and (rule or turned or not line.text.strip()):
            yield _Chunk(lines, start, rule[1] if rule else "")
            lines = []
        if line.text.strip() and not rule:
            start = start if lines else line.number
            lines.append(line.text)
    if lines:
        yield _Chunk(lines, start)


def _read_chunk(chunk: _Chunk, vocabulary: Counter[str]) -> Iterator[_Draft]:
    heading = _read_heading(chunk)
    if heading:
        yield heading
        return
    for kind, first, lines in _split_items(chunk.lines):
        words = canonicalise(_join(lines, vocabulary))
        if words:
            yield _Draft(kind, words, chunk.line + first)


def _read_heading(chunk: _Chunk) -> _Draft | None:
    line = chunk.lines[0].strip()
    text = canonicalise(line)
    if len(chunk.lines) > 1 or len(line) > _LONGEST_HEADING or _COLUMNS.search(line):
        return None
    if chunk.rule in {"=", "-"} and text:
        level = 1 if chunk.rule == "=" else 2
        return _Draft(BlockKind.HEADING, text, chunk.line, level)
    if not text or text.endswith(_NO_HEADING_ENDS):
        return None
    if number := _NUMBERED.match(text):
        depth = number[0].rstrip(". ").count(".") + 1
        return _Draft(BlockKind.HEADING, text, chunk.line, depth, depth)
    capitals = text.isupper() and sum(map(str.isalpha, text)) >= _FEWEST_CAPITALS
    if capitals or _NAMED.fullmatch(text):
        return _Draft(BlockKind.HEADING, text, chunk.line, 1)
    return None


def _split_items(lines: Sequence[str]) -> Iterator[tuple[BlockKind, int, list[str]]]:
    """Yield a chunk's paragraph and list items: kind, index of the first line, lines.

    A marker counts where it is the chunk's first word, one of several, or follows a stop;
    otherwise it is a wrapped line's chance beginning ("as section / 2. says").
    """
    several = sum(bool(_marker(line)) for line in lines) > 1
    kind, first, held = BlockKind.PARAGRAPH, 0, list[str]()
    for index, line in enumerate(lines):
        marker = _marker(line)
        if marker and (several or not index or lines[index - 1].rstrip().endswith(_PAUSES)):
            if held:
                yield kind, first, held
            kind, first, held = BlockKind.LIST_ITEM, index, []
            line = _BULLET.sub("", line, count=1)  # noqa: PLW2901
        held.append(line)
    yield kind, first, held


def _marker(line: str) -> re.Match[str] | None:
    return _BULLET.match(line) or _ENUMERATOR.match(line)


def _join(lines: Sequence[str], vocabulary: Counter[str]) -> str:
    """Return wrapped lines as one.

    A hyphen at a line's end before a small letter stays, without a space: such hyphens are
    mostly compounds ("multi-agency"). It goes where the text elsewhere has the word closed up
    and never with the hyphen.
    """
    parts: list[str] = []
    for line in map(str.strip, lines):
        previous = parts[-1] if parts else ""
        if previous.endswith("\u00ad") or (previous.endswith(_HYPHENS) and line[:1].islower()):
            if previous[-2:-1].isspace():
                parts.append(" ")
            elif _is_soft(previous, line, vocabulary):
                parts[-1] = previous[:-1]
        elif parts:
            parts.append(" ")
        parts.append(line)
    return "".join(parts)


def _is_soft(left: str, right: str, vocabulary: Counter[str]) -> bool:
    head = _BROKEN_WORD.search(left[-_LONGEST_WORD:])
    tail = _WORD.match(right[:_LONGEST_WORD])
    if not head or not tail:
        return False
    start, end = head[1].lower(), tail[0].lower()
    return vocabulary[start + end] > 0 and not vocabulary[f"{start}-{end}"]


def _settle(drafts: Sequence[_Draft]) -> list[_Draft]:
    """Return the drafts with headings that head nothing, or are a list, made plain blocks."""
    settled: list[_Draft] = []
    for index, draft in enumerate(drafts):
        following = drafts[index + 1] if index + 1 < len(drafts) else None
        previous = settled[-1] if settled else None
        doubtful = draft.depth and (_is_next_item(previous, draft) or _same_depth(following, draft))
        settled.append(_lower(draft) if doubtful else draft)
    if settled and settled[-1].level and len(settled) > 1:
        settled[-1] = _lower(settled[-1])
    return settled


def _lower(heading: _Draft) -> _Draft:
    listed = _ENUMERATOR.match(heading.text)
    kind = BlockKind.LIST_ITEM if listed else BlockKind.PARAGRAPH
    return replace(heading, kind=kind, level=None, depth=0)


def _same_depth(following: _Draft | None, draft: _Draft) -> bool:
    return following is not None and following.depth == draft.depth


def _is_next_item(previous: _Draft | None, draft: _Draft) -> bool:
    """Tell whether "3. pears" goes on a list that stands at "2. apples"."""
    if previous is None or previous.kind is not BlockKind.LIST_ITEM:
        return False
    before, this = _ENUMERATOR.match(previous.text), _ENUMERATOR.match(draft.text)
    return bool(before and this and before[1] and this[1] and int(before[1]) + 1 == int(this[1]))


def _lower_under_title(drafts: list[_Draft]) -> list[_Draft]:
    """Return the drafts with all other headings below the first, where that is the title.

    It is when it has no number and another heading follows at once, or none is of its level.
    """
    levels = [draft.level for draft in drafts if draft.level]
    first = drafts[0] if drafts else None
    if first is None or not first.level or first.depth or min(levels[1:], default=9) > first.level:
        return drafts
    peers = any(draft.level == first.level and not draft.depth for draft in drafts[1:])
    if peers and not drafts[1].level:
        return drafts
    return [
        replace(draft, level=min(draft.level + 1, _DEEPEST)) if draft.level and index else draft
        for index, draft in enumerate(drafts)
    ]
