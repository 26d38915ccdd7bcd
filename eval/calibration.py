"""Fits the confidence of an answer, and says how far it can be trusted.

Questions whose answer is known are asked of everything and of single reports. A logistic
model over `index.confidence.Evidence` learns when the first passage was the right one. Whoever
wrote SQuAD's questions saw the paragraph and reused its words; whoever asks a report does not.
So the model also learns from the same questions as if part of their words had not stood there
(`thin_words`), and does not rely on words alone.

Every figure is over the questions as they are, and out of fold: reports with an even place in
the set are judged by what was learnt from the odd ones, and the other way round; the
coefficients are then fitted to all of it.

    python -m eval.calibration SQUAD.json CONFIDENCE.json
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from eval.dataset import ANSWERABLE, Dataset, JudgedQuestion
from eval.squad import FOREIGN, Negatives, read_squad
from index.confidence import Evidence
from index.scope import Scope
from index.search import Index
from ingest.errors import EvaluationError, QuestionError

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

WHOLE = "all reports"
ALONE = "one report"
# Of all questions, half have an answer; of the others most are about something else and few
# were written to mislead. Asking everything counts twice as much as asking one report.
_ANSWERABLE_SHARE = 0.5
_FOREIGN_SHARE = 0.45
_SIZES = {WHOLE: 2 / 3, ALONE: 1 / 3}
# How much a question counts as if it had been asked in other words.
_THINNED_SHARE = 0.3
_SEED = 0
_RIDGE = 1e-6
_STEPS = 50
_BINS = 10


@dataclass(frozen=True, slots=True)
class Example:
    """A question asked.

    Attributes:
        features: what spoke for the first passage, by name.
        right: whether it was the right one.
        kind: the question's kind.
        size: how much it was put to.
        fold: 0 or 1, by the report that it is about.
        thinned: the features as if part of the question's words had not been found.
    """

    features: dict[str, float]
    right: bool
    kind: str
    size: str
    fold: int
    thinned: dict[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Calibration:
    """What `index/confidence.json` holds."""

    intercept: float
    coefficients: dict[str, float]
    figures: dict[str, Any]


def gather_examples(dataset: Dataset, opened: Index) -> Iterator[Example]:
    """Ask every question, of what it is put to and of one report alone.

    A question that the index refuses, or for which it finds nothing, is left out: there is no
    confidence to calibrate.
    """
    source = np.random.default_rng(_SEED)
    homes = {q.cluster: q.answers[0].report for q in dataset.questions if q.answers}
    folds = {cluster: place % 2 for place, cluster in enumerate(sorted(homes))}
    for question in dataset.questions:
        if question.cluster not in homes:
            continue
        alone = Scope(reports=(_pick_report(question, homes, folds),))
        for size, scope in ((WHOLE, question.scope), (ALONE, alone)):
            example = _ask(dataset, opened, question, scope)
            if example:
                evidence, right = example
                fold, thinned = folds[question.cluster], thin_words(evidence, source).features()
                yield Example(evidence.features(), right, question.kind, size, fold, thinned)


def thin_words(evidence: Evidence, source: np.random.Generator) -> Evidence:
    """Return the evidence as if a random share of the question's words had not been found."""
    left = source.uniform()
    return replace(
        evidence,
        coverage=evidence.coverage * left,
        highlight=evidence.highlight * left * source.uniform(0.5, 1.0),
    )


