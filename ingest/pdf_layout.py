"""Reading order of a PDF page: top to bottom, column by column."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ingest.pdf_lines import Line
from ingest.pdf_tables import Table

Item = Line | Table
_NEARLY = 0.7
_LONGEST_TAIL = 3


def order_items(items: Sequence[Item]) -> list[Item]:
    """Return lines and tables as they are read.

    Where items stand side by side, the gutter that most of them leave free parts the page
    into left and right; items across the gutter part it into bands from top to bottom.
    """
    ordered = sorted(items, key=lambda item: (item.y0 + item.y1) / 2)
    gutter = _find_gutter(ordered)
    if gutter is None:
        return ordered
    result: list[Item] = []
    band: list[Item] = []
    for item in ordered:
        if item.x0 < gutter < item.x1:
            result += _order_band(band, gutter, closed=True)
            result.append(item)
            band = []
        else:
            band.append(item)
    return result + _order_band(band, gutter, closed=False)


def _order_band(band: Sequence[Item], gutter: float, *, closed: bool) -> list[Item]:
    """Order what stands between two items that run across the gutter.

    Args:
        band: from top to bottom.
        gutter: x that parts it.
        closed: whether an item runs across below it.
    """
    left = [item for item in band if item.x1 <= gutter]
    right = [item for item in band if item.x0 >= gutter]
    if not right or not left:
        return order_items(band) if len(band) > 1 and _is_smaller(band, gutter) else list(band)
    tail = _tail(left, right) if closed else []
    body = [item for item in left if item not in tail]
    return order_items(body) + order_items(right) + order_items(tail)


def _is_smaller(band: Sequence[Item], gutter: float) -> bool:
    """Tell whether the band parts at another gutter than the one that it lies beside."""
    found = _find_gutter(sorted(band, key=lambda item: item.y0))
    return found is not None and found != gutter


def _tail(left: Sequence[Item], right: Sequence[Item]) -> list[Item]:
    """Return what stands below both columns and is drawn after them, as a heading does."""
    bottom = max(item.y1 for item in right)
    last = max(item.order for item in right)
    tail = [item for item in left if item.y0 > bottom and item.order > last]
    return tail if len(tail) <= _LONGEST_TAIL else []


def _find_gutter(ordered: Sequence[Item]) -> float | None:
    """Return an x that lies in most gaps between items that stand side by side.

    Of those that lie in nearly as many, the one that fewest items run across.
    """
    gaps = _gaps(ordered)
    if not gaps:
        return None
    edges = sorted([(x0, 1) for x0, _ in gaps] + [(x1, -1) for _, x1 in gaps])
    depth = 0
    stretches: list[tuple[int, float]] = []
    for (x, step), (after, _) in pairwise(edges):
        depth += step
        if after > x:
            stretches.append((depth, (x + after) / 2))
    deepest = max(depth for depth, _ in stretches)
    likely = [(depth, x) for depth, x in stretches if depth >= _NEARLY * deepest]
    return min(likely, key=lambda found: (_count_across(ordered, found[1]), -found[0]))[1]


def _count_across(items: Sequence[Item], x: float) -> int:
    return sum(item.x0 < x < item.x1 for item in items)


def _gaps(ordered: Sequence[Item]) -> list[tuple[float, float]]:
    gaps = []
    for at, item in enumerate(ordered):
        for other in ordered[at + 1 :]:
            if other.y0 >= item.y1 and other.height < 3 * item.height:
                break
            shared = min(item.y1, other.y1) - max(item.y0, other.y0)
            if shared > 0.1 * min(item.height, other.height):
                x0, x1 = (item.x1, other.x0) if item.x0 < other.x0 else (other.x1, item.x0)
                if x0 < x1:
                    gaps.append((x0, x1))
    return gaps
