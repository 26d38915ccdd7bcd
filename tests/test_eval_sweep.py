"""Settings are chosen on some questions and reported on others."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from eval.choice import combine_passages, parse_weights
from eval.dataset import ANSWERABLE, Dataset, JudgedQuestion, Need
from eval.marking import QuoteMarking
from eval.outcome import Run
from eval.page import render_sweep
from eval.sweep import Grid, part_questions, run_sweep, sweep_to_json
from index.settings import FusionWeights, Settings
from ingest.errors import EncoderError, EvaluationError, SettingError
from ingest.passage import PassageSettings
from tests.eval_data import make_outcome

SIZES = tuple(PassageSettings(size=size) for size in (128, 64, 256))
GRID = Grid((Settings().model,), SIZES, (FusionWeights(),))


def make_dataset(clusters: int, each: int = 4) -> Dataset:
    questions = [
        JudgedQuestion(
            f"q{cluster}.{at}",
            "Why?",
            ANSWERABLE,
            f"report {cluster}",
            (Need(f"q{cluster}.{at}", {"gold": 1}),),
        )
        for cluster in range(clusters)
        for at in range(each)
    ]
    unanswerable = JudgedQuestion("none", "Why not?", "near miss", "report 0")
    return Dataset("made", (*questions, unanswerable), QuoteMarking({}), "digest")


def answer_by(
    rank: Callable[[Settings], int], asked: list[tuple[str, int]]
) -> Callable[[Dataset, Settings], Run]:
    """Return an evaluation in which settings alone decide the rank; it notes what is asked."""

    def evaluate(dataset: Dataset, settings: Settings) -> Run:
        asked.append((dataset.name, settings.passages.size))
        outcomes = [
            make_outcome(
                one.id,
                [*(f"n{i}" for i in range(rank(settings) - 1)), "gold"],
                {"gold": 1} if one.answerable else {},
                cluster=one.cluster,
            )
            for one in dataset.questions
        ]
        return Run(dataset.name, dataset.digest, {}, tuple(outcomes))

    return evaluate


def by_size(settings: Settings) -> int:
    return {128: 2, 64: 1, 256: 3}[settings.passages.size]


@pytest.mark.parametrize(("clusters", "unit"), [(6, "report"), (1, "question")])
def test_no_question_is_both_tuned_and_reported_on(clusters: int, unit: str) -> None:
    dataset = make_dataset(clusters)
    parts = part_questions(dataset)
    tuning, reporting = ({q.id for q in p.questions} for p in (parts.tuning, parts.reporting))
    assert parts.unit == unit
    assert not tuning & reporting
    assert tuning | reporting == {question.id for question in dataset.questions}
    assert abs(len(tuning) - len(reporting)) <= 5
    assert part_questions(dataset) == parts
    assert parts.tuning.digest != parts.reporting.digest


def test_no_report_is_in_both_parts() -> None:
    parts = part_questions(make_dataset(7))
    tuning, reporting = ({q.cluster for q in p.questions} for p in (parts.tuning, parts.reporting))
    assert not tuning & reporting


def test_the_best_on_the_tuning_questions_is_reported_on_the_others() -> None:
    asked: list[tuple[str, int]] = []
    arms = list(GRID.arms(Settings()))
    sweep = run_sweep(make_dataset(6), arms, "mrr@10", answer_by(by_size, asked))
    assert [arm.name for arm in arms] == ["baseline", "size 64", "size 256"]
    assert sweep.chosen == "size 64"
    assert [one for one in asked if one[0].endswith("(tuning)")] == [
        ("made (tuning)", size) for size in (128, 64, 256)
    ]
    assert [one for one in asked if one[0].endswith("(reporting)")] == [
        ("made (reporting)", size) for size in (128, 64)
    ]
    assert sweep.comparison.differences["mrr@10"].change.value == pytest.approx(0.5)


def test_an_arm_that_fails_is_named_and_not_scored() -> None:
    def rank(settings: Settings) -> int:
        if settings.passages.size == 64:
            raise EncoderError("no such <model>")
        return by_size(settings)

    arms = list(GRID.arms(Settings()))
    sweep = run_sweep(make_dataset(6), arms, "mrr@10", answer_by(rank, []))
    failed = sweep.tried[1]
    assert failed.summary is None
    assert failed.error == "no such <model>"
    assert sweep.chosen == "baseline"
    record = sweep_to_json(sweep)
    tried = record["tried"]
    assert isinstance(tried, list)
    assert tried[1]["failed"] == "no such <model>"
    assert "measures" not in tried[1]
    assert "no such &lt;model&gt;" in render_sweep(sweep)


def test_a_sweep_whose_baseline_fails_is_an_error() -> None:
    def rank(_: Settings) -> int:
        raise EncoderError("broken")

    with pytest.raises(EvaluationError, match="the baseline failed"):
        run_sweep(make_dataset(6), list(GRID.arms(Settings())), "mrr@10", answer_by(rank, []))


def test_an_unknown_measure_names_those_that_there_are() -> None:
    arms = list(GRID.arms(Settings()))
    with pytest.raises(EvaluationError, match="there are recall@1"):
        run_sweep(make_dataset(6), arms, "precision", answer_by(by_size, []))


def test_too_few_questions_are_not_parted() -> None:
    with pytest.raises(EvaluationError, match="too few"):
        part_questions(make_dataset(3, each=1))


def test_nothing_to_try_is_an_error() -> None:
    arms = list(Grid((Settings().model,), SIZES[:1], (FusionWeights(),)).arms(Settings()))
    with pytest.raises(SettingError, match="nothing to try"):
        run_sweep(make_dataset(6), arms, "mrr@10", answer_by(by_size, []))


def test_a_record_says_what_was_tried_on_which_questions() -> None:
    arms = list(GRID.arms(Settings()))
    record = sweep_to_json(run_sweep(make_dataset(6), arms, "mrr@10", answer_by(by_size, [])))
    assert record["chosen"] == "size 64"
    assert record["parted_by"] == "report"
    tuning, reporting = record["tuning_questions"], record["reporting_questions"]
    assert isinstance(tuning, list)
    assert isinstance(reporting, list)
    assert len(tuning) + len(reporting) == 25


def test_arms_are_named_by_what_they_change() -> None:
    heavier = FusionWeights(dense=2.0)
    grid = Grid(
        (Settings().model, "/a/b/tiny"), SIZES[:2], (FusionWeights(), heavier), (None, "r/x")
    )
    names = [arm.name for arm in grid.arms(Settings())]
    assert len(names) == len(set(names)) == 16
    assert "size 64, dense 2" in names
    assert "tiny, reranker x, size 64, dense 2" in names


def test_a_grid_too_large_is_refused() -> None:
    weights = tuple(FusionWeights(dense=float(at)) for at in range(300))
    with pytest.raises(SettingError, match="the limit is 200"):
        list(Grid((Settings().model,), SIZES, weights).arms(Settings()))


def test_weights_are_read_by_name() -> None:
    assert parse_weights("dense=2, bm25=0.5") == FusionWeights(dense=2.0, bm25=0.5)


@pytest.mark.parametrize(
    ("words", "says"),
    [("dense", "NAME=NUMBER"), ("colour=1", "no signal 'colour'"), ("dense=-1", "negative")],
)
def test_weights_that_are_none_are_refused(words: str, says: str) -> None:
    with pytest.raises(SettingError, match=says):
        parse_weights(words)


def test_sizes_and_overlaps_are_combined() -> None:
    found = combine_passages("64,128", "0,1")
    assert [(one.size, one.overlap) for one in found] == [(64, 0), (64, 1), (128, 0), (128, 1)]
    assert combine_passages(None, None) == ()
    for wrong in ("many", "3", ""):
        with pytest.raises(SettingError):
            combine_passages(wrong or "x", None)
