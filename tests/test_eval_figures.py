"""Intervals, abstention and summaries."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.abstention import area_under_curve, measure_abstention, trace_risk
from eval.interval import cluster_questions, estimate_mean
from eval.outcome import Run
from eval.summary import summarise
from ingest.errors import EvaluationError
from tests.eval_data import make_outcome, make_run

shares = st.lists(st.floats(0, 1), min_size=1, max_size=40)


@given(shares)
def test_an_interval_lies_around_the_mean_and_within_the_values(values: list[float]) -> None:
    one = estimate_mean(values, [str(at) for at in range(len(values))])
    assert one.value == pytest.approx(np.mean(values))
    assert min(values) - 1e-9 <= one.low <= one.high <= max(values) + 1e-9


def test_an_interval_is_the_same_every_time() -> None:
    values, clusters = [0.0, 1.0] * 20, [str(at) for at in range(40)]
    assert estimate_mean(values, clusters) == estimate_mean(values, clusters)


def test_questions_of_one_report_are_drawn_together() -> None:
    values = [float(at < 50) for at in range(100)]
    together = [f"report {at // 10}" for at in range(100)]
    apart = [str(at) for at in range(100)]
    clustered, plain = estimate_mean(values, together), estimate_mean(values, apart)
    assert clustered.value == plain.value
    assert clustered.high - clustered.low > 2 * (plain.high - plain.low)


def test_few_reports_are_no_clusters() -> None:
    assert cluster_questions(["a", "a", "b"]).unit == "question"
    assert cluster_questions([*"aabcde"]).unit == "report"


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.booleans()), min_size=2))
def test_the_area_is_that_of_scikit_learn_ties_included(rows: list[tuple[float, bool]]) -> None:
    from sklearn.metrics import roc_auc_score

    confidences = np.asarray([row[0] for row in rows])
    positive = np.asarray([float(row[1]) for row in rows])
    area = area_under_curve(confidences, positive, np.ones(len(rows)))
    if len(set(positive)) == 1:
        assert np.isnan(area)
    else:
        assert area == pytest.approx(roc_auc_score(positive, confidences))


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.integers(0, 3)), min_size=2))
def test_a_weight_is_a_repetition(rows: list[tuple[float, bool, int]]) -> None:
    confidences, positive, weights = (
        np.asarray([float(row[at]) for row in rows]) for at in (0, 1, 2)
    )
    times = weights.astype(int)
    repeated = area_under_curve(
        np.repeat(confidences, times), np.repeat(positive, times), np.ones(times.sum())
    )
    weighted = area_under_curve(confidences, positive, weights)
    assert weighted == pytest.approx(repeated, nan_ok=True)


def test_risk_grows_with_coverage_as_worked_out_by_hand() -> None:
    outcomes = [
        make_outcome("right", ["gold"], confidence=0.9),
        make_outcome("wrong", ["n", "gold"], confidence=0.7),
        make_outcome("tie", ["gold"], confidence=0.7),
        make_outcome("none", ["n"], {}, confidence=0.1),
    ]
    points = trace_risk(outcomes)
    assert [p.coverage for p in points] == [0.25, 0.75, 1.0]
    assert [p.risk for p in points] == pytest.approx([0.0, 1 / 3, 0.5])
    assert [p.threshold for p in points] == [0.9, 0.7, 0.1]


def test_false_answers_and_false_abstentions_are_counted_apart() -> None:
    found = measure_abstention(
        [
            make_outcome("a", ["gold"], confidence=0.9, answered=True),
            make_outcome("b", ["gold"], confidence=0.2, answered=False),
            make_outcome("c", ["n"], {}, confidence=0.8, answered=True, kind="near miss"),
            make_outcome("d", ["n"], {}, confidence=0.1, answered=False, kind="off topic"),
        ]
    )
    assert found.false_answer is not None
    assert found.false_abstain is not None
    assert (found.false_answer.value, found.false_abstain.value) == (0.5, 0.5)
    areas = {kind: one.value for kind, one in found.auroc.items()}
    assert areas == {"near miss": 0.5, "off topic": 1.0, "all": 0.75}


def test_a_refused_question_counts_as_found_nothing() -> None:
    run = make_run(make_outcome("a", ["gold"]), make_outcome("b", error="too long"))
    summary = summarise(run)
    assert summary.measures["recall@1"].value == 0.5
    assert summary.counts["recall@1"] == 2
    assert [one.id for one in summary.failures] == ["b"]


def test_a_set_of_unanswerables_only_has_nothing_to_find() -> None:
    with pytest.raises(EvaluationError, match="no question in it is answerable"):
        summarise(make_run(make_outcome("a", ["n"], {})))


def test_a_run_of_which_nothing_was_asked_is_refused() -> None:
    run: Run = make_run(make_outcome("a", error="failed"), make_outcome("b", error="failed"))
    with pytest.raises(EvaluationError, match="no question of the run was asked"):
        summarise(run)
