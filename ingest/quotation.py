"""Finds the words of a quotation in a text, however they were typed.

People copy quotations out of PDFs and word processors: white space, quotation marks, dashes,
hyphens at line ends, ligatures and capitals differ from the canonical text and mean nothing.
Both texts are folded to what is left without those, and what is found is led back to a span
of the canonical text. Where the words themselves differ, `ingest.alignment` finds the nearest
place.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from ingest.agreement import Match, Piece, PieceKind, Quotation, Verdict
from ingest.alignment import align_within
from ingest.anchoring import find_surroundings
from ingest.differences import CLOSING
from ingest.report import Report
from ingest.span import Span
from ingest.wording import DASHES, WORD_WEIGHT, fold_character

# A word that stands everywhere is no quotation: further places are not looked for.
MAX_PLACES = 50
_FIT = re.compile(r"\w")
_CHUNK = 256


@dataclass(frozen=True, slots=True)
class Folded:
    """A text without what does not matter.

    Attributes:
        text: what is left.
        source: the text itself.
        starts: where in `text` every 256th code point of `source` stands or would stand.
    """

    text: str
    source: str
    starts: tuple[int, ...]

    def origin(self, at: int) -> int:
        """Return the code point of the source that the character at `at` is from."""
        chunk = bisect_right(self.starts, at) - 1
        reached = self.starts[chunk]
        for origin in range(chunk * _CHUNK, len(self.source)):
            reached += len(_fold(self.source[origin]))
            if reached > at:
                return origin
        raise IndexError(at)


def find_alike(text: str, quotation: Quotation) -> tuple[Match, ...]:
    """Return the places where the words stand, best first; `find_nearest` finds the others.

    A place that only looks the same ("not able", "notable") is one that differs.
    """
    exact = _find_verbatim(text, quotation)
    alike = (
        align_within(text, quotation, span)
        for span in islice(_find_unclosed(text, quotation), MAX_PLACES)
        if not any(span.overlaps(match.span) for match in exact)
    )
    return (*exact, *sorted(filter(None, alike), key=rank_match))


def rank_match(match: Match) -> tuple[int, float, int]:
    """Return what orders matches: verdict, then similarity, then place."""
    return list(Verdict).index(match.verdict), -match.similarity, match.span.start


def find_quote(report: Report, quote: str) -> list[Span]:
    """Return every place where the words of a quote stand, in order.

    A match begins and ends with whole words.
    """
    folded = _fold_text(report.text)
    return list(_find_places(folded, unicodedata.normalize("NFC", quote), report.text))


def fold(text: str) -> Folded:
    r"""Return a text without white space and dashes, quotation marks alike, in lower case.

    Without all hyphens, "child-centred" and the "child-\ncentred" of a broken line are one.
    """
    table = {ord(character): _fold(character) for character in set(text)}
    chunks = [text[at : at + _CHUNK].translate(table) for at in range(0, len(text), _CHUNK)]
    starts = [0]
    for chunk in chunks:
        starts.append(starts[-1] + len(chunk))
    return Folded("".join(chunks), text, tuple(starts[:-1]))


def _find_verbatim(text: str, quotation: Quotation) -> list[Match]:
    for words in dict.fromkeys((quotation.typed, quotation.text)):
        places = (Span(at, at + len(words)) for at in _occurrences(text, words))
        whole = (span for span in places if _is_whole(text, span))
        piece = Piece(PieceKind.SAME, words, words)
        found = [Match(span, Verdict.EXACT, (piece,)) for span in islice(whole, MAX_PLACES)]
        if found:
            return found
    return []


def _find_unclosed(text: str, quotation: Quotation) -> Iterator[Span]:
    """Yield where the words stand, with what closes the quotation or else without it."""
    # One word may be spelt with a hyphen in one of the two.
    lacking = min(WORD_WEIGHT, sum(word.weight for word in quotation.words) // 3)
    surroundings = find_surroundings(text, quotation, lacking)
    folded = [(span.start, fold(span.of(text))) for span in surroundings]
    for quote in dict.fromkeys((quotation.text, quotation.text.rstrip("".join(CLOSING)))):
        spans = [span for start, part in folded for span in _find_places(part, quote, text, start)]
        if spans:
            yield from spans
            return


def _find_places(folded: Folded, quote: str, text: str, start: int = 0) -> Iterator[Span]:
    """Yield where a quote stands in a text of which the part from `start` on was folded."""
    wanted = fold(quote).text
    for at in _occurrences(folded.text, wanted):
        span = Span(folded.origin(at), folded.origin(at + len(wanted) - 1) + 1).shift(start)
        if _is_whole(text, span):
            yield span


def _occurrences(text: str, words: str) -> Iterator[int]:
    at = text.find(words) if words else -1
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _fold(character: str) -> str:
    return "" if character.isspace() or character in DASHES else fold_character(character)


@lru_cache(maxsize=8)
def _fold_text(text: str) -> Folded:
    return fold(text)


def _is_whole(text: str, span: Span) -> bool:
    """Tell whether a span does not begin or end within a word."""
    before = text[span.start - 1 : span.start] + text[span.start]
    after = text[span.end - 1] + text[span.end : span.end + 1]
    return not any(len(_FIT.findall(pair)) == 2 for pair in (before, after))  # noqa: PLR2004
