"""The signals that finalists are ranked by, each held to its plain definition."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import open_index
from index.encoder import Encoder
from index.generation import Generation
from index.late import pack_tokens, packed_width, project_tokens, score_tokens
from index.lexical import build_lexical_index
from index.model import find_model
from index.ranking import make_query, rank_passages
from index.reference import ReferenceEncoder, load_model
from index.scope import Scope
from index.search import Index
from index.settings import DEFAULT_MODEL, FusionWeights, Settings
from index.terms import build_term_table, score_nearness
from ingest.span import Span

QUESTION = "What services does the Lighthouse bring together?"


@pytest.fixture
def generation(sample_index: Index) -> Generation:
    return sample_index._generation


def nearness_by_definition(terms: list[int], weights: dict[int, float], width: int) -> float:
    windows = [terms[at : at + width] for at in range(len(terms))] or [[]]
    return max(sum(weights[term] for term in set(window) & weights.keys()) for window in windows)


@given(
    terms=st.lists(st.integers(-1, 9), max_size=40),
    weights=st.dictionaries(st.integers(0, 9), st.floats(0.01, 1.0), max_size=5),
    width=st.integers(1, 12),
)
def test_nearness_is_the_heaviest_window_of_different_words(
    terms: list[int], weights: dict[int, float], width: int
) -> None:
    found = score_nearness(np.asarray(terms, dtype=np.int32), weights, width)
    assert found == pytest.approx(nearness_by_definition(terms, weights, width), abs=1e-9)


def test_the_term_table_holds_each_sentence_by_the_numbers_of_its_stems() -> None:
    words = build_lexical_index(["Officers visited homes.", "Funding stopped."])
    table = build_term_table(["Officers visited homes.", "", "Funding of officers"], words)
    assert table.run(0, 1).tolist() == words.number(["offic", "visit", "home"]).tolist()
    assert table.run(1, 2).tolist() == []
    assert table.run(2, 3).tolist() == [*words.number(["fund"]), -1, *words.number(["offic"])]
    assert len(table.run(0, 3)) == 6


def test_late_interaction_is_the_weighted_mean_of_best_cosines() -> None:
    source = np.random.default_rng(1)
    question = source.normal(size=(4, 384)).astype(np.float32)
    texts = [source.normal(size=(size, 384)).astype(np.float32) for size in (1, 7, 30)]
    weights = np.asarray([0.4, 0.3, 0.2, 0.1], dtype=np.float32)
    packed = [pack_tokens(text) for text in texts]
    starts = np.asarray([0, 1, 8], dtype=np.int64)
    projected = project_tokens(question)
    found = score_tokens(projected, weights, np.concatenate(packed), starts)
    expected = [weights @ (projected @ project_tokens(text).T).max(axis=1) for text in texts]
    np.testing.assert_allclose(found, expected, atol=0.01)


def test_packing_keeps_the_cosines_of_real_tokens(encoder: Encoder) -> None:
    one = encoder.embed_question(QUESTION).tokens
    other = encoder.embed_question("The Lighthouse provides medical and police support.").tokens
    scaled = [tokens / np.linalg.norm(tokens, axis=1, keepdims=True) for tokens in (one, other)]
    packed = pack_tokens(other).astype(np.float32)
    packed /= np.linalg.norm(packed, axis=1, keepdims=True)
    error = project_tokens(one) @ packed.T - scaled[0] @ scaled[1].T
    assert np.abs(error).mean() < 0.08


def test_a_text_without_tokens_is_packed_as_one_that_is_like_nothing() -> None:
    packed = pack_tokens(np.zeros((0, 384), dtype=np.float32))
    assert packed.shape == (1, packed_width(384))
    assert not packed.any()


def test_the_projection_keeps_lengths_of_small_encoders_exactly() -> None:
    tokens = np.random.default_rng(2).normal(size=(5, 32)).astype(np.float32)
    scaled = tokens / np.linalg.norm(tokens, axis=1, keepdims=True)
    projected = project_tokens(tokens)
    np.testing.assert_allclose(projected @ projected.T, scaled @ scaled.T, atol=1e-5)


def test_both_encoders_give_a_state_for_each_token(encoder: Encoder) -> None:
    reference = ReferenceEncoder(load_model(find_model(DEFAULT_MODEL)), "reference")
    texts = [QUESTION, "ACEs are stressful events — £2.4 million.", "a"]
    for ours, theirs, text in zip(
        encoder.embed_texts(texts, lambda _: None),
        reference.embed_texts(texts, lambda _: None),
        texts,
        strict=True,
    ):
        assert len(ours.tokens) == len(encoder.tokenizer.tokenize(text))
        np.testing.assert_allclose(ours.tokens, theirs.tokens, atol=1e-4)
        np.testing.assert_allclose(ours.vector, theirs.vector, atol=1e-4)


def test_pieces_weigh_as_much_as_their_word_is_rare(generation: Generation) -> None:
    text = "Is the VKPP-x?"
    pieces = [Span(0, 2), Span(3, 6), Span(7, 9), Span(9, 11), Span(11, 12), Span(12, 13)]
    weights = generation.words.weigh(text, pieces)
    rarity = generation.words.rarity(["is", "the", "vkpp", "vkpp", "x"])
    np.testing.assert_allclose(weights[[0, 1, 2, 3, 5]], rarity / rarity.sum(), rtol=1e-5)
    assert weights[4] == 0
    assert generation.words.weigh("?!", [Span(0, 1), Span(1, 2)]).tolist() == [0.5, 0.5]


def test_only_finalists_have_every_signal_and_all_stay_in_order(
    generation: Generation, encoder: Encoder
) -> None:
    query = make_query(QUESTION, encoder)
    ranking = rank_passages(query, generation, Settings(finalists=2))
    assert len(ranking.rows) == len(set(ranking.rows.tolist())) > 2
    assert np.isfinite(ranking.signals["tokens"]).tolist()[:3] == [True, True, False]
    assert np.isfinite(ranking.signals["dense"]).all()
    assert (np.diff(ranking.scores) <= 1e-9).all()


def test_hits_show_each_signal_by_name(sample_index: Index) -> None:
    signals = sample_index.ask(QUESTION, 1).hits[0].signals
    assert set(signals) == {"dense", "bm25", "sentence", "near", "tokens"}
    assert 0 < signals["near"] <= 1
    assert -1 <= signals["tokens"] <= 1


def test_weights_decide_the_order(generation: Generation, encoder: Encoder) -> None:
    query = make_query(QUESTION, encoder)
    for name in ("dense", "bm25", "sentence", "near", "tokens"):
        alone = dict.fromkeys(("dense", "bm25", "sentence", "near", "tokens"), 0.0) | {name: 1.0}
        settings = Settings(weights=FusionWeights(**alone))
        ranking = rank_passages(query, generation, settings)
        assert (np.diff(ranking.signals[name]) <= 1e-6).all()


def test_a_scope_that_holds_nothing_finds_nothing(generation: Generation, encoder: Encoder) -> None:
    query = make_query(QUESTION, encoder, Scope(section=("no such section",)))
    assert len(rank_passages(query, generation, Settings()).rows) == 0


def test_settings_refuse_finalists_and_weights_out_of_range() -> None:
    with pytest.raises(ValueError, match="finalists"):
        Settings(finalists=0)
    with pytest.raises(ValueError, match="not negative"):
        FusionWeights(reranker=-1.0)


def test_an_index_answers_the_same_after_it_is_opened_again(
    sample_dir: Path, sample_index: Index
) -> None:
    with open_index(sample_dir) as again:
        assert again.ask(QUESTION) == sample_index.ask(QUESTION)
