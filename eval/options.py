"""The options that several commands of `reportqa eval` share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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
RerankerOption = Annotated[
    str | None,
    typer.Option(
        "--reranker",
        metavar="MODEL",
        help="A cross-encoder that reads the best passages again.",
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


QuestionsArgument = Annotated[
    Path | None,
    typer.Argument(metavar="QUESTIONS", help="A question set (JSON lines).", show_default=False),
]
SampleOption = Annotated[
    bool,
    typer.Option("--sample", help="The shipped questions, asked of the shipped report."),
]
SplitOption = Annotated[str, typer.Option("--split", help="With --beir, whose judgements.")]
