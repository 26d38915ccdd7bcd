"""Finds the passages that answer a question: candidates, signals, fusion."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from index.catalogue import PassageRow
from index.encoder import Encoder, Vectors
from index.entry import Place
from index.fusion import fuse
from index.generation import Generation
from index.highlight import cover_terms, score_sentences, weigh_content
from index.late import Packed, project_tokens, score_tokens
from index.mark import MarkQuestion, ask_tokens, own_tokens
from index.reranker import Reranker
from index.scope import EVERYTHING, Scope
from index.settings import Settings
from index.signals import Rows, Scores, best_by_owner, keep_rows, merge_rows, rows_owned, top_rows
from index.terms import score_nearness
from ingest.labels import fold_label, name_labels
from ingest.span import Span
from ingest.tokens import Tokenizer

# What picks the finalists: the signals that every candidate has, alike.
_HEATS = {"dense": 1.0, "bm25": 1.0, "sentence": 1.0}
# Words within so many of each other are close.
_CLOSE = 21


@dataclass(frozen=True, slots=True)
class Query:
    """A question.

    Attributes:
        text: its words.
        vector: float32, shape (dimension,).
        tokens: float32, shape (tokens, width): its tokens as `index.late` projects them.
        pieces: the span of each of those tokens.
        mark: the tokens as sentences are asked them; nothing where nothing was learnt.
        scope: which part of the index it is put to.
    """

    text: str
    vector: Vectors
    tokens: Vectors
    pieces: tuple[Span, ...]
    mark: MarkQuestion | None = None
    scope: Scope = EVERYTHING


def make_query(text: str, encoder: Encoder, scope: Scope = EVERYTHING) -> Query:
    """Embed a question, which is within the encoder's limit."""
    embedding = encoder.embed_question(text)
    pieces = tuple(encoder.tokenizer.tokenize(text))
    mark = ask_tokens(embedding.tokens, encoder)
    return Query(text, embedding.vector, project_tokens(embedding.tokens), pieces, mark, scope)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates, best first.

    Attributes:
        rows: int64, shape (candidates,): passages.
        scores: float64, likewise: fused scores.
        signals: name to float32, likewise: raw values, NaN where one was not asked for.
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


def rank_passages(
    query: Query, generation: Generation, settings: Settings, reranker: Reranker | None = None
) -> Ranking:
    """Rank every candidate: the best of dense search and of BM25.

    What costs little orders them all; the first of these, the finalists, are ordered anew by
    all signals together. Equal scores are ordered by place, so that a ranking is reproducible.
    """
    words = generation.words.score(query.text)
    named = _find_named(query, generation)
    rows = merge_rows(_find_candidates(query, words, generation, settings.candidates), named)
    signals = {
        "dense": _score_windows(query, rows, generation),
        "bm25": words[rows],
        "sentence": _score_sentences(query, rows, generation),
    }
    if len(named):
        signals["named"] = np.isin(rows, named).astype(np.float32)
    heats = _order(rows, signals, _HEATS)
    if not len(rows):
        return heats
    final = _Final(generation, settings, reranker)
    return final.run(query, heats, max(settings.finalists, len(named)))


def _order(rows: Rows, signals: Mapping[str, Scores], weights: Mapping[str, float]) -> Ranking:
    scores = fuse(signals, weights)
    if "named" in signals:
        scores += signals["named"] * (1 + np.ptp(scores))
    order = np.lexsort((rows, -scores))
    ordered = {name: values[order] for name, values in signals.items()}
    return Ranking(rows[order], scores[order], ordered)


@dataclass(frozen=True, slots=True)
class _Final:
    """What the finalists are judged with."""

    generation: Generation
    settings: Settings
    reranker: Reranker | None

    def run(self, query: Query, heats: Ranking, count: int) -> Ranking:
        """Order the first `count` by all signals; the others follow as they were."""
        # Ascending, as whatever belongs to passages is stored.
        first = np.argsort(heats.rows[:count])
        rows = heats.rows[:count][first]
        signals = {name: values[:count][first] for name, values in heats.signals.items()}
        signals |= self._ask(query, rows)
        final = _order(rows, signals, asdict(self.settings.weights))
        return _append(final, heats, count)

    def _ask(self, query: Query, rows: Rows) -> dict[str, Scores]:
        signals = {
            "near": _score_nearness(query, rows, self.generation),
            "tokens": _score_tokens(query, rows, self.generation),
        }
        if self.reranker:
            words = _read_words(rows, self.generation)
            signals["reranker"] = self.reranker.score(query.text, words)
        return signals


