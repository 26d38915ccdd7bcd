"""The command `reportqa eval`, which `app.cli` mounts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from eval.choice import Choice, combine_passages, parse_weights
from eval.options import (
    BeirOption,
    CacheOption,
    IndexOption,
    JsonOption,
    ModelOption,
    NegativesOption,
    QuestionsArgument,
    RerankerOption,
    SampleOption,
    SplitOption,
    SquadOption,
    WeightsOption,
)
from index.settings import Settings, default_index_dir
from ingest.errors import QuestionSetError, SettingError
from ingest.passage import PassageSettings

if TYPE_CHECKING:
    from eval.dataset import Dataset
    from eval.outcome import Run
    from index.search import Index

_DEFAULT = "run"


class _DefaultGroup(TyperGroup):
    """`reportqa eval QUESTIONS` is `reportqa eval run QUESTIONS`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401
        if args and args[0] not in {*self.commands, *self.get_help_option_names(ctx)}:
            args = [_DEFAULT, *args]
        return super().parse_args(ctx, args)


eval_app = typer.Typer(
    cls=_DefaultGroup,
    help="Measure how well questions are answered: reportqa eval QUESTIONS.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What to ask: exactly one of the first four."""

    questions: Path | None
    squad: Path | None
    beir: Path | None
    sample: bool
    negatives: str = "none"
    split: str = "test"

    def __post_init__(self) -> None:
        given = [self.questions, self.squad, self.beir, self.sample or None]
        if sum(one is not None for one in given) != 1:
            raise SettingError(
                "name one thing to ask: a question set, --squad FILE, --beir DIR or --sample"
            )


@eval_app.command()
def run(
    questions: QuestionsArgument = None,
    squad: SquadOption = None,
    beir: BeirOption = None,
    sample: SampleOption = False,
    negatives: NegativesOption = "none",
    split: SplitOption = "test",
    size: Annotated[
        int | None, typer.Option(min=16, max=4096, help="Tokens in a passage, at most.")
    ] = None,
    overlap: Annotated[
        int | None, typer.Option(min=0, max=8, help="Sentences repeated where one is cut.")
    ] = None,
    weights: WeightsOption = None,
    candidates: Annotated[
        int | None, typer.Option(min=1, help="Passages taken from each search.")
    ] = None,
    threshold: Annotated[
        float | None, typer.Option(min=0, max=1, help="Least confidence of an answer.")
    ] = None,
    model: ModelOption = None,
    reranker: RerankerOption = None,
    save: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep the run, for 'eval compare'.", show_default=False),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a page with plots.", show_default=False),
    ] = None,
    trec: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write TREC run and qrels files.", show_default=False),
    ] = None,
    index: IndexOption = None,
    cache: CacheOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask a question set of the index, or index a collection and ask its questions.

    One SQuAD paragraph or BEIR document is one passage, unless --size or --overlap is given:
    then they are cut as reports are, and the passages found are scored by the paragraph or
    document that they come from. Their indexes stay in the cache, so that only the first run
    has to embed them.
    """
    from eval.console import print_summary, standard_output
    from eval.payload import summary_to_json
    from eval.record import require_writable
    from eval.summary import summarise

    wanted = _Wanted(questions, squad, beir, sample, negatives, split)
    choice = Choice(size, overlap, weights, candidates, threshold, model, reranker)
    require_writable(save, html, trec and trec / "run.txt")
    summary = summarise(_evaluate(wanted, choice, index, cache))
    if save is not None:
        from eval.record import save_run

        save_run(save, summary.run)
    if trec is not None:
        from eval.trec import write_trec

        write_trec(trec, summary.run.outcomes)
    if html is not None:
        from eval.page import render_summary
        from eval.record import write_whole

        write_whole(html, render_summary(summary))
    if as_json:
        _print_json(summary_to_json(summary))
    else:
        print_summary(standard_output(), summary)


@eval_app.command()
def check(
    questions: Annotated[Path, typer.Argument(metavar="QUESTIONS", help="A question set.")],
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a question set: every quote has to be in its report, once."""
    from eval.questionset import Library, check_question_set
    from index.folder import IndexFolder
    from index.library import list_summaries, read_stored

    folder = IndexFolder(index or default_index_dir())
    library = Library(list_summaries(folder), lambda name: read_stored(folder, name))
    mistakes = check_question_set(questions, library)
    if as_json:
        _print_json({"schema": 1, "questions": str(questions), "mistakes": mistakes})
    else:
        for mistake in mistakes[1:]:
            typer.echo(f"reportqa: {mistake}", err=True)
    if mistakes and as_json:
        raise typer.Exit(1)
    if mistakes:
        raise QuestionSetError(mistakes[0])
    if not as_json:
        typer.echo(f"{questions}: every quote is in its report, once")


