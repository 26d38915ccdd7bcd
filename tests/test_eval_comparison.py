"""Saved runs, and two of them compared."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.comparison import adjust_holm, compare_runs, randomise_signs
from eval.outcome import Run
from eval.record import load_run, save_run
from ingest.errors import EvaluationError, QuestionSetError
from tests.eval_data import make_outcome, make_run


def ranked(*ranks: int) -> Run:
    """Return a run in which question n has its answer at the n-th of these ranks."""
    return make_run(
        *(
            make_outcome(f"q{at}", [*(f"n{i}" for i in range(rank - 1)), "gold"])
            for at, rank in enumerate(ranks)
        )
    )


def test_a_run_is_read_back_as_it_was_saved(tmp_path: Path) -> None:
    run = make_run(
        make_outcome("a", ["n", "gold"], marks={"page@1": 1.0}, confidence=0.25, answered=True),
        make_outcome("b", ["n"], {}, kind="near miss"),
        make_outcome("c", error="too long"),
    )
    save_run(tmp_path / "runs" / "a.json", run)
    assert load_run(tmp_path / "runs" / "a.json") == run


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "not a saved run"),
        ("[]", "not a saved run"),
        ('{"reportqa_run": 9}', "version 9"),
        ('{"reportqa_run": 1, "outcomes": [{}]}', "damaged"),
        ('{"reportqa_run": 1}', "damaged"),
    ],
)
def test_a_file_that_is_no_run_is_refused(content: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(content)
    with pytest.raises(QuestionSetError, match=says):
        load_run(path)


def test_a_run_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    save_run(path, ranked(1, 2, 3))
    path.write_text(path.read_text()[:-40])
    with pytest.raises(QuestionSetError, match="not a saved run"):
        load_run(path)


def test_an_arm_that_failed_is_refused_not_scored_as_zero(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    save_run(path, make_run(make_outcome("a", error="failed"), make_outcome("b", error="failed")))
    with pytest.raises(EvaluationError, match="the run failed"):
        load_run(path)
    save_run(path, make_run())
    with pytest.raises(EvaluationError, match="the run failed"):
        load_run(path)


def test_runs_over_other_questions_are_not_compared() -> None:
    with pytest.raises(EvaluationError, match="only runs over the same can be compared"):
        compare_runs(ranked(1), {"b": make_run(make_outcome("q0", ["gold"]), digest="other")})


def test_wins_ties_and_losses_are_counted_and_listed_worst_first() -> None:
    (found,) = compare_runs(ranked(1, 2, 3, 1, 2), {"b": ranked(1, 1, 1, 2, 2)})
    reciprocal = found.differences["mrr@10"]
    assert (reciprocal.wins, reciprocal.ties, reciprocal.losses) == (2, 2, 1)
    assert [pair.question.id for pair in found.won] == ["q2", "q1"]
    assert [pair.question.id for pair in found.lost] == ["q3"]
    assert reciprocal.change.value == pytest.approx((0.5 + 2 / 3 - 0.5) / 5)
    assert found.differences["recall@1"].baseline == pytest.approx(0.4)
    assert found.differences["recall@1"].other == pytest.approx(0.6)


def test_a_question_that_a_run_lacks_counts_zero_for_it() -> None:
    whole, part = ranked(1, 1, 1, 1), ranked(1, 1, 1)
    (found,) = compare_runs(whole, {"part": part})
    assert found.missing == 1
    assert found.differences["recall@1"].other == pytest.approx(0.75)
    assert found.lost[0].other is None
    (turned,) = compare_runs(part, {"whole": whole})
    assert turned.differences["recall@1"].baseline == pytest.approx(0.75)


def test_equal_runs_differ_by_nothing() -> None:
    (found,) = compare_runs(ranked(1, 2, 3), {"b": ranked(1, 2, 3)})
    for one in found.differences.values():
        assert (one.change.value, one.p, one.effect, one.wins, one.losses) == (0, 1, None, 0, 0)


def test_the_test_is_exact_where_all_changes_of_sign_can_be_tried() -> None:
    changes = np.asarray([1.0, 1.0, 1.0, 1.0, 1.0])
    assert randomise_signs(changes) == pytest.approx(2 / 2**5)
    assert randomise_signs(np.asarray([1.0, -1.0])) == 1.0


def test_a_clear_difference_is_significant_and_noise_is_not() -> None:
    generator = np.random.default_rng(1)
    noise = generator.normal(0, 1, 200)
    assert randomise_signs(noise + 1) < 0.001
    assert randomise_signs(noise - noise.mean()) > 0.5
    assert randomise_signs(noise) == randomise_signs(noise)


def test_holm_corrects_as_worked_out_by_hand() -> None:
    assert adjust_holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert adjust_holm([0.5, 0.9]) == [1.0, 1.0]
    assert adjust_holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_never_makes_a_value_smaller_nor_changes_the_order(values: list[float]) -> None:
    adjusted = adjust_holm(values)
    assert all(after >= before for before, after in zip(values, adjusted, strict=True))
    order = sorted(range(len(values)), key=lambda at: values[at])
    assert [adjusted[at] for at in order] == sorted(adjusted)


def test_several_runs_are_corrected_for_being_several() -> None:
    base, better = ranked(*[2] * 12), ranked(*[1] * 12)
    (alone,) = compare_runs(base, {"b": better})
    first, second = compare_runs(base, {"b": better, "c": better})
    for one in (first, second):
        assert one.differences["mrr@10"].p == pytest.approx(2 * alone.differences["mrr@10"].p)


def test_a_saved_run_holds_no_more_than_json(tmp_path: Path) -> None:
    save_run(tmp_path / "a.json", ranked(1, 2))
    stored = json.loads((tmp_path / "a.json").read_text())
    assert stored["reportqa_run"] == 1
    assert not list(tmp_path.glob("*.new"))
