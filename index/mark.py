"""Which sentence of a passage answers: late interaction that has learnt what answers what.

The tokens of a question are turned by a learnt matrix before each finds its most similar token
of a sentence, so that "when" may find a date, and a learnt vector says how much each token
counts. The tokens of passages stay as `index.late` keeps them. Khattab and Zaharia, "ColBERT"
(2020), on a frozen encoder; `eval/mark_training.py` learns it, docs/decisions/0034 has figures.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files

import numpy as np
import numpy.typing as npt

from index.encoder import Encoder, Vectors
from index.late import Packed, scale_vectors
from ingest.span import Span
from ingest.tokens import Tokenizer

Sentences = npt.NDArray[np.int64]
# Keeps the logarithm of a weight of 0 within reach of what is learnt.
_LEAST = 1e-3
# What a sentence without tokens scores: the worst cosine.
_NOTHING = -1.0


@dataclass(frozen=True, slots=True)
class MarkModel:
    """What was learnt about one encoder's tokens.

    Attributes:
        fingerprint: the encoder's.
        turn: float32, shape (dimension, width): turns a question's tokens towards answers.
        counts: float32, shape (dimension,): what makes a question's token count.
        rarity: how much a word's rarity makes it count.
        share: how much all this weighs beside a sentence's meaning and words.
    """

    fingerprint: str
    turn: Vectors
    counts: Vectors
    rarity: float
    share: float

    def __post_init__(self) -> None:
        if self.turn.shape[:1] != self.counts.shape:
            raise ValueError("turn and counts are of encoders with different dimensions")

    def ask(self, tokens: Vectors, tokenizer: Tokenizer) -> MarkQuestion:
        """Return a question, float32 of shape (tokens, dimension), as sentences are asked it."""
        return MarkQuestion(
            scale_vectors(tokens @ self.turn), tokens @ self.counts, self, tokenizer
        )


@dataclass(frozen=True, slots=True)
class MarkQuestion:
    """A question's tokens after they were turned.

    Attributes:
        turned: float32, shape (tokens, width), of length 1.
        counts: float32, shape (tokens,).
        model: what turned them.
        tokenizer: the encoder's.
    """

    turned: Vectors
    counts: Vectors
    model: MarkModel
    tokenizer: Tokenizer

    def score(self, weights: Vectors, packed: Packed, owners: Sentences, count: int) -> Vectors:
        """Return how well each sentence answers.

        Args:
            weights: float32, shape (q,): each token's share of the question's rarity.
            packed: int8, shape (tokens, width): those of a passage.
            owners: int64, shape (tokens,): the sentence of each, -1 for those of none.
            count: how many sentences there are.

        Returns:
            float32, shape (count,): weighted mean of the best cosines.
        """
        best = np.full((len(self.turned), count), _NOTHING, dtype=np.float32)
        inside = np.flatnonzero(owners >= 0)
        if len(inside) and len(self.turned):
            inside = inside[np.argsort(owners[inside], kind="stable")]
            cosines = self.turned @ scale_vectors(packed[inside].astype(np.float32)).T
            present, starts = np.unique(owners[inside], return_index=True)
            best[:, present] = np.maximum.reduceat(cosines, starts, axis=1)
        scores: Vectors = self.weigh(weights) @ best
        return scores

    def weigh(self, weights: Vectors) -> Vectors:
        """Return how much each token counts, sum 1: by rarity and by what was learnt."""
        logits = self.model.rarity * np.log(weights + _LEAST) + self.counts
        powers = np.exp(logits - logits.max(initial=-np.inf))
        shares: Vectors = (powers / powers.sum()).astype(np.float32)
        return shares


def ask_tokens(tokens: Vectors, encoder: Encoder) -> MarkQuestion | None:
    """Return a question's tokens turned; nothing for an encoder that nothing was learnt about."""
    model = load_mark_model()
    if model.fingerprint != encoder.fingerprint:
        return None
    return model.ask(tokens, encoder.tokenizer)


def own_tokens(
    texts: Sequence[str], windows: Sequence[Span], sentences: Sequence[Span], tokenizer: Tokenizer
) -> list[Sentences]:
    """Return, for each window, the sentence that each of its tokens stands in.

    Args:
        texts: what was embedded for each window: its context, then its words.
        windows: their spans.
        sentences: spans, ascending.
        tokenizer: the encoder's.

    Returns:
        for each window int64, shape (tokens,); -1 for tokens of the context and of no sentence.
    """
    starts = np.asarray([span.start for span in sentences], dtype=np.int64)
    ends = np.asarray([span.end for span in sentences], dtype=np.int64)
    owners = []
    for text, window in zip(texts, windows, strict=True):
        shift = window.end - len(text)
        places = np.asarray([t.start + shift for t in tokenizer.tokenize(text)], dtype=np.int64)
        holders = np.searchsorted(starts, places, side="right") - 1
        inside = (holders >= 0) & (places >= window.start) & (places < ends[holders])
        owners.append(np.where(inside, holders, -1))
    return owners


@lru_cache(maxsize=1)
def load_mark_model() -> MarkModel:
    """Return the model that ships."""
    folder = files("index")
    description = json.loads((folder / "mark.json").read_text("utf-8"))
    with as_file(folder / "mark.npy") as path:
        learnt = np.load(path, allow_pickle=False).astype(np.float32)
    return MarkModel(
        fingerprint=str(description["fingerprint"]),
        turn=np.ascontiguousarray(learnt[:, :-1]),
        counts=np.ascontiguousarray(learnt[:, -1]),
        rarity=float(description["rarity"]),
        share=float(description["share"]),
    )
