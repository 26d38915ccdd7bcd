"""The confidence: how it is fitted, how it is measured, and what is shipped."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.calibration import (
    ALONE,
    WHOLE,
    Example,
    calibrate,
    fit_logistic,
    gather_examples,
    judge,
    measure_auroc,
    measure_ece,
    measure_reliability,
    thin_words,
)
from eval.dataset import ANSWERABLE, Dataset, Gold, JudgedQuestion, Need
from eval.marking import QuoteMarking
from eval.squad import FOREIGN
from index.confidence import Evidence, load_confidence_model
from index.search import Index
from ingest.errors import EvaluationError
from ingest.span import Span

scores = st.lists(st.integers(0, 5).map(float), min_size=1, max_size=20)


def make_examples(seed: int, count: int = 4000) -> list[Example]:
    source = np.random.default_rng(seed)
    made = []
    for number in range(count):
        value = float(source.normal(0, 2))
        right = bool(source.random() < judge(np.asarray([0.0, 1.0]), np.asarray([[value]]))[0])
        kind = ANSWERABLE if right else FOREIGN
        size = WHOLE if number % 3 else ALONE
        made.append(Example({"value": value}, right, kind, size, int(source.integers(2))))
    return made


def test_the_fit_finds_the_coefficients_that_made_the_data() -> None:
    source = np.random.default_rng(5)
    features = source.normal(size=(20_000, 2))
    truth = np.asarray([-0.5, 2.0, -1.0])
    right = (source.random(20_000) < judge(truth, features)).astype(np.float64)
    found = fit_logistic(features, right, np.ones(20_000))
    np.testing.assert_allclose(found, truth, atol=0.1)


def test_an_example_of_weight_two_counts_as_two() -> None:
    source = np.random.default_rng(6)
    features = source.normal(size=(200, 1))
    right = (source.random(200) < judge(np.asarray([0.0, 1.0]), features)).astype(np.float64)
    twice = np.concatenate([features, features[:50]]), np.concatenate([right, right[:50]])
    weights = np.where(np.arange(200) < 50, 2.0, 1.0)
    np.testing.assert_allclose(
        fit_logistic(features, right, weights), fit_logistic(*twice, np.ones(250)), atol=1e-6
    )


@given(positive=scores, negative=scores)
def test_auroc_is_the_share_of_pairs_in_order(positive: list[float], negative: list[float]) -> None:
    pairs = [(p > n) + 0.5 * (p == n) for p in positive for n in negative]
    found = measure_auroc(np.asarray(positive), np.asarray(negative))
    assert found == pytest.approx(sum(pairs) / len(pairs))


def test_calibration_error_is_the_mean_gap_by_tenths() -> None:
    judged = np.asarray([0.05, 0.05, 0.95, 0.95])
    right = np.asarray([0.0, 1.0, 1.0, 1.0])
    reliability = measure_reliability(judged, right, np.asarray([1.0, 1.0, 1.0, 1.0]))
    assert [one["share"] for one in reliability] == [0.5, 0.5]
    assert measure_ece(reliability) == pytest.approx(0.5 * 0.45 + 0.5 * 0.05)


def test_calibrated_confidence_is_as_often_right_as_it_says() -> None:
    made = calibrate(make_examples(7))
    assert made.figures["ece"] < 0.03
    assert made.figures[WHOLE]["auroc, foreign"] > 0.8
    assert made.coefficients["value"] == pytest.approx(1, abs=0.15)


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 9))
def test_thinned_words_are_never_more_than_there_were(
    coverage: float, highlight: float, seed: int
) -> None:
    evidence = Evidence(dense=0.4, sentence=0.5, coverage=coverage, highlight=highlight)
    thinned = thin_words(evidence, np.random.default_rng(seed))
    assert (thinned.dense, thinned.sentence) == (0.4, 0.5)
    assert 0 <= thinned.coverage <= coverage
    assert 0 <= thinned.highlight <= highlight


def test_what_was_thinned_is_learnt_from() -> None:
    made = make_examples(8)
    flipped = [replace(one, thinned={"value": -one.features["value"]}) for one in made]
    plain, mixed = calibrate(made), calibrate(flipped)
    assert mixed.coefficients["value"] < plain.coefficients["value"] - 0.2


def test_a_set_with_nothing_to_tell_apart_is_refused() -> None:
    with pytest.raises(EvaluationError, match="no question"):
        calibrate([])
    same = [Example({"value": 1.0}, True, ANSWERABLE, WHOLE, fold % 2) for fold in range(20)]
    with pytest.raises(EvaluationError, match="cannot be calibrated"):
        calibrate(same)


def test_examples_are_asked_of_everything_and_of_one_report(sample_index: Index) -> None:
    report = sample_index.reports()[0].id
    text = sample_index.report(report).text
    quote = "ACEs are stressful events that occur during childhood"
    start = text.index(quote)
    gold = Gold(report, Span(start, start + len(quote)), Span(0, len(text)))
    questions = (
        JudgedQuestion("a", "What are ACEs?", ANSWERABLE, "r", (Need("a", {"a": 1}),), (gold,)),
        JudgedQuestion("b", "What is the capital of France?", "other", "r"),
        JudgedQuestion("c", "?", "other", "r"),
    )
    dataset = Dataset("two", questions, QuoteMarking({"a": gold}), "digest")
    examples = list(gather_examples(dataset, sample_index))
    assert [(e.kind, e.size, e.right) for e in examples] == [
        (ANSWERABLE, WHOLE, True),
        (ANSWERABLE, ALONE, True),
        ("other", WHOLE, False),
        ("other", ALONE, False),
    ]


def test_what_is_shipped_says_what_it_was_measured_on() -> None:
    stored = json.loads(files("index").joinpath("confidence.json").read_text("utf-8"))
    assert set(stored["coefficients"]) == set(Evidence(0, 0, 0, 0).features())
    assert stored["figures"][WHOLE]["auroc, foreign"] >= 0.98
    assert stored["figures"]["ece"] <= 0.05
    assert sum(one["share"] for one in stored["figures"]["reliability"]) == pytest.approx(
        1, abs=0.01
    )


@given(st.tuples(*[st.floats(0, 1)] * 4))
def test_confidence_is_a_probability(values: tuple[float, float, float, float]) -> None:
    assert 0 <= load_confidence_model().judge(Evidence(*values)) <= 1


@given(st.tuples(*[st.floats(0, 1)] * 4), st.integers(0, 3), st.floats(0, 1))
def test_better_evidence_never_gives_less_confidence(
    values: tuple[float, ...], place: int, more: float
) -> None:
    model = load_confidence_model()
    better = list(values)
    better[place] += (1 - better[place]) * more
    assert model.judge(Evidence(*better)) >= model.judge(Evidence(*values)) - 1e-12


@pytest.mark.parametrize(
    "question",
    [
        "What services does the Lighthouse bring together?",
        "What are ACEs?",
        "What is the VKPP for?",
        "Is intervening early worth it?",
    ],
)
def test_a_small_index_answers_what_its_report_says(sample_index: Index, question: str) -> None:
    assert sample_index.ask(question).confidence > 0.5


@pytest.mark.parametrize(
    "question",
    [
        "Who is the chief constable of Kent?",
        "What is the capital of France?",
        "How many officers were dismissed in 2017?",
    ],
)
def test_a_small_index_does_not_answer_what_its_report_does_not_say(
    sample_index: Index, question: str
) -> None:
    assert sample_index.ask(question).confidence < 0.1
