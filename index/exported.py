"""The encoder that serves questions: an ONNX export, without torch or transformers."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import platformdirs

from index.encoder import Advance, Embedding, Vectors, normalise
from index.tokenizer import EncoderTokenizer, load_tokenizer
from ingest.errors import EncoderError

if TYPE_CHECKING:
    from tokenizers import Encoding

_BATCH = 32
# 2: with the states of the tokens.
_FORMAT = 2
_FILES = ("model.onnx", "tokenizer.json", "encoder.json")


def export_folder(fingerprint: str) -> Path:
    """Return where the export of that model belongs: `REPORTQA_CACHE` or the user's cache."""
    chosen = os.environ.get("REPORTQA_CACHE")
    cache = Path(chosen) if chosen else platformdirs.user_cache_path("reportqa", appauthor=False)
    return cache / "encoders" / f"{fingerprint[:32]}-{_FORMAT}"


def find_export(fingerprint: str) -> Path | None:
    """Return the folder of a whole export of that model, if there is one."""
    folder = export_folder(fingerprint)
    return folder if all((folder / name).is_file() for name in _FILES) else None


class ExportedEncoder:
    """Implements `index.encoder.Encoder` with onnxruntime and tokenizers."""

    def __init__(self, folder: Path) -> None:
        """Load the export.

        Raises:
            EncoderError: its files are damaged.
        """
        self._session = _open_session(folder)
        self._description = _read_description(folder)
        plain = load_tokenizer(folder / "tokenizer.json")
        self._tokenizer = EncoderTokenizer(plain, int(self._description["limit"]))
        self._batcher = load_tokenizer(folder / "tokenizer.json")
        self._batcher.enable_truncation(int(self._description["length"]))
        self._batcher.enable_padding(
            pad_id=self._description["pad_id"], pad_token=self._description["pad_token"]
        )

    @property
    def fingerprint(self) -> str:
        """Hash over the files of the model that was exported."""
        return str(self._description["fingerprint"])

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._description["dimension"])

    @property
    def tokenizer(self) -> EncoderTokenizer:
        """The model's own tokenizer."""
        return self._tokenizer

    def encode_questions(self, questions: Sequence[str]) -> Vectors:
        """Encode with the model's prompt for queries, if it has one."""
        prompt = self._description["question_prompt"]
        return self.encode_plain([prompt + question for question in questions])

    def encode_texts(self, texts: Sequence[str], advance: Advance) -> Vectors:
        """Encode with the model's prompt for documents, if it has one; like lengths together."""
        prompt = self._description["text_prompt"]
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
        for first in range(0, len(order), _BATCH):
            rows = order[first : first + _BATCH]
            vectors[rows] = self.encode_plain([prompt + texts[row] for row in rows])
            advance(len(rows))
        return vectors

    def encode_plain(self, texts: Sequence[str]) -> Vectors:
        """Encode one batch as it is, without a prompt."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        feed = self._feed(self._batcher.encode_batch(list(texts)))
        return normalise(self._session.run(["vectors"], feed)[0])

    def embed_question(self, question: str) -> Embedding:
        """Embed with the model's prompt for queries, if it has one."""
        return self._embed([question], self._description["question_prompt"])[0]

    def embed_texts(self, texts: Sequence[str], advance: Advance) -> list[Embedding]:
        """Embed with the model's prompt for documents, if it has one; like lengths together."""
        order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
        made: dict[int, Embedding] = {}
        for first in range(0, len(order), _BATCH):
            rows = order[first : first + _BATCH]
            batch = self._embed([texts[row] for row in rows], self._description["text_prompt"])
            made |= zip(rows, batch, strict=True)
            advance(len(rows))
        return [made[row] for row in range(len(texts))]

    def _embed(self, texts: Sequence[str], prompt: str) -> list[Embedding]:
        encodings = self._batcher.encode_batch([prompt + text for text in texts])
        vectors, states = self._session.run(["vectors", "states"], self._feed(encodings))
        own = [_own_tokens(encoding, len(prompt)) for encoding in encodings]
        return [
            Embedding(vector, np.ascontiguousarray(rows[mask], dtype=np.float32))
            for vector, rows, mask in zip(normalise(vectors), states, own, strict=True)
        ]

    def _feed(self, encodings: Sequence[Encoding]) -> dict[str, npt.NDArray[np.int64]]:
        columns = {
            "input_ids": [e.ids for e in encodings],
            "attention_mask": [e.attention_mask for e in encodings],
            "token_type_ids": [e.type_ids for e in encodings],
        }
        return {
            name: np.asarray(columns[name], dtype=np.int64) for name in self._description["inputs"]
        }


def _own_tokens(encoding: Encoding, prompt: int) -> npt.NDArray[np.bool_]:
    """Tell which tokens are the text's: neither special nor padding, nor the prompt's."""
    special = np.asarray(encoding.special_tokens_mask, dtype=bool)
    seen = np.asarray(encoding.attention_mask, dtype=bool)
    starts = np.asarray([start for start, _ in encoding.offsets])
    own: npt.NDArray[np.bool_] = seen & ~special & (starts >= prompt)
    return own


def _read_description(folder: Path) -> dict[str, Any]:
    try:
        description: dict[str, Any] = json.loads((folder / "encoder.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _damaged(folder, error) from error
    return description


def _open_session(folder: Path) -> Any:  # noqa: ANN401  (onnxruntime ships no types)
    # The official builds report to Microsoft, from the import on, unless this is set before it.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime's own tree derives from Exception
        raise _damaged(folder, error) from error


def _damaged(folder: Path, error: Exception) -> EncoderError:
    return EncoderError(
        f"the exported encoder in {folder} is damaged: delete that folder ({error})"
    )
