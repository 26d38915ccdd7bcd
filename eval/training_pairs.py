"""What an answer scorer learns from: questions with sentences that answer them, and that do not.

The paragraphs are those that the product itself ranks first, so that what is hard for the
shipped signals is what is learnt, and what is measured is what a reader would see.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from eval.dataset import Dataset, JudgedQuestion
from index.answering import judge_confidence
from index.encoder import Encoder
from index.generation import Generation
from index.ranking import Found, fetch_found, make_query, rank_passages
from index.settings import Settings

# A question, a sentence under its context, the sentence's shipped score.
Text = tuple[str, str, float]
# Words of the sentence before that a sentence is read with: "it" has to mean something.
_BEFORE = 12


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paragraph that the product found.

    Attributes:
        article: title of its report.
        score: the shipped signals' fused score.
        texts: each sentence under the title, after the end of the one before it.
        shipped: float64, shape (sentences,): the score that the shipped mark is chosen by.
        gold: bool, shape (sentences,): whether it holds the answer.
    """

    article: str
    score: float
    texts: tuple[str, ...]
    shipped: npt.NDArray[np.float64]
    gold: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Example:
    """A question with the paragraphs found for it, best first by the shipped signals.

    Attributes:
        text: the question.
        kind: the question's kind.
        article: title of the report that it is about.
        fold: 0 or 1, by that report's place in the set.
        confidence: the shipped one, in the first of them.
        elsewhere: the shipped one, in the first of them from another article.
        candidates: at most as many as the settings have finalists.
    """

    text: str
    kind: str
    article: str
    fold: int
    confidence: float
    elsewhere: float
    candidates: tuple[Candidate, ...]

    @property
    def home(self) -> int | None:
        """The candidate that holds the answer; nothing where none was found."""
        return next((i for i, one in enumerate(self.candidates) if one.gold.any()), None)


def gather_pairs(
    dataset: Dataset, generation: Generation, encoder: Encoder, settings: Settings
) -> Iterator[Example]:
    """Ask every question, and yield it with its finalists."""
    folds = {one.title: at % 2 for at, one in enumerate(dataset.reports)}
    titles = [one.title for one in generation.catalogue.summaries()]
    ids = [one.id for one in generation.catalogue.summaries()]
    for question in dataset.questions:
        query = make_query(question.text, encoder)
        ranking = rank_passages(query, generation, settings)
        found = fetch_found(query, ranking, settings.finalists, generation)
        others = [one for one in found if titles[one.passage.report] != question.cluster]
        yield Example(
            text=question.text,
            kind=question.kind,
            article=question.cluster,
            fold=folds[question.cluster],
            confidence=judge_confidence(query, found),
            elsewhere=judge_confidence(query, others),
            candidates=tuple(
                _candidate(question, one, titles[one.passage.report], ids[one.passage.report])
                for one in found
            ),
        )


def _candidate(question: JudgedQuestion, found: Found, title: str, report: str) -> Candidate:
    spans = [place.span for place in found.passage.entry.sentences]
    words = [span.of(found.text) for span in spans]
    before = ["", *(" ".join(one.split()[-_BEFORE:]) for one in words[:-1])]
    gold = [gold.span for gold in question.answers if gold.report == report]
    return Candidate(
        article=title,
        score=found.score,
        texts=tuple(f"{title}. {b} | {w}" for b, w in zip(before, words, strict=True)),
        shipped=found.sentences,
        gold=np.asarray([any(s.start <= g.start < s.end for g in gold) for s in spans]),
    )


def pair_up(example: Example, candidate: Candidate, sentence: int) -> Text:
    """Return a question with a sentence, as a scorer reads it."""
    return example.text, candidate.texts[sentence], float(candidate.shipped[sentence])
