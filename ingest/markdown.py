"""Markdown (CommonMark with tables, strikethrough, footnotes, front matter) as a report."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.builder import Origin, ReportBuilder
from ingest.canonical import canonicalise, canonicalise_lines
from ingest.footnotes import Draft, place_notes
from ingest.frontmatter import FrontMatter, parse_front_matter
from ingest.inline import SCRIPT, Words, read_inline
from ingest.rawhtml import split_html
from ingest.report import BlockKind, Notice, NoticeKind, Report
from ingest.source import ReadOptions, decode_text, load_bytes

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.parser_block import RuleFuncBlockType
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

# markdown-it drops what is nested deeper than its limit; below it, containers stop counting
# as such and their words stay.
_DEEPEST = 100
_DEEPEST_CONTAINER = 90
# markdown-it looks for the end of a link from each bracket: quadratic where none closes.
_MOST_BRACKETS = 1000
_CELL = " | "
_Written = Mapping[int, Mapping[str, Any]]
_LINE_END = re.compile("\r\n?|\n")
_ROW_START = re.compile(r"^[\s>]*\|?")


def read_markdown(path: Path, options: ReadOptions) -> Report:
    """Read a Markdown file.

    Raises:
        ReadError: the file cannot be read or decoded; its subclasses say why.
    """
    text, notices = decode_text(load_bytes(path, options), path.name)
    return parse_markdown(text, path.name, notices)


def parse_markdown(text: str, name: str, notices: Sequence[Notice] = ()) -> Report:
    """Return the report that a Markdown text is.

    Headings in block quotations and lists are paragraphs: they head no section of the report.
    A footnote stands at the end of the section that first refers to it.

    Args:
        text: Markdown.
        name: the file's name.
        notices: what is known to be missing from `text`.

    Raises:
        EmptyReportError: there are no words in it.
    """
    front, tokens, written = _tokenise(text, name)
    walk = _Walk(_LINE_END.split(text), written)
    walk.through(tokens)
    builder = ReportBuilder(name)
    for draft in place_notes(walk.drafts, walk.notes):
        origin = Origin(label=draft.label, line=draft.line)
        builder.add(draft.kind, draft.text, level=draft.level, origin=origin)
    return builder.build(
        title=front.title,
        metadata=front.metadata,
        notices=(*notices, *front.notices, *_report_omissions(walk, name)),
    )


def _tokenise(text: str, name: str) -> tuple[FrontMatter, list[Token], _Written]:
    env: dict[str, Any] = {}
    tokens = _parser().parse(text, env)
    front: FrontMatter | None = FrontMatter()
    if tokens and tokens[0].type == "front_matter":
        front = parse_front_matter(tokens[0].content, name)
    if front is None:  # words between two rules
        front = FrontMatter()
        tokens = _parser(front_matter=False).parse(text, env := {})
    return front, tokens, env.get("footnotes", {}).get("list", {})


@cache
def _parser(*, front_matter: bool = True) -> MarkdownIt:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import blockquote, list_block
    from mdit_py_plugins.footnote import footnote_plugin
    from mdit_py_plugins.footnote.index import footnote_def
    from mdit_py_plugins.front_matter import front_matter_plugin

    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST})
    parser.enable(["table", "strikethrough"])
    parser.use(footnote_plugin, move_to_end=False)
    if front_matter:
        parser.use(front_matter_plugin)
    parser.core.ruler.at("inline", _parse_inline)
    for name, rule, interrupts in (
        ("blockquote", blockquote, ["paragraph", "reference", "blockquote", "list"]),
        ("list", list_block, ["paragraph", "reference", "blockquote"]),
        ("footnote_def", footnote_def, ["paragraph", "reference"]),
    ):
        parser.block.ruler.at(name, _limit_depth(rule), {"alt": interrupts})
    return parser


def _limit_depth(rule: RuleFuncBlockType) -> RuleFuncBlockType:
    def limited(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        return state.level < _DEEPEST_CONTAINER and rule(state, start, end, silent)

    return limited


def _parse_inline(state: StateCore) -> None:
    from markdown_it.token import Token

    for token in state.tokens:
        if token.type != "inline":
            continue
        token.children = []
        if token.content.count("[") > _MOST_BRACKETS:
            token.children.append(Token("text", "", 0, content=token.content))
        else:
            state.md.inline.parse(token.content, state.md, state.env, token.children)


@dataclass
class _Walk:
    """Goes through the tokens of a file and collects its blocks.

    Attributes:
        lines: the file's lines.
        written: tokens of each footnote that stands in a line, by its id.
        drafts: blocks in reading order, without footnotes.
        notes: blocks of each footnote by its label.
        omissions: what was left out, and in which lines.
    """

    lines: Sequence[str]
    written: _Written
    drafts: list[Draft] = field(default_factory=list)
    notes: dict[str, list[Draft]] = field(default_factory=dict)
    omissions: dict[str, list[int]] = field(default_factory=dict)
    _items: int = 0
    _quotes: int = 0
    _open_notes: list[str] = field(default_factory=list)
    _marker: str = ""
    _cells: list[Words] = field(default_factory=list)
    _opened: Token | None = None
    _line: int = 1

    def through(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            if token.map:
                self._line = token.map[0] + 1
            visit = getattr(self, f"_on_{token.type}", None)
            if visit:
                visit(token)

    def _on_heading_open(self, token: Token) -> None:
        self._opened = token

    _on_paragraph_open = _on_heading_open
    _on_th_open = _on_heading_open
    _on_td_open = _on_heading_open

    def _on_inline(self, token: Token) -> None:
        tokens = token.children or []
        words = read_inline(tokens)
        element = self._opened.tag if self._opened else "p"
        if element in {"th", "td"}:
            self._cells.append(words)
        elif element == "p":
            kind = BlockKind.CAPTION if words.pictures_only else BlockKind.PARAGRAPH
            self._add(words, kind=kind)
        else:
            unmarked = read_inline([token for token in tokens if token.type != "footnote_ref"])
            self._add(replace(words, text=unmarked.text), level=int(element[1:]))

    def _on_tr_open(self, _: Token) -> None:
        self._cells = []

    def _on_tr_close(self, _: Token) -> None:
        self._cells += self._surplus_cells()
        texts = [cell.text for cell in self._cells]
        words = Words(
            canonicalise(_CELL.join(texts)) if any(texts) else "",
            tuple(note for cell in self._cells for note in cell.notes),
            tuple(note for cell in self._cells for note in cell.written),
            left_out=frozenset().union(*(cell.left_out for cell in self._cells)),
        )
        self._add(words, kind=BlockKind.TABLE_ROW)

    def _surplus_cells(self) -> list[Words]:
        """Return the cells beyond the table's head, which Markdown itself would drop."""
        from markdown_it.rules_block.table import escapedSplit

        row = _ROW_START.sub("", self.lines[self._line - 1]).rstrip().removesuffix("|")
        return [Words(canonicalise(cell)) for cell in escapedSplit(row)[len(self._cells) :]]

    def _on_list_item_open(self, token: Token) -> None:
        self._items += 1
        if token.info:
            self._marker += f"{token.info}{token.markup} "

    def _on_list_item_close(self, _: Token) -> None:
        self._items -= 1
        self._marker = ""

    def _on_blockquote_open(self, _: Token) -> None:
        self._quotes += 1

    def _on_blockquote_close(self, _: Token) -> None:
        self._quotes -= 1

    def _on_fence(self, token: Token) -> None:
        self._add(Words(canonicalise_lines(token.content)))

    _on_code_block = _on_fence

    def _on_html_block(self, token: Token) -> None:
        first = self._line
        fragments, left_out = split_html(token.content)
        if left_out:
            self._omit(SCRIPT, first)
        for fragment in fragments:
            self._line = first + fragment.line - 1
            words = Words(canonicalise(fragment.words))
            self._add(words, kind=fragment.kind, level=fragment.level)

    def _on_footnote_reference_open(self, token: Token) -> None:
        self._open_notes.append(str(token.meta["label"]))

    def _on_footnote_reference_close(self, _: Token) -> None:
        self._open_notes.pop()

    def _add(
        self, words: Words, *, kind: BlockKind = BlockKind.PARAGRAPH, level: int | None = None
    ) -> None:
        for what in words.left_out:
            self._omit(what, self._line)
        for note in words.written:
            self._add_written(note)
        if not words.text:
            return
        text, self._marker = self._marker + words.text, ""
        if self._open_notes:
            self._add_note(self._open_notes[-1], text, words.notes)
            return
        if level and not self._items and not self._quotes:
            kind = BlockKind.HEADING
        elif level or kind is BlockKind.PARAGRAPH:
            kind = BlockKind.LIST_ITEM if self._items else BlockKind.PARAGRAPH
            level = None
        self.drafts.append(Draft(kind, text, level, notes=words.notes, line=self._line))

    def _add_note(self, label: str, text: str, notes: tuple[str, ...]) -> None:
        draft = Draft(BlockKind.FOOTNOTE, text, label=label, notes=notes, line=self._line)
        self.notes.setdefault(label, []).append(draft)

    def _add_written(self, note: int) -> None:
        words = read_inline(self.written[note]["tokens"])
        if words.text:
            self._add_note(str(note + 1), words.text, words.notes)
        for inner in words.written:
            self._add_written(inner)

    def _omit(self, what: str, line: int) -> None:
        lines = self.omissions.setdefault(what, [])
        if line not in lines[-1:]:
            lines.append(line)


def _report_omissions(walk: _Walk, name: str) -> list[Notice]:
    return [
        Notice(NoticeKind.LEFT_OUT, f"{name}: {what} was left out ({_name_lines(lines)})")
        for what, lines in walk.omissions.items()
    ]


def _name_lines(lines: Sequence[int]) -> str:
    shown = ", ".join(map(str, lines[:10]))
    more = f" and {len(lines) - 10} more" if len(lines) > 10 else ""  # noqa: PLR2004
    return f"line{'s' * (len(lines) > 1)} {shown}{more}"
