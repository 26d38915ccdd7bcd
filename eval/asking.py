"""Asks the questions of a dataset and writes down what came back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from eval.dataset import Dataset, Gold, JudgedQuestion
from eval.marking import contains
from eval.outcome import FoundPassage, NeedOutcome, Outcome
from index.answer import Answer, Hit
from index.search import Index
from ingest.errors import EvaluationError, QuestionError

OVERLAP_DEPTH = 5

Advance = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer, or why there is none, and how long it took in milliseconds."""

    answer: Answer | None
    latency_ms: float
    error: str = ""


def ask_questions(
    opened: Index, dataset: Dataset, depth: int, advance: Advance
) -> tuple[Outcome, ...]:
    """Ask every question and judge what is found.

    A question that the index refuses (too long, no word in it) counts as found nothing.

    Args:
        opened: the index.
        dataset: the questions.
        depth: how many hits are looked at.
        advance: called with how many questions are done, and how many there are.

    Raises:
        EvaluationError: every question was refused, so that there is nothing to measure.
        ReportQAError: the index failed; no part of a run is passed off as whole.
    """
    outcomes: list[Outcome] = []
    _ask(opened, dataset.questions[0], depth)  # the first question also loads the model
    for done, question in enumerate(dataset.questions, start=1):
        outcomes.append(judge(dataset, question, _ask(opened, question, depth)))
        advance(done, len(dataset.questions))
    if all(one.error for one in outcomes):
        raise EvaluationError(f"{dataset.name}: no question could be asked ({outcomes[0].error})")
    return tuple(outcomes)


def judge(dataset: Dataset, question: JudgedQuestion, asked: Asked) -> Outcome:
    """Return what became of a question."""
    answer = asked.answer
    hits = answer.hits if answer else ()
    needs = tuple(NeedOutcome(n, dataset.marking.rank(hits, n)) for n in question.needs)
    return Outcome(
        id=question.id,
        question=question.text,
        kind=question.kind,
        cluster=question.cluster,
        gold=question.gold,
        needs=needs,
        hits=tuple(_keep(dataset, question, hit) for hit in hits),
        marks=dict(_mark_hits(question, hits)),
        answered=bool(answer and answer.answered),
        confidence=answer.confidence if answer else 0.0,
        latency_ms=asked.latency_ms,
        error=asked.error,
    )


def _ask(opened: Index, question: JudgedQuestion, depth: int) -> Asked:
    start = time.perf_counter()
    try:
        answer = opened.ask(question.text, depth, question.scope)
    except QuestionError as error:
        return Asked(None, 0.0, str(error))
    return Asked(answer, (time.perf_counter() - start) * 1000)


def _keep(dataset: Dataset, question: JudgedQuestion, hit: Hit) -> FoundPassage:
    relevant = any(
        need.grades.get(one.document, 0) > 0
        for need in question.needs
        for one in dataset.marking.rank([hit], need)
    )
    return FoundPassage(
        report=hit.report,
        span=hit.quote.span,
        highlight=hit.highlight.span,
        text=hit.quote.text,
        citation=hit.citation,
        score=hit.score,
        relevant=relevant,
    )


def _mark_hits(question: JudgedQuestion, hits: tuple[Hit, ...]) -> Iterator[tuple[str, float]]:
    if not question.answers:
        return
    answers = question.answers
    first = hits[:1]
    yield "answer_sentence@1", _any(_marks(hit, gold) for hit in first for gold in answers)
    shares = [_share(hit, gold) for hit in hits[:OVERLAP_DEPTH] for gold in answers]
    yield f"overlap@{OVERLAP_DEPTH}", max(shares, default=0.0)
    yield "section@1", _any(_shares_section(hit, gold) for hit in first for gold in answers)
    if any(gold.page for gold in answers):
        pages = {(gold.report, gold.page) for gold in answers}
        yield "page@1", _any((hit.report, hit.page) in pages for hit in first)


def _any(found: Iterator[bool]) -> float:
    return float(any(found))


def _marks(hit: Hit, gold: Gold) -> bool:
    """Tell whether the marked sentence holds the answer, or is part of a longer one."""
    marked = hit.highlight.span
    same = hit.report == gold.report
    return same and (marked.covers(gold.span) or gold.span.covers(marked))


def _shares_section(hit: Hit, gold: Gold) -> bool:
    return hit.report == gold.report and gold.section.covers(hit.highlight.span)


def _share(hit: Hit, gold: Gold) -> float:
    """Return how much of a quote stands in a passage, in [0, 1]."""
    if contains(hit, gold):
        return 1.0
    if hit.report != gold.report or not hit.quote.span.overlaps(gold.span):
        return 0.0
    start = max(hit.quote.span.start, gold.span.start)
    return (min(hit.quote.span.end, gold.span.end) - start) / len(gold.span)
