"""Trains an answer scorer on half of a SQuAD file's articles and judges it on the other half.

    python -m eval.training SQUAD.json WEIGHTS.safetensors --fold 0 --minutes 10

`--fold` names the half that is learnt from. One article of that half is kept back to choose how
much the scorer counts beside the shipped signals; the judged half is only looked at afterwards.
Nothing here is part of answering: no shipped file was made by it (docs/decisions/0030).
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional

from eval.dataset import ANSWERABLE
from eval.squad import ADVERSARIAL, Negatives, read_squad
from eval.training_judging import (
    Scorer,
    choose_mark_weight,
    choose_weight,
    judge_readings,
    read_again,
    separate,
)
from eval.training_pairs import Example, Text, gather_pairs, pair_up
from eval.training_scorer import AnswerScorer
from ingest.errors import EvaluationError

_QUESTIONS = 8
_LAYER_RATE, _REST_RATE = 1e-4, 1e-3
# Of the time, how much the learning rate takes to rise to its height; then it falls to 0.
_RISE = 0.06
# Sentences of the same paragraph, and of other paragraphs, that do not answer.
_NEAR, _FAR = 2, 2
_HARDEST = 10
# Paragraphs that are read again.
_AGAIN = 5
_SEED = 0


@dataclass(frozen=True, slots=True)
class Course:
    """For how many minutes to learn."""

    minutes: float


def choose_group(example: Example, source: random.Random) -> list[Text]:
    """Return the pairs that a question is learnt from; the first answers it, if any does.

    Paragraphs of the other half's articles are left out, so that nothing judged is learnt from.
    A question without an answer gives the sentences of the first paragraph that look best.
    """
    if example.kind == ADVERSARIAL:
        first = example.candidates[0]
        return [pair_up(example, first, k) for k in np.argsort(-first.shipped)[: _NEAR + 1]]
    home = example.candidates[example.home or 0]
    wrong = [k for k in np.argsort(-home.shipped) if not home.gold[k]][:_NEAR]
    right = int(np.argmax(np.where(home.gold, home.shipped, -np.inf)))
    others = [one for one in example.candidates if one is not home]
    far = source.sample(others[:_HARDEST], min(_FAR, len(others[:_HARDEST])))
    return [
        *(pair_up(example, home, k) for k in (right, *wrong)),
        *(pair_up(example, one, int(np.argmax(one.shipped))) for one in far),
    ]


def keep_articles(example: Example, articles: set[str]) -> Example:
    """Return the example without paragraphs of other articles."""
    kept = tuple(one for one in example.candidates if one.article in articles)
    return replace(example, candidates=kept)


def measure_loss(logits: Tensor, groups: Sequence[tuple[bool, int]]) -> Tensor:
    """Return how wrong the logits of groups (has an answer, size) are.

    Softmax over each question's sentences says which is best; the logistic loss, whether any is.
    """
    parts = torch.split(logits, [size for _, size in groups])
    right = torch.cat(
        [_marks(one, answered=answered) for one, (answered, _) in zip(parts, groups, strict=True)]
    )
    loss = functional.binary_cross_entropy_with_logits(logits, right)
    ranked = [-torch.log_softmax(p, 0)[0] for p, (yes, _) in zip(parts, groups, strict=True) if yes]
    return loss + torch.stack(ranked).mean() if ranked else loss


def _marks(logits: Tensor, *, answered: bool) -> Tensor:
    marks = torch.zeros_like(logits)
    marks[0] = float(answered)
    return marks


def train_scorer(scorer: AnswerScorer, examples: Sequence[Example], course: Course) -> int:
    """Learn until the time is over; return how many pairs were seen."""
    source = random.Random(_SEED)  # noqa: S311 - shuffles, guards nothing
    optimiser = _make_optimiser(scorer)
    began, seen = time.monotonic(), 0
    for batch in _endless(examples, source):
        spent = (time.monotonic() - began) / (60 * course.minutes)
        if spent >= 1:
            break
        _set_rate(optimiser, min(1.0, spent / _RISE + 0.02) * (1 - spent))
        groups = [choose_group(one, source) for one in batch]
        marks = [(e.kind == ANSWERABLE, len(g)) for e, g in zip(batch, groups, strict=True)]
        loss = measure_loss(scorer([pair for group in groups for pair in group]), marks)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(scorer.parameters(), 1.0)
        optimiser.step()
        seen += sum(map(len, groups))
    return seen


def _make_optimiser(scorer: AnswerScorer) -> torch.optim.Optimizer:
    rest = [scorer.segments, *scorer.head.parameters(), scorer.prior]
    return torch.optim.AdamW(
        [
            {"params": list(scorer.layers.parameters()), "lr": 0.0, "height": _LAYER_RATE},
            {"params": rest, "lr": 0.0, "height": _REST_RATE},
        ]
    )


def _set_rate(optimiser: torch.optim.Optimizer, share: float) -> None:
    for group in optimiser.param_groups:
        group["lr"] = group["height"] * share


def _endless(examples: Sequence[Example], source: random.Random) -> Iterator[list[Example]]:
    while True:
        order = source.sample(list(examples), len(examples))
        for start in range(0, len(order), _QUESTIONS):
            yield order[start : start + _QUESTIONS]


@dataclass(frozen=True, slots=True)
class Halves:
    """Questions to learn from, those that choose weights, and those that are judged."""

    learnt: tuple[Example, ...]
    choosing: tuple[Example, ...]
    judged: tuple[Example, ...]


def split_examples(examples: Sequence[Example], fold: int) -> Halves:
    """Split by article: all but one of the half to learn from, that one, and the other half.

    A question whose answer is in no paragraph found teaches nothing, and is judged all the same.

    Raises:
        EvaluationError: there is nothing to learn from, to choose by or to judge.
    """
    titles = sorted({one.article for one in examples if one.fold == fold})
    articles, last = titles[:-1], titles[-1:]
    own = [keep_articles(e, set(articles)) for e in examples if e.article in articles]
    learnt = [e for e in own if e.candidates and (e.kind != ANSWERABLE or e.home is not None)]
    halves = Halves(
        learnt=tuple(learnt),
        choosing=tuple(e for e in examples if e.article in last and e.kind == ANSWERABLE),
        judged=tuple(e for e in examples if e.fold != fold),
    )
    if not (halves.learnt and halves.choosing and halves.judged):
        raise EvaluationError("training needs questions about two articles in each half, or more")
    return halves


def judge_scorer(scorer: Scorer, halves: Halves, limit: int) -> dict[str, object]:
    """Return what the scorer is worth on at most `limit` judged questions of each kind."""
    kept = read_again(scorer, halves.choosing[:limit], _AGAIN)
    weight, mark = choose_weight(kept), choose_mark_weight(kept)
    order = random.Random(_SEED).sample(halves.judged, len(halves.judged))  # noqa: S311 - a sample
    asked = [one for one in order if one.kind == ANSWERABLE][:limit]
    misleading = [one for one in order if one.kind == ADVERSARIAL][:limit]
    readings = read_again(scorer, asked, _AGAIN)
    logits = [float(one.logits[0].max()) for one in readings]
    wrong = [float(one.logits[0].max()) for one in read_again(scorer, misleading, 1)]
    confidences = [one.confidence for one in asked]
    return {
        "questions": len(asked),
        "weights": [weight, mark],
        "figures": {k: asdict(v) for k, v in judge_readings(readings, weight, mark).items()},
        "auroc adversarial, logit": separate(logits, wrong),
        "auroc adversarial, shipped": separate(confidences, [e.confidence for e in misleading]),
        "auroc foreign, shipped": separate(confidences, [e.elsewhere for e in asked]),
        "auroc foreign, logit": separate(logits, [_best_elsewhere(scorer, e) for e in asked]),
    }


def _best_elsewhere(scorer: Scorer, example: Example) -> float:
    other = next((one for one in example.candidates if one.article != example.article), None)
    if other is None:
        return -np.inf
    return float(scorer.score([pair_up(example, other, k) for k in range(len(other.texts))]).max())


def gather_examples(squad: Path, cache: Path) -> list[Example]:
    """Return every question of the file with what the product finds for it."""
    from eval.workspace import prepare_index
    from index.build import SILENT
    from index.encoder import load_encoder
    from index.settings import Settings
    from ingest.passage import PassageSettings

    dataset = read_squad(squad, Negatives.ADVERSARIAL)
    settings = Settings(passages=PassageSettings(method="section"))
    _, generation = prepare_index(dataset.reports, settings, cache, SILENT).open()
    return list(gather_pairs(dataset, generation, load_encoder(settings), settings))


def main() -> None:
    """Train on one half of a SQuAD file's articles, and print what it is worth on the other."""
    from eval.workspace import default_cache

    parser = argparse.ArgumentParser(prog="eval.training", description=__doc__)
    parser.add_argument("squad", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--fold", type=int, choices=(0, 1), default=0)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--judged", type=int, default=3000, help="questions of each kind")
    parser.add_argument("--device", default="cpu")
    arguments = parser.parse_args()
    torch.manual_seed(_SEED)
    halves = split_examples(gather_examples(arguments.squad, default_cache()), arguments.fold)
    scorer = AnswerScorer(arguments.device)
    seen = train_scorer(scorer, halves.learnt, Course(arguments.minutes))
    save_file(dict(scorer.state_dict()), arguments.weights)
    figures = {"pairs": seen, **judge_scorer(scorer, halves, arguments.judged)}
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
