"""What a question gets back: hits, and the sentences that answer it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ingest.span import Span


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a report with their place: always `text == canonical[span.start:span.end]`."""

    span: Span
    text: str

    def __post_init__(self) -> None:
        """Raise ValueError where the words cannot be the ones under the span."""
        if len(self.span) != len(self.text):
            raise ValueError(f"{len(self.text)} code points do not fill {self.span}")


@dataclass(frozen=True, slots=True)
class Hit:
    """One passage found for a question.

    Attributes:
        rank: from 1.
        score: fused score, comparable within one answer only.
        signals: each signal's raw value by name ("dense", "sentence" and "tokens" are
            cosines, "bm25" is a BM25 score, "near" a share of the question's words); "near"
            and "tokens" only where the passage was among the finalists.
        report: id of the report.
        title: the report's title.
        source: the report's file name.
        section: section path, outermost heading first.
        page: physical page from 1, nothing where the format has no pages.
        page_label: the printed page number, likewise.
        locator: where in the section, for people: "p. 7 (PDF 9), para 3", "paras 2-3".
        quote: the passage.
        highlight: its best sentence.
        citation: report, section and place in one line.
    """

    rank: int
    score: float
    signals: Mapping[str, float]
    report: str
    title: str
    source: str
    section: tuple[str, ...]
    page: int | None
    page_label: str | None
    locator: str
    quote: Quote
    highlight: Quote
    citation: str

    def __post_init__(self) -> None:
        """Raise ValueError where the highlight is not part of the passage."""
        if self.rank < 1:
            raise ValueError(f"ranks count from 1, got {self.rank}")
        if not self.quote.span.covers(self.highlight.span):
            raise ValueError("the highlight lies outside its passage")


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """One verbatim sentence of the answer.

    Attributes:
        quote: the sentence.
        hit: rank of the hit that it stands in.
        citation: like the hit's, with the sentence's own paragraph and page.
    """

    quote: Quote
    hit: int
    citation: str


# Of the answers below it, 1 in 80 were right after all: docs/decisions/0030-retrieval.md.
_SILENCE = 0.15


@dataclass(frozen=True, slots=True)
class Answer:
    """What the reports say to a question.

    Attributes:
        question: as asked, without white space around it.
        answered: whether `confidence` reaches the threshold in the settings.
        confidence: probability in [0, 1] that the first hit answers the question.
        sentences: one to three, best first; empty where `answered` is false.
        hits: best first; shown either way.
    """

    question: str
    answered: bool
    confidence: float
    sentences: tuple[AnswerSentence, ...]
    hits: tuple[Hit, ...]

    def __post_init__(self) -> None:
        """Raise ValueError for an answer without sentences or the other way round."""
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"confidence is a probability, got {self.confidence}")
        if self.answered != bool(self.sentences):
            raise ValueError("an answer has sentences, and only an answer has them")

    @property
    def is_doubtful(self) -> bool:
        """Whether the first hit may answer, though not surely enough to be given as the answer."""
        return not self.answered and self.confidence >= _SILENCE
