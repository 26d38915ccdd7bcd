"""Runs that were saved beside an index: the files that `reportqa eval --save` writes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from app.evaluate_sets import delete_file, tell_without_path
from eval.measures import measure_outcomes
from eval.outcome import Run
from eval.record import load_run, save_run
from eval.summary import Summary, summarise
from ingest.errors import EvaluationError, QuestionSetError, ReportQAError

HEADLINE = ("recall@1", "recall@5", "mrr@10")
_STAMP = "%Y-%m-%d-%H%M%S"
_STAMPED = re.compile(r"\d{4}-\d\d-\d\d-\d{6}")
_UNFIT = re.compile(r"[^A-Za-z0-9_-]+")
_SUMMARIES = 8


@dataclass(frozen=True, slots=True)
class SavedRun:
    """A run in a line.

    Attributes:
        name: of its file, without ".json".
        saved: when, in UTC.
        dataset: the question set's name.
        digest: of questions and reports; only runs of one digest can be compared.
        questions: how many were asked.
        settings: what it was measured with.
        headline: means of a few measures.
        problem: why it cannot be read, or empty; all but name and date are then empty.
    """

    name: str
    saved: datetime
    dataset: str = ""
    digest: str = ""
    questions: int = 0
    settings: Mapping[str, object] = field(default_factory=dict)
    headline: Mapping[str, float] = field(default_factory=dict)
    problem: str = ""


class RunShelf:
    """Folders of saved runs; new ones go to the last. Each is read again only after it changed."""

    def __init__(self, *folders: Path) -> None:
        """Name the folders; nothing is read or made yet."""
        self._folders = folders
        self._lines: dict[Path, tuple[int, SavedRun]] = {}
        self._summaries: dict[tuple[Path, int], Summary] = {}

    def list(self) -> tuple[SavedRun, ...]:
        """Return what is saved, the newest first."""
        lines = [self._line(path) for path in self._paths().values()]
        return tuple(sorted(lines, key=lambda one: (one.saved, one.name), reverse=True))

    def load(self, name: str) -> Run:
        """Return a run.

        Raises:
            QuestionSetError: there is no such run, or its file cannot be read.
            EvaluationError: none of its questions was asked.
        """
        return _load(self._path(name))

    def summarise(self, name: str) -> Summary:
        """Return a run in figures; the last few are remembered.

        Raises:
            QuestionSetError: as in `load`.
            EvaluationError: there is nothing to measure in it.
        """
        path = self._path(name)
        key = (path, _changed(path))
        found = self._summaries.pop(key, None) or summarise(_load(path))
        self._summaries[key] = found
        for old in list(self._summaries)[:-_SUMMARIES]:
            self._summaries.pop(old, None)
        return found

    def save(self, run: Run) -> str:
        """Save a run and return its name.

        Raises:
            EvaluationError: its file cannot be written.
        """
        stem = _UNFIT.sub("-", run.dataset.removesuffix(".jsonl")).strip("-")[:60]
        first = f"{datetime.now(UTC):{_STAMP}}-{stem or 'run'}"
        taken = self._paths()
        name = next(one for one in _number(first, len(taken) + 1) if one not in taken)
        path = self._folders[-1] / f"{name}.json"
        try:
            save_run(path, run)
        except EvaluationError as error:
            raise EvaluationError(tell_without_path(error, path)) from error
        return name

    def remove(self, name: str) -> None:
        """Delete a run; where it is gone already, nothing is done.

        Raises:
            EvaluationError: its file cannot be deleted.
        """
        delete_file(self._paths().get(name))

    def _paths(self) -> dict[str, Path]:
        return {path.stem: path for folder in self._folders for path in folder.glob("*.json")}

    def _path(self, name: str) -> Path:
        try:
            return self._paths()[name]
        except KeyError as error:
            raise QuestionSetError("that run is no longer there: choose another") from error

    def _line(self, path: Path) -> SavedRun:
        changed = _changed(path)
        known = self._lines.get(path)
        if known is None or known[0] != changed:
            known = self._lines[path] = (changed, _describe(path, changed))
        return known[1]


def _describe(path: Path, changed: int) -> SavedRun:
    saved = _date(path.stem) or datetime.fromtimestamp(changed / 1e9, UTC)
    try:
        run = _load(path)
        values = measure_outcomes(run.outcomes)
    except ReportQAError as error:
        return SavedRun(path.stem, saved, problem=str(error))
    return SavedRun(
        name=path.stem,
        saved=saved,
        dataset=run.dataset,
        digest=run.digest,
        questions=len(run.outcomes),
        settings=run.settings,
        headline={one: _mean(list(values[one].values())) for one in HEADLINE if values.get(one)},
    )


def _load(path: Path) -> Run:
    try:
        return load_run(path)
    except (QuestionSetError, EvaluationError) as error:
        raise type(error)(tell_without_path(error, path)) from error


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _number(name: str, most: int) -> Sequence[str]:
    return [name, *(f"{name}-{number}" for number in range(2, most + 2))]


def _date(name: str) -> datetime | None:
    stamped = _STAMPED.match(name)
    try:
        return datetime.strptime(stamped[0], _STAMP).replace(tzinfo=UTC) if stamped else None
    except ValueError:
        return None


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
