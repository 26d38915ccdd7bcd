"""The words of a text or a quotation, without what typing and printing do to them.

White space, quotation marks, dashes and capitals are no part of a word here; a number keeps
its decimal mark and its sign, since those change what it says.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING

from ingest.span import Span

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

# ruff: noqa: RUF001
_SINGLE = dict.fromkeys("‘’‚‛′`´ʼ", "'")
_DOUBLE = dict.fromkeys("“”„‟″«»", '"')
PLAIN_MARKS = {**_SINGLE, **_DOUBLE, "…": "..."}
MARKS = frozenset({*_SINGLE, *_DOUBLE, "'", '"', "‹", "›"})
DASHES = frozenset("-‐‑‒–—―−﹘﹣－\u00ad")
# What a word weighs against a mark of punctuation when differences are counted.
WORD_WEIGHT = 1000
MARK_WEIGHT = 200

# The commonest first: half the time.
_WORD = r"[^\W\d]\w*(?:['’]\w+)*|(?<!\w)[-−–]?\d+(?:[.,]\d+)*\w*|\w+|[^\w\s]"
_WORDS = re.compile(f"({_WORD})")
_DOTS = r"(?:…|\.(?:\s?\.){2,})"
# Words of four letters and fewer stand in every report.
_TELLING = re.compile(r"\d+|\w{5,}")
_EDITED = re.compile(
    rf"(?P<gap>\[\s*{_DOTS}\s*\]|\(\s*{_DOTS}\s*\)|{_DOTS}(?:\s?\.)?)"
    r"|(?P<altered>\[\w+\]\w+|\w+\[\w+\]\w*)"
    r"|(?P<aside>\[[^\[\]]{1,200}\])"
    rf"|(?P<word>{_WORD})"
)
# These change an amount or an address as much as a word does.
_MEANING = frozenset("%‰&@#§")
_PRINTED = re.compile(f"(?P<word>{_WORD})")


class Role(Enum):
    """What a part of a quotation is."""

    WORD = "word"  # must stand in the report
    GAP = "gap"  # "…", "[...]": words of the report are left out here
    ASIDE = "aside"  # "[the force]": the editor's words, instead of others or none


@dataclass(frozen=True, slots=True)
class QuoteWord:
    """One part of a quotation.

    Attributes:
        start: first code point in the quotation.
        end: code point after the last.
        plain: what is compared; empty for a gap or an aside.
        role: what it is.
    """

    start: int
    end: int
    plain: str
    role: Role

    @property
    def weight(self) -> int:
        """What it costs to leave the word out; nothing for a gap or an aside."""
        return weigh(self.plain) if self.role is Role.WORD else 0


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a text.

    Attributes:
        numbers: a number for each distinct plain word.
        ids: int64, shape (words,): those numbers, in the order of the text.
        starts: int64, shape (words,): first code point of each.
        ends: int64, shape (words,): code point after the last.
        weights: int64, shape (words,): what adding the word costs.
    """

    numbers: dict[str, int]
    ids: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    weights: npt.NDArray[np.int64]

    def cut(self, first: int, end: int) -> Wording:
        """Return some of the words, from `first` up to `end`."""
        kept = slice(first, end)
        arrays = (self.ids, self.starts, self.ends, self.weights)
        return Wording(self.numbers, *(array[kept] for array in arrays))


@lru_cache(maxsize=4)
def split_text(text: str, span: Span) -> Wording:
    """Return the words under a span of a text; the last few are remembered."""
    import numpy as np

    parts = _WORDS.split(span.of(text))  # what stands between words, a word, and so on
    bounds = np.cumsum(np.fromiter(map(len, parts), dtype=np.int64, count=len(parts)))
    words = parts[1::2]
    spelt = {word: make_plain(word) for word in dict.fromkeys(words)}
    numbers = {plain: at for at, plain in enumerate(dict.fromkeys(filter(None, spelt.values())))}
    known = {word: numbers.get(plain, -1) for word, plain in spelt.items()}
    every = np.fromiter(map(known.__getitem__, words), dtype=np.int64, count=len(words))
    kept = np.flatnonzero(every >= 0)
    ids = every[kept]
    weights = np.fromiter(map(weigh, numbers), dtype=np.int64, count=len(numbers))
    starts, ends = bounds[0:-1:2][kept] + span.start, bounds[1::2][kept] + span.start
    return Wording(numbers, ids, starts, ends, weights[ids])


def split_quotation(quote: str, *, edited: bool = True) -> tuple[QuoteWord, ...]:
    """Return the words of a quotation with the editor's marks in it.

    Gaps at its ends say nothing and are left out.

    Args:
        quote: the quotation.
        edited: whether dots and brackets are the editor's; else they are printed.
    """
    words = list(_read_marked(quote, _EDITED if edited else _PRINTED))
    while words and words[0].role is Role.GAP:
        del words[0]
    while words and words[-1].role is Role.GAP:
        del words[-1]
    return tuple(words)


def _read_marked(quote: str, parts: re.Pattern[str]) -> Iterator[QuoteWord]:
    for match in parts.finditer(quote):
        kind = match.lastgroup
        role = {"gap": Role.GAP, "aside": Role.ASIDE}.get(str(kind), Role.WORD)
        words = re.sub(r"[\[\]]", "", match.group()) if kind == "altered" else match.group()
        plain = make_plain(words) if role is Role.WORD else ""
        if plain or role is not Role.WORD:
            yield QuoteWord(*match.span(), plain, role)


def count_telling(text: str) -> int:
    """Return how many words of a text are long, or numbers: those that tell texts apart."""
    return len(_TELLING.findall(text))


@lru_cache(maxsize=65536)
def make_plain(word: str) -> str:
    """Return what two spellings of a word have in common; nothing for a quotation mark or dash."""
    if word.isascii() and word.isalnum():
        return word.lower()
    if word in MARKS or word in DASHES:
        return ""
    sign = "-" if word[0] in DASHES else ""
    return sign + "".join(fold_character(character) for character in word.lstrip("-−–"))


@lru_cache(maxsize=4096)
def fold_character(character: str) -> str:
    """Return a character in lower case and compatibility form, marks in their plain form."""
    plain = PLAIN_MARKS.get(character) or unicodedata.normalize("NFKC", character)
    folded = "".join(PLAIN_MARKS.get(c, c) for c in plain.casefold())
    return unicodedata.normalize("NFC", folded)


@lru_cache(maxsize=65536)
def weigh(plain: str) -> int:
    """Return what a word counts for: a mark of punctuation less than a word or a unit."""
    light = unicodedata.category(plain[0]).startswith("P") and len(plain.strip("-")) <= 1
    return MARK_WEIGHT if light and plain[0] not in _MEANING else WORD_WEIGHT
