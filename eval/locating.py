"""Finds a quote in a report, however it was typed.

People copy quotes out of PDFs and word processors: white space, quotation marks, dashes,
hyphens at line ends, ligatures and capitals differ from the canonical text and mean nothing.
Both texts are folded to what is left without those, and every folded character remembers
where it came from, so that a quote found is a span of the canonical text.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from ingest.report import Report
from ingest.span import Span

# ruff: noqa: RUF001
_SINGLE = dict.fromkeys("‘’‚‛′`´ʼ", "'")
_DOUBLE = dict.fromkeys("“”„‟″«»", '"')
_FOLDED = {**_SINGLE, **_DOUBLE, "…": "..."}
_DASHES = frozenset("-‐‑‒–—―−﹘﹣－\u00ad")
_FIT = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Folded:
    """A text without what does not matter.

    Attributes:
        text: what is left.
        origins: for each of its characters, the code point of the original that it is from.
    """

    text: str
    origins: tuple[int, ...]


def find_quote(report: Report, quote: str) -> list[Span]:
    """Return every place where the words of a quote stand, in order.

    A match begins and ends with whole words.
    """
    wanted = fold(unicodedata.normalize("NFC", quote)).text
    folded = _fold_report(report.text)
    spans: list[Span] = []
    at = folded.text.find(wanted) if wanted else -1
    while at >= 0:
        span = Span(folded.origins[at], folded.origins[at + len(wanted) - 1] + 1)
        if _is_whole(report.text, span):
            spans.append(span)
        at = folded.text.find(wanted, at + 1)
    return spans


def fold(text: str) -> Folded:
    r"""Return a text without white space and dashes, quotation marks alike, in lower case.

    Without all hyphens, "child-centred" and the "child-\ncentred" of a broken line are one.
    """
    characters: list[str] = []
    origins: list[int] = []
    for at, character in enumerate(text):
        if character.isspace() or character in _DASHES:
            continue
        plain = _fold_character(character)
        characters.append(plain)
        origins += [at] * len(plain)
    return Folded("".join(characters), tuple(origins))


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    plain = _FOLDED.get(character) or unicodedata.normalize("NFKC", character)
    return unicodedata.normalize("NFC", "".join(_FOLDED.get(c, c) for c in plain.casefold()))


@lru_cache(maxsize=8)
def _fold_report(text: str) -> Folded:
    return fold(text)


def _is_whole(text: str, span: Span) -> bool:
    """Tell whether a span does not begin or end within a word."""
    before = text[span.start - 1 : span.start] + text[span.start]
    after = text[span.end - 1] + text[span.end : span.end + 1]
    return not any(len(_FIT.findall(pair)) == 2 for pair in (before, after))  # noqa: PLR2004
