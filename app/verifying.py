"""Checks quotations against an index: one, a file of them, or all that a document quotes.

Only the catalogue of the index is opened: no vectors, no encoder.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from index.folder import IndexFolder
from index.scope import EVERYTHING, Scope
from index.verification import QuotedPlace, Verification, verify_stored
from ingest.agreement import MAX_CODE_POINTS, Match, Piece, Verdict
from ingest.citation import cite
from ingest.errors import QuotationError, ReadError, SettingError
from ingest.quoted import read_document
from ingest.report import PATH_SEPARATOR, Block, Report
from ingest.span import Span

SCHEMA_VERSION = 1
_NAMES = {
    Verdict.EXACT: "Exact",
    Verdict.TYPOGRAPHY: "Exact but for",
    Verdict.EDITED: "Edited, and marked so",
    Verdict.DIFFERS: "Differs in words",
    Verdict.ABSENT: "Not in these reports",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """Words that are said to stand in a report.

    Attributes:
        quote: the words.
        where: where they were read: "line 3", "2. Findings, para 4"; empty for one that was
            typed.
        line: line of the file, from 1; nothing where it has none.
    """

    quote: str
    where: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A claim and what came of it."""

    claim: Claim
    verification: Verification


@dataclass(frozen=True, slots=True)
class Asked:
    """What to check: exactly one of the three.

    Attributes:
        quote: one quotation.
        file: a file of quotations, one a line; "-" is the standard input.
        document: a document that quotes.
    """

    quote: str | None = None
    file: Path | None = None
    document: Path | None = None


def read_claims(asked: Asked) -> list[Claim]:
    """Return what is to be checked.

    Raises:
        SettingError: nothing was named, or more than one thing.
        ReadError: the file cannot be read, or holds no quotation.
    """
    if sum(one is not None for one in (asked.quote, asked.file, asked.document)) != 1:
        raise SettingError(
            "name one thing to check: a quotation, a file of them with --file, or a document "
            "that quotes with --document"
        )
    if asked.file is not None:
        return _read_lines(asked.file)
    if asked.document is not None:
        return _read_quotations(asked.document)
    return [Claim(asked.quote or "")]


def split_lines(text: str) -> list[Claim]:
    """Return a claim for each line that is not blank."""
    lines = enumerate(text.splitlines(), start=1)
    return [Claim(line.strip(), f"line {number}", number) for number, line in lines if line.strip()]


def check_paste(folder: IndexFolder, text: str) -> list[Checked]:
    """Check what somebody pasted: quotations on lines of their own, or one over several lines.

    Blank lines part quotations. Without any, several lines are one quotation where they stand
    together in a report, if only nearly so, and one each where one of them stands nowhere.

    Raises:
        IndexMissingError: there is no index.
        IndexCorruptError: its catalogue is missing or damaged.
        QuotationError: a quotation holds no word or too many; its line is named.
    """
    paragraphs = _split_paragraphs(text)
    if len(paragraphs) > 1:
        return check_claims(folder, paragraphs)
    lines = split_lines(text)
    if len(text) > MAX_CODE_POINTS:
        return check_claims(folder, lines)
    whole = check_claims(folder, [Claim(text.strip())])
    if len(lines) < 2 or not count_wrong(whole):  # noqa: PLR2004
        return whole
    single = check_claims(folder, lines)
    return single if _has_absent(whole) or _has_absent(single) or not count_wrong(single) else whole


def _has_absent(checked: Sequence[Checked]) -> bool:
    return any(one.verification.verdict is Verdict.ABSENT for one in checked)


def check_claims(
    folder: IndexFolder, claims: Sequence[Claim], scope: Scope = EVERYTHING
) -> list[Checked]:
    """Check every claim against the reports of an index.

    Raises:
        IndexMissingError: there is no index.
        IndexCorruptError: its catalogue is missing or damaged.
        QuotationError: a claim holds no word or too many; its line is named.
    """
    try:
        found = verify_stored(folder, [claim.quote for claim in claims], scope)
    except QuotationError as error:
        raise _name_claim(claims, error) from error
    return [Checked(*pair) for pair in zip(claims, found, strict=True)]


