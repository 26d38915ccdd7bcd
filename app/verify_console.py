"""Prints checked quotations for people. Every difference is in words or marks, not in colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console, Group
from rich.padding import Padding
from rich.text import Text

from app.verifying import Checked, count_wrong, name_verdict
from index.verification import QuotedPlace, Verification
from ingest.agreement import Match, Piece, PieceKind, Verdict

_INDENT = (0, 0, 0, 3)
_COLOURS = {Verdict.DIFFERS: "yellow", Verdict.ABSENT: "red"}
_STYLES = {PieceKind.MARKED: "cyan"}
_KEY = "[-only in the quotation-] {+only in the report+}"


def print_checked(console: Console, checked: Sequence[Checked]) -> None:
    """Print each quotation with its verdict and places, then how many are wrong."""
    for one in checked:
        console.print(_describe(one))
    if any(one.verification.verdict in {Verdict.DIFFERS, Verdict.EDITED} for one in checked):
        console.print(Text(_KEY, style="dim"))
    if len(checked) > 1:
        wrong = count_wrong(checked)
        console.print(Text(f"{len(checked)} quotations, {wrong} absent or different in words."))


def _describe(checked: Checked) -> Group:
    verification = checked.verification
    heading = Text.assemble(
        (f"{checked.claim.where}: " if checked.claim.where else "", "dim"),
        (name_verdict(verification), f"bold {_COLOURS.get(verification.verdict, 'green')}"),
    )
    return Group(
        heading,
        Padding(Text(verification.quote), _INDENT),
        *(Padding(_place(place), _INDENT) for place in verification.places),
        *_rest(verification),
        Text(),
    )


def _place(place: QuotedPlace) -> Group:
    lines = [Text(place.citation, style="dim")]
    if place.match.verdict in {Verdict.DIFFERS, Verdict.EDITED}:
        lines.append(mark_differences(place.match))
    return Group(*lines)


def _rest(verification: Verification) -> Iterator[Padding]:
    left = verification.found - len(verification.places)
    if left:
        yield Padding(Text(f"and {left} more", style="dim"), _INDENT)


def mark_differences(match: Match) -> Text:
    """Return the report's words with the quotation's beside them where they differ."""
    text = Text()
    for piece in match.pieces:
        _add_piece(text, piece)
    return text


def _add_piece(text: Text, piece: Piece) -> None:
    if not piece.differs and piece.kind is not PieceKind.MARKED:
        text.append(piece.printed)
        return
    # White space stays outside the marks, so that the line breaks where it would.
    words = piece.printed or piece.quoted
    text.append(words[: len(words) - len(words.lstrip())])
    if piece.quoted.strip():
        text.append(f"[-{piece.quoted.strip()}-]", _STYLES.get(piece.kind, "red"))
    if piece.printed.strip():
        text.append(f"{{+{piece.printed.strip()}+}}", _STYLES.get(piece.kind, "green"))
    text.append(words[len(words.rstrip()) :])
