"""Says word by word how a quotation and the place it was taken from differ."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.agreement import Match, Piece, PieceKind, Quotation, Typography, Verdict
from ingest.canonical import canonicalise
from ingest.span import Span
from ingest.wording import DASHES, MARKS, QuoteWord, Role, fold_character, split_quotation

# Writers put their own comma or full stop inside the quotation marks.
CLOSING = frozenset(".,;:")
_NEGATIONS = frozenset(
    "cannot hardly neither never no nobody none nor not nothing nowhere scarcely without".split()  # noqa: SIM905
)
_SENTENCE_END = re.compile(r"[.!?]\s")
# Not the apostrophe that tells "we're" from "were".
_LOOSE_MARK = re.compile(r"\"|(?<!\w)'|'(?!\w)")
_BROKEN = re.compile(rf"\s*[{re.escape(''.join(sorted(DASHES)))}]+\s*")


@dataclass(frozen=True, slots=True)
class Pair:
    """A word of the quotation and the words of the text that go with it; either may be missing."""

    word: QuoteWord | None
    span: Span | None


@dataclass(slots=True)
class _Reached:
    """How far the quotation and the text have been read, in code points."""

    quoted: int
    printed: int


def compare_pairs(text: str, quotation: Quotation, pairs: Sequence[Pair]) -> Match:
    """Return the match that an alignment amounts to.

    Args:
        text: of the report.
        quotation: what was aligned with it.
        pairs: in order; at least one has words of the text.
    """
    spans = [pair.span for pair in pairs if pair.span is not None]
    span = _take_marks(text, quotation, Span(spans[0].start, spans[-1].end))
    raw = _read_pieces(span.of(text), span.start, quotation.text, pairs)
    settled = [_settle(piece) for piece in _merge(raw)]
    pieces = tuple(_merge(_close(settled)))
    typography = _name_typography(pieces)
    return Match(span, _judge(pieces), pieces, typography, _measure(quotation, pieces))


def _take_marks(text: str, quotation: Quotation, span: Span) -> Span:
    """Let the quotation marks and dashes around a quotation belong to the place as well."""
    words = quotation.words
    before = quotation.text[: words[0].start]
    after = quotation.text[words[-1].end :]
    start = span.start - len(before) if text[: span.start].endswith(before) else span.start
    end = span.end + len(after) if text.startswith(after, span.end) else span.end
    return Span(start, end)


def _read_pieces(printed: str, offset: int, quoted: str, pairs: Sequence[Pair]) -> Iterator[Piece]:
    """Yield a piece for each pair and for what stands between two."""
    reached, before = _Reached(0, 0), PieceKind.TYPOGRAPHY
    for pair in pairs:
        here = _bounds(pair, reached, offset)
        between = quoted[reached.quoted : here[0].start], printed[reached.printed : here[1].start]
        words = here[0].of(quoted), here[1].of(printed)
        kind = _classify(pair, *words)
        if between[0] == between[1] or kind is PieceKind.TYPOGRAPHY:
            yield from _make(before, *between)
        else:
            words = between[0] + words[0], between[1] + words[1]
        yield from _make(kind, *words)
        reached, before = _Reached(here[0].end, here[1].end), kind
    yield from _make(PieceKind.TYPOGRAPHY, quoted[reached.quoted :], printed[reached.printed :])


def _bounds(pair: Pair, reached: _Reached, offset: int) -> tuple[Span, Span]:
    word, span = pair.word, pair.span
    quoted = Span(word.start, word.end) if word else Span(reached.quoted, reached.quoted)
    printed = span.shift(-offset) if span else Span(reached.printed, reached.printed)
    return quoted, printed


def _classify(pair: Pair, quoted: str, printed: str) -> PieceKind:
    if pair.word is None:
        return PieceKind.MISSING
    if pair.word.role is not Role.WORD:
        return PieceKind.MARKED
    if pair.span is None:
        return PieceKind.ADDED
    plain = split_quotation(printed)[0].plain
    if pair.word.plain != plain:
        return PieceKind.CHANGED
    return PieceKind.MARKED if "[" in quoted and quoted != printed else PieceKind.TYPOGRAPHY


def _make(kind: PieceKind, quoted: str, printed: str) -> Iterator[Piece]:
    if quoted == printed:
        kind = PieceKind.SAME
    if quoted or printed:
        yield Piece(kind, quoted, printed)


def _merge(pieces: Iterator[Piece] | Sequence[Piece]) -> list[Piece]:
    """Join neighbours of one kind, and differences with only white space between them."""
    merged: list[Piece] = []
    for piece in pieces:
        merged.append(piece)
        while _joins(merged):
            *merged, first, second = merged
            merged.append(_join(first, second))
        if len(merged) > 2 and _bridges(merged):  # noqa: PLR2004
            *merged, first, white, second = merged
            merged.append(_join(_join(first, white), second))
    return merged


def _joins(pieces: Sequence[Piece]) -> bool:
    if len(pieces) < 2:  # noqa: PLR2004
        return False
    first, second = pieces[-2:]
    return first.kind is second.kind or (first.differs and second.differs)


def _bridges(pieces: Sequence[Piece]) -> bool:
    first, white, second = pieces[-3:]
    return first.differs and second.differs and not (white.quoted + white.printed).strip()


def _join(first: Piece, second: Piece) -> Piece:
    quoted, printed = first.quoted + second.quoted, first.printed + second.printed
    if quoted == printed:
        return Piece(PieceKind.SAME, quoted, printed)
    if first.kind is second.kind:
        return Piece(first.kind, quoted, printed)
    return Piece(_name_difference(quoted, printed), quoted, printed)


def _name_difference(quoted: str, printed: str) -> PieceKind:
    if not quoted.strip():
        return PieceKind.MISSING
    return PieceKind.CHANGED if printed.strip() else PieceKind.ADDED


def _settle(piece: Piece) -> Piece:
    """Look again at a difference: a word broken at a line end is none, a hidden "not" is one."""
    if piece.kind is PieceKind.CHANGED and _mend(piece.quoted) == _mend(piece.printed):
        return Piece(PieceKind.TYPOGRAPHY, piece.quoted, piece.printed)
    if piece.kind is PieceKind.MARKED and (_is_printed(piece) or _hides_negation(piece)):
        return Piece(PieceKind.CHANGED, piece.quoted, piece.printed)
    return piece


def _is_printed(piece: Piece) -> bool:
    """Tell whether the marks are the report's own, with more words beside them."""
    return piece.quoted.strip() in piece.printed


