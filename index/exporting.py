"""Makes the ONNX export of an encoder, once, and holds it to the original."""

from __future__ import annotations

import json
import shutil
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.encoder import normalise
from index.exported import ExportedEncoder, export_folder
from index.reference import backend_tokenizer, quiet_loading, text_limit

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

MIN_COSINE = 0.9999
_OPSET = 17
_PROBES = (
    "What services does the Lighthouse bring together?",
    "Police",
    "In England, the approach to early intervention isn't consistent. " * 12,
    "The force (“Kent Police”) spent £2.4 million — a third more than in 2018.",
)


def export_model(model: SentenceTransformer, fingerprint: str) -> Path | None:
    """Export `model` into the user's cache and return the folder.

    Returns:
        Nothing where the model is of a kind that the export does not cover, gives other
        vectors (cosine under 0.9999 on probe texts), or the cache cannot be written: the
        model then goes on running in sentence-transformers.
    """
    if not _is_exportable(model):
        return None
    target = export_folder(fingerprint)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".export-", dir=target.parent))
    except OSError:
        return None
    try:
        return target if _export_into(scratch, target, model, fingerprint) else None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _export_into(scratch: Path, target: Path, model: SentenceTransformer, fingerprint: str) -> bool:
    try:
        _write(scratch, model, fingerprint)
    except (RuntimeError, OSError):
        # An operator that the exporter does not know, or a full disk.
        return False
    if not _agrees(ExportedEncoder(scratch), model):
        return False
    try:
        scratch.replace(target)
    except OSError:
        # Another process made the same export at the same time: its is as good.
        return target.is_dir()
    return True


def _is_exportable(model: SentenceTransformer) -> bool:
    names = [type(module).__name__ for module in model]
    expected = (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])
    return names in expected and bool(getattr(model[1], "include_prompt", True))


def _write(folder: Path, model: SentenceTransformer, fingerprint: str) -> None:
    tokenizer = backend_tokenizer(model)
    tokenizer.save(str(folder / "tokenizer.json"))
    inputs = _example(model)
    _trace(model, inputs, folder / "model.onnx")
    prompts = model.prompts or {}
    description = {
        "fingerprint": fingerprint,
        "dimension": model.get_embedding_dimension(),
        "length": model.max_seq_length or text_limit(model),
        "limit": text_limit(model),
        "inputs": list(inputs),
        "pad_id": model.tokenizer.pad_token_id or 0,
        "pad_token": model.tokenizer.pad_token or "[PAD]",
        "question_prompt": prompts.get("query", ""),
        "text_prompt": prompts.get("document", "") or prompts.get("passage", ""),
    }
    (folder / "encoder.json").write_text(json.dumps(description, indent=1), encoding="utf-8")


def _example(model: SentenceTransformer) -> dict[str, torch.Tensor]:
    encoded = model.tokenizer(list(_PROBES[:2]), padding=True, return_tensors="pt")
    return dict(encoded)


def _trace(model: SentenceTransformer, inputs: Mapping[str, torch.Tensor], path: Path) -> None:
    import torch

    names = list(inputs)

    class Flat(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *tensors: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            made = self.model(dict(zip(names, tensors, strict=True)))
            return made["sentence_embedding"], made["token_embeddings"]

    axes = {name: {0: "texts", 1: "tokens"} for name in [*names, "states"]}
    axes["vectors"] = {0: "texts"}
    with warnings.catch_warnings(), quiet_loading(), torch.inference_mode():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Flat().eval(),
            tuple(inputs.values()),
            str(path),
            input_names=names,
            output_names=["vectors", "states"],
            dynamic_axes=axes,
            opset_version=_OPSET,
            # The newer exporter needs onnxscript and gives the same graph here.
            dynamo=False,
        )


def _agrees(exported: ExportedEncoder, model: SentenceTransformer) -> bool:
    reference = normalise(model.encode(list(_PROBES), show_progress_bar=False, prompt=""))
    cosines = np.sum(reference * exported.encode_plain(_PROBES), axis=1)
    return bool(np.min(cosines) >= MIN_COSINE)
