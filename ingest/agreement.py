"""A quotation, and how far a place in a report agrees with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from ingest.canonical import canonicalise
from ingest.errors import QuotationError
from ingest.span import Span
from ingest.wording import MARKS, QuoteWord, Role, split_quotation

MAX_CODE_POINTS = 10_000
# More dots and brackets are a table of contents, not an editor's marks.
MAX_MARKS = 20
_FIT = re.compile(r"\w")


class Verdict(StrEnum):
    """How far a quotation agrees with a report, best first."""

    EXACT = "exact"  # verbatim
    TYPOGRAPHY = "typography"  # the same words, printed otherwise
    EDITED = "edited"  # the same words but for omissions and insertions marked as such
    DIFFERS = "differs"  # words were changed, left out or added
    ABSENT = "absent"  # no place comes near it

    @property
    def is_found(self) -> bool:
        """Whether the report says just that, marked editing apart."""
        return self not in {Verdict.DIFFERS, Verdict.ABSENT}


class PieceKind(StrEnum):
    """How a piece of a quotation and a piece of the report go together."""

    SAME = "same"
    TYPOGRAPHY = "typography"
    MARKED = "marked"  # "…" or "[word]", with the report's words it stands for
    MISSING = "missing"  # in the report, not in the quotation
    ADDED = "added"  # in the quotation, not in the report
    CHANGED = "changed"


_DIFFERENT = frozenset({PieceKind.MISSING, PieceKind.ADDED, PieceKind.CHANGED})


class Typography(StrEnum):
    """What differs where the words are the same."""

    WHITE_SPACE = "white space"
    QUOTATION_MARKS = "quotation marks"
    DASHES = "dashes and hyphens"
    CAPITALS = "capitals"
    FORMS = "forms of characters"
    CLOSING = "closing punctuation"


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of the quotation and the words of the report that they stand for.

    Attributes:
        kind: how the two go together.
        quoted: of the quotation; empty where it left something out.
        printed: of the report; empty where the quotation added something.
    """

    kind: PieceKind
    quoted: str
    printed: str

    def __post_init__(self) -> None:
        """Raise ValueError where the words contradict the kind."""
        if (self.kind is PieceKind.SAME) != (self.quoted == self.printed):
            raise ValueError(f"{self.quoted!r} and {self.printed!r} are not {self.kind}")

    @property
    def differs(self) -> bool:
        """Whether words differ here, and nobody marked it."""
        return self.kind in _DIFFERENT


@dataclass(frozen=True, slots=True)
class Match:
    """A place in a text that a quotation agrees with, wholly or nearly.

    Attributes:
        span: where in the text.
        verdict: how far; never ABSENT.
        pieces: in order; their `quoted` make up the quotation as it was read, their
            `printed` the text under the span.
        typography: what differs beside the words.
        similarity: 1 where no word differs, else the share of the quotation that stands there,
            by the weight of words and marks.
    """

    span: Span
    verdict: Verdict
    pieces: tuple[Piece, ...]
    typography: tuple[Typography, ...] = ()
    similarity: float = 1.0

    def __post_init__(self) -> None:
        """Raise ValueError for a match without words, or with a verdict that there is none."""
        if not self.pieces or self.verdict is Verdict.ABSENT:
            raise ValueError("a match has pieces")


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation as it was read.

    Attributes:
        text: without invisible characters, white space around it and, where it had them on
            both sides, quotation marks around it.
        typed: likewise, with those marks.
        words: its words and the editor's marks.
    """

    text: str
    typed: str
    words: tuple[QuoteWord, ...]


def read_quotation(typed: str) -> Quotation:
    """Read what somebody took for words of a report.

    Raises:
        QuotationError: it holds no word, or more than 10,000 characters.
    """
    if len(typed) > MAX_CODE_POINTS:
        raise QuotationError(
            f"the quotation has {len(typed):,} characters, {MAX_CODE_POINTS:,} are the most: "
            "check it in parts"
        )
    whole = re.sub(r"\S+", lambda run: canonicalise(run.group()), typed).strip()
    text = whole
    while len(text) > 1 and text[0] in MARKS and text[-1] in MARKS:
        text = text[1:-1].strip()
    if not _FIT.search(text):
        raise QuotationError("the quotation holds no word")
    words = split_quotation(text)
    if sum(word.role is not Role.WORD for word in words) > MAX_MARKS:
        words = split_quotation(text, edited=False)
    return Quotation(text, whole, words)
