"""An index that is open for questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from index.answer import Answer, Hit, Quote
from index.answering import choose_sentences, gather_evidence, judge_confidence
from index.build import check_model
from index.catalogue import ReportSummary
from index.confidence import Evidence
from index.encoder import Encoder
from index.folder import IndexFolder
from index.generation import Generation
from index.library import find_summary
from index.question import check_question
from index.ranking import Found, Query, fetch_found, make_query, rank_passages
from index.reranker import load_reranker
from index.scope import EVERYTHING, Scope
from index.settings import Settings
from index.threads import on_one_thread
from ingest.errors import QuestionError, SettingError
from ingest.report import Report

MAX_HITS = 100


@dataclass(frozen=True, slots=True)
class Examined:
    """A first passage with what speaks for it: what the confidence is calibrated on."""

    hit: Hit
    evidence: Evidence


class Index:
    """Answers questions from the generation that was current when it was opened."""

    def __init__(self, folder: IndexFolder, settings: Settings, encoder: Encoder) -> None:
        """Open the current generation; `index.open_index` finds the other two for you.

        Raises:
            IndexMissingError: there is no index.
            IndexCorruptError: its files are missing or damaged.
            ModelMismatchError: it was built with another encoder.
            EncoderError: the reranker that the settings name cannot be loaded.
        """
        self._folder = folder
        self._settings = settings
        self._encoder = encoder
        self._reranker = load_reranker(settings.reranker) if settings.reranker else None
        self._name, self._generation = self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the open files."""
        self._generation.close()

    @property
    def settings(self) -> Settings:
        """The settings in use."""
        return self._settings

    def reopen(self, settings: Settings) -> Index:
        """Open the newest generation once more, with other settings and the same encoder.

        Raises:
            IndexStoreError: as when it was opened.
            EncoderError: the reranker that the settings name cannot be loaded.
        """
        return Index(self._folder, settings, self._encoder)

    def refresh(self) -> bool:
        """Move on to the newest generation, and tell whether there was a newer one."""
        if self._folder.current() == self._name:
            return False
        self._name, self._generation = self._open()
        return True

    def reports(self) -> tuple[ReportSummary, ...]:
        """Return what is indexed, in the order in which it came."""
        return self._generation.catalogue.summaries()

    def report(self, name: str) -> Report:
        """Return a whole report by id, the beginning of one, file name or title.

        Raises:
            ReportNotFoundError: none goes by that name.
            ConflictError: several do.
        """
        return self._generation.catalogue.report(find_summary(self.reports(), name).id)

    @on_one_thread()
    def ask(self, question: str, k: int = 5, scope: Scope = EVERYTHING) -> Answer:
        """Return the sentences that answer the question, and the `k` best passages.

        Args:
            question: in plain English, at most 2,000 characters.
            k: how many passages, from 1 to 100.
            scope: the reports and section to search; everything where not given.

        Raises:
            QuestionError: the question is empty, has no word in it, or is too long.
            SettingError: `k` is out of range.
        """
        asked = self._check(question, k)
        generation = self._generation
        query = make_query(asked, self._encoder, scope)
        return self._answer(query, k, generation, generation.catalogue.summaries())

    @on_one_thread()
    def examine(self, question: str, scope: Scope = EVERYTHING) -> Examined | None:
        """Return the first passage and what speaks for it; nothing where none was found.

        Raises:
            QuestionError: as in `ask`.
        """
        query = make_query(self._check(question, 1), self._encoder, scope)
        ranking = rank_passages(query, self._generation, self._settings, self._reranker)
        found = fetch_found(query, ranking, 1, self._generation)
        if not found:
            return None
        return Examined(_make_hits(found, self.reports())[0], gather_evidence(query, found[0]))

    @on_one_thread()
    def ask_each(self, question: str, scope: Scope = EVERYTHING) -> dict[str, Answer]:
        """Put a question to each report by itself, so that none drowns the others.

        Args:
            question: as in `ask`.
            scope: which reports, and which section of each; everything where not given.

        Returns:
            By report id, an answer with at most one passage. Ids that the index does not hold
            are left out.

        Raises:
            QuestionError: as in `ask`.
        """
        generation = self._generation
        summaries = generation.catalogue.summaries()
        query = make_query(self._check(question, 1), self._encoder)
        ids = [one.id for one in summaries if not scope.reports or one.id in scope.reports]
        alone = {one: replace(query, scope=Scope((one,), scope.section)) for one in ids}
        return {one: self._answer(asked, 1, generation, summaries) for one, asked in alone.items()}

    def _answer(
        self, query: Query, k: int, generation: Generation, summaries: Sequence[ReportSummary]
    ) -> Answer:
        ranking = rank_passages(query, generation, self._settings, self._reranker)
        found = fetch_found(query, ranking, k, generation)
        confidence = judge_confidence(query, found)
        answered = bool(found) and confidence >= self._settings.threshold
        return Answer(
            question=query.text,
            answered=answered,
            confidence=confidence,
            sentences=choose_sentences(found) if answered else (),
            hits=_make_hits(found, summaries),
        )

    def _open(self) -> tuple[str, Generation]:
        name, generation = self._folder.open()
        check_model(generation.manifest, self._encoder, self._settings, self._folder.path)
        return name, generation

    def _check(self, question: str, k: int) -> str:
        if not 1 <= k <= MAX_HITS:
            raise SettingError(f"the number of passages is 1 to {MAX_HITS}, got {k}")
        asked = check_question(question)
        tokens = len(self._encoder.tokenizer.tokenize(asked))
        if tokens > self._encoder.tokenizer.limit:
            raise QuestionError(
                f"the question has {tokens} tokens and the encoder reads "
                f"{self._encoder.tokenizer.limit}: ask a shorter one"
            )
        return asked


def _make_hits(found: Sequence[Found], summaries: Sequence[ReportSummary]) -> tuple[Hit, ...]:
    titles = Counter(summary.title for summary in summaries)
    return tuple(
        _make_hit(rank, one, summaries[one.passage.report], titles)
        for rank, one in enumerate(found, start=1)
    )


def _make_hit(rank: int, found: Found, summary: ReportSummary, titles: Mapping[str, int]) -> Hit:
    entry = found.passage.entry
    place, best = entry.place, found.best
    # Two reports of one title: the file tells them apart.
    suffix = f" [{summary.source}]" if titles[summary.title] > 1 else ""
    return Hit(
        rank=rank,
        score=found.score,
        signals=found.signals,
        report=summary.id,
        title=summary.title,
        source=summary.source,
        section=entry.section,
        page=entry.page,
        page_label=entry.page_label,
        locator=place.locator,
        quote=Quote(place.span, place.span.of(found.text)),
        highlight=Quote(best.span, best.span.of(found.text)),
        citation=place.citation + suffix,
    )