def _append(final: Ranking, heats: Ranking, count: int) -> Ranking:
    """Put those that were left out of the final behind it, in the order of the heats."""
    behind = heats.scores[count:]
    if not len(behind):
        return final
    unasked = np.full(len(behind), np.nan, dtype=np.float32)
    rest = {name: values[count:] for name, values in heats.signals.items()}
    return Ranking(
        np.concatenate([final.rows, heats.rows[count:]]),
        np.concatenate([final.scores, behind - heats.scores[count - 1] + final.scores[-1]]),
        {
            name: np.concatenate([values, rest.get(name, unasked)])
            for name, values in final.signals.items()
        },
    )


def _read_words(rows: Rows, generation: Generation) -> list[str]:
    passages = generation.catalogue.passages(rows.tolist())
    texts = {number: generation.catalogue.text(number) for number in {p.report for p in passages}}
    return [passage.entry.words(texts[passage.report]) for passage in passages]


def fetch_found(query: Query, ranking: Ranking, count: int, generation: Generation) -> list[Found]:
    """Return the first `count` passages of a ranking with their sentences judged."""
    passages = generation.catalogue.passages(ranking.rows[:count].tolist())
    texts = {number: generation.catalogue.text(number) for number in {p.report for p in passages}}
    weights = weigh_content(query.text, generation.words)
    return [
        Found(
            passage=passage,
            text=texts[passage.report],
            score=float(ranking.scores[at]),
            signals=_signals_at(ranking, at),
            sentences=_judge_sentences(query, passage, weights, generation)
            - _doubt_sentences(query, passage, texts[passage.report], generation),
        )
        for at, passage in enumerate(passages)
    ]


def _signals_at(ranking: Ranking, at: int) -> dict[str, float]:
    values = {name: float(scores[at]) for name, scores in ranking.signals.items()}
    return {name: value for name, value in values.items() if not math.isnan(value)}


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


def _score_nearness(query: Query, rows: Rows, generation: Generation) -> Scores:
    weights = weigh_content(query.text, generation.words)
    first = np.searchsorted(generation.sentence_owners, rows, side="left")
    last = np.searchsorted(generation.sentence_owners, rows, side="right")
    runs = (generation.terms.run(a, b) for a, b in zip(first, last, strict=True))
    scores = (score_nearness(run, weights, _CLOSE) for run in runs)
    return np.fromiter(scores, dtype=np.float32, count=len(rows))


def _score_tokens(query: Query, rows: Rows, generation: Generation) -> Scores:
    weights = generation.words.weigh(query.text, query.pieces)
    windows = rows_owned(generation.window_owners, rows)
    bounds = generation.token_starts
    parts = [generation.tokens[bounds[window] : bounds[window + 1]] for window in windows]
    starts = np.cumsum([0, *map(len, parts[:-1])], dtype=np.int64)
    scores = score_tokens(query.tokens, weights, np.concatenate(parts), starts)
    return best_by_owner(scores, generation.window_owners[windows], rows)


def _judge_sentences(
    query: Query, passage: PassageRow, weights: Mapping[int, float], generation: Generation
) -> npt.NDArray[np.float64]:
    owned = rows_owned(generation.sentence_owners, np.asarray([passage.row], dtype=np.int64))
    cosines = generation.sentences[owned] @ query.vector
    runs = (generation.terms.run(one, one + 1) for one in owned.tolist())
    return score_sentences(cosines, cover_terms(runs, weights))


def _doubt_sentences(
    query: Query, passage: PassageRow, text: str, generation: Generation
) -> npt.NDArray[np.float64]:
    """Return what each sentence loses to the one that answers best by what was learnt.

    A loss, so that the best sentences of different passages can be compared as before.
    """
    entry = passage.entry
    if query.mark is None or len(entry.sentences) == 1:
        return np.zeros(len(entry.sentences))
    packed, owners = read_tokens(query.mark.tokenizer, passage, text, generation)
    weights = generation.words.weigh(query.text, query.pieces)
    scores = query.mark.score(weights, packed, owners, len(entry.sentences)).astype(np.float64)
    doubts: npt.NDArray[np.float64] = query.mark.model.share * (scores.max() - scores)
    return doubts


def read_tokens(
    tokenizer: Tokenizer, passage: PassageRow, text: str, generation: Generation
) -> tuple[Packed, Rows]:
    """Return a passage's packed tokens and the sentence of each, -1 for those of none."""
    entry = passage.entry
    spans = [place.span for place in entry.sentences]
    owners = own_tokens(list(entry.texts(text)), entry.windows, spans, tokenizer)
    windows = rows_owned(generation.window_owners, np.asarray([passage.row], dtype=np.int64))
    bounds = generation.token_starts
    packed = [generation.tokens[bounds[window] : bounds[window + 1]] for window in windows]
    # A window that the encoder cut has fewer tokens than words.
    pairs = [(a[: len(b)], b[: len(a)]) for a, b in zip(packed, owners, strict=True)]
    return np.concatenate([a for a, _ in pairs]), np.concatenate([b for _, b in pairs])
