"""A half-open range of code points in a report's canonical text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """`[start, end)` in Unicode code points; never negative, never inverted."""

    start: int
    end: int

    def __post_init__(self) -> None:
        """Refuse what could not be a slice of a text.

        Raises:
            ValueError: `start` is negative or beyond `end`.
        """
        if not 0 <= self.start <= self.end:
            msg = f"a span needs 0 <= start <= end, got [{self.start}, {self.end})"
            raise ValueError(msg)

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """Return the words under the span: `text[start:end]`, verbatim."""
        return text[self.start : self.end]

    def covers(self, other: Span) -> bool:
        """Tell whether `other` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Tell whether the two share at least one code point."""
        return self.start < other.end and other.start < self.end

    def shift(self, offset: int) -> Span:
        """Return the same length `offset` code points further on."""
        return Span(self.start + offset, self.end + offset)
