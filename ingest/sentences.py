"""Where sentences begin and end, as spans of the text that they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ingest.span import Span

# A number, letter or name that opens a sentence and is none itself: "4.12", "(a)", "iv)".
_LABEL = re.compile(
    r"""[("“'‘\[]*
    (?: \d+(?:\.\d+)*[.):]? | \(?(?:[A-Za-z]|[ivxIVX]{1,5}|\d{1,3})[.)]
      | (?:Annex|Appendix|Article|Box|Chapter|Figure|Fig|Finding|Paragraph|Part|Question
          |Recommendation|Rule|Schedule|Section|Step|Table)\s+(?:\d+(?:\.\d+)*|[A-Z])[a-z]?[.):]?
      | [-*•‣–] )""",
    re.VERBOSE,
)
# What can only end a sentence: closing quotes and brackets, a footnote mark.
_TAIL = re.compile(r"""(?:["”’')\]]|\[\^?\w{1,4}\]|[¹²³⁰⁴-⁹])+[.,;:]?""")
# Abbreviations that sentencex ends a sentence after: some stand before a name, some before
# a number, some before anything.
_BEFORE_NAME = re.compile(r"(?:^|[\s(“‘\"'])(?:M[sx]|Cllr|Ch|Dep|Const|Cdr|Supt|Insp|Hon)\.$")
_BEFORE_NUMBER = re.compile(
    r"""(?:^|[\s(“‘"'])(?:paras?|figs?|chs?|sect?|ss|arts?|regs?|sch|vols?|app|ann|tab|eq|ex|nn|rr
    |recs?|no|nos|pp?|approx|circa|max|est|tel)\.$""",
    re.VERBOSE | re.IGNORECASE,
)
_BEFORE_ANYTHING = re.compile(
    r"(?:^|[\s(“‘\"'])(?:e\.\s?g|i\.\s?e|cf|viz|incl|excl|approx)\.$", re.IGNORECASE
)
_LONGEST_LABEL = 40
_LONGEST_ABBREVIATION = 10
# What ends a sentence whatever stands before: a blank line, a list item on the next line, and
# a footnote's number stuck to the full stop ("at risk.12 The force"), as PDF files have it.
_BREAK = re.compile(
    r"""(\n\s*\n)
    |(\n)(?=\s*(?:[-*•‣–]|\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)])\s)
    |(?<=[a-z]{2}[.!?])["”’)]*\d{1,3}(\s+)(?=[A-Z“‘"(])""",
    re.VERBOSE,
)
# A footnote's mark stuck to the sentence before, which sentencex gives to the one behind.
_LEADING_MARK = re.compile(r"(?:\[\^?\w{1,40}\]|[¹²³⁰⁴-⁹])+(?=\s|$)|\d{1,3}$")


def split_sentences(text: str) -> list[Span]:
    """Return the sentences of `text`: trimmed, disjoint, ascending.

    Together they cover everything but white space. A blank line and the start of a list item
    end a sentence; a number or letter alone ("4.12", "Recommendation 3.", "(a)") belongs to
    the sentence that it opens.
    """
    sentences: list[Span] = []
    for part in _parts(text):
        pieces = (piece.shift(part.start) for piece in _boundaries(part.of(text)))
        sentences += _repair(text, _trim(text, pieces))
    return sentences


def _parts(text: str) -> Iterator[Span]:
    start = 0
    for match in _BREAK.finditer(text):
        end, following = match.span(match.lastindex or 0)
        yield Span(start, end)
        start = following
    yield Span(start, len(text))


def _boundaries(text: str) -> Iterator[Span]:
    from sentencex import get_sentence_boundaries  # type: ignore[import-untyped]

    for boundary in get_sentence_boundaries("en", text):
        yield Span(boundary["start_index"], boundary["end_index"])


def _trim(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    for span in spans:
        words = span.of(text)
        start = span.start + len(words) - len(words.lstrip())
        if words.strip():
            yield Span(start, start + len(words.strip()))


def _repair(text: str, pieces: Iterable[Span]) -> Iterator[Span]:
    """Join what the splitter took apart too eagerly."""
    held: Span | None = None
    for span in pieces:
        piece = span
        if held is not None:
            mark = _LEADING_MARK.match(text, piece.start, piece.end)
            if mark and held.end == piece.start:
                held = Span(held.start, mark.end())
                piece = next(_trim(text, [Span(mark.end(), piece.end)]), held)
            if piece is held or _belong_together(held.of(text), piece.of(text)):
                held = Span(held.start, piece.end)
                continue
            yield held
        held = piece
    if held is not None:
        yield held


def _belong_together(left: str, right: str) -> bool:
    if len(left) <= _LONGEST_LABEL and _LABEL.fullmatch(left):
        return True
    end = left[-_LONGEST_ABBREVIATION:]
    return bool(
        _TAIL.fullmatch(right)
        or _BEFORE_ANYTHING.search(end)
        or (right[0].isdigit() and _BEFORE_NUMBER.search(end))
        or (right[0].isupper() and _BEFORE_NAME.search(end))
    )
