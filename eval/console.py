"""What the terminal shows of an evaluation. Report text is data: it is never read as markup."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from eval.interval import Estimate
from eval.outcome import Outcome
from eval.summary import Summary
from index.build import Watch

_SHOWN_FAILURES = 10


def standard_output() -> Console:
    """Return a console on the standard output; plain where that is not a terminal."""
    return Console(highlight=False)


@contextmanager
def watch_progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show a progress bar on the standard error, where that is a terminal."""
    console = Console(stderr=True, highlight=False)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    quiet = not sys.stderr.isatty()
    with Progress(*columns, console=console, transient=True, disable=quiet) as bar:
        task = bar.add_task("Reading", total=None)

        def advance(stage: str, done: int, total: int) -> None:
            bar.update(task, description=stage, completed=done, total=total)

        yield advance


def watch_build(advance: Callable[[str, int, int], None]) -> Watch:
    """Return what an index build reports its progress to."""
    return Watch(on_progress=advance)


def print_summary(console: Console, summary: Summary) -> None:
    """Print a run's measures with their intervals, then the questions that it lost."""
    run = summary.run
    others = len(run.outcomes) - len(run.answerable)
    console.print(Text(plain(run.dataset), style="bold"))
    told = count(len(run.answerable), "answerable question")
    console.print(Text(f"{told}, {others:,} unanswerable" if others else told))
    console.print(Text(describe_settings(summary), style="dim"))
    console.print()
    console.print(_measure_table(summary))
    console.print()
    console.print(Text(f"Intervals: 95%, bootstrap by {summary.resampled}.", style="dim"))
    _print_failures(console, summary.failures)


def plain(words: str) -> str:
    """Return words for the terminal: what would speak to it is spelt out instead."""
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in words)


def count(number: int, thing: str) -> str:
    """Return "1 question", "2 questions"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def describe_settings(summary: Summary) -> str:
    """Return the settings of a run in one line, without hashes."""
    shown = describe_each(summary.run.settings)
    return "; ".join(f"{k} {v}" for k, v in shown.items() if not k.endswith("hash"))


def describe_each(settings: Mapping[str, object]) -> dict[str, str]:
    """Return each setting for people."""
    return {name.replace("_", " "): _describe(value) for name, value in settings.items()}


def _describe(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_describe(one)}" for name, one in value.items())
    if isinstance(value, float):
        return f"{value:g}"
    return "none" if value is None else str(value)


def _measure_table(summary: Summary) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("measure")
    table.add_column("value", justify="right")
    table.add_column("95% interval", justify="right")
    table.add_column("questions", justify="right")
    for name, estimate in summary.measures.items():
        _add(table, name, estimate, summary.counts[name])
    abstention = summary.abstention
    unanswerable = len(summary.run.outcomes) - len(summary.run.answerable)
    for kind, estimate in abstention.auroc.items():
        asked = sum(one.kind == kind for one in summary.run.outcomes) or unanswerable
        _add(table, f"AUROC against {plain(kind)}", estimate, asked + len(summary.run.answerable))
    if abstention.false_answer:
        _add(table, "false answers", abstention.false_answer, unanswerable)
    if abstention.false_abstain:
        _add(table, "false abstentions", abstention.false_abstain, len(summary.run.answerable))
    latency = summary.latency
    table.add_row("latency", f"{latency.p50:.1f} ms", f"95% under {latency.p95:.1f} ms", "")
    return table


def _add(table: Table, name: str, estimate: Estimate, questions: int) -> None:
    interval = f"{estimate.low:.3f} to {estimate.high:.3f}"
    table.add_row(name, f"{estimate.value:.4f}", interval, f"{questions:,}")


def _print_failures(console: Console, failures: tuple[Outcome, ...]) -> None:
    if not failures:
        return
    console.print()
    shown = min(len(failures), _SHOWN_FAILURES)
    more = f", the first {shown}" if len(failures) > shown else ""
    console.print(
        Text(f"{count(len(failures), 'question')} not answered first{more}", style="bold")
    )
    for one in failures[:shown]:
        rank = f"rank {one.rank}" if one.rank else "not found"
        console.print(
            Text.assemble(
                (f"{plain(one.id)}  ", "dim"), plain(one.question), (f"  {rank}", "yellow")
            )
        )
        console.print(Text(f"   gold: {plain(one.gold)}", style="dim"))
