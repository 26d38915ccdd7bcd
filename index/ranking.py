"""Finds the passages that answer a question: candidates, signals, fusion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from index.catalogue import PassageRow
from index.encoder import Vectors
from index.entry import Place
from index.fusion import fuse
from index.generation import Generation
from index.highlight import cover_terms, score_sentences
from index.scope import EVERYTHING, Scope
from index.settings import Settings
from index.signals import Rows, Scores, best_by_owner, keep_rows, merge_rows, rows_owned, top_rows
from ingest.labels import fold_label, name_labels


@dataclass(frozen=True, slots=True)
class Query:
    """A question.

    Attributes:
        text: its words.
        vector: float32, shape (dimension,).
        scope: which part of the index it is put to.
    """

    text: str
    vector: Vectors
    scope: Scope = EVERYTHING


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates, best first.

    Attributes:
        rows: int64, shape (candidates,): passages.
        scores: float64, likewise: fused scores.
        signals: name to float32, likewise: raw values.
    """

    rows: Rows
    scores: npt.NDArray[np.float64]
    signals: Mapping[str, Scores]


@dataclass(frozen=True, slots=True)
class Found:
    """A passage with its report's text and how well it answers.

    Attributes:
        passage: the passage.
        text: canonical text of its report.
        score: fused score.
        signals: each signal's raw value.
        sentences: float64, shape (sentences,): score of each of its sentences.
    """

    passage: PassageRow
    text: str
    score: float
    signals: Mapping[str, float]
    sentences: npt.NDArray[np.float64]

    @property
    def best(self) -> Place:
        """The sentence that answers best; of equals, the first."""
        return self.passage.entry.sentences[int(np.argmax(self.sentences))]


def rank_passages(query: Query, generation: Generation, settings: Settings) -> Ranking:
    """Rank every candidate: the best of dense search and of BM25, by all signals together.

    Equal scores are ordered by place, so that a ranking is reproducible.
    """
    words = generation.words.score(query.text)
    named = _find_named(query, generation)
    rows = merge_rows(_find_candidates(query, words, generation, settings.candidates), named)
    signals = {
        "dense": _score_windows(query, rows, generation),
        "bm25": words[rows],
        "sentence": _score_sentences(query, rows, generation),
    }
    scores = fuse(signals, asdict(settings.weights))
    if len(named):
        signals["named"] = np.isin(rows, named).astype(np.float32)
        scores += signals["named"] * (1 + np.ptp(scores))
    order = np.lexsort((rows, -scores))
    ordered = {name: values[order] for name, values in signals.items()}
    return Ranking(rows[order], scores[order], ordered)


def fetch_found(query: Query, ranking: Ranking, count: int, generation: Generation) -> list[Found]:
    """Return the first `count` passages of a ranking with their sentences judged."""
    passages = generation.catalogue.passages(ranking.rows[:count].tolist())
    texts = {number: generation.catalogue.text(number) for number in {p.report for p in passages}}
    return [
        Found(
            passage=passage,
            text=texts[passage.report],
            score=float(ranking.scores[at]),
            signals={name: float(values[at]) for name, values in ranking.signals.items()},
            sentences=_judge_sentences(query, passage, texts[passage.report], generation),
        )
        for at, passage in enumerate(passages)
    ]


def _find_named(query: Query, generation: Generation) -> Rows:
    """Return the passages that the question names by a printed label, such as "Box 2"."""
    labels = (fold_label(label) for label in name_labels(query.text))
    found = merge_rows(
        np.zeros(0, dtype=np.int64), *(generation.catalogue.rows_named(label) for label in labels)
    )
    if query.scope.is_everything:
        return found
    return np.intersect1d(found, generation.catalogue.rows_within(query.scope))


def _find_candidates(query: Query, words: Scores, generation: Generation, count: int) -> Rows:
    if query.scope.is_everything:
        windows = generation.store.search(query.vector, count)
    else:
        inside = generation.catalogue.rows_within(query.scope)
        owned = rows_owned(generation.window_owners, inside)
        windows = generation.store.search(query.vector, count, among=owned)
        words = keep_rows(words, inside)
    near: Rows = generation.window_owners[windows]
    return merge_rows(near, top_rows(words, count))


def _score_windows(query: Query, rows: Rows, generation: Generation) -> Scores:
    windows = rows_owned(generation.window_owners, rows)
    cosines = generation.store.score(query.vector, windows)
    return best_by_owner(cosines, generation.window_owners[windows], rows)


def _score_sentences(query: Query, rows: Rows, generation: Generation) -> Scores:
    sentences = rows_owned(generation.sentence_owners, rows)
    cosines = generation.sentences[sentences] @ query.vector
    return best_by_owner(cosines, generation.sentence_owners[sentences], rows)


def _judge_sentences(
    query: Query, passage: PassageRow, text: str, generation: Generation
) -> npt.NDArray[np.float64]:
    owned = rows_owned(generation.sentence_owners, np.asarray([passage.row], dtype=np.int64))
    cosines = generation.sentences[owned] @ query.vector
    words = [sentence.span.of(text) for sentence in passage.entry.sentences]
    return score_sentences(cosines, cover_terms(query.text, words, generation.words))
