"""What became of each question: everything that is measured, shown and saved comes from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from eval.dataset import ANSWERABLE, Need, Ranked
from ingest.span import Span


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """One hit.

    Attributes:
        report: id of the report.
        span: the passage, in the report's canonical text.
        highlight: its marked sentence, likewise.
        text: the passage's words.
        citation: where it stands, for people.
        score: fused score.
        relevant: whether it meets a need of the question.
    """

    report: str
    span: Span
    highlight: Span
    text: str
    citation: str
    score: float
    relevant: bool


@dataclass(frozen=True, slots=True)
class NeedOutcome:
    """A need with the documents that were found, best first."""

    need: Need
    ranking: tuple[Ranked, ...] = ()

    @property
    def rank(self) -> int | None:
        """The rank of the first relevant document, from 1; nothing where none was found."""
        grades = self.need.grades
        ranks = (r for r, one in enumerate(self.ranking, 1) if grades.get(one.document, 0) > 0)
        return next(ranks, None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question that was asked.

    Attributes:
        id: the question's id.
        question: its words.
        kind: "answerable", or why the reports do not answer it.
        cluster: the report that it is about.
        gold: the answer for people to read.
        needs: what was to be found, and was.
        hits: the passages, best first.
        marks: measures of the first hits that are not of ranking, by name; one that does not
            apply to the question is not there.
        answered: whether an answer was given.
        confidence: probability in [0, 1] that the first hit answers.
        latency_ms: from question to answer.
        error: why it could not be asked, or empty; it then counts as found nothing.
    """

    id: str
    question: str
    kind: str
    cluster: str
    gold: str
    needs: tuple[NeedOutcome, ...] = ()
    hits: tuple[FoundPassage, ...] = ()
    marks: Mapping[str, float] = field(default_factory=dict)
    answered: bool = False
    confidence: float = 0.0
    latency_ms: float = 0.0
    error: str = ""

    @property
    def answerable(self) -> bool:
        """Whether the reports answer the question."""
        return self.kind == ANSWERABLE

    @property
    def rank(self) -> int | None:
        """The rank of the first hit that meets a need; nothing where none was found."""
        return min((need.rank for need in self.needs if need.rank), default=None)


@dataclass(frozen=True, slots=True)
class Run:
    """A whole evaluation.

    Attributes:
        dataset: its name.
        digest: of the dataset; only runs of one digest can be compared.
        settings: what it was measured with, for people and programs.
        outcomes: one for every question of the dataset.
    """

    dataset: str
    digest: str
    settings: Mapping[str, object]
    outcomes: tuple[Outcome, ...]

    @property
    def answerable(self) -> tuple[Outcome, ...]:
        """The outcomes of the questions that the reports answer."""
        return tuple(one for one in self.outcomes if one.answerable)
