"""Markdown (CommonMark with tables, strikethrough, footnotes, front matter) as a report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.builder import Origin, ReportBuilder
from ingest.canonical import canonicalise, canonicalise_lines
from ingest.frontmatter import FrontMatter, parse_front_matter
from ingest.rawhtml import HIDDEN, split_html, tag_name, visible_words
from ingest.report import BlockKind, Notice, NoticeKind, Report
from ingest.source import ReadOptions, decode_text, load_bytes

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

_DEEPEST = 100
# markdown-it looks for the end of a link from each bracket: quadratic where none closes.
_MOST_BRACKETS = 1000
_CELL = " | "


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
    env: dict[str, Any] = {}
    tokens = _parser().parse(text, env)
    front: FrontMatter | None = None
    if tokens and tokens[0].type == "front_matter":
        front = parse_front_matter(tokens[0].content, name)
        if front is None:
            tokens = _parser(front_matter=False).parse(text, env := {})
    front = front or FrontMatter()
    walk = _Walk(env)
    walk.through(tokens)
    builder = ReportBuilder(name)
    for draft in _place_notes(walk):
        origin = Origin(label=draft.label, line=draft.line)
        builder.add(draft.kind, draft.text, level=draft.level, origin=origin)
    return builder.build(
        title=front.title,
        metadata=front.metadata,
        notices=(*notices, *front.notices, *_report_omissions(walk, name)),
    )


@cache
def _parser(*, front_matter: bool = True) -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin
    from mdit_py_plugins.front_matter import front_matter_plugin

    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST})
    parser.enable(["table", "strikethrough"])
    parser.use(footnote_plugin, move_to_end=False)
    if front_matter:
        parser.use(front_matter_plugin)
    parser.core.ruler.at("inline", _parse_inline)
    return parser


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


@dataclass(frozen=True, slots=True)
class _Draft:
    kind: BlockKind
    text: str
    line: int | None
    level: int | None = None
    label: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Words:
    """Inline tokens as words, with the footnotes that they refer to."""

    text: str
    notes: tuple[str, ...] = ()
    pictures_only: bool = False
    left_out: frozenset[str] = frozenset()


@dataclass
class _Walk:
    """Goes through the tokens of a file and collects its blocks."""

    env: dict[str, Any]
    drafts: list[_Draft] = field(default_factory=list)
    notes: dict[str, list[_Draft]] = field(default_factory=dict)
    omissions: dict[str, list[int]] = field(default_factory=dict)
    _items: int = 0
    _quotes: int = 0
    _note: str | None = None
    _marker: str = ""
    _cells: list[_Words] = field(default_factory=list)
    _row: int | None = None
    _opened: Token | None = None
    _line: int = 1

    def through(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            if token.map:
                self._line = token.map[0] + 1
            if token.nesting == 1 and token.level >= _DEEPEST - 1:
                self._omit(f"what is nested more than {_DEEPEST} levels deep", self._line)
            visit = getattr(self, f"_on_{token.type}", None)
            if visit:
                visit(token)

    def _on_heading_open(self, token: Token) -> None:
        self._opened = token

    _on_paragraph_open = _on_heading_open
    _on_th_open = _on_heading_open
    _on_td_open = _on_heading_open

    def _on_inline(self, token: Token) -> None:
        words = self._words(token.children or [])
        opened = self._opened
        if opened is not None and opened.type in {"th_open", "td_open"}:
            self._cells.append(words)
        elif opened is not None and opened.type == "heading_open":
            self._add(words, level=int(opened.tag[1:]))
        else:
            kind = BlockKind.CAPTION if words.pictures_only else BlockKind.PARAGRAPH
            self._add(words, kind=kind)
        self._opened = None

    def _on_tr_open(self, _: Token) -> None:
        self._row = self._line
        self._cells = []

    def _on_tr_close(self, _: Token) -> None:
        texts = [cell.text for cell in self._cells]
        text = _CELL.join(texts) if any(texts) else ""
        notes = tuple(note for cell in self._cells for note in cell.notes)
        self._add(_Words(canonicalise(text), notes), kind=BlockKind.TABLE_ROW, line=self._row)

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
        self._add(_Words(canonicalise_lines(token.content)))

    _on_code_block = _on_fence

    def _on_html_block(self, token: Token) -> None:
        first = self._line
        fragments, left_out = split_html(token.content)
        if left_out:
            self._omit("a script or style", first)
        for fragment in fragments:
            words = _Words(canonicalise(fragment.words))
            line = first + fragment.line - 1
            self._add(words, kind=fragment.kind, level=fragment.level, line=line)

    def _on_footnote_reference_open(self, token: Token) -> None:
        self._note = token.meta["label"]
        self.notes.setdefault(self._note, [])

    def _on_footnote_reference_close(self, _: Token) -> None:
        self._note = None

    def _add(
        self,
        words: _Words,
        *,
        kind: BlockKind = BlockKind.PARAGRAPH,
        level: int | None = None,
        line: int | None = None,
    ) -> None:
        line = line or self._line
        for what in words.left_out:
            self._omit(what, line)
        if not words.text:
            return
        text, self._marker = self._marker + words.text, ""
        if self._note is not None:
            draft = _Draft(BlockKind.FOOTNOTE, text, line, None, self._note, words.notes)
            self.notes[self._note].append(draft)
            return
        if level and not self._items and not self._quotes:
            self.drafts.append(_Draft(BlockKind.HEADING, text, line, level, None, words.notes))
            return
        if self._items and (level or kind is BlockKind.PARAGRAPH):
            kind = BlockKind.LIST_ITEM
        self.drafts.append(_Draft(kind, text, line, None, None, words.notes))

    def _words(self, tokens: Iterable[Token]) -> _Words:
        parts: list[str] = []
        notes: list[str] = []
        left_out: set[str] = set()
        hidden = ""
        for token in tokens:
            tag = tag_name(token.content) if token.type == "html_inline" else ""
            if hidden:
                hidden = "" if tag == hidden and token.content.startswith("</") else hidden
            elif tag in HIDDEN and not token.content.startswith("</"):
                hidden = tag
                left_out.add("a script or style")
            elif token.type == "footnote_ref":
                notes.append(self._note_of(token))
                parts.append(f"[{notes[-1]}]")
            elif token.type == "image" and not token.content.strip():
                left_out.add("a picture without description")
            else:
                parts.append(_word(token))
        seen = {token.type for token in tokens if token.content.strip()} - {"softbreak"}
        return _Words(
            canonicalise("".join(parts)), tuple(notes), seen == {"image"}, frozenset(left_out)
        )

    def _note_of(self, token: Token) -> str:
        """Return the label of the note referred to; one written in the line is read here."""
        label = token.meta.get("label")
        if label is not None:
            return str(label)
        label = str(token.meta["id"] + 1)
        words = self._words(self.env["footnotes"]["list"][token.meta["id"]]["tokens"])
        draft = _Draft(BlockKind.FOOTNOTE, words.text, self._line, None, label, words.notes)
        self.notes.setdefault(label, []).append(draft)
        return label

    def _omit(self, what: str, line: int) -> None:
        lines = self.omissions.setdefault(what, [])
        if line not in lines[-1:]:
            lines.append(line)


def _word(token: Token) -> str:
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    if token.type == "html_inline":
        return visible_words(token.content)
    return token.content


def _place_notes(walk: _Walk) -> list[_Draft]:
    """Return all blocks, each footnote at the end of the section that first refers to it."""
    placed: list[_Draft] = []
    waiting: list[str] = []
    left = dict(walk.notes)

    def place() -> None:
        while waiting:
            for draft in left.pop(waiting.pop(0), ()):
                placed.append(draft)
                waiting.extend(draft.notes)

    for draft in walk.drafts:
        if draft.kind is BlockKind.HEADING:
            place()
        placed.append(draft)
        waiting.extend(draft.notes)
    waiting.extend(left)
    place()
    return placed


def _report_omissions(walk: _Walk, name: str) -> list[Notice]:
    return [
        Notice(NoticeKind.LEFT_OUT, f"{name}: {what} was left out ({_name_lines(lines)})")
        for what, lines in walk.omissions.items()
    ]


def _name_lines(lines: Sequence[int]) -> str:
    shown = ", ".join(map(str, lines[:10]))
    more = f" and {len(lines) - 10} more" if len(lines) > 10 else ""  # noqa: PLR2004
    return f"line{'s' * (len(lines) > 1)} {shown}{more}"
