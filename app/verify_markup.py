"""Checked quotations as HTML. Every word of a quotation or a report is escaped here.

A verdict is in words, and every difference in `<del>` or `<ins>` with words that are read out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from app.passage_markup import address_place
from app.problems import Problem
from app.verifying import Checked, count_wrong, name_verdict
from index.verification import QuotedPlace, Verification
from ingest.agreement import Match, Piece, PieceKind, Verdict

_SIGNS = {
    Verdict.EXACT: "✓",
    Verdict.TYPOGRAPHY: "✓",
    Verdict.EDITED: "✓",
    Verdict.DIFFERS: "≠",
    Verdict.ABSENT: "✕",
}
_MEANING = {
    Verdict.EXACT: "The report has these very words.",
    Verdict.TYPOGRAPHY: "The report has these very words, printed otherwise.",
    Verdict.EDITED: "The report has these words, but for what the quotation marks as left out"
    " or put in.",
    Verdict.DIFFERS: "The report does not say it in these words. The nearest place is below.",
}


@dataclass(frozen=True, slots=True)
class Looked:
    """Where it was looked.

    Attributes:
        reports: how many reports.
        pages: how many pages they have, 0 where the formats have none.
        pages_read: how many of these gave their text.
    """

    reports: int
    pages: int
    pages_read: int


def write_checked(checked: Sequence[Checked], looked: Looked) -> str:
    """Return every quotation with its verdict and its places."""
    summary = _summarise(checked)
    items = "".join(_quotation(number, one, looked) for number, one in enumerate(checked, start=1))
    body = (
        '<section class="rq-checked" aria-labelledby="rq-checked">'
        f'<h2 id="rq-checked" class="rq-verdict" tabindex="-1">{summary}</h2>'
        f"{_key(checked)}<ol>{items}</ol></section>"
    )
    return _verification("checked", summary, body)


def write_trouble(problem: Problem) -> str:
    """Return what stands in place of verdicts."""
    body = (
        '<section class="rq-notice rq-notice-problem">'
        f'<h2 class="rq-verdict" tabindex="-1">{escape(problem.heading)}</h2>'
        f"<p>{escape(problem.advice)}</p></section>"
    )
    return _verification("problem", problem.heading, body)


def write_unchecked() -> str:
    """Return what stands in place of verdicts before the first quotation."""
    body = (
        '<section class="rq-how" aria-label="How quotations are checked"><dl>'
        "<div><dt>Word for word</dt><dd>White space, quotation marks, dashes, capitals and the"
        " comma that closes a quotation may differ, and are named where they do.</dd></div>"
        "<div><dt>Honest marks</dt><dd>“…” for words left out and [words] put in are taken as"
        " such. Words left out must not turn the sentence round.</dd></div>"
        "<div><dt>Every difference</dt><dd>Where the words are not quite those of the report, you"
        " see both, side by side, and the place.</dd></div></dl></section>"
    )
    return _verification("start", "", body)


def _verification(state: str, status: str, body: str) -> str:
    return (
        f'<div class="rq-results rq-verification" data-state="{state}">'
        f'<p class="rq-unseen" role="status">{escape(status)}</p>{body}</div>'
    )


def _summarise(checked: Sequence[Checked]) -> str:
    if len(checked) == 1:
        return "One quotation checked"
    right = len(checked) - count_wrong(checked)
    return f"{right} of {len(checked)} quotations stand in these reports"


def _key(checked: Sequence[Checked]) -> str:
    if not any(_is_marked(place.match) for one in checked for place in one.verification.places):
        return ""
    return '<p class="rq-key"><del>only in the quotation</del> <ins>only in the report</ins></p>'


def _quotation(number: int, checked: Checked, looked: Looked) -> str:
    verification = checked.verification
    verdict = verification.verdict
    where = (
        f'<p class="rq-locator">{escape(checked.claim.where)}</p>' if checked.claim.where else ""
    )
    return (
        f'<li><article class="rq-quotation" data-verdict="{verdict}"'
        f' aria-labelledby="rq-quotation-{number}"><div class="rq-margin">'
        f'<span class="rq-sign" aria-hidden="true">{_SIGNS[verdict]}</span>{where}</div>'
        f'<div class="rq-body"><h3 id="rq-quotation-{number}">'
        f"{escape(name_verdict(verification))}</h3>"
        f'<blockquote dir="auto">{escape(verification.quote)}</blockquote>'
        f"{_outcome(verification, looked)}</div></article></li>"
    )


def _outcome(verification: Verification, looked: Looked) -> str:
    if verification.verdict is Verdict.ABSENT:
        return f'<p class="rq-said">{_absence(looked)}</p>'
    places = "".join(f"<li>{_words(one)}{_citation(one)}</li>" for one in verification.places)
    return (
        f'<p class="rq-said">{_MEANING[verification.verdict]}</p>'
        f'<ul class="rq-quoted">{places}</ul>{_rest(verification)}'
    )


def _absence(looked: Looked) -> str:
    where = f"{looked.reports:,} report{'s' * (looked.reports != 1)}"
    words = f"Nothing in {where} has two thirds of its words in their order."
    if looked.pages_read < looked.pages:
        words += (
            f" Only {looked.pages_read:,} of {looked.pages:,} pages could be read: it may stand on"
            " one of the others."
        )
    return words


def _rest(verification: Verification) -> str:
    left = verification.found - len(verification.places)
    return f'<p class="rq-said">And in {left:,} more places.</p>' if left else ""


def _words(place: QuotedPlace) -> str:
    match = place.match
    if match.verdict is Verdict.EXACT:
        return ""
    words = mark_differences(match) if _is_marked(match) else escape(place.text)
    return f'<p class="rq-text" dir="auto">{words}</p>'


def _is_marked(match: Match) -> bool:
    return match.verdict in {Verdict.DIFFERS, Verdict.EDITED}


def mark_differences(match: Match) -> str:
    """Return the report's words, with the quotation's beside them where they differ."""
    return "".join(_piece(piece) for piece in match.pieces)


def _piece(piece: Piece) -> str:
    if not piece.differs and piece.kind is not PieceKind.MARKED:
        return escape(piece.printed)
    kind = ' class="rq-marked"' if piece.kind is PieceKind.MARKED else ""
    longest = piece.printed or piece.quoted
    before = longest[: len(longest) - len(longest.lstrip())]
    after = longest[len(longest.rstrip()) :]
    quoted, printed = piece.quoted.strip(), piece.printed.strip()
    parts = (
        f"<del{kind}>{_aloud('in the quotation', quoted)}</del>" if quoted else "",
        f"<ins{kind}>{_aloud('in the report', printed)}</ins>" if printed else "",
    )
    return f"{escape(before)}{' '.join(filter(None, parts))}{escape(after)}"


def _aloud(where: str, words: str) -> str:
    """Return words with what a screen reader says round them."""
    return (
        f'<span class="rq-unseen">[{where}: </span>{escape(words)}<span class="rq-unseen">]</span>'
    )


def _citation(place: QuotedPlace) -> str:
    text = escape(place.citation)
    address = escape(address_place(place.report, place.match.span))
    return (
        f'<footer class="rq-cited"><cite><a href="{address}" target="_blank" rel="noopener">'
        f'<bdi>{text}</bdi></a></cite><button type="button" class="rq-copy" data-copy="{text}"'
        f' aria-label="Copy citation: {text}"><span aria-hidden="true">Copy</span></button>'
        "</footer>"
    )