def calibrate(examples: Sequence[Example]) -> Calibration:
    """Fit the model and measure it out of fold.

    Raises:
        EvaluationError: there is no example, or nothing to tell apart in one half of the reports.
    """
    if not examples:
        raise EvaluationError("there is no question to calibrate the confidence on")
    names = list(examples[0].features)
    features = np.asarray([list(e.features.values()) for e in examples], dtype=np.float64)
    thinned = np.asarray([list((e.thinned or e.features).values()) for e in examples])
    right = np.asarray([e.right for e in examples], dtype=np.float64)
    folds = np.asarray([e.fold for e in examples])
    weights = _weigh(examples)
    judged = np.zeros(len(examples))

    def fit(taught: Mask) -> Floats:
        both = np.concatenate([features[taught], thinned[taught]])
        parts = [weights[taught] * (1 - _THINNED_SHARE), weights[taught] * _THINNED_SHARE]
        return fit_logistic(both, np.tile(right[taught], 2), np.concatenate(parts))

    for fold in (0, 1):
        taught, asked = folds != fold, folds == fold
        if len(set(right[taught])) < 2 or not asked.any():  # noqa: PLR2004
            raise EvaluationError(
                "the confidence cannot be calibrated on this set: each half of the reports "
                "needs questions that are answered rightly and others that are not"
            )
        model = fit(taught)
        judged[asked] = judge(model, features[asked])
    model = fit(np.ones(len(examples), dtype=np.bool_))
    return Calibration(
        intercept=round(float(model[0]), 4),
        coefficients={n: round(float(c), 4) for n, c in zip(names, model[1:], strict=True)},
        figures=_measure(examples, judged, right, weights),
    )


def fit_logistic(features: Floats, right: Floats, weights: Floats) -> Floats:
    """Return intercept and coefficients by iteratively reweighted least squares.

    McCullagh and Nelder, "Generalized Linear Models" (1989), with a slight ridge.

    Args:
        features: shape (examples, features).
        right: shape (examples,), 0 or 1.
        weights: shape (examples,), positive.

    Returns:
        float64, shape (1 + features,).
    """
    design = np.column_stack([np.ones(len(features)), features])
    ridge = np.eye(design.shape[1]) * _RIDGE * weights.sum()
    ridge[0, 0] = 0.0
    model = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        chance = judge(model, features)
        slope = design.T @ (weights * (right - chance)) - ridge @ model
        curve = (design * (weights * chance * (1 - chance))[:, None]).T @ design + ridge
        step = np.linalg.solve(curve, slope)
        model += step
        if np.abs(step).max() < 1e-8:  # noqa: PLR2004
            break
    return model


def judge(model: Floats, features: Floats) -> Floats:
    """Return the probabilities that a model gives, shape (examples,)."""
    chances: Floats = 1 / (1 + np.exp(-np.clip(model[0] + features @ model[1:], -40, 40)))
    return chances


def measure_auroc(positive: Floats, negative: Floats) -> float:
    """Return the chance that a positive scores higher than a negative; a tie counts half."""
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, side="left")
    level = np.searchsorted(ordered, positive, side="right")
    return float((below + level).mean() / 2 / len(negative))


def measure_reliability(judged: Floats, right: Floats, weights: Floats) -> list[dict[str, float]]:
    """Return for each tenth of the scale: mean confidence, share right, share of all."""
    bins = np.minimum((judged * _BINS).astype(int), _BINS - 1)
    return [
        {
            "confidence": round(float(np.average(judged[inside], weights=weights[inside])), 4),
            "right": round(float(np.average(right[inside], weights=weights[inside])), 4),
            "share": round(float(weights[inside].sum() / weights.sum()), 4),
        }
        for inside in (bins == number for number in range(_BINS))
        if inside.any()
    ]


def measure_ece(reliability: Sequence[dict[str, float]]) -> float:
    """Return the expected calibration error (Naeini, Cooper and Hauskrecht 2015)."""
    return sum(one["share"] * abs(one["confidence"] - one["right"]) for one in reliability)


def _pick_report(question: JudgedQuestion, homes: dict[str, str], folds: dict[str, int]) -> str:
    """Return its own report, or for a foreign question the next one of the same fold."""
    if question.kind != FOREIGN:
        return homes[question.cluster]
    same = [cluster for cluster in sorted(homes) if folds[cluster] == folds[question.cluster]]
    return homes[same[(same.index(question.cluster) + 1) % len(same)]]


