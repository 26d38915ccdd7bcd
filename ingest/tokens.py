"""What ingestion needs to know of the encoder, so that passages fit it."""

from __future__ import annotations

from typing import Protocol

from ingest.span import Span


class Tokenizer(Protocol):
    """The encoder's own tokenizer, as `index` provides it."""

    @property
    def limit(self) -> int:
        """Tokens of text that the encoder reads at once, special tokens not counted."""
        ...

    def tokenize(self, text: str) -> list[Span]:
        """Return the span of each token of `text`, ascending, special tokens left out."""
        ...
