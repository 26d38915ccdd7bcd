"""Measures of ranking against values computed by hand."""

from __future__ import annotations

from math import log2

import pytest

from eval.dataset import Need, Ranked
from eval.measures import measure_outcomes, measure_rankings
from eval.outcome import NeedOutcome
from tests.eval_data import make_outcome


def rank(*documents: str) -> tuple[Ranked, ...]:
    return tuple(Ranked(document, -float(at)) for at, document in enumerate(documents))


def test_measures_are_those_worked_out_by_hand() -> None:
    needs = [Need("a", {"x": 1}), Need("b", {"y": 2, "z": 1})]
    found = measure_rankings(needs, {"a": rank("n", "x"), "b": rank("z", "n", "y", "m")})
    assert found["recall@1"] == pytest.approx({"a": 0.0, "b": 0.5})
    assert found["recall@5"] == pytest.approx({"a": 1.0, "b": 1.0})
    assert found["mrr@10"] == pytest.approx({"a": 0.5, "b": 1.0})
    gained = 1 + 2 / log2(4)
    ideal = 2 + 1 / log2(3)
    assert found["ndcg@10"] == pytest.approx({"a": 1 / log2(3), "b": gained / ideal})
    assert found["judged@10"] == pytest.approx({"a": 0.5, "b": 0.5})


def test_a_document_at_rank_eleven_counts_for_no_measure_at_ten() -> None:
    filler = [f"n{at}" for at in range(10)]
    found = measure_rankings([Need("a", {"x": 1})], {"a": rank(*filler, "x")})
    for measure in ("recall@10", "mrr@10", "ndcg@10"):
        assert found[measure] == {"a": 0.0}
    tenth = measure_rankings([Need("a", {"x": 1})], {"a": rank(*filler[:9], "x")})
    assert tenth["mrr@10"]["a"] == pytest.approx(0.1)


def test_a_query_that_the_run_lacks_counts_as_zero() -> None:
    needs = [Need("a", {"x": 1}), Need("b", {"x": 1}), Need("c", {"x": 1})]
    found = measure_rankings(needs, {"a": rank("x"), "c": ()})
    for values in found.values():
        assert set(values) == {"a", "b", "c"}
        assert values["b"] == values["c"] == 0.0


@pytest.mark.parametrize("names", [("a", "z"), ("z", "a")])
def test_equal_scores_keep_the_order_that_was_shown(names: tuple[str, str]) -> None:
    ties = tuple(Ranked(name, 1.0) for name in names)
    found = measure_rankings([Need("q", {names[0]: 1})], {"q": ties})
    assert found["recall@1"] == {"q": 1.0}


def test_a_question_with_two_needs_has_their_mean_but_the_first_hit_s_reciprocal_rank() -> None:
    needs = (
        NeedOutcome(Need("q/1", {"x": 1}), rank("n", "x")),
        NeedOutcome(Need("q/2", {"y": 1}), rank("n", "m")),
    )
    values = measure_outcomes([make_outcome("q", needs=needs)])
    assert values["recall@5"] == {"q": 0.5}
    assert values["mrr@10"] == {"q": 0.5}


def test_unanswerable_questions_do_not_count_for_ranking() -> None:
    outcomes = [make_outcome("a", ["gold"]), make_outcome("b", ["n"], {})]
    assert measure_outcomes(outcomes)["recall@1"] == {"a": 1.0}


def test_a_mark_is_averaged_over_the_questions_that_have_it() -> None:
    outcomes = [make_outcome("a", ["gold"], marks={"page@1": 1.0}), make_outcome("b", ["gold"])]
    values = measure_outcomes(outcomes)
    assert values["page@1"] == {"a": 1.0}
    assert "section@1" not in values
