"""A passage: whole sentences of one section, the unit that is searched and shown."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from ingest.span import Span


@dataclass(frozen=True, slots=True)
class Passage:
    """Consecutive sentences of one section.

    Attributes:
        span: from the first sentence's start to the last one's end.
        section: index into `Report.sections`.
        sentences: ascending, disjoint, each inside `span`, each short enough for the
            encoder: a longer sentence is cut into windows at word boundaries.
        context: title and section path, given to the encoder and to BM25, never quoted.
    """

    span: Span
    section: int
    sentences: tuple[Span, ...]
    context: str

    def __post_init__(self) -> None:
        """Raise ValueError where sentences are missing, overlap or leave the passage."""
        if not self.sentences:
            raise ValueError("a passage has at least one sentence")
        if self.span != Span(self.sentences[0].start, self.sentences[-1].end):
            raise ValueError("a passage runs from its first sentence to its last")
        if any(a.end > b.start for a, b in pairwise(self.sentences)):
            raise ValueError("a passage's sentences are disjoint and ascending")


@dataclass(frozen=True, slots=True)
class PassageSettings:
    """How a report is cut into passages.

    Attributes:
        size: aim for passages of at most this many tokens, context not counted.
        overlap: sentences that a passage repeats from the one before it in a long paragraph.
        method: "paragraph" packs whole paragraphs up to `size` and splits only longer ones;
            "section" makes each section one passage whatever its length.
    """

    size: int = 128
    overlap: int = 0
    method: str = "paragraph"

    def __post_init__(self) -> None:
        """Raise ValueError for a size or overlap that makes no passages."""
        if self.size < 16:  # noqa: PLR2004
            raise ValueError(f"passage size is at least 16 tokens, got {self.size}")
        if not 0 <= self.overlap <= 8:  # noqa: PLR2004
            raise ValueError(f"overlap is 0 to 8 sentences, got {self.overlap}")
        if self.method not in {"paragraph", "section"}:
            raise ValueError(f"method is 'paragraph' or 'section', got {self.method!r}")
