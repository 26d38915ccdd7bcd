"""Tries settings on one part of the questions, and reports the best on the other.

Settings chosen and measured on the same questions look better than they are. So clusters
(reports; or questions, where there is one report) are parted in two at random, the same every
time; every setting is asked the one part, and only the chosen one and the baseline the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product

import numpy as np

from eval.comparison import Comparison, compare_runs
from eval.dataset import Dataset, JudgedQuestion
from eval.interval import SEED
from eval.outcome import Run
from eval.summary import Summary, summarise
from index.settings import FusionWeights, Settings
from ingest.errors import EvaluationError, ReportQAError, SettingError
from ingest.passage import PassageSettings

MAX_ARMS = 200

Evaluate = Callable[[Dataset, Settings], Run]


@dataclass(frozen=True, slots=True)
class Grid:
    """What to try: every combination.

    Attributes:
        models: encoders.
        passages: how reports are cut.
        weights: fusion weights.
        rerankers: cross-encoders; nothing for none.
    """

    models: tuple[str, ...]
    passages: tuple[PassageSettings, ...]
    weights: tuple[FusionWeights, ...]
    rerankers: tuple[str | None, ...] = (None,)

    def arms(self, baseline: Settings) -> Iterator[Arm]:
        """Yield the baseline, then every other combination, each once.

        Raises:
            SettingError: there are more than 200.
        """
        seen: list[Settings] = [baseline]
        for model, passages, weights, reranker in product(
            self.models, self.passages, self.weights, self.rerankers
        ):
            settings = replace(
                baseline, model=model, passages=passages, weights=weights, reranker=reranker
            )
            if settings not in seen:
                seen.append(settings)
        if len(seen) > MAX_ARMS:
            raise SettingError(f"{len(seen)} combinations to try; the limit is {MAX_ARMS}")
        yield from (Arm(_name(settings, baseline), settings) for settings in seen)


@dataclass(frozen=True, slots=True)
class Arm:
    """Settings to try, named by what is not as in the baseline."""

    name: str
    settings: Settings


@dataclass(frozen=True, slots=True)
class Tried:
    """An arm with what came of it on the tuning questions: a summary, or why it failed."""

    arm: Arm
    summary: Summary | None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    """The two parts of a dataset, and what was parted: "report" or "question"."""

    tuning: Dataset
    reporting: Dataset
    unit: str


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a sweep found.

    Attributes:
        parts: which questions served for what.
        measure: what settings were chosen by.
        tried: every arm, the baseline first.
        chosen: name of the arm with the highest measure on the tuning questions.
        baseline: the baseline on the reporting questions.
        best: the chosen arm on them.
        comparison: the chosen arm against the baseline there.
    """

    parts: Parts
    measure: str
    tried: tuple[Tried, ...]
    chosen: str
    baseline: Summary
    best: Summary
    comparison: Comparison


def run_sweep(dataset: Dataset, arms: Sequence[Arm], measure: str, evaluate: Evaluate) -> Sweep:
    """Try every arm on the tuning questions; measure the best on the reporting questions.

    An arm that fails is kept with its reason and can be neither chosen nor ranked.

    Args:
        dataset: with at least four answerable questions.
        arms: the baseline first.
        measure: what to choose by.
        evaluate: asks a dataset's questions under some settings.

    Raises:
        EvaluationError: the baseline failed, or the measure is not known for these questions.
        SettingError: there is nothing to try besides the baseline.
    """
    if len(arms) < 2:  # noqa: PLR2004
        raise SettingError("nothing to try: give --size, --overlap, --weights or --model a list")
    parts = part_questions(dataset)
    tried = tuple(_try(arm, parts.tuning, evaluate) for arm in arms)
    first = tried[0]
    if first.summary is None:
        raise EvaluationError(f"the baseline failed, so nothing can be compared: {first.error}")
    if measure not in first.summary.measures:
        known = ", ".join(first.summary.measures)
        raise EvaluationError(f"no measure {measure!r} for these questions; there are {known}")
    chosen = max(
        (one for one in tried if one.summary is not None), key=lambda one: _score(one, measure)
    )
    baseline = evaluate(parts.reporting, arms[0].settings)
    best = baseline if chosen is first else evaluate(parts.reporting, chosen.arm.settings)
    (comparison,) = compare_runs(baseline, {chosen.arm.name: best})
    return Sweep(
        parts=parts,
        measure=measure,
        tried=tried,
        chosen=chosen.arm.name,
        baseline=summarise(baseline),
        best=summarise(best),
        comparison=comparison,
    )


