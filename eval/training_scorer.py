"""An answer scorer on the shipped encoder's weights, cheap enough to train without an accelerator.

Cao et al., "DeFormer: Decomposing Pre-trained Transformers for Faster Question Answering"
(2020): the lower layers read question and sentence apart, so that their states are worked out
once; only the upper ones read both together, and only those learn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer

from eval.training_pairs import Text
from index.model import find_model
from index.settings import DEFAULT_MODEL

# Layers that read apart, of six.
_APART = 4
_LONGEST = 72
_BATCH = 64


class StateCache:
    """The lower layers' states of every text, worked out when first asked for."""

    def __init__(self, bert: nn.Module, tokenizer: object, device: str) -> None:
        """Wrap frozen layers."""
        self._bert, self._tokenizer, self._device = bert, tokenizer, device
        self._states: dict[str, Tensor] = {}

    def fill(self, texts: Sequence[str]) -> None:
        """Work out what is not there yet, texts of like length together."""
        missing = iter(sorted(set(texts) - self._states.keys(), key=len))
        while batch := list(islice(missing, _BATCH)):
            self._states |= dict(zip(batch, self._read(batch), strict=True))

    @torch.no_grad()
    def _read(self, texts: list[str]) -> Iterator[Tensor]:
        encoded = self._tokenizer(  # type: ignore[operator]
            texts, truncation=True, max_length=_LONGEST, padding=True, return_tensors="pt"
        ).to(self._device)
        mask = encoded["attention_mask"]
        states = self._bert.embeddings(encoded["input_ids"])  # type: ignore[operator]
        for layer in self._bert.encoder.layer[:_APART]:  # type: ignore[union-attr,index]
            states = layer(states, shade(mask))
        half = states.half()
        return (one[: int(n)].clone() for one, n in zip(half, mask.sum(1), strict=True))

    def get(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Return float32 states (texts, tokens, width) and their int64 mask (texts, tokens)."""
        self.fill(texts)
        states = [self._states[text].float() for text in texts]
        marks = [torch.ones(len(one), dtype=torch.int64, device=one.device) for one in states]
        pad = nn.utils.rnn.pad_sequence
        return pad(states, batch_first=True), pad(marks, batch_first=True)


def shade(mask: Tensor) -> Tensor:
    """Return what is added to attention, (texts, 1, 1, tokens): nothing, or far below."""
    return (1.0 - mask[:, None, None, :].float()) * -1e9


class AnswerScorer(nn.Module):
    """Says by how much more likely than not a sentence answers a question: a logit.

    It begins as the shipped sentence score, scaled, and learns what is to be added to that.
    """

    def __init__(self, device: str = "cpu") -> None:
        """Load the shipped encoder; its lower layers stay as they are."""
        super().__init__()
        folder = str(find_model(DEFAULT_MODEL))
        bert = AutoModel.from_pretrained(folder, local_files_only=True, use_safetensors=True)
        bert = bert.to(device).eval().requires_grad_(requires_grad=False)
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self.cache = StateCache(bert, tokenizer, device)
        self.layers = bert.encoder.layer[_APART:].requires_grad_(requires_grad=True)
        width = bert.config.hidden_size
        self.segments = nn.Parameter(torch.zeros(2, width, device=device))
        self.head = nn.Linear(2 * width, 1, device=device)
        nn.init.normal_(self.head.weight, std=0.02)
        self.prior = nn.Parameter(torch.tensor([3.0, -4.0], device=device))

    def forward(self, pairs: Sequence[Text]) -> Tensor:
        """Return logits, shape (pairs,), of (question, sentence, shipped score)."""
        questions, asked = self.cache.get([pair[0] for pair in pairs])
        sentences, said = self.cache.get([pair[1] for pair in pairs])
        states = torch.cat([questions + self.segments[0], sentences + self.segments[1]], 1)
        mask = torch.cat([asked, said], 1)
        for layer in self.layers:
            states = layer(states, shade(mask))
        weights = (mask / mask.sum(1, keepdim=True)).unsqueeze(-1)
        pooled = torch.cat([states[:, 0], (states * weights).sum(1)], 1)
        shipped = torch.tensor([pair[2] for pair in pairs], device=states.device)
        logits: Tensor = self.head(pooled).squeeze(1) + self.prior[0] * shipped + self.prior[1]
        return logits

    @torch.no_grad()
    def score(self, pairs: Sequence[Text]) -> npt.NDArray[np.float64]:
        """Return the logits of any number of pairs, without learning."""
        # Texts of like length together: padding costs as much as words.
        order = sorted(range(len(pairs)), key=lambda i: len(pairs[i][1]))
        scores = torch.zeros(len(pairs))
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            scores[batch] = self([pairs[i] for i in batch]).cpu()
        return scores.double().numpy()