def _mend(words: str) -> str:
    """Return words without what a line break may have put into them; numbers stay apart."""
    mended = words
    for match in reversed(list(_BROKEN.finditer(words))):
        beside = words[match.start() - 1 : match.start()] + words[match.end() : match.end() + 1]
        if beside.isalpha():
            mended = mended[: match.start()] + mended[match.end() :]
    return _LOOSE_MARK.sub("", "".join(map(fold_character, canonicalise(mended)))).strip()


def _hides_negation(piece: Piece) -> bool:
    """Tell whether the omission takes a "not" out of a sentence of which the rest is quoted."""
    words = {word.plain for word in split_quotation(piece.printed)}
    said = {word.plain for word in split_quotation(piece.quoted.replace("[", "").replace("]", ""))}
    negations = {w for w in words if w in _NEGATIONS or w.endswith("n't")}
    return bool(negations - said) and not _SENTENCE_END.search(piece.printed)


def _close(pieces: list[Piece]) -> list[Piece]:
    """Forgive a comma or full stop that closes a quotation where the report goes on."""
    last = pieces[-1]
    if last.differs and last.quoted in CLOSING and len(pieces) > 1:
        return [*pieces[:-1], Piece(PieceKind.TYPOGRAPHY, last.quoted, last.printed)]
    return pieces


def _judge(pieces: Sequence[Piece]) -> Verdict:
    kinds = {piece.kind for piece in pieces}
    if any(piece.differs for piece in pieces):
        return Verdict.DIFFERS
    if PieceKind.MARKED in kinds:
        return Verdict.EDITED
    return Verdict.TYPOGRAPHY if PieceKind.TYPOGRAPHY in kinds else Verdict.EXACT


def _measure(quotation: Quotation, pieces: Sequence[Piece]) -> float:
    whole = sum(word.weight for word in quotation.words)
    lost = sum(
        max(_weigh(piece.quoted), _weigh(piece.printed)) for piece in pieces if piece.differs
    )
    return max(0.0, 1 - lost / max(whole, lost, 1))


def _weigh(words: str) -> int:
    return sum(word.weight for word in split_quotation(words))


def _name_typography(pieces: Sequence[Piece]) -> tuple[Typography, ...]:
    found = {
        kind
        for piece in pieces
        if piece.kind is PieceKind.TYPOGRAPHY
        for kind in _name_causes(piece.quoted, piece.printed)
    }
    return tuple(kind for kind in Typography if kind in found)


def _name_causes(quoted: str, printed: str) -> Iterator[Typography]:
    """Yield each reduction without which the two would not be alike."""
    if quoted in CLOSING and quoted != printed:
        yield Typography.CLOSING
        return
    for kept in Typography:
        if kept is not Typography.CLOSING and _reduce(quoted, kept) != _reduce(printed, kept):
            yield kept


def _reduce(words: str, kept: Typography) -> str:
    """Return words without all that may differ but one thing."""
    if kept is not Typography.FORMS:
        words = "".join(_match_case(c) for c in words)
    if kept is not Typography.CAPITALS:
        words = words.casefold()
    dropped: set[str] = set()
    dropped |= set() if kept is Typography.QUOTATION_MARKS else MARKS
    dropped |= set() if kept is Typography.DASHES else DASHES
    return "".join(
        c for c in words if c not in dropped and (kept is Typography.WHITE_SPACE or not c.isspace())
    )


def _match_case(character: str) -> str:
    """Return the compatibility form of a character in the case it has."""
    import unicodedata

    return unicodedata.normalize("NFKC", character)