@eval_app.command()
def compare(
    runs: Annotated[
        list[Path], typer.Argument(metavar="BASELINE RUN…", help="Runs kept with --save.")
    ],
    shown: Annotated[
        int, typer.Option("--show", min=0, help="How many questions won and lost to print.")
    ] = 5,
    html: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a page with plots.", show_default=False),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Compare runs over the same questions with the first of them, question by question."""
    from eval.compare_console import print_comparison
    from eval.comparison import compare_runs
    from eval.console import standard_output
    from eval.payload import comparison_to_json
    from eval.record import load_run, require_writable

    if len(runs) < 2:  # noqa: PLR2004
        raise SettingError("name at least two runs: the baseline, then what to hold against it")
    require_writable(html)
    baseline, *others = [load_run(path) for path in runs]
    named = dict(zip((str(path) for path in runs[1:]), others, strict=True))
    comparisons = compare_runs(baseline, named)
    if html is not None:
        from eval.comparison_page import render_comparison
        from eval.record import write_whole

        write_whole(html, render_comparison((str(runs[0]), baseline), named, comparisons))
    if as_json:
        _print_json(comparison_to_json(baseline, comparisons))
    else:
        print_comparison(standard_output(), str(runs[0]), comparisons, shown)


@eval_app.command()
def sweep(
    questions: QuestionsArgument = None,
    squad: SquadOption = None,
    beir: BeirOption = None,
    sample: SampleOption = False,
    split: SplitOption = "test",
    size: Annotated[
        str | None, typer.Option(metavar="N,…", help="Passage sizes.", show_default=False)
    ] = None,
    overlap: Annotated[
        str | None, typer.Option(metavar="N,…", help="Overlaps.", show_default=False)
    ] = None,
    weights: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=N,…", help="Fusion weights; may be repeated."),
    ] = None,
    model: Annotated[
        list[str] | None, typer.Option(metavar="MODEL", help="Encoders; may be repeated.")
    ] = None,
    reranker: Annotated[
        list[str] | None, typer.Option(metavar="MODEL", help="Rerankers; may be repeated.")
    ] = None,
    measure: Annotated[str, typer.Option(help="What settings are chosen by.")] = "mrr@10",
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Keep the record and a page with a plot.", show_default=False
        ),
    ] = None,
    index: IndexOption = None,
    cache: CacheOption = None,
    as_json: JsonOption = False,
) -> None:
    """Try settings on one part of the questions, and report the best on the other part."""
    from eval.compare_console import print_sweep
    from eval.console import standard_output, watch_progress
    from eval.evaluation import Plan, evaluate_collection
    from eval.record import require_writable
    from eval.sweep import Grid, run_sweep, sweep_to_json
    from eval.workspace import default_cache

    require_writable(out and out / "sweep.json")
    dataset = _read_with_reports(_Wanted(questions, squad, beir, sample, "none", split), index)
    baseline = Choice().for_collection(_passages(squad, beir))
    grid = Grid(
        models=(baseline.model, *(model or ())),
        passages=(baseline.passages, *combine_passages(size, overlap)),
        weights=(baseline.weights, *(parse_weights(one) for one in weights or ())),
        rerankers=(baseline.reranker, *(reranker or ())),
    )
    with watch_progress() as progress:

        def evaluate(part: Dataset, settings: Settings) -> Run:
            plan = Plan(settings, cache or default_cache(), progress)
            return evaluate_collection(part, plan)

        found = run_sweep(dataset, list(grid.arms(baseline)), measure, evaluate)
    record = sweep_to_json(found)
    if out is not None:
        from eval.page import render_sweep
        from eval.record import write_json, write_whole

        write_json(out / "sweep.json", record)
        write_whole(out / "sweep.html", render_sweep(found))
    if as_json:
        _print_json(record)
    else:
        print_sweep(standard_output(), found)
    if any(one.summary is None for one in found.tried):
        raise typer.Exit(1)


