"""Learns which sentence of a passage answers, and says what that is worth.

    python -m eval.mark_training SQUAD.json FOLDER

Writes `mark.npy` and `mark.json`, which `index.mark` reads, into the folder. The encoder is not
touched: what is learnt is one matrix and one vector over its token vectors. Every figure is out
of fold: questions about reports with an even place in the set are judged by what was learnt from
the odd ones, and the other way round; what is written is then learnt from all of them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from eval.dataset import ANSWERABLE, Dataset, JudgedQuestion
from eval.squad import Negatives, read_squad
from index.encoder import Encoder, load_encoder
from index.generation import Generation
from index.late import projection, scale_vectors
from index.ranking import Found, fetch_found, make_query, rank_passages, read_tokens
from index.settings import Settings
from ingest.errors import EvaluationError

_EPOCHS = 4
_BATCH = 16
# Of the matrix, of the vector, of the four numbers.
_RATES = (3e-4, 1e-2, 2e-2)
# Holds what is learnt to the plain late interaction that it begins as.
_RIDGE = 5e-3
_TENFOLD = 10.0
_LEAST = 1e-3
_SEED = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """A passage with its sentences.

    Attributes:
        tokens: float32, shape (tokens, width), of length 1: those that stand in a sentence.
        owners: int64, shape (tokens,): the sentence of each.
        plain: float32, shape (sentences,): their scores by meaning and words.
        gold: bool, shape (sentences,): whether each holds an answer.
    """

    tokens: Tensor
    owners: Tensor
    plain: Tensor
    gold: Tensor


@dataclass(frozen=True, slots=True)
class Example:
    """A question that has an answer.

    Attributes:
        fold: 0 or 1, by the report that it is about.
        states: float32, shape (q, dimension): its tokens.
        rarity: float32, shape (q,): logarithm of each one's share of the question's rarity.
        first: the passage that the product puts first.
        home: the passage that holds the answer; nothing where no finalist does.
    """

    fold: int
    states: Tensor
    rarity: Tensor
    first: Reading
    home: Reading | None


class Marker(torch.nn.Module):
    """What is learnt; it begins as plain late interaction that does not count."""

    def __init__(self, start: Tensor) -> None:
        """Begin with a projection, shape (dimension, width)."""
        super().__init__()
        self.start = start
        self.turn = torch.nn.Parameter(start.clone())
        self.counts = torch.nn.Parameter(torch.zeros(start.shape[0]))
        self.rarity = torch.nn.Parameter(torch.tensor(1.0))
        self.plain = torch.nn.Parameter(torch.tensor(5.0))
        self.learnt = torch.nn.Parameter(torch.tensor(0.0))

    def forward(self, example: Example, reading: Reading) -> Tensor:
        """Return a logit for each sentence."""
        turned = functional.normalize(example.states @ self.turn, dim=1)
        shares = torch.softmax(self.rarity * example.rarity + example.states @ self.counts, 0)
        cosines = turned @ reading.tokens.T
        best = torch.full((len(turned), len(reading.plain)), -1.0)
        owners = reading.owners.expand(len(turned), -1)
        best = best.scatter_reduce(1, owners, cosines, "amax")
        return self.plain * reading.plain + _TENFOLD * self.learnt * (shares @ best)

    @property
    def share(self) -> float:
        """How much the learnt score weighs beside the plain one."""
        return _TENFOLD * self.learnt.item() / self.plain.item()

    def distance(self) -> Tensor:
        """Return how far it has gone from where it began."""
        return ((self.turn - self.start) ** 2).sum() + (self.counts**2).sum()


def gather_examples(dataset: Dataset, generation: Generation, encoder: Encoder) -> list[Example]:
    """Ask every answerable question for which anything is found."""
    folds = {report.title: at % 2 for at, report in enumerate(dataset.reports)}
    return [
        _gather(question, folds[question.cluster], generation, encoder)
        for question in dataset.questions
        if question.kind == ANSWERABLE
    ]


def _gather(
    question: JudgedQuestion, fold: int, generation: Generation, encoder: Encoder
) -> Example:
    # As if nothing had been learnt yet.
    query = replace(make_query(question.text, encoder), mark=None)
    settings = Settings()
    ranking = rank_passages(query, generation, settings)
    found = fetch_found(query, ranking, settings.finalists, generation)
    readings = (_read(question, one, generation, encoder) for one in found)
    first = next(readings)
    home = first if bool(first.gold.any()) else next((r for r in readings if r.gold.any()), None)
    weights = generation.words.weigh(query.text, query.pieces)
    states = torch.tensor(encoder.embed_question(question.text).tokens)
    return Example(fold, states, torch.tensor(np.log(weights + _LEAST)), first, home)


def _read(
    question: JudgedQuestion, found: Found, generation: Generation, encoder: Encoder
) -> Reading:
    packed, owners = read_tokens(encoder.tokenizer, found.passage, found.text, generation)
    report = generation.catalogue.summaries()[found.passage.report].id
    gold = [answer.span for answer in question.answers if answer.report == report]
    spans = [place.span for place in found.passage.entry.sentences]
    inside = owners >= 0
    return Reading(
        tokens=torch.tensor(scale_vectors(packed[inside].astype(np.float32))),
        owners=torch.tensor(owners[inside]),
        plain=torch.tensor(found.sentences, dtype=torch.float32),
        gold=torch.tensor([any(s.start <= g.start < s.end for g in gold) for s in spans]),
    )


def learn(examples: Sequence[Example], start: Tensor) -> Marker:
    """Learn from the passages that hold an answer."""
    torch.manual_seed(_SEED)
    marker = Marker(start)
    taught = [(one, one.home) for one in examples if one.home and not bool(one.home.gold.all())]
    numbers = [marker.rarity, marker.plain, marker.learnt]
    groups = zip(([marker.turn], [marker.counts], numbers), _RATES, strict=True)
    optimiser = torch.optim.Adam([{"params": some, "lr": rate} for some, rate in groups])
    batches = list(_batches(len(taught)))
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.0, len(batches))
    for batch in batches:
        losses = [_measure_loss(marker, *taught[at]) for at in batch]
        loss = torch.stack(losses).mean() + _RIDGE * marker.distance()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
    return marker


def _batches(count: int) -> Iterator[list[int]]:
    for _ in range(_EPOCHS):
        for batch in torch.split(torch.randperm(count), _BATCH):
            yield batch.tolist()


def _measure_loss(marker: Marker, example: Example, home: Reading) -> Tensor:
    likely = torch.log_softmax(marker(example, home), 0)
    return -torch.logsumexp(likely[home.gold], 0)


def judge(examples: Sequence[Example], marker: Marker | None) -> dict[str, list[bool]]:
    """Return for each question whether the marked sentence answers; the plain mark without one.

    "first": in the first passage; "home": in the one that holds the answer, where one was found.
    """
    first = [_is_right(marker, one, one.first) for one in examples]
    home = [_is_right(marker, one, one.home) for one in examples if one.home]
    return {"first": first, "home": home}


@torch.no_grad()
def _is_right(marker: Marker | None, example: Example, reading: Reading) -> bool:
    scores = marker(example, reading) if marker else reading.plain
    return bool(reading.gold[int(torch.argmax(scores))])


def judge_out_of_fold(examples: Sequence[Example], start: Tensor) -> dict[str, dict[str, float]]:
    """Return the share of right marks, before and after, each fold judged by the other.

    Raises:
        EvaluationError: a fold has no question.
    """
    folds = [[one for one in examples if one.fold == fold] for fold in (0, 1)]
    if not all(folds):
        raise EvaluationError("learning to mark needs questions about two reports or more")
    plain = [judge(fold, None) for fold in folds]
    learnt = [judge(folds[at], learn(folds[1 - at], start)) for at in (0, 1)]
    return {
        name: {"plain": _share(plain, name), "learnt": _share(learnt, name)}
        for name in ("first", "home")
    }


def _share(folds: Sequence[dict[str, list[bool]]], name: str) -> float:
    return round(float(np.mean([right for fold in folds for right in fold[name]])), 4)


def write_model(folder: Path, marker: Marker, fingerprint: str, figures: object) -> None:
    """Write what `index.mark` reads."""
    learnt = torch.cat([marker.turn, marker.counts[:, None]], 1).detach().numpy()
    np.save(folder / "mark.npy", learnt.astype(np.float16), allow_pickle=False)
    description = {
        "fingerprint": fingerprint,
        "rarity": round(marker.rarity.item(), 4),
        "share": round(marker.share, 4),
        "learnt from": "SQuAD 2.0 (Rajpurkar, Jia and Liang, 2018; CC BY-SA 4.0)",
        "out of fold": figures,
    }
    (folder / "mark.json").write_text(json.dumps(description, indent=1) + "\n", "utf-8")


def main() -> None:
    """Learn from a SQuAD file, write the model, and print what it is worth."""
    from eval.workspace import default_cache, prepare_index
    from index.build import SILENT
    from ingest.passage import PassageSettings

    parser = argparse.ArgumentParser(prog="eval.mark_training", description=__doc__)
    parser.add_argument("squad", type=Path)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    dataset = read_squad(arguments.squad, Negatives.ADVERSARIAL)
    settings = Settings(passages=PassageSettings(method="section"))
    _, generation = prepare_index(dataset.reports, settings, default_cache(), SILENT).open()
    encoder = load_encoder(settings)
    start = torch.tensor(projection(encoder.dimension))
    examples = gather_examples(dataset, generation, encoder)
    figures = judge_out_of_fold(examples, start)
    write_model(arguments.folder, learn(examples, start), encoder.fingerprint, figures)
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
