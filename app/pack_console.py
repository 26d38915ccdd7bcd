"""Prints what became of the passages of an evidence pack."""

from __future__ import annotations

from collections.abc import Sequence

from rich.padding import Padding
from rich.text import Text

from app.console import standard_output
from app.pack_check import CheckedItem, State
from app.verify_console import mark_differences

_WORDS = {
    State.UNCHANGED: ("Unchanged", "green"),
    State.MOVED: ("The same words, elsewhere", "green"),
    State.DIFFERS: ("Words differ", "yellow"),
    State.GONE: ("In none of the reports", "red"),
}
_INDENT = (0, 0, 0, 3)


def print_checked_pack(checked: Sequence[CheckedItem]) -> None:
    """Print each passage with its state, then how many no longer hold."""
    console = standard_output()
    for number, one in enumerate(checked, start=1):
        words, colour = _WORDS[one.state]
        console.print(Text.assemble(f"{number}. ", (words, f"bold {colour}")))
        console.print(Padding(Text(one.citation, style="dim"), _INDENT))
        if one.state is State.DIFFERS and one.place:
            console.print(Padding(mark_differences(one.place.match), _INDENT))
        if one.state is State.GONE:
            console.print(Padding(Text(one.item.text), _INDENT))
    wrong = sum(not one.state.holds for one in checked)
    console.print(Text(f"{len(checked)} passages, {wrong} no longer hold."))