def name_verdict(verification: Verification) -> str:
    """Return a verdict in words: "Exact but for capitals, white space"."""
    name = _NAMES[verification.verdict]
    if verification.verdict is Verdict.TYPOGRAPHY:
        return f"{name} {', '.join(verification.places[0].match.typography)}"
    return name


def count_wrong(checked: Sequence[Checked]) -> int:
    """Return how many are absent or differ in words."""
    return sum(not one.verification.verdict.is_found for one in checked)


def checked_to_json(checked: Sequence[Checked]) -> dict[str, Any]:
    """Return the document of `reportqa verify --json`."""
    return {
        "schema": SCHEMA_VERSION,
        "checked": len(checked),
        "wrong": count_wrong(checked),
        "quotations": [_claim_to_json(one) for one in checked],
    }


def verification_to_json(verification: Verification) -> dict[str, Any]:
    """Return one quotation of that document, without where it was read."""
    return {
        "quote": verification.quote,
        "verdict": str(verification.verdict),
        "found": verification.found,
        "places": [_place_to_json(place) for place in verification.places],
    }


def _split_paragraphs(text: str) -> list[Claim]:
    claims: list[Claim] = []
    for line in split_lines(text):
        last = claims[-1].line or 0 if claims else 0
        joined = claims and line.line == last + claims[-1].quote.count("\n") + 1
        if joined:
            claims[-1] = replace(claims[-1], quote=f"{claims[-1].quote}\n{line.quote}")
        else:
            claims.append(line)
    return claims


def _claim_to_json(checked: Checked) -> dict[str, Any]:
    claim = checked.claim
    document = verification_to_json(checked.verification)
    return document | {"where": claim.where or None, "line": claim.line}


def _place_to_json(place: QuotedPlace) -> dict[str, Any]:
    return {
        "report": place.report,
        "title": place.title,
        "source": place.source,
        "section": list(place.section),
        "page": place.page,
        "page_label": place.page_label,
        "locator": place.locator,
        "citation": place.citation,
        "start": place.match.span.start,
        "end": place.match.span.end,
        "text": place.text,
        **_match_to_json(place.match),
    }


def _match_to_json(match: Match) -> dict[str, Any]:
    return {
        "verdict": str(match.verdict),
        "similarity": round(match.similarity, 4),
        "typography": [str(kind) for kind in match.typography],
        "pieces": [_piece_to_json(piece) for piece in match.pieces],
    }


def _piece_to_json(piece: Piece) -> dict[str, str]:
    return {"kind": str(piece.kind), "quoted": piece.quoted, "printed": piece.printed}


def _read_lines(file: Path) -> list[Claim]:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(f"{file}: the quotations cannot be read ({error})") from error
    claims = split_lines(text)
    if not claims:
        raise ReadError(f"{file}: there is no quotation in it")
    return claims


def _read_quotations(document: Path) -> list[Claim]:
    report, spans = read_document(document)
    if not spans:
        raise ReadError(
            f"{document}: it quotes nothing: no passage of four words or more in quotation "
            "marks, no block quotation"
        )
    return [_make_claim(report, span) for span in spans]


def _make_claim(report: Report, span: Span) -> Claim:
    place = cite(report, span)
    block = _block_at(report, span)
    line = block.line if block else None
    named = (PATH_SEPARATOR.join(place.section), place.locator)
    where = ", ".join(part for part in named if part)
    return Claim(span.of(report.text), where, line)


def _block_at(report: Report, span: Span) -> Block | None:
    return next((block for block in report.blocks if block.span.overlaps(span)), None)


def _name_claim(claims: Sequence[Claim], error: QuotationError) -> QuotationError:
    """Say which of several claims cannot be checked."""
    from ingest.agreement import read_quotation

    for claim in claims:
        try:
            read_quotation(claim.quote)
        except QuotationError as found:
            return QuotationError(f"{claim.where}: {found}") if claim.where else found
    return error
