"""A report as the index keeps it: passages and sentences with their places worked out.

Citations are made once, when a report comes in, so that a question only reads rows.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.chunking import build_passages
from ingest.citation import cite
from ingest.labels import PRECEDENCE, fold_label
from ingest.passage import Passage, PassageSettings
from ingest.report import Report
from ingest.span import Span
from ingest.tokens import Tokenizer


@dataclass(frozen=True, slots=True)
class Place:
    """A span and how people find it: locator ("p. 7, para 3") and citation (one line)."""

    span: Span
    locator: str
    citation: str


@dataclass(frozen=True, slots=True)
class PassageEntry:
    """A passage.

    Attributes:
        place: span, locator and citation.
        section: section path.
        page: physical page from 1, nothing where the format has none.
        page_label: the printed page number, likewise.
        context: title and section path, for the encoder and BM25.
        sentences: its sentences.
        windows: parts of it that fit the encoder; one, the passage itself, unless it is long.
    """

    place: Place
    section: tuple[str, ...]
    page: int | None
    page_label: str | None
    context: str
    sentences: tuple[Place, ...]
    windows: tuple[Span, ...]

    def texts(self, text: str) -> Iterator[str]:
        """Yield what is embedded for the passage: each window under its context."""
        for window in self.windows:
            yield f"{self.context}\n{window.of(text)}" if self.context else window.of(text)

    def words(self, text: str) -> str:
        """Return what BM25 indexes: the passage under its context."""
        return f"{self.context}\n{self.place.span.of(text)}"


@dataclass(frozen=True, slots=True)
class Named:
    """A label that the report prints, and which passage it leads to.

    Attributes:
        label: as `ingest.labels.fold_label` spells it.
        precedence: of several bearers of one label, the lowest is meant.
        passage: index into the report's passages.
    """

    label: str
    precedence: int
    passage: int


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """A report with its passages, and the path that it was read from."""

    report: Report
    path: str
    passages: tuple[PassageEntry, ...]

    def named(self) -> Iterator[Named]:
        """Yield where each label leads: to the passage that holds or follows its block."""
        starts = [passage.place.span.end for passage in self.passages]
        for block in self.report.blocks:
            at = bisect_right(starts, block.span.start)
            if block.label and at < len(self.passages):
                yield Named(fold_label(block.label), PRECEDENCE[block.kind], at)


def make_entry(
    report: Report, path: str, tokenizer: Tokenizer, settings: PassageSettings
) -> ReportEntry:
    """Cut a report into passages and work out where each is."""
    passages = build_passages(report, tokenizer, settings)
    entries = tuple(_passage_entry(report, passage, tokenizer) for passage in passages)
    return ReportEntry(report, path, entries)


def _passage_entry(report: Report, passage: Passage, tokenizer: Tokenizer) -> PassageEntry:
    citation = cite(report, passage.span)
    return PassageEntry(
        place=Place(passage.span, citation.locator, citation.text),
        section=report.sections[passage.section].path,
        page=citation.page,
        page_label=citation.page_label,
        context=passage.context,
        sentences=tuple(_place(report, span) for span in passage.sentences),
        windows=tuple(_windows(report.text, passage, tokenizer)),
    )


def _place(report: Report, span: Span) -> Place:
    citation = cite(report, span)
    return Place(span, citation.locator, citation.text)


def _windows(text: str, passage: Passage, tokenizer: Tokenizer) -> Iterator[Span]:
    budget = tokenizer.limit - len(tokenizer.tokenize(passage.context))
    if len(tokenizer.tokenize(passage.span.of(text))) <= budget:
        yield passage.span
        return
    run: list[Span] = []
    for sentence in passage.sentences:
        if run and _size(text, [*run, sentence], tokenizer) > budget:
            yield Span(run[0].start, run[-1].end)
            run = []
        run.append(sentence)
    yield Span(run[0].start, run[-1].end)


def _size(text: str, run: Sequence[Span], tokenizer: Tokenizer) -> int:
    return len(tokenizer.tokenize(text[run[0].start : run[-1].end]))
