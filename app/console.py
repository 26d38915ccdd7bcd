"""What the terminal shows. Report text is data: it is never read as markup."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich.console import Console, Group
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from index.answer import Answer, AnswerSentence, Hit
from index.build import Watch
from index.catalogue import ReportSummary
from ingest.citation import cite
from ingest.report import PATH_SEPARATOR, Report
from ingest.span import Span

_INDENT = (0, 0, 0, 3)


def standard_output() -> Console:
    """Return a console on the standard output; plain where that is not a terminal."""
    return Console(highlight=False, soft_wrap=False)


def standard_error() -> Console:
    """Return a console on the standard error."""
    return Console(stderr=True, highlight=False)


def print_answer(console: Console, answer: Answer) -> None:
    """Print the answer, then the passages with their best sentence in bold."""
    console.print(Text(answer.question, style="bold"))
    console.print()
    if answer.answered:
        for number, sentence in enumerate(answer.sentences, start=1):
            console.print(_sentence(number, sentence))
        console.print()
        console.print(Rule(Text("Passages", style="dim"), style="dim", align="left"))
    else:
        console.print(Text(_no_answer(answer), style="yellow"))
        console.print()
        console.print(Rule(Text("Closest passages", style="dim"), style="dim", align="left"))
    for hit in answer.hits:
        console.print(_hit(hit))


def print_each(
    console: Console,
    question: str,
    answers: Mapping[str, Answer],
    summaries: Sequence[ReportSummary],
) -> None:
    """Print the best passage of each report, those that answer first."""
    console.print(Text(question, style="bold"))
    asked = [summary for summary in summaries if summary.id in answers]
    for summary in sorted(asked, key=lambda one: -answers[one.id].confidence):
        answer = answers[summary.id]
        console.print()
        console.print(Rule(Text(summary.title, style="dim"), style="dim", align="left"))
        if not answer.answered:
            console.print(Text(_no_answer(answer), style="yellow"))
        for hit in answer.hits:
            console.print(_hit(hit))


def print_reports(console: Console, summaries: tuple[ReportSummary, ...]) -> None:
    """Print one line a report, and under it what could not be read."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("id", "title", "file"):
        table.add_column(heading, overflow="fold")
    for heading in ("pages", "passages"):
        table.add_column(heading, justify="right")
    for one in summaries:
        pages = name_pages(one).removesuffix("s").removesuffix(" page") if one.pages else "–"
        table.add_row(Text(one.id), Text(one.title), Text(one.source), pages, str(one.passages))
        for notice in one.notices:
            table.add_row("", Text(name_notice(notice.page, notice.message), style="yellow"))
    console.print(table)


def print_report(console: Console, report: Report) -> None:
    """Print what is known of a report, and its outline."""
    console.print(Text(report.title, style="bold"))
    metadata = report.metadata
    facts = (
        ("id", report.id),
        ("file", report.source),
        ("creator", metadata.creator),
        ("date", metadata.date),
        ("source", metadata.url),
        ("licence", metadata.licence),
        ("pages", str(len(report.pages)) if report.pages else None),
        ("characters", f"{len(report.text):,}"),
    )
    for name, value in facts:
        if value:
            console.print(Text.assemble((f"{name:<11}", "dim"), value))
    for notice in report.notices:
        console.print(Text(name_notice(notice.page, notice.message), style="yellow"))
    console.print()
    for section in report.sections:
        if section.path:
            console.print(Text("  " * (len(section.path) - 1) + section.path[-1]))


def print_part(console: Console, report: Report, span: Span) -> None:
    """Print some words of a report and where they stand."""
    console.print(Text(span.of(report.text)))
    console.print()
    console.print(Text(cite(report, span).text, style="dim"))


def name_pages(summary: ReportSummary) -> str:
    """Return "80 pages", or "78 of 80 pages" where not all of them could be read."""
    plural = "" if summary.pages == 1 else "s"
    if summary.pages_read == summary.pages:
        return f"{summary.pages} page{plural}"
    return f"{summary.pages_read} of {summary.pages} page{plural}"


def name_notice(page: int | None, message: str) -> str:
    """Return a notice on one line, with its page where it has one."""
    return message if page is None else f"page {page}: {message}"


@contextmanager
def watch_build() -> Iterator[Watch]:
    """Show a progress bar on the standard error while an index is built."""
    console = standard_error()
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not _shows_bars()) as bar:
        task = bar.add_task("Reading", total=None)

        def on_wait() -> None:
            console.print("Waiting for another reportqa that is writing to this index…")

        def on_progress(stage: str, done: int, total: int) -> None:
            bar.update(task, description=stage, completed=done, total=total)

        yield Watch(on_wait=on_wait, on_progress=on_progress)


def _shows_bars() -> bool:
    return sys.stderr.isatty()


def _no_answer(answer: Answer) -> str:
    if not answer.hits:
        return "Nothing was found."
    if answer.is_doubtful:
        return f"No clear answer; a passage below may hold it (confidence {answer.confidence:.0%})."
    return "The reports do not seem to answer this."


def _sentence(number: int, sentence: AnswerSentence) -> Group:
    return Group(
        Text.assemble((f"{number}. ", "dim"), sentence.quote.text),
        Padding(Text(sentence.citation, style="dim"), _INDENT),
    )


def _hit(hit: Hit) -> Group:
    place = PATH_SEPARATOR.join(part for part in (*hit.section, hit.locator) if part)
    start = hit.highlight.span.start - hit.quote.span.start
    words = Text(hit.quote.text)
    words.stylize("bold", start, start + len(hit.highlight.span))
    return Group(
        Text.assemble((f"{hit.rank}. ", "dim"), (place or hit.title, "cyan")),
        Padding(words, _INDENT),
        Padding(Text(hit.citation, style="dim"), _INDENT),
        Text(),
    )
