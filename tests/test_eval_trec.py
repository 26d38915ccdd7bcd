"""TREC files: an outside tool reads the same figures from them."""

from __future__ import annotations

import itertools
from pathlib import Path

import ir_measures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.dataset import Ranked
from eval.measures import measure_outcomes
from eval.trec import part_scores, read_qrels, read_run, write_trec
from ingest.errors import EvaluationError, QuestionSetError
from tests.eval_data import make_outcome

OUTCOMES = [
    make_outcome("a", ["n", "gold", "m"]),
    make_outcome("b", ["z", "n"], {"y": 2, "z": 1, "w": 0}),
    make_outcome("c", []),
]


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    write_trec(tmp_path, OUTCOMES)
    assert read_qrels(tmp_path / "qrels.txt") == {
        "a": {"gold": 1},
        "b": {"y": 2, "z": 1, "w": 0},
        "c": {"gold": 1},
    }
    run = read_run(tmp_path / "run.txt")
    found = {topic: [one.document for one in ranking] for topic, ranking in run.items()}
    assert found == {"a": ["n", "gold", "m"], "b": ["z", "n"]}


def test_an_outside_reader_finds_the_same_figures(tmp_path: Path) -> None:
    write_trec(tmp_path, OUTCOMES)
    qrels = list(ir_measures.read_trec_qrels(str(tmp_path / "qrels.txt")))  # type: ignore[no-untyped-call]
    run = list(ir_measures.read_trec_run(str(tmp_path / "run.txt")))  # type: ignore[no-untyped-call]
    ours = measure_outcomes(OUTCOMES)
    for name, theirs in (("recall@1", "R@1"), ("mrr@10", "RR@10"), ("ndcg@10", "nDCG@10")):
        measure = ir_measures.parse_measure(theirs)
        found = {m.query_id: m.value for m in ir_measures.iter_calc([measure], qrels, run)}
        assert found == pytest.approx(ours[name])


@given(st.lists(st.floats(-1e30, 1e30), max_size=20))
def test_written_scores_fall_strictly_in_single_precision(scores: list[float]) -> None:
    ranking = [Ranked(str(at), score) for at, score in enumerate(scores)]
    parted = list(part_scores(ranking))
    written = [np.float32(f"{one.score:.9g}") for one in parted]
    assert [one.document for one in parted] == [one.document for one in ranking]
    assert all(left > right for left, right in itertools.pairwise(written))


def test_names_with_spaces_do_not_break_columns(tmp_path: Path) -> None:
    write_trec(tmp_path, [make_outcome("a question", ["gold leaf"], {"gold leaf": 1})])
    assert read_qrels(tmp_path / "qrels.txt") == {"a_question": {"gold_leaf": 1}}
    assert list(read_run(tmp_path / "run.txt")) == ["a_question"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("a Q0 d 1 0.5 tag\na Q0 d 2 0.4\n", "line 2: 5 columns, not 6"),
        ("a Q0 d 1 high tag\n", "line 1: 'high' is not a number"),
        ("a Q0 d 1 0.5 tag\na Q0 d 2 0.4 tag\n", "line 2: document 'd' is there twice"),
    ],
)
def test_a_broken_run_file_names_its_line(content: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "run.txt"
    path.write_text(content)
    with pytest.raises(QuestionSetError, match=says):
        read_run(path)


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EvaluationError, match="cannot be written"):
        write_trec(tmp_path / "file", OUTCOMES)
