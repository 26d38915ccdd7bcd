"""The encoder's own tokenizer, without transformers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import EncoderError
from ingest.span import Span

if TYPE_CHECKING:
    from tokenizers import Tokenizer as HubTokenizer


class EncoderTokenizer:
    """Implements `ingest.tokens.Tokenizer`."""

    def __init__(self, tokenizer: HubTokenizer, limit: int) -> None:
        """Wrap a tokenizer that neither cuts nor pads; `limit` as `ingest.tokens` has it."""
        self._tokenizer = tokenizer
        self._limit = limit

    @property
    def limit(self) -> int:
        """Tokens of text that the encoder reads at once."""
        return self._limit

    def tokenize(self, text: str) -> list[Span]:
        """Return the span of each token of `text`."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        return [Span(start, end) for start, end in encoding.offsets]


def load_tokenizer(path: Path) -> HubTokenizer:
    """Read a `tokenizer.json`, with the truncation and padding that it may ask for switched off.

    Raises:
        EncoderError: the file is missing or not a tokenizer.
    """
    from tokenizers import Tokenizer as HubTokenizer

    try:
        tokenizer = HubTokenizer.from_file(str(path))
    except Exception as error:  # the library raises bare Exception
        raise EncoderError(f"the tokenizer {path} cannot be read: {error}") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
