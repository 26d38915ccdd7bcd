"""The words of one line of Markdown: what a reader of the page would see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.canonical import canonicalise
from ingest.rawhtml import HIDDEN, tag_name, visible_words

if TYPE_CHECKING:
    from markdown_it.token import Token

SCRIPT = "a script or style"
PICTURE = "a picture without description"


@dataclass(frozen=True, slots=True)
class Words:
    """Inline tokens as canonical words.

    Attributes:
        text: the words; a footnote's mark is its label in square brackets.
        notes: labels of the footnotes referred to, in order.
        written: ids of those footnotes that stand in the line itself (`^[...]`).
        pictures_only: whether the words are descriptions of pictures and nothing else.
        left_out: what is not in `text`: `SCRIPT`, `PICTURE`.
    """

    text: str
    notes: tuple[str, ...] = ()
    written: tuple[int, ...] = ()
    pictures_only: bool = False
    left_out: frozenset[str] = frozenset()


def read_inline(tokens: Sequence[Token]) -> Words:
    """Return the words of inline tokens, formatting and tags stripped."""
    visible, left_out = _drop_hidden(tokens)
    references = [token for token in visible if token.type == "footnote_ref"]
    pictures = [token for token in visible if token.type == "image"]
    if not all(picture.content.strip() for picture in pictures):
        left_out |= {PICTURE}
    others = (token for token in visible if token.content.strip() or token in references)
    return Words(
        canonicalise("".join(_separate(visible))),
        tuple(map(name_note, references)),
        tuple(token.meta["id"] for token in references if "label" not in token.meta),
        pictures_only=bool(pictures) and all(token.type == "image" for token in others),
        left_out=frozenset(left_out),
    )


def name_note(reference: Token) -> str:
    """Return the label of the footnote referred to: as typed, or else its number."""
    return str(reference.meta.get("label", reference.meta["id"] + 1))


def _drop_hidden(tokens: Sequence[Token]) -> tuple[list[Token], set[str]]:
    """Return the tokens without scripts and styles, and whether there were any.

    One that nothing closes is taken for a mention of the tag: what follows it stays.
    """
    closings = {_closed_by(token): index for index, token in enumerate(tokens)}
    visible: list[Token] = []
    left_out: set[str] = set()
    hidden = ""
    for index, token in enumerate(tokens):
        if hidden:
            hidden = "" if _closed_by(token) == hidden else hidden
        elif (tag := _opened_by(token)) in HIDDEN and closings.get(tag, -1) > index:
            hidden = tag
            left_out.add(SCRIPT)
        else:
            visible.append(token)
    return visible, left_out


def _opened_by(token: Token) -> str:
    is_opening = token.type == "html_inline" and not token.content.startswith("</")
    return tag_name(token.content) if is_opening else ""


def _closed_by(token: Token) -> str:
    is_closing = token.type == "html_inline" and token.content.startswith("</")
    return tag_name(token.content) if is_closing else ""


def _separate(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield each token's words; pictures side by side do not run into each other."""
    previous = ""
    for token in tokens:
        if word := _word(token):
            yield f" {word}" if previous == token.type == "image" else word
            previous = token.type


def _word(token: Token) -> str:
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    if token.type == "html_inline":
        return visible_words(token.content)
    if token.type == "image":
        return "".join(map(_word, token.children or []))
    return f"[{name_note(token)}]" if token.type == "footnote_ref" else token.content
