"""Question sets asked of the served index, in the background, one at a time."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from pathlib import Path

from app.evaluate_runs import RunShelf, SavedRun
from app.evaluate_sets import QuestionSet, SetShelf, tell_without_path
from app.problems import Problem, describe_problem
from app.service import Service
from eval.asking import ask_questions
from eval.comparison import Comparison, compare_runs
from eval.evaluation import SINGLE, describe_settings
from eval.outcome import Run
from eval.questionset import library_of, read_question_set
from eval.summary import Summary
from index import open_index
from index.search import MAX_HITS, Index
from index.settings import FusionWeights, Settings
from ingest.errors import EvaluationError, QuestionSetError, SettingError

WEIGHTS = tuple(field.name for field in fields(FusionWeights))


@dataclass(frozen=True, slots=True)
class Knob:
    """A number that can be set for a run: its least and greatest value, and the step between."""

    low: float
    high: float
    step: float


KNOBS: Mapping[str, Knob] = {
    **{name: Knob(0, 100, 0.1) for name in WEIGHTS},
    "candidates": Knob(1, 1000, 1),
    "finalists": Knob(1, 200, 1),
    "threshold": Knob(0, 1, 0.01),
    # No measure looks further than ten; looking less far would only make them wrong.
    "depth": Knob(SINGLE, MAX_HITS, 1),
}


@dataclass(frozen=True, slots=True)
class Variation:
    """What a run is asked with, of what needs no other index.

    Attributes:
        weights: fusion weights.
        candidates: passages taken from each search.
        finalists: how many of them all signals are asked for.
        threshold: least confidence of an answer.
        depth: how many passages a question are looked at.
    """

    weights: FusionWeights
    candidates: int
    finalists: int
    threshold: float
    depth: int = SINGLE

    def apply(self, settings: Settings) -> Settings:
        """Return settings with these in place of theirs."""
        return replace(
            settings,
            weights=self.weights,
            candidates=self.candidates,
            finalists=self.finalists,
            threshold=self.threshold,
        )


class State(StrEnum):
    """How far an evaluation is."""

    IDLE = "idle"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """The evaluation that runs, or the one that ran last.

    Attributes:
        state: how far it is.
        number: counts evaluations since the server was started.
        name: of the question set.
        done: questions that were asked.
        total: questions that there are; 0 until they were read.
        run: the name that it was saved under, once it is done.
        problem: why it failed.
    """

    state: State = State.IDLE
    number: int = 0
    name: str = ""
    done: int = 0
    total: int = 0
    run: str = ""
    problem: Problem | None = None


class _CancelledError(Exception):
    """Somebody no longer wants the evaluation; it never leaves its thread."""


class Evaluator:
    """Evaluates the index of a service without keeping anybody from asking it.

    A run asks an `Index` of its own, which shares the encoder. Where the service is read only
    nothing is written beside the index: runs are kept in a temporary folder that goes when the
    server ends.
    """

    def __init__(self, service: Service) -> None:
        """Name the service; nothing is read or loaded yet."""
        self.service = service
        self.sets = SetShelf(service.folder.path)
        self.runs = RunShelf(service.folder.path / "runs", *self._scratch())
        self._lock = threading.Lock()
        self._cancelled = threading.Event()
        self._job = Job()

    @property
    def job(self) -> Job:
        """The evaluation that runs, or the one that ran last."""
        return self._job

    @property
    def settings(self) -> Settings:
        """What the index is asked with as it is served."""
        searcher = self.service.searcher
        return searcher.settings if isinstance(searcher, Index) else self.service.settings

    def list_sets(self) -> tuple[QuestionSet, ...]:
        """Return the question sets, held against the reports that are indexed now."""
        self.service.refresh()
        return self.sets.list(self.service.searcher)

    def keep_set(self, name: str, text: str) -> QuestionSet:
        """Check an uploaded set and keep it; one with mistakes is returned and not kept.

        Raises:
            SettingError: the service is read only.
            QuestionSetError: the set is too large, or there are too many.
            EvaluationError: the index folder cannot be written.
        """
        if self.service.read_only:
            raise SettingError("question sets cannot be uploaded here: this index is read only")
        self.service.refresh()
        return self.sets.keep(name, text, self.service.searcher)

    def remove(self, kind: str, name: str) -> None:
        """Delete an uploaded set ("set", its key) or a saved run ("run", its name).

        Raises:
            SettingError: the service is read only.
            EvaluationError: it cannot be deleted.
        """
        if self.service.read_only:
            raise SettingError("nothing can be removed here: this index is read only")
        if kind == "set":
            self.sets.remove(name)
        else:
            self.runs.remove(name)

    def start(self, key: str, variation: Variation) -> Job:
        """Begin to ask a question set in the background, and return the job.

        Raises:
            EvaluationError: another evaluation is under way.
            QuestionSetError: the set cannot be asked.
        """
        self.service.refresh()
        chosen = self.sets.find(key, self.service.searcher)
        with self._lock:
            if self._job.state is State.RUNNING:
                raise EvaluationError("another evaluation is under way: wait for it or cancel it")
            self._cancelled.clear()
            self._job = Job(State.RUNNING, self._job.number + 1, chosen.name)
        # A daemon: who stops the server does not wait for an evaluation.
        threading.Thread(
            target=self._work, args=(chosen, variation), name="evaluation", daemon=True
        ).start()
        return self._job

    def cancel(self) -> None:
        """Stop the evaluation after the question that is being asked; nothing of it is saved."""
        self._cancelled.set()

    def compare(self, baseline: str, other: str) -> Comparison:
        """Hold one saved run against another over the same questions.

        Raises:
            QuestionSetError: one of them cannot be read.
            EvaluationError: they are over other questions or reports.
        """
        return compare_runs(self.runs.load(baseline), {other: self.runs.load(other)})[0]

    def summarise(self, run: str) -> Summary:
        """Return a saved run in figures.

        Raises:
            QuestionSetError: it cannot be read.
            EvaluationError: there is nothing to measure in it.
        """
        return self.runs.summarise(run)

    def list_runs(self) -> tuple[SavedRun, ...]:
        """Return the saved runs, the newest first."""
        return self.runs.list()

    def _work(self, chosen: QuestionSet, variation: Variation) -> None:
        try:
            name = self.runs.save(self._ask(chosen, variation))
            self.runs.summarise(name)  # remembered, so that it is shown at once
            self._job = replace(self._job, state=State.DONE, run=name)
        except _CancelledError:
            self._job = replace(self._job, state=State.CANCELLED)
        except Exception as error:  # noqa: BLE001  (the boundary: a thread's error reaches nobody)
            problem = tell_problem(error, chosen)
            self._job = replace(self._job, state=State.FAILED, problem=problem)

    def _ask(self, chosen: QuestionSet, variation: Variation) -> Run:
        with self._open(variation.apply(self.settings)) as opened:
            dataset = read_question_set(chosen.path, library_of(opened))
            outcomes = ask_questions(opened, dataset, variation.depth, self._advance)
            settings = describe_settings(opened, variation.depth)
            return Run(dataset.name, dataset.digest, settings, outcomes)

    def _advance(self, done: int, total: int) -> None:
        if self._cancelled.is_set():
            raise _CancelledError
        self._job = replace(self._job, done=done, total=total)

    def _open(self, settings: Settings) -> Index:
        searcher = self.service.searcher
        if isinstance(searcher, Index):
            return searcher.reopen(settings)
        return open_index(self.service.folder.path, settings)

    def _scratch(self) -> tuple[Path, ...]:
        if not self.service.read_only:
            return ()
        self._temporary = tempfile.TemporaryDirectory(prefix="reportqa-runs-")
        return (Path(self._temporary.name),)


def vary_settings(settings: Settings) -> Variation:
    """Return the variation that changes nothing."""
    return Variation(settings.weights, settings.candidates, settings.finalists, settings.threshold)


def read_variation(chosen: Mapping[str, str], plain: Variation) -> Variation:
    """Return what a form says; what it does not name stays as in `plain`.

    Raises:
        SettingError: a value is no number, or out of range.
    """
    numbers = {name: _read_number(name, chosen[name]) for name in KNOBS if name in chosen}
    weights = {name: numbers[name] for name in WEIGHTS if name in numbers}
    try:
        return Variation(
            weights=replace(plain.weights, **weights),
            candidates=int(numbers.get("candidates", plain.candidates)),
            finalists=int(numbers.get("finalists", plain.finalists)),
            threshold=numbers.get("threshold", plain.threshold),
            depth=int(numbers.get("depth", plain.depth)),
        )
    except ValueError as error:
        raise SettingError(str(error)) from error


def tell_problem(error: Exception, chosen: QuestionSet | None = None) -> Problem:
    """Return what to show for an error, without any path of this machine."""
    if isinstance(error, (EvaluationError, QuestionSetError, SettingError)):
        told = tell_without_path(error, chosen.path) if chosen else str(error)
        named = "." in told.partition(" ")[0]  # it begins with the name of a file
        return Problem(
            "This could not be evaluated", f"{told if named else told[:1].upper() + told[1:]}."
        )
    return describe_problem(error)


def _read_number(name: str, words: str) -> float:
    knob = KNOBS[name]
    whole = knob.step == 1
    kind = "whole number" if whole else "number"
    try:
        number = float(int(words)) if whole else float(words)
    except ValueError as error:
        raise SettingError(f"{name} is a {kind}, not {words[:40]!r}") from error
    if not knob.low <= number <= knob.high:
        raise SettingError(f"{name} is a {kind} from {knob.low:g} to {knob.high:g}, got {words}")
    return number
