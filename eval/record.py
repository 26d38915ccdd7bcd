"""Runs on disk, as JSON, so that they can be compared later and by others."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eval.dataset import Need, Ranked
from eval.outcome import FoundPassage, NeedOutcome, Outcome, Run
from eval.source import read_text
from ingest.errors import EvaluationError, QuestionSetError
from ingest.span import Span

FORMAT = 1


def save_run(path: Path, run: Run) -> None:
    """Write a run.

    Raises:
        EvaluationError: the file cannot be written.
    """
    write_json(path, run_to_json(run))


def write_json(path: Path, document: dict[str, Any]) -> None:
    """Write a document whole or not at all.

    Raises:
        EvaluationError: the file cannot be written.
    """
    write_whole(path, json.dumps(document, ensure_ascii=False))


def write_whole(path: Path, text: str) -> None:
    """Write a file whole or not at all.

    Raises:
        EvaluationError: it cannot be written.
    """
    fresh = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        raise EvaluationError(f"{path}: cannot be written ({error.strerror})") from error


def run_to_json(run: Run) -> dict[str, Any]:
    """Return a run as `load_run` reads it."""
    return {
        "reportqa_run": FORMAT,
        "dataset": run.dataset,
        "digest": run.digest,
        "settings": dict(run.settings),
        "outcomes": [_outcome(one) for one in run.outcomes],
    }


def load_run(path: Path) -> Run:
    """Read a run that was saved.

    Raises:
        QuestionSetError: the file cannot be read, is no saved run, or one of another version.
        EvaluationError: the run holds no question, or none of its questions was asked.
    """
    try:
        stored = json.loads(read_text(path))
        found = stored["reportqa_run"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise QuestionSetError(
            f"{path}: not a saved run: make one with 'reportqa eval … --save'"
        ) from error
    if found != FORMAT:
        raise QuestionSetError(f"{path}: a run of version {found}; this version reads {FORMAT}")
    try:
        outcomes = tuple(_parse_outcome(one) for one in stored["outcomes"])
        run = Run(stored["dataset"], stored["digest"], stored["settings"], outcomes)
    except (KeyError, TypeError, ValueError) as error:
        raise QuestionSetError(f"{path}: the saved run is damaged ({error!r})") from error
    if all(one.error for one in outcomes):
        raise EvaluationError(f"{path}: the run failed, no question of it was asked: run it again")
    return run


def _outcome(outcome: Outcome) -> dict[str, Any]:
    needs = [
        {
            "id": one.need.id,
            "grades": dict(one.need.grades),
            "ranking": [[ranked.document, ranked.score] for ranked in one.ranking],
        }
        for one in outcome.needs
    ]
    plain = {
        name: getattr(outcome, name)
        for name in ("id", "question", "kind", "cluster", "gold", "error")
    }
    return {
        **plain,
        "answered": outcome.answered,
        "confidence": outcome.confidence,
        "latency_ms": outcome.latency_ms,
        "marks": dict(outcome.marks),
        "needs": needs,
        "hits": [asdict(hit) for hit in outcome.hits],
    }


def _parse_outcome(stored: dict[str, Any]) -> Outcome:
    needs = tuple(
        NeedOutcome(
            Need(one["id"], one["grades"]),
            tuple(Ranked(document, float(score)) for document, score in one["ranking"]),
        )
        for one in stored["needs"]
    )
    hits = tuple(
        FoundPassage(**{**hit, "span": Span(**hit["span"]), "highlight": Span(**hit["highlight"])})
        for hit in stored["hits"]
    )
    return Outcome(**{**stored, "needs": needs, "hits": hits})