def _ask(
    dataset: Dataset, opened: Index, question: JudgedQuestion, scope: Scope
) -> tuple[Evidence, bool] | None:
    try:
        examined = opened.examine(question.text, scope)
    except QuestionError:
        return None
    if examined is None:
        return None
    relevant = any(
        need.grades.get(ranked.document, 0) > 0
        for need in question.needs
        for ranked in dataset.marking.rank([examined.hit], need)
    )
    return examined.evidence, relevant


def _weigh(examples: Sequence[Example]) -> Floats:
    counts = Counter((e.kind, e.size) for e in examples)
    kinds = {kind for kind, _ in counts}
    others = kinds - {ANSWERABLE, FOREIGN}
    shares = {ANSWERABLE: _ANSWERABLE_SHARE}
    foreign = _FOREIGN_SHARE if others else 1 - _ANSWERABLE_SHARE
    if FOREIGN in kinds:
        shares[FOREIGN] = foreign
    left = 1 - sum(shares.values())
    shares |= {kind: left / len(others) for kind in others}
    raw = [shares[e.kind] * _SIZES[e.size] / counts[e.kind, e.size] for e in examples]
    weights = np.asarray(raw, dtype=np.float64)
    scaled: Floats = weights * (len(weights) / weights.sum())
    return scaled


def _measure(
    examples: Sequence[Example], judged: Floats, right: Floats, weights: Floats
) -> dict[str, Any]:
    reliability = measure_reliability(judged, right, weights)
    figures: dict[str, Any] = {
        "questions": dict(Counter(e.kind for e in examples if e.size == WHOLE)),
        "shares": "answerable 0.5; of the others foreign 0.45, adversarial 0.05",
        "words thinned": f"in {_THINNED_SHARE:.0%} of what it learnt from, in nothing measured",
        "split": "two folds of reports by place in alphabetical order of titles, out of fold",
        "ece": round(measure_ece(reliability), 4),
        "reliability": reliability,
    }
    for size in _SIZES:
        figures[size] = _measure_size(examples, judged, size)
    return figures


def _measure_size(examples: Sequence[Example], judged: Floats, size: str) -> dict[str, float]:
    def of(kind: str, fold: int) -> Floats:
        chosen: Mask = np.asarray(
            [e.kind == kind and e.size == size and e.fold == fold for e in examples]
        )
        return judged[chosen]

    figures: dict[str, float] = {}
    for kind in sorted({e.kind for e in examples}):
        pooled = np.concatenate([of(kind, 0), of(kind, 1)])
        figures[f"answered at 0.5, {kind}"] = round(float((pooled >= 0.5).mean()), 4)  # noqa: PLR2004
        if kind != ANSWERABLE:
            each = [measure_auroc(of(ANSWERABLE, fold), of(kind, fold)) for fold in (0, 1)]
            figures[f"auroc, {kind}"] = round(float(np.mean(each)), 4)
    return figures


def write_calibration(calibration: Calibration, dataset: Dataset, path: Path) -> None:
    """Write what `index.confidence` reads."""
    description = {
        "intercept": calibration.intercept,
        "coefficients": calibration.coefficients,
        "data": dataset.name,
        "digest": dataset.digest,
        "figures": calibration.figures,
    }
    path.write_text(json.dumps(description, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Calibrate on a SQuAD file and write the coefficients."""
    import tempfile

    from index import open_index
    from index.build import Source, add_reports
    from index.folder import IndexFolder
    from index.settings import Settings
    from ingest.passage import PassageSettings

    parser = argparse.ArgumentParser(prog="eval.calibration", description=__doc__)
    parser.add_argument("squad", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--index", type=Path, help="index of that file, built before")
    arguments = parser.parse_args()
    dataset = read_squad(arguments.squad, Negatives.ALL)
    settings = Settings(passages=PassageSettings(method="section"))
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.index or Path(scratch) / "index"
        if not arguments.index:
            sources = [Source(one, f"/{one.id}") for one in dataset.reports]
            add_reports(IndexFolder(folder), sources, settings)
        with open_index(folder, settings) as opened:
            examples = list(gather_examples(dataset, opened))
    write_calibration(calibrate(examples), dataset, arguments.output)


if __name__ == "__main__":
    main()
