"""Hypothesis strategies for reports as files, and a tokenizer to cut them by.

A generated file comes with the words that must survive: each is unique, so that a test can
ask for every one of them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

from ingest.span import Span


@dataclass(frozen=True)
class Document:
    """A generated file: its text, the words of its body and those of its headings."""

    text: str
    body: tuple[str, ...]
    headings: tuple[str, ...]


@dataclass(frozen=True)
class PieceTokenizer:
    """Splits text into words, long words into pieces of four letters, marks one by one."""

    limit: int = 64

    def tokenize(self, text: str) -> list[Span]:
        return [Span(*match.span()) for match in re.finditer(r"\w{1,4}|[^\w\s]", text)]


class _Writer:
    """Makes unique words, and remembers those of the body and of headings."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.body: list[str] = []
        self.headings: list[str] = []
        self._numbers = itertools.count(1)

    def words(self, count: int, kept: list[str] | None = None) -> list[str]:
        stems = st.sampled_from(["police", "Force", "naïve", "ACEs", "Ωmega", "x", "co-op"])
        made = [f"{self.draw(stems)}{next(self._numbers)}" for _ in range(count)]
        (self.body if kept is None else kept).extend(made)
        return made

    def sentence(self) -> str:
        words = self.words(self.draw(st.integers(1, 12)))
        extras = st.sampled_from(["", "", "", "e.g.", "Mr.", "p. 12", "2.4 million", "“so.”", "&"])
        words.insert(self.draw(st.integers(0, len(words))), self.draw(extras))
        end = self.draw(st.sampled_from([".", ".", "?", "!", ".”", "", ":"]))
        return " ".join(word for word in words if word).capitalize() + end

    def paragraph(self, most: int = 6) -> str:
        return " ".join(self.sentence() for _ in range(self.draw(st.integers(1, most))))

    def heading(self) -> str:
        return " ".join(self.words(self.draw(st.integers(1, 4)), self.headings))

    def some(self, make: Callable[[], str], most: int = 4) -> list[str]:
        return [make() for _ in range(self.draw(st.integers(1, most)))]

    def document(self) -> Document:
        makers = [getattr(self, name) for name in dir(self) if name.startswith("make_")]
        chosen = self.draw(st.lists(st.sampled_from(makers), min_size=1, max_size=10))
        text = "\n\n".join(make() for make in chosen) + "\n"
        return Document(text, tuple(self.body), tuple(self.headings))


class _MarkdownWriter(_Writer):
    def make_heading(self) -> str:
        return f"{'#' * self.draw(st.integers(1, 6))} {self.heading()}"

    def make_setext(self) -> str:
        return f"{self.heading()}\n{self.draw(st.sampled_from(['===', '---']))}"

    def make_paragraph(self) -> str:
        return self.paragraph()

    def make_bullets(self) -> str:
        return "\n".join(f"- {sentence}" for sentence in self.some(self.sentence))

    def make_ordered(self) -> str:
        return "\n".join(f"{i}. {words}" for i, words in enumerate(self.some(self.paragraph), 1))

    def make_nested(self) -> str:
        return f"- {self.sentence()}\n  - {self.sentence()}\n\n    {self.sentence()}"

    def make_table(self) -> str:
        head, *rows = self.some(lambda: " | ".join(self.words(2)))
        return "\n".join(f"| {row} |" for row in [head, "--- | ---", *rows])

    def make_quotation(self) -> str:
        return f"> {self.paragraph(2)}\n> {self.sentence()}"

    def make_code(self) -> str:
        return "\n".join(["```", *self.some(self.sentence), "```"])

    def make_footnote(self) -> str:
        label = self.words(1, [])[0]
        return f"{self.sentence()}[^{label}]\n\n[^{label}]: {self.paragraph(2)}"

    def make_html(self) -> str:
        return f"<div>\n<p>{self.sentence()}</p><script>gone()</script>\n</div>"

    def make_emphasis(self) -> str:
        return "**{}** and *{}* and `{}`.".format(*self.words(3))


class _PlainWriter(_Writer):
    def make_underlined(self) -> str:
        return f"{self.heading()}\n{self.draw(st.sampled_from(['=====', '-----']))}"

    def make_numbered(self) -> str:
        number = self.draw(st.sampled_from(["1.", "2.", "2.1", "3.2.1"]))
        return f"{number} Part {self.words(1)[0]}"

    def make_wrapped(self) -> str:
        return self.paragraph().replace(" ", "\n", self.draw(st.integers(0, 5)))

    def make_bullets(self) -> str:
        mark = self.draw(st.sampled_from("-*•"))
        return "\n".join(f"{mark} {sentence}" for sentence in self.some(self.sentence))

    def make_ordered(self) -> str:
        sentences = self.some(self.sentence)
        return "\n".join(f"({m}) {words}" for m, words in zip("abcd", sentences, strict=False))


@st.composite
def markdown_documents(draw: st.DrawFn) -> Document:
    """Draw well-formed Markdown: headings, lists, tables, quotations, code and footnotes."""
    return _MarkdownWriter(draw).document()


@st.composite
def plain_documents(draw: st.DrawFn) -> Document:
    """Draw plain text with headings, hard-wrapped paragraphs and lists."""
    document = _PlainWriter(draw).document()
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    return Document(document.text.replace("\n", end), document.body, document.headings)


_MARKS = """
    # |## |2.1 |(a) |- |1. |> |* |[^1]|[^1]: |^[|](x)|![|[|]|<script>|</script>|<b>|</b>|<h2>|<!--
    |-->|<td>|&amp;|&#0;|~~|**|_|`|\\|A. B. |Mr. |p. 12 |“Why? |.” |CAPITALS|multi-|😀|word |3. x
"""
_LINES = ["\n", "\n\n", "---\n", "\n===\n", "| a |\n|---|\n|", "|", "```\n", "\r", "\r\n"]
_ODD = [*"\t\f\x00\x1f\x85\u00ad\u200b\u2028\ufeff\ufb01\u0301", "e\u0301", "\u202e", "\x1b"]


def rough_texts() -> st.SearchStrategy[str]:
    """Draw what could stand in a file: marks of Markdown and HTML, odd Unicode, all mixed."""
    marks = [mark.lstrip() for mark in _MARKS.replace("\n", "").split("|")]
    pieces = st.sampled_from([*marks, *_LINES, *_ODD]) | st.text(max_size=8)
    return st.lists(pieces, max_size=40).map("".join)


def tokenizers() -> st.SearchStrategy[PieceTokenizer]:
    """Draw tokenizers of encoders from tiny to roomy."""
    return st.integers(8, 300).map(PieceTokenizer)
