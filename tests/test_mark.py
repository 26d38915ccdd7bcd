"""The sentence that is marked: how a question's turned tokens find their counterparts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from eval.mark_training import Example, Reading, judge_out_of_fold, learn
from index.encoder import Encoder
from index.mark import MarkModel, MarkQuestion, ask_tokens, load_mark_model, own_tokens
from index.ranking import fetch_found, make_query, rank_passages
from index.search import Index
from index.settings import Settings
from ingest.errors import EvaluationError
from ingest.span import Span
from tests.fake_encoder import FakeEncoder, WordTokenizer


def model(dimension: int, width: int, rarity: float = 1.0) -> MarkModel:
    turn = np.eye(dimension, width, dtype=np.float32)
    return MarkModel("fake", turn, np.zeros(dimension, dtype=np.float32), rarity, 2.0)


def ask(tokens: list[list[float]]) -> MarkQuestion:
    states = np.asarray(tokens, dtype=np.float32)
    return model(states.shape[1], states.shape[1]).ask(states, WordTokenizer())


def test_a_sentence_scores_the_weighted_mean_of_its_best_cosines() -> None:
    question = ask([[1, 0], [0, 1]])
    packed = np.asarray([[100, 0], [0, 50], [60, 80], [127, 0]], dtype=np.int8)
    owners = np.asarray([0, 0, 1, -1])
    shares = question.weigh(np.asarray([0.75, 0.25], dtype=np.float32))
    assert shares == pytest.approx([0.75, 0.25], abs=1e-3)
    scores = question.score(np.asarray([0.75, 0.25], dtype=np.float32), packed, owners, 2)
    assert scores == pytest.approx([1.0, 0.6 * shares[0] + 0.8 * shares[1]], abs=1e-6)


def test_a_sentence_without_tokens_is_like_nothing() -> None:
    packed = np.asarray([[100, 0]], dtype=np.int8)
    scores = ask([[1, 0]]).score(np.ones(1, dtype=np.float32), packed, np.asarray([2]), 4)
    assert scores.tolist() == [-1.0, -1.0, 1.0, -1.0]


@given(st.lists(st.integers(0, 3), min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_a_passages_tokens_does_not_matter(owners: list[int], source: object) -> None:
    noise = np.random.default_rng(len(owners))
    packed = noise.integers(-127, 128, (len(owners), 4)).astype(np.int8)
    order = noise.permutation(len(owners))
    question = ask([[1, 0, 0, 0], [0.5, 0.5, 0, 0]])
    weights = np.asarray([0.5, 0.5], dtype=np.float32)
    one = question.score(weights, packed, np.asarray(owners), 4)
    other = question.score(weights, packed[order], np.asarray(owners)[order], 4)
    assert one == pytest.approx(other)


def test_what_was_learnt_can_make_a_token_count_for_more() -> None:
    learnt = replace(model(2, 2), counts=np.asarray([0, 3], dtype=np.float32))
    question = learnt.ask(np.eye(2, dtype=np.float32), WordTokenizer())
    shares = question.weigh(np.asarray([0.5, 0.5], dtype=np.float32))
    assert shares[1] > 0.9
    assert shares.sum() == pytest.approx(1.0)


def test_tokens_belong_to_the_sentence_that_they_stand_in() -> None:
    words = "One two. Three four. Five."
    sentences = [Span(0, 8), Span(9, 20), Span(21, 26)]
    windows = [Span(0, 20), Span(9, 26)]
    texts = [f"Title\n{window.of(words)}" for window in windows]
    first, second = own_tokens(texts, windows, sentences, WordTokenizer())
    assert first.tolist() == [-1, 0, 0, 0, 1, 1, 1]
    assert second.tolist() == [-1, 1, 1, 1, 2, 2]


def test_nothing_is_turned_for_an_encoder_that_nothing_was_learnt_about() -> None:
    fake = FakeEncoder()
    assert ask_tokens(fake.embed_question("Who?").tokens, fake) is None


def test_what_ships_was_learnt_about_the_default_encoder(encoder: Encoder) -> None:
    shipped = load_mark_model()
    assert shipped.fingerprint == encoder.fingerprint
    assert shipped.turn.shape[0] == encoder.dimension
    assert shipped.share > 0


def test_parts_of_different_encoders_make_no_model() -> None:
    with pytest.raises(ValueError, match="different dimensions"):
        replace(model(2, 2), counts=np.zeros(3, dtype=np.float32))


def test_the_learnt_mark_changes_sentences_and_never_the_ranking(
    sample_index: Index, encoder: Encoder
) -> None:
    generation, settings = sample_index._generation, Settings()
    query = make_query("Who sits together in the Lighthouse?", encoder)
    plain = replace(query, mark=None)
    ranking, before = (rank_passages(q, generation, settings) for q in (query, plain))
    assert ranking.rows.tolist() == before.rows.tolist()
    with_mark = fetch_found(query, ranking, 5, generation)
    without = fetch_found(plain, ranking, 5, generation)
    for one, other in zip(with_mark, without, strict=True):
        doubts = other.sentences - one.sentences
        assert doubts.min() == pytest.approx(0.0, abs=1e-6)
        assert (doubts >= -1e-6).all()
    assert any(
        a.sentences.tolist() != b.sentences.tolist()
        for a, b in zip(with_mark, without, strict=True)
    )


def riddle(fold: int, seed: int) -> Example:
    """A question whose right sentence only a turn finds: its token is the next axis's."""
    noise = np.random.default_rng(seed)
    axis = int(noise.integers(0, 4))
    states = torch.zeros(1, 4)
    states[0, axis] = 1.0
    tokens = torch.zeros(2, 4)
    right = seed % 2
    tokens[right, (axis + 1) % 4] = 1.0
    tokens[1 - right, axis] = 1.0
    gold = torch.tensor([right == 0, right == 1])
    reading = Reading(tokens, torch.tensor([0, 1]), torch.zeros(2), gold)
    return Example(fold, states, torch.zeros(1), reading, reading)


def test_what_only_a_turn_finds_is_learnt_and_judged_by_the_other_fold() -> None:
    examples = [riddle(at % 2, at // 2 * 3 + at) for at in range(1600)]
    learn(examples[:32], torch.eye(4))
    figures = judge_out_of_fold(examples, torch.eye(4))
    assert figures["home"]["learnt"] > figures["home"]["plain"] + 0.2
    assert figures["first"] == figures["home"]


def test_one_report_is_too_little_to_judge_by_another() -> None:
    with pytest.raises(EvaluationError, match="two reports"):
        judge_out_of_fold([riddle(0, 1)], torch.eye(4))
