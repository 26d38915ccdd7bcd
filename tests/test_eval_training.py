"""The answer scorer learns from one half of the articles and is judged on the other."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
import torch

from eval.dataset import ANSWERABLE
from eval.squad import ADVERSARIAL
from eval.training import (
    Course,
    choose_group,
    measure_loss,
    split_examples,
    train_scorer,
)
from eval.training_judging import (
    choose_weight,
    compare_pairwise,
    judge_readings,
    read_again,
    separate,
)
from eval.training_pairs import Candidate, Example, Text
from eval.training_scorer import AnswerScorer
from ingest.errors import EvaluationError

SOURCE = random.Random(1)  # noqa: S311 - draws sentences, guards nothing
WOOL = "Sheep. | Wool grows on sheep."
TIDES = "The sea. | Spring tides are the highest."
SALT = "The sea. | Salt is won from sea water."


def candidate(article: str, texts: tuple[str, ...], gold: int | None, score: float) -> Candidate:
    marks = np.asarray([k == gold for k in range(len(texts))])
    return Candidate(article, score, texts, np.linspace(1.0, 0.5, len(texts)), marks)


def example(article: str, fold: int, kind: str = ANSWERABLE) -> Example:
    """The right paragraph is the second one found, the right sentence its second."""
    wrong = candidate("Sheep", (WOOL,), None, 1.0)
    right = candidate(article, (SALT, TIDES), 1 if kind == ANSWERABLE else None, 0.5)
    return Example("Which tides are highest?", kind, article, fold, 0.5, 0.1, (wrong, right))


class Oracle:
    """Knows the answer."""

    def score(self, pairs: Sequence[Text]) -> npt.NDArray[np.float64]:
        return np.asarray([9.0 if text == TIDES else 0.0 for _, text, _ in pairs])


def test_what_is_judged_is_neither_learnt_from_nor_chosen_by() -> None:
    asked = [example(name, at % 2) for at, name in enumerate(("A", "Sheep", "B", "D"))]
    halves = split_examples(asked, fold=0)
    assert [one.article for one in halves.learnt] == ["A"]
    assert [one.article for one in halves.choosing] == ["B"]
    assert {one.article for one in halves.judged} == {"Sheep", "D"}
    assert {c.article for one in halves.learnt for c in one.candidates} == {"A"}


def test_too_few_articles_are_refused() -> None:
    with pytest.raises(EvaluationError, match="two articles in each half"):
        split_examples([example("A", 0), example("B", 1)], fold=0)


def test_a_group_begins_with_the_answer_or_has_none() -> None:
    texts = [text for _, text, _ in choose_group(example("A", 0), SOURCE)]
    assert texts == [TIDES, SALT, WOOL]
    misleading = choose_group(example("A", 0, ADVERSARIAL), SOURCE)
    assert [text for _, text, _ in misleading] == [WOOL]


def test_the_loss_is_least_where_only_the_answer_stands_out() -> None:
    groups = [(True, 2), (False, 1)]
    good, bad = torch.tensor([8.0, -8.0, -8.0]), torch.tensor([-8.0, 8.0, 8.0])
    assert measure_loss(good, groups) < 0.01
    assert measure_loss(bad, groups) > 8


def test_a_scorer_that_knows_is_given_weight_and_seen_to_be_better() -> None:
    readings = read_again(Oracle(), [example("A", 0)] * 12, 2)
    weight = choose_weight(readings)
    assert weight > 0
    verdicts = judge_readings(readings, weight, 1.0)
    assert (verdicts["recall@1"].shipped, verdicts["recall@1"].both) == (0, 1)
    assert verdicts["answer_sentence@1"].both == 1
    assert verdicts["mrr@10"].p < 0.01


def test_a_scorer_that_says_nothing_changes_nothing() -> None:
    class Silent:
        def score(self, pairs: Sequence[Text]) -> npt.NDArray[np.float64]:
            return np.zeros(len(pairs))

    readings = read_again(Silent(), [example("A", 0)] * 3, 2)
    assert choose_weight(readings) == 0
    assert all(v.shipped == v.both for v in judge_readings(readings, 2.0, 2.0).values())
    assert compare_pairwise(np.ones(5), np.ones(5)) == 1


def test_without_questions_of_a_kind_there_is_no_auroc() -> None:
    assert separate([0.9], []) is None
    assert separate([0.9, 0.4], [0.5]) == 0.5


def test_the_real_scorer_learns_and_leaves_its_lower_layers_alone() -> None:
    torch.manual_seed(0)
    scorer = AnswerScorer()
    asked = [example("A", 0), example("A", 0, ADVERSARIAL)]
    pairs = choose_group(asked[0], SOURCE)
    before, apart = scorer.score(pairs), scorer.cache.get([TIDES])[0].clone()
    assert train_scorer(scorer, asked, Course(minutes=0.05)) > 0
    after = scorer.score(pairs)
    assert after[0] - after[1:].max() > before[0] - before[1:].max()
    assert torch.equal(scorer.cache.get([TIDES])[0], apart)
