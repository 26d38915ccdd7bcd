"""The reference encoder: sentence-transformers, which loads any model."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.encoder import Advance, Embedding, Vectors, normalise
from index.tokenizer import EncoderTokenizer
from ingest.errors import EncoderError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer as HubTokenizer

_BATCH = 32
_FALLBACK_LIMIT = 512


def load_model(folder: Path) -> SentenceTransformer:
    """Load a model from its folder: safetensors only, no code of the model's own, no network.

    Raises:
        EncoderError: sentence-transformers cannot load it.
    """
    from sentence_transformers import SentenceTransformer

    try:
        with quiet_loading():
            return SentenceTransformer(
                str(folder),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
    except Exception as error:  # whatever a broken model folder provokes
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise EncoderError(f"the model in {folder} cannot be loaded: {reason}") from error


@contextlib.contextmanager
def quiet_loading() -> Iterator[None]:
    """Keep transformers' progress bars and advice out of the user's terminal."""
    import transformers
    from transformers.utils import logging as transformers_logging

    level = transformers.logging.get_verbosity()
    transformers_logging.set_verbosity(logging.ERROR)
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    disabled = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(disabled)
        transformers_logging.set_verbosity(level)
        transformers_logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def backend_tokenizer(model: SentenceTransformer) -> HubTokenizer:
    """Return a copy of the model's fast tokenizer that neither cuts nor pads.

    Raises:
        EncoderError: the model has no fast tokenizer, so that nothing could be sized by it.
    """
    from tokenizers import Tokenizer as HubTokenizer

    backend = getattr(model.tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise EncoderError("the model has no fast tokenizer (tokenizer.json): choose another model")
    tokenizer = HubTokenizer.from_str(backend.to_str())
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def text_limit(model: SentenceTransformer) -> int:
    """Return how many tokens of text the model reads, special and prompt tokens not counted."""
    tokenizer = backend_tokenizer(model)
    prompts = [len(tokenizer.encode(prompt).ids) for prompt in (model.prompts or {}).values()]
    special = tokenizer.num_special_tokens_to_add(is_pair=False)
    total = model.max_seq_length or _FALLBACK_LIMIT
    return total - max([special, *prompts])


class ReferenceEncoder:
    """Implements `index.encoder.Encoder` with sentence-transformers."""

    def __init__(self, model: SentenceTransformer, fingerprint: str) -> None:
        """Wrap a loaded model."""
        self._model = model
        self._fingerprint = fingerprint
        self._tokenizer = EncoderTokenizer(backend_tokenizer(model), text_limit(model))

    @property
    def fingerprint(self) -> str:
        """Hash over the model's files."""
        return self._fingerprint

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._model.get_embedding_dimension() or 0

    @property
    def tokenizer(self) -> EncoderTokenizer:
        """The model's own tokenizer."""
        return self._tokenizer

    def encode_questions(self, questions: Sequence[str]) -> Vectors:
        """Encode with the model's prompt for queries, if it has one."""
        return normalise(
            self._model.encode_query(
                list(questions), batch_size=_BATCH, show_progress_bar=False, convert_to_numpy=True
            )
        )

    def encode_texts(self, texts: Sequence[str], advance: Advance) -> Vectors:
        """Encode with the model's prompt for documents, if it has one."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
        for first in range(0, len(order), _BATCH):
            rows = order[first : first + _BATCH]
            vectors[rows] = normalise(
                self._model.encode_document(
                    [texts[row] for row in rows], show_progress_bar=False, convert_to_numpy=True
                )
            )
            advance(len(rows))
        return vectors

    def embed_question(self, question: str) -> Embedding:
        """Embed with the model's prompt for queries, if it has one."""
        return self._embed([question], (self._model.prompts or {}).get("query") or "")[0]

    def embed_texts(self, texts: Sequence[str], advance: Advance) -> list[Embedding]:
        """Embed with the model's prompt for documents, if it has one; like lengths together."""
        prompts = self._model.prompts or {}
        prompt = prompts.get("document") or prompts.get("passage") or ""
        order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
        made: dict[int, Embedding] = {}
        for first in range(0, len(order), _BATCH):
            rows = order[first : first + _BATCH]
            made |= zip(rows, self._embed([texts[row] for row in rows], prompt), strict=True)
            advance(len(rows))
        return [made[row] for row in range(len(texts))]

    def _embed(self, texts: Sequence[str], prompt: str) -> list[Embedding]:
        # With no output_value a dictionary for each text; the declared types do not say so.
        made: Any = self._model.encode(
            list(texts), prompt=prompt, output_value=None, show_progress_bar=False
        )
        vectors = normalise(np.stack([one["sentence_embedding"].numpy() for one in made]))
        skipped = len(self._tokenizer.tokenize(prompt))
        return [
            Embedding(vector, self._own_states(text, one["token_embeddings"].numpy(), skipped))
            for vector, text, one in zip(vectors, texts, made, strict=True)
        ]

    def _own_states(self, text: str, states: Vectors, skipped: int) -> Vectors:
        """Return the states of the text's own tokens: one special token stands before them."""
        count = len(self._tokenizer.tokenize(text))
        first = skipped + 1
        return np.ascontiguousarray(states[first : first + count], dtype=np.float32)
