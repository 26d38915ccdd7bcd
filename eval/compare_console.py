"""What the terminal shows of comparisons and sweeps."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from eval.comparison import PERMUTATIONS, Comparison, Difference, Pair
from eval.console import count, plain
from eval.outcome import Outcome
from eval.sweep import Sweep, Tried

_PASSAGE = 400


def print_comparison(
    console: Console, baseline: str, comparisons: Sequence[Comparison], shown: int
) -> None:
    """Print each run against the baseline, and `shown` of the questions that it lost and won."""
    for one in comparisons:
        console.print(Text(plain(f"{one.name} against {baseline}"), style="bold"))
        if one.missing:
            note = f"{one.missing} questions are in only one of the runs; the other has 0 for them"
            console.print(Text(note, style="yellow"))
        console.print(_difference_table(one))
        holm = ", corrected by Holm's method" if len(comparisons) > 1 else ""
        told = f"Intervals: 95%, bootstrap by {one.resampled}. p: paired randomisation test, "
        console.print(Text(f"{told}{PERMUTATIONS:,} permutations{holm}.", style="dim"))
        for title, pairs in (("Lost", one.lost), ("Won", one.won)):
            _print_pairs(console, title, pairs, shown)


def print_sweep(console: Console, sweep: Sweep) -> None:
    """Print what was tried on the tuning questions, then the best on the reporting ones."""
    parts = sweep.parts
    counts = len(parts.tuning.questions), len(parts.reporting.questions)
    console.print(Text("Tuning", style="bold"))
    console.print(
        Text(
            f"{counts[0]} questions to choose on, {counts[1]} others to report on, "
            f"parted by {parts.unit}.",
            style="dim",
        )
    )
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("settings")
    for name in (sweep.measure, "95% interval", "p50 ms"):
        table.add_column(name, justify="right")
    for tried in sweep.tried:
        table.add_row(*_tried_cells(tried, sweep))
    console.print(table)
    console.print()
    console.print(Text(f"Reporting: {sweep.chosen}", style="bold"))
    if sweep.chosen == sweep.tried[0].arm.name:
        found = sweep.best.measures[sweep.measure]
        console.print(
            Text(
                f"Nothing was better than the baseline: {sweep.measure} {found.value:.4f} "
                f"({found.low:.3f} to {found.high:.3f})"
            )
        )
    else:
        print_comparison(console, "baseline", [sweep.comparison], 0)


def _tried_cells(tried: Tried, sweep: Sweep) -> tuple[Text, str, str, str]:
    style = "bold green" if tried.arm.name == sweep.chosen else ""
    name = Text(tried.arm.name, style=style)
    if tried.summary is None:
        return Text.assemble(name, (f"  failed: {plain(tried.error)}", "red")), "–", "–", "–"
    found = tried.summary.measures[sweep.measure]
    interval = f"{found.low:.3f} to {found.high:.3f}"
    return name, f"{found.value:.4f}", interval, f"{tried.summary.latency.p50:.1f}"


def _difference_table(comparison: Comparison) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 0, 0, 1), header_style="dim")
    table.add_column("measure", no_wrap=True)
    for name in ("base", "run", "change", "95% interval", "p", "effect", "w/t/l"):
        table.add_column(name, justify="right", no_wrap=True)
    for measure, one in comparison.differences.items():
        table.add_row(measure, *_difference_cells(one))
    return table


def _difference_cells(one: Difference) -> tuple[str, ...]:
    return (
        f"{one.baseline:.4f}",
        f"{one.other:.4f}",
        f"{one.change.value:+.4f}",
        f"{one.change.low:+.3f} to {one.change.high:+.3f}",
        f"{one.p:.3f}" if one.p >= 0.001 else "<0.001",  # noqa: PLR2004
        "–" if one.effect is None else f"{one.effect:+.2f}",
        f"{one.wins}/{one.ties}/{one.losses}",
    )


def _print_pairs(console: Console, title: str, pairs: Sequence[Pair], shown: int) -> None:
    if not pairs or not shown:
        return
    console.print()
    more = f", the first {shown}" if len(pairs) > shown else ""
    console.print(Text(f"{title}: {count(len(pairs), 'question')}{more}", style="bold"))
    for pair in pairs[:shown]:
        question = pair.question
        console.print(Text.assemble((f"{plain(question.id)}  ", "dim"), plain(question.question)))
        console.print(Text(f"gold: {plain(question.gold)}", style="dim"))
        table = Table(show_header=True, header_style="dim", expand=True)
        table.add_column(_name_side("baseline", pair.baseline), ratio=1)
        table.add_column(_name_side("run", pair.other), ratio=1)
        table.add_row(_top(pair.baseline), _top(pair.other))
        console.print(table)


def _name_side(name: str, outcome: Outcome | None) -> str:
    if outcome is None:
        return f"{name}: not asked"
    return f"{name}: rank {outcome.rank}" if outcome.rank else f"{name}: not found"


def _top(outcome: Outcome | None) -> Text:
    if outcome is None or not outcome.hits:
        return Text("–")
    text = plain(outcome.hits[0].text)
    return Text(text if len(text) <= _PASSAGE else text[: _PASSAGE - 1] + "…")
