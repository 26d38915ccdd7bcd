"""Reranking by a real, small cross-encoder, made here."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from sentence_transformers import CrossEncoder
from transformers import BertConfig, BertForSequenceClassification, BertTokenizer
from typer.testing import CliRunner

from app import web
from app.cli import cli
from app.service import Service
from index import open_index
from index.reranker import CrossEncoderReranker, load_reranker
from index.settings import FusionWeights, Settings
from ingest.errors import EncoderError

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
CONTENT = ("what", "does", "the", "lighthouse", "provide", "police", "children", "support")
WORDS = (*SPECIAL, *CONTENT)
QUESTION = "What does the Lighthouse provide?"


def make_cross_encoder(folder: Path, labels: int = 1) -> Path:
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(WORDS))
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        # Untrained weights of the usual size give every passage the same score.
        initializer_range=1.0,
    )
    config.num_labels = labels
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer = BertTokenizer(str(folder / "vocab.txt"), model_max_length=64)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_cross_encoder(tmp_path_factory.mktemp("reranker") / "model")


def test_scores_are_the_cross_encoders_own(model: Path) -> None:
    texts = ["The police support children.", "The Lighthouse", "what " * 200]
    expected = CrossEncoder(str(model), device="cpu").predict([(QUESTION, t) for t in texts])
    found = load_reranker(str(model)).score(QUESTION, texts)
    np.testing.assert_allclose(found, expected, rtol=1e-4)
    assert len(set(found.round(6).tolist())) == 3
    assert load_reranker(str(model)).score(QUESTION, []).shape == (0,)


def test_the_settings_bring_its_score_into_the_ranking(model: Path, sample_dir: Path) -> None:
    weights = FusionWeights(dense=0, bm25=0, sentence=0, near=0, tokens=1e-9, reranker=1)
    with open_index(sample_dir, Settings(reranker=str(model), weights=weights)) as opened:
        hits = opened.ask(QUESTION, 5).hits
    scores = [hit.signals["reranker"] for hit in hits]
    assert scores == sorted(scores, reverse=True)
    words = [f"{hit.quote.text}" for hit in hits]
    assert len(set(words)) == len(words)


def test_without_a_reranker_no_hit_has_its_score(sample_dir: Path) -> None:
    with open_index(sample_dir) as opened:
        assert "reranker" not in opened.ask(QUESTION, 1).hits[0].signals


def test_a_classifier_with_several_scores_is_refused(tmp_path: Path) -> None:
    folder = make_cross_encoder(tmp_path / "three", labels=3)
    with pytest.raises(EncoderError, match="gives 3 scores"):
        load_reranker(str(folder))


def test_a_missing_or_broken_reranker_is_named(tmp_path: Path, sample_dir: Path) -> None:
    with pytest.raises(EncoderError, match="no-such-reranker"):
        open_index(sample_dir, Settings(reranker="no-such-reranker"))
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "config.json").write_text("{")
    with pytest.raises(EncoderError, match="broken"):
        load_reranker(str(broken))


def test_the_wrapper_takes_a_loaded_model(model: Path) -> None:
    scores = CrossEncoderReranker(CrossEncoder(str(model), device="cpu")).score("what", ["police"])
    assert scores.dtype == np.float32
    assert scores.shape == (1,)


def test_ask_takes_a_reranker_and_shows_its_score(model: Path, sample_dir: Path) -> None:
    asked = ("ask", QUESTION, "--index", str(sample_dir), "--json")
    plain = CliRunner().invoke(cli, asked)
    ranked = CliRunner().invoke(cli, (*asked, "--reranker", str(model)))
    assert (plain.exit_code, ranked.exit_code) == (0, 0)
    assert "reranker" not in json.loads(plain.stdout)["hits"][0]["signals"]
    assert "reranker" in json.loads(ranked.stdout)["hits"][0]["signals"]


def test_serve_asks_with_the_reranker(
    model: Path, sample_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signals: list[set[str]] = []

    def ask_once(service: Service, _: web.WebSettings) -> None:
        signals.append(set(service.searcher.ask(QUESTION, 1).hits[0].signals))

    monkeypatch.setattr(web, "serve", ask_once)
    for chosen in ((), ("--reranker", str(model))):
        served = CliRunner().invoke(cli, ("serve", "--index", str(sample_dir), *chosen))
        assert served.exit_code == 0, served.output
    assert signals[1] - signals[0] == {"reranker"}


def test_an_evaluation_with_a_reranker_reports_its_latency(model: Path, sample_dir: Path) -> None:
    asked = ("eval", "run", "--sample", "--index", str(sample_dir), "--json")
    ranked = CliRunner().invoke(cli, (*asked, "--reranker", str(model)))
    assert ranked.exit_code == 0, ranked.output
    record = json.loads(ranked.stdout)
    assert record["settings"]["reranker"] == str(model)
    assert record["latency_ms"]["p50"] > 0
