"""Where words lie, kept in columns: a report of 300 pages has some 150,000 regions."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import overload

from ingest.report import Box, Region
from ingest.span import Span


class Regions(Sequence[Region]):
    """Regions ascending by span; each becomes an object when it is asked for.

    One takes 28 bytes instead of some 300. Coordinates keep two decimals.
    """

    __slots__ = ("_boxes", "_ends", "_pages", "_starts")

    def __init__(self, regions: Iterable[Region] = ()) -> None:
        """Take in regions, which have to ascend."""
        self._starts = array("I")
        self._ends = array("I")
        self._pages = array("I")
        self._boxes = array("f")
        for region in regions:
            self.add(region.span.start, region.span.end, region.page, region.box)

    def add(self, start: int, end: int, page: int, box: Box) -> None:
        """Append the region of code points [start, end).

        Raises:
            ValueError: it begins before the last one.
        """
        self.add_box(start, end, page, (box.x0, box.y0, box.x1, box.y1))

    def add_box(self, start: int, end: int, page: int, box: Sequence[float]) -> None:
        """Do the same with a box as x0, y0, x1, y1, points from the top left.

        Raises:
            ValueError: it begins before the last one.
        """
        if self._starts and start < self._starts[-1]:
            raise ValueError(f"regions ascend, got {start} after {self._starts[-1]}")
        self._starts.append(start)
        self._ends.append(end)
        self._pages.append(page)
        self._boxes.extend(box)

    def on_page(self, page: int) -> Iterator[Region]:
        """Yield the regions of a physical page, ascending by span."""
        return (self._make(at) for at, found in enumerate(self._pages) if found == page)

    def count_pages(self) -> Counter[int]:
        """Return how many regions each physical page has, those pages without any left out."""
        return Counter(self._pages)

    def first_starts(self) -> dict[int, int]:
        """Return the first code point on each physical page that has words."""
        # From the end, so that what comes first is what stays.
        return dict(zip(reversed(self._pages), reversed(self._starts), strict=True))

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, index: int) -> Region: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Region]: ...

    def __getitem__(self, index: int | slice) -> Region | Sequence[Region]:
        """Return one region, or several as a tuple."""
        if isinstance(index, slice):
            return tuple(self._make(at) for at in range(*index.indices(len(self))))
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError(f"no region {index} among {len(self)}")
        return self._make(at)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or len(other) != len(self):
            return NotImplemented if not isinstance(other, Sequence) else False
        return all(one == another for one, another in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash((bytes(self._starts), bytes(self._pages)))

    def _make(self, at: int) -> Region:
        x0, y0, x1, y1 = (round(edge, 2) for edge in self._boxes[4 * at : 4 * at + 4])
        return Region(Span(self._starts[at], self._ends[at]), self._pages[at], Box(x0, y0, x1, y1))
