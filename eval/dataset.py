"""Questions with known answers, ready to be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from index.answer import Hit
from index.scope import EVERYTHING, Scope
from ingest.errors import QuestionSetError
from ingest.report import Report
from ingest.span import Span

ANSWERABLE = "answerable"


@dataclass(frozen=True, slots=True)
class Gold:
    """Words that answer a question, where they stand.

    Attributes:
        report: id of the report.
        span: the words, in its canonical text.
        section: the section that they stand in, likewise.
        page: physical page from 1 that they begin on; nothing where there are no pages.
    """

    report: str
    span: Span
    section: Span
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that a question needs found; a TREC topic.

    Attributes:
        id: unique in the dataset.
        grades: document to grade, at least one above 0. What a document is, the dataset's
            `Marking` says: a quote, a paragraph, a document of the collection.
    """

    id: str
    grades: Mapping[str, int]

    def __post_init__(self) -> None:
        """Raise ValueError where nothing could meet the need."""
        if max(self.grades.values(), default=0) < 1:
            raise ValueError(f"need {self.id} has no relevant document")


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """A question, and what is known of its answer.

    Attributes:
        id: unique in the dataset.
        text: its words.
        kind: "answerable", or in one word why the reports do not answer it.
        cluster: questions of one cluster are not independent: the report that they are about.
        needs: what has to be found; empty where the reports do not answer.
        answers: the words that answer, any of them; may be empty.
        gold: the answer for people to read.
        scope: the reports that it is put to.
    """

    id: str
    text: str
    kind: str
    cluster: str
    needs: tuple[Need, ...] = ()
    answers: tuple[Gold, ...] = ()
    gold: str = ""
    scope: Scope = EVERYTHING

    def __post_init__(self) -> None:
        """Raise ValueError where kind and needs disagree."""
        if (self.kind == ANSWERABLE) != bool(self.needs):
            raise ValueError(f"question {self.id}: only an answerable one has needs")

    @property
    def answerable(self) -> bool:
        """Whether the reports answer it."""
        return bool(self.needs)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A document found, with its score; a list of them is in order of rank, ties included."""

    document: str
    score: float


class Marking(Protocol):
    """Says which documents, in the sense of the judgements, the hits of a question are."""

    @property
    def collapses(self) -> bool:
        """Whether several hits can be one document, so that ten of those need more hits."""
        ...

    def rank(self, hits: Sequence[Hit], need: Need) -> tuple[Ranked, ...]:
        """Return the documents found, best first, none twice."""
        ...


@dataclass(frozen=True, slots=True)
class Dataset:
    """A judged collection.

    Attributes:
        name: as reports of an evaluation give it.
        questions: in the order in which they are asked.
        marking: what counts as found.
        reports: the collection, where it brings its own; empty where the index has it.
        digest: SHA-256 over questions, judgements and reports, in hexadecimal.
    """

    name: str
    questions: tuple[JudgedQuestion, ...]
    marking: Marking
    digest: str
    reports: tuple[Report, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a set in which an id is used twice, or that is empty.

        Raises:
            QuestionSetError: it has no question, or two of one id.
        """
        if not self.questions:
            raise QuestionSetError(f"{self.name}: there is no question in it")
        seen: set[str] = set()
        for question in self.questions:
            if question.id in seen:
                raise QuestionSetError(f"{self.name}: two questions have the id {question.id!r}")
            seen.add(question.id)