@eval_app.command()
def schema() -> None:
    """Print the JSON Schema of 'reportqa eval --json'."""
    from eval.payload import load_schema

    _print_json(load_schema())


def _passages(squad: Path | None, beir: Path | None) -> PassageSettings:
    """Return how reports are cut where nothing was chosen."""
    return PassageSettings(method="section") if squad or beir else PassageSettings()


def _evaluate(wanted: _Wanted, choice: Choice, index: Path | None, cache: Path | None) -> Run:
    from eval.console import watch_progress
    from eval.evaluation import Plan, evaluate_collection, evaluate_index
    from eval.questionset import library_of, read_question_set
    from eval.workspace import default_cache

    with watch_progress() as progress:
        if wanted.questions is not None:
            if choice.cuts:
                raise SettingError(
                    "--size and --overlap are those of the index: use 'reportqa eval sweep' to "
                    "try others"
                )
            with _opened(index, choice) as opened:
                dataset = read_question_set(wanted.questions, library_of(opened))
                return evaluate_index(opened, dataset, progress)
        settings = choice.for_collection(_passages(wanted.squad, wanted.beir))
        plan = Plan(settings, cache or default_cache(), progress)
        return evaluate_collection(_read_collection(wanted), plan)


@contextmanager
def _opened(index: Path | None, choice: Choice) -> Iterator[Index]:
    from index import open_index
    from index.folder import IndexFolder

    folder = IndexFolder(index or default_index_dir())
    made = folder.manifest()
    settings = Settings(model=choice.model or made.model, passages=made.passages)
    with open_index(folder.path, choice.for_asking(settings)) as opened:
        yield opened


def _read_collection(wanted: _Wanted) -> Dataset:
    if wanted.squad is not None:
        return _read_squad(wanted.squad, wanted.negatives)
    if wanted.beir is not None:
        from eval.beir import read_beir

        return read_beir(wanted.beir, wanted.split)
    from eval.questionset import read_question_set, sample_questions, shelve_reports
    from ingest.registry import read_report
    from ingest.sample import sample_reports

    reports = tuple(read_report(path) for path in sample_reports())
    return replace(read_question_set(sample_questions(), shelve_reports(reports)), reports=reports)


def _read_squad(path: Path, negatives: str) -> Dataset:
    from eval.squad import Negatives, read_squad

    try:
        chosen = Negatives(negatives)
    except ValueError as error:
        kinds = ", ".join(Negatives)
        raise SettingError(f"--negatives is one of {kinds}, not {negatives!r}") from error
    return read_squad(path, chosen)


def _read_with_reports(wanted: _Wanted, index: Path | None) -> Dataset:
    """Return a dataset with its reports, which those of a question set are taken from the index."""
    if wanted.questions is None:
        return _read_collection(wanted)
    from eval.questionset import library_of, read_question_set

    with _opened(index, Choice()) as opened:
        dataset = read_question_set(wanted.questions, library_of(opened))
        return replace(dataset, reports=tuple(opened.report(one.id) for one in opened.reports()))


def _print_json(document: Mapping[str, Any]) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
