"""An encoder without a model: fast, deterministic, and close in the sense of shared words."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Sequence

import numpy as np

from index.encoder import Embedding, Vectors, normalise
from ingest.span import Span

_WORD = re.compile(r"\w+|[^\w\s]")


class WordTokenizer:
    """A token is a word or a mark."""

    def __init__(self, limit: int = 64) -> None:
        self._limit = limit

    @property
    def limit(self) -> int:
        return self._limit

    def tokenize(self, text: str) -> list[Span]:
        return [Span(*match.span()) for match in _WORD.finditer(text)]


class FakeEncoder:
    """Implements `index.encoder.Encoder`: a bag of hashed words."""

    def __init__(self, fingerprint: str = "fake", dimension: int = 32) -> None:
        self.fingerprint = fingerprint
        self.dimension = dimension
        self.tokenizer = WordTokenizer()
        self.embedded: list[str] = []

    def encode_questions(self, questions: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(questions), self.dimension), dtype=np.float32)
        for row, question in enumerate(questions):
            for word in _WORD.findall(question.casefold()):
                vectors[row, zlib.crc32(word.encode()) % self.dimension] += 1
        return normalise(vectors)

    def encode_texts(self, texts: Sequence[str], advance: Callable[[int], None]) -> Vectors:
        self.embedded += texts
        advance(len(texts))
        return self.encode_questions(texts)

    def embed_question(self, question: str) -> Embedding:
        words = [span.of(question) for span in self.tokenizer.tokenize(question)]
        return Embedding(self.encode_questions([question])[0], self.encode_questions(words))

    def embed_texts(self, texts: Sequence[str], advance: Callable[[int], None]) -> list[Embedding]:
        self.embedded += texts
        advance(len(texts))
        return [self.embed_question(text) for text in texts]
