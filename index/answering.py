"""Makes the answer: which sentences, and how sure one can be of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.answer import AnswerSentence, Quote
from index.confidence import Evidence, load_confidence_model
from index.entry import Place
from index.highlight import share_content
from index.ranking import Found, Query

MAX_SENTENCES = 3
# A further sentence joins the first when it answers nearly as well, and stands in a passage
# that was found nearly as surely.
_NEARLY = 0.85
_PASSAGES = 3


@dataclass(frozen=True, slots=True)
class _Candidate:
    place: Place
    words: str
    hit: int
    score: float


def choose_sentences(found: Sequence[Found]) -> tuple[AnswerSentence, ...]:
    """Return one to three sentences, the first hit's best one first, no words twice.

    Args:
        found: at least one passage, best first.
    """
    first, *others = _candidates(found[:_PASSAGES])
    chosen = [first]
    for candidate in sorted(others, key=lambda c: (-c.score, c.hit, c.place.span)):
        if candidate.score < _NEARLY * first.score or len(chosen) == MAX_SENTENCES:
            break
        if all(candidate.words != other.words for other in chosen):
            chosen.append(candidate)
    return tuple(
        AnswerSentence(Quote(c.place.span, c.words), c.hit, c.place.citation) for c in chosen
    )


def judge_confidence(query: Query, found: Sequence[Found]) -> float:
    """Return the probability that the first passage answers; 0 where nothing was found."""
    if not found:
        return 0.0
    if found[0].signals.get("named"):
        # The question names the place: what stands there is what was asked for.
        return 1.0
    return load_confidence_model().judge(gather_evidence(query, found[0]))


def gather_evidence(query: Query, first: Found) -> Evidence:
    """Return what speaks for the first passage."""
    passage = first.passage.entry.words(first.text)
    highlight = first.best.span.of(first.text)
    coverage, marked = share_content(query.text, [passage, highlight])
    return Evidence(
        dense=first.signals["dense"],
        sentence=first.signals["sentence"],
        coverage=float(coverage),
        highlight=float(marked),
    )


def _candidates(found: Sequence[Found]) -> Iterator[_Candidate]:
    """Yield the first passage's best sentence, then every other one."""
    best = found[0].best
    yield _Candidate(best, best.span.of(found[0].text), 1, float(found[0].sentences.max()))
    for hit, one in enumerate(found, start=1):
        for place, score in zip(one.passage.entry.sentences, one.sentences, strict=True):
            if place is not best:
                yield _Candidate(place, place.span.of(one.text), hit, float(score))
