"""The command `reportqa eval`, which `app.cli` mounts."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from index.settings import DEFAULT_MODEL, FusionWeights, Settings
from ingest.errors import SettingError
from ingest.passage import PassageSettings

if TYPE_CHECKING:
    from eval.dataset import Dataset
    from eval.outcome import Run

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

IndexOption = Annotated[
    Path | None,
    typer.Option(
        "--index",
        envvar="REPORTQA_INDEX",
        metavar="DIR",
        help="The index folder; without it, one in your user data folder.",
        show_default=False,
    ),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        envvar="REPORTQA_MODEL",
        metavar="MODEL",
        help="A sentence-transformers model: a folder, or a name in this machine's cache.",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON; 'eval schema' describes it.")]
SquadOption = Annotated[
    Path | None,
    typer.Option(
        "--squad",
        metavar="FILE",
        help="A SQuAD 2.0 file: its articles are indexed, its questions asked.",
        show_default=False,
    ),
]
BeirOption = Annotated[
    Path | None,
    typer.Option(
        "--beir",
        metavar="DIR",
        help="A BEIR folder: corpus.jsonl, queries.jsonl and qrels.",
        show_default=False,
    ),
]
NegativesOption = Annotated[
    str,
    typer.Option(
        "--negatives",
        metavar="KIND",
        help="With --squad, ask also questions that have no answer: none, adversarial (SQuAD's "
        "own), foreign (each question without its article), all.",
    ),
]
CacheOption = Annotated[
    Path | None,
    typer.Option(
        "--cache",
        metavar="DIR",
        help="Where the indexes of --squad and --beir are kept, so that only the first run "
        "embeds; without it, your user cache. Can be deleted at any time.",
        show_default=False,
    ),
]
WeightsOption = Annotated[
    str | None,
    typer.Option(
        "--weights",
        metavar="NAME=N,…",
        help="Fusion weights, such as dense=1,bm25=2.",
        show_default=False,
    ),
]


@eval_app.command()
def run(
    questions: Annotated[
        Path | None,
        typer.Argument(
            metavar="QUESTIONS", help="A question set (JSON lines).", show_default=False
        ),
    ] = None,
    squad: SquadOption = None,
    beir: BeirOption = None,
    negatives: NegativesOption = "none",
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
    index: IndexOption = None,
    cache: CacheOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask a question set of the index, or index a collection and ask its questions.

    One SQuAD paragraph or BEIR document is one passage, unless --size or --overlap is given:
    then they are cut as reports are, and the passages found are scored by the paragraph or
    document that they come from.
    """
    from eval.console import print_summary, standard_output
    from eval.payload import summary_to_json
    from eval.summary import summarise

    choice = _Choice(size, overlap, weights, candidates, threshold, model)
    if sum(one is not None for one in (questions, squad, beir)) != 1:
        raise SettingError("name one question set, or one of --squad FILE and --beir DIR")
    if questions is None:
        dataset = _read_collection(squad, beir, negatives)
        made = _run_collection(dataset, choice, cache)
    summary = summarise(made)
    if as_json:
        _print_json(summary_to_json(summary))
    else:
        print_summary(standard_output(), summary)


@dataclass(frozen=True, slots=True)
class _Choice:
    """The options that change settings; nothing where one was not given."""

    size: int | None = None
    overlap: int | None = None
    weights: str | None = None
    candidates: int | None = None
    threshold: float | None = None
    model: str | None = None

    def for_collection(self) -> Settings:
        """Return the settings for an index of our own."""
        passages = PassageSettings(method="section")
        if self.size is not None or self.overlap is not None:
            plain = PassageSettings()
            passages = PassageSettings(
                size=plain.size if self.size is None else self.size,
                overlap=plain.overlap if self.overlap is None else self.overlap,
            )
        return self.for_asking(Settings(model=self.model or DEFAULT_MODEL, passages=passages))

    def for_asking(self, settings: Settings) -> Settings:
        """Return settings with what can change without building an index again."""
        if self.weights is not None:
            settings = replace(settings, weights=parse_weights(self.weights))
        if self.candidates is not None:
            settings = replace(settings, candidates=self.candidates)
        if self.threshold is not None:
            settings = replace(settings, threshold=self.threshold)
        return settings


def parse_weights(words: str) -> FusionWeights:
    """Return the weights of "dense=1,bm25=2"; those not named keep their defaults.

    Raises:
        SettingError: a name or number is none.
    """
    known = [field.name for field in fields(FusionWeights)]
    weights: dict[str, float] = {}
    for part in words.split(","):
        name, _, number = part.strip().partition("=")
        try:
            weights[name] = float(number)
        except ValueError as error:
            raise SettingError(f"--weights: {part!r} is not NAME=NUMBER") from error
    unknown = sorted(set(weights) - set(known))
    if unknown:
        raise SettingError(f"--weights: no signal {unknown[0]!r}; there are {', '.join(known)}")
    try:
        return FusionWeights(**weights)
    except ValueError as error:
        raise SettingError(f"--weights: {error}") from error


def _read_collection(squad: Path | None, beir: Path | None, negatives: str) -> Dataset:
    from eval.squad import Negatives, read_squad

    try:
        chosen = Negatives(negatives)
    except ValueError as error:
        kinds = ", ".join(Negatives)
        raise SettingError(f"--negatives is one of {kinds}, not {negatives!r}") from error
    if squad is not None:
        return read_squad(squad, chosen)
    raise NotImplementedError(beir)


def _run_collection(dataset: Dataset, choice: _Choice, cache: Path | None) -> Run:
    from eval.console import watch_progress
    from eval.evaluation import Plan, evaluate_collection
    from eval.workspace import default_cache

    with watch_progress() as progress:
        plan = Plan(choice.for_collection(), cache or default_cache(), progress)
        return evaluate_collection(dataset, plan)


def _print_json(document: dict[str, Any]) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
