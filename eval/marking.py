"""What counts as found: a quote that a passage contains, or the paragraph that it comes from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.dataset import Gold, Need, Ranked
from index.answer import Hit


@dataclass(frozen=True, slots=True)
class QuoteMarking:
    """A hit is the quote that it contains; every other hit is a document of its own.

    A need is one quote. Where several hits contain it (passages overlap), the first is the
    quote and the others are repetitions, which take up a rank and earn nothing: so no figure
    gets better by cutting reports into overlapping passages.

    Attributes:
        quotes: document id to the quote.
        collapses: a hit is a document.
    """

    quotes: Mapping[str, Gold]
    collapses: bool = False

    def rank(self, hits: Sequence[Hit], need: Need) -> tuple[Ranked, ...]:
        """Return one document a hit, in order of rank."""
        ranked: dict[str, Ranked] = {}
        for hit in hits:
            found = (name for name in need.grades if contains(hit, self.quotes[name]))
            name = next((name for name in found if name not in ranked), name_hit(hit))
            ranked.setdefault(name, Ranked(name, hit.score))
        return tuple(ranked.values())


@dataclass(frozen=True, slots=True)
class SectionMarking:
    """A hit is the section that it comes from; of several hits of one section, the first counts.

    Attributes:
        starts: report id to where its sections start, ascending.
        names: report id to the document id of each of them.
        collapses: several hits can be one section.
    """

    starts: Mapping[str, Sequence[int]]
    names: Mapping[str, Sequence[str]]
    collapses: bool = True

    def rank(self, hits: Sequence[Hit], need: Need) -> tuple[Ranked, ...]:  # noqa: ARG002
        """Return the sections in order of their best hit; they are the same for every need."""
        ranked: dict[str, Ranked] = {}
        for hit in hits:
            name = self._name(hit)
            ranked.setdefault(name, Ranked(name, hit.score))
        return tuple(ranked.values())

    def _name(self, hit: Hit) -> str:
        at = bisect_right(self.starts[hit.report], hit.quote.span.start) - 1
        return self.names[hit.report][at]


def name_hit(hit: Hit) -> str:
    """Return a document id for a passage that is no gold quote."""
    return f"{hit.report}:{hit.quote.span.start}-{hit.quote.span.end}"


def contains(hit: Hit, gold: Gold) -> bool:
    """Tell whether all the words of a quote stand in a passage."""
    return hit.report == gold.report and hit.quote.span.covers(gold.span)