def part_questions(dataset: Dataset) -> Parts:
    """Part a dataset in two halves of its clusters, or of its questions where there is one.

    Raises:
        EvaluationError: there are too few answerable questions for two parts.
    """
    answerable = [one for one in dataset.questions if one.answerable]
    clusters = sorted({one.cluster for one in answerable})
    unit = "report" if len(clusters) > 1 else "question"
    if unit == "question":
        clusters = sorted(one.id for one in answerable)
    if len(answerable) < 4:  # noqa: PLR2004
        raise EvaluationError(
            f"{dataset.name}: {len(answerable)} answerable questions are too few to tune on some "
            "and report on others: four are the least"
        )
    order = np.random.default_rng(SEED).permutation(len(clusters))
    tuned = {clusters[at] for at in order[: len(clusters) // 2]}

    def is_tuning(question: JudgedQuestion) -> bool:
        name = question.cluster if unit == "report" else question.id
        return name in tuned if question.answerable or unit == "report" else _is_odd(name)

    return Parts(
        tuning=_keep(dataset, "tuning", is_tuning),
        reporting=_keep(dataset, "reporting", lambda question: not is_tuning(question)),
        unit=unit,
    )


def sweep_to_json(sweep: Sweep) -> dict[str, object]:
    """Return the record of a sweep: what was tried, with what, and what came of it."""
    from eval.payload import difference_to_json, summary_to_json

    return {
        "schema": 1,
        "dataset": sweep.parts.tuning.name.removesuffix(" (tuning)"),
        "parted_by": sweep.parts.unit,
        "tuning_questions": [one.id for one in sweep.parts.tuning.questions],
        "reporting_questions": [one.id for one in sweep.parts.reporting.questions],
        "measure": sweep.measure,
        "chosen": sweep.chosen,
        "tried": [_tried_to_json(one) for one in sweep.tried],
        "reported": {
            "baseline": _without_questions(summary_to_json(sweep.baseline)),
            "chosen": _without_questions(summary_to_json(sweep.best)),
            "differences": {
                name: difference_to_json(one) for name, one in sweep.comparison.differences.items()
            },
        },
    }


def _tried_to_json(tried: Tried) -> dict[str, object]:
    from eval.payload import summary_to_json

    known: dict[str, object] = {"name": tried.arm.name, "settings": asdict(tried.arm.settings)}
    if tried.summary is None:
        return {**known, "failed": tried.error}
    return {**known, **_without_questions(summary_to_json(tried.summary))}


def _without_questions(document: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in document.items() if name not in {"failures", "refused"}}


def _try(arm: Arm, dataset: Dataset, evaluate: Evaluate) -> Tried:
    try:
        return Tried(arm, summarise(evaluate(dataset, arm.settings)))
    except ReportQAError as error:
        return Tried(arm, None, str(error))


def _score(tried: Tried, measure: str) -> float:
    if tried.summary is None:
        return float("-inf")
    return tried.summary.measures[measure].value


def _keep(dataset: Dataset, name: str, wanted: Callable[[JudgedQuestion], bool]) -> Dataset:
    digest = hashlib.sha256(f"{dataset.digest} {name}".encode()).hexdigest()
    kept = tuple(question for question in dataset.questions if wanted(question))
    return replace(dataset, name=f"{dataset.name} ({name})", questions=kept, digest=digest)


def _is_odd(name: str) -> bool:
    return bool(hashlib.sha256(name.encode()).digest()[0] & 1)


def _name(settings: Settings, baseline: Settings) -> str:
    if settings == baseline:
        return "baseline"
    parts: list[str] = []
    if settings.model != baseline.model:
        parts.append(_shorten(settings.model))
    if settings.reranker and settings.reranker != baseline.reranker:
        parts.append(f"reranker {_shorten(settings.reranker)}")
    if settings.passages != baseline.passages:
        passages = settings.passages
        whole = passages.method == "section"
        parts.append("whole sections" if whole else f"size {passages.size}")
        parts += [f"overlap {passages.overlap}"] if passages.overlap else []
    ours, theirs = asdict(settings.weights), asdict(baseline.weights)
    parts += [f"{name} {ours[name]:g}" for name in ours if ours[name] != theirs[name]]
    return ", ".join(parts)


def _shorten(model: str) -> str:
    return model.rstrip("/").rsplit("/", 1)[-1]
