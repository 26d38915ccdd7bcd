"""Runs on disk, as JSON, so that they can be compared later and by others."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
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


def require_writable(*paths: Path | None) -> None:
    """Refuse places that cannot be written before an evaluation takes its time.

    Raises:
        EvaluationError: the folder of one cannot be made or written.
    """
    for path in paths:
        if path is None:
            continue
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EvaluationError(f"{path}: cannot be written ({error.strerror})") from error
        if path.is_dir() or not os.access(path.parent, os.W_OK):
            raise EvaluationError(f"{path}: cannot be written: name a file in a writable folder")


def run_to_json(run: Run) -> dict[str, Any]:
    """Return a run as `load_run` reads it; each passage stands in it once."""
    passages = {_key(hit): hit for one in run.outcomes for hit in one.hits}
    numbers = {key: number for number, key in enumerate(passages)}
    return {
        "reportqa_run": FORMAT,
        "dataset": run.dataset,
        "digest": run.digest,
        "settings": dict(run.settings),
        "passages": [
            [hit.report, hit.span.start, hit.span.end, hit.text, hit.citation]
            for hit in passages.values()
        ],
        "outcomes": [_outcome(one, numbers) for one in run.outcomes],
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
        passages = stored["passages"]
        outcomes = tuple(_parse_outcome(one, passages) for one in stored["outcomes"])
        run = Run(stored["dataset"], stored["digest"], stored["settings"], outcomes)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise QuestionSetError(f"{path}: the saved run is damaged ({error!r})") from error
    if all(one.error for one in outcomes):
        raise EvaluationError(f"{path}: the run failed, no question of it was asked: run it again")
    return run


def _key(hit: FoundPassage) -> tuple[str, int, int]:
    return hit.report, hit.span.start, hit.span.end


def _outcome(outcome: Outcome, numbers: Mapping[tuple[str, int, int], int]) -> dict[str, Any]:
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
        "hits": [
            [numbers[_key(h)], h.highlight.start, h.highlight.end, h.score, h.relevant]
            for h in outcome.hits
        ],
    }


def _parse_outcome(stored: dict[str, Any], passages: Sequence[Sequence[Any]]) -> Outcome:
    needs = tuple(
        NeedOutcome(
            Need(one["id"], one["grades"]),
            tuple(Ranked(document, float(score)) for document, score in one["ranking"]),
        )
        for one in stored["needs"]
    )
    hits = tuple(_parse_hit(row, passages) for row in stored["hits"])
    return Outcome(**{**stored, "needs": needs, "hits": hits})


def _parse_hit(row: Sequence[Any], passages: Sequence[Sequence[Any]]) -> FoundPassage:
    number, marked_start, marked_end, score, relevant = row
    report, start, end, text, citation = passages[number]
    return FoundPassage(
        report=report,
        span=Span(start, end),
        highlight=Span(marked_start, marked_end),
        text=text,
        citation=citation,
        score=score,
        relevant=relevant,
    )
