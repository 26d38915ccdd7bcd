"""Plots as SVG: small, in the page's own colours, read without a script or a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from eval.abstention import CurvePoint
from eval.interval import Estimate

if TYPE_CHECKING:
    from markupsafe import Markup

_WIDTH = 640
_ROW = 26
_TALL_ROW = 40
_LABELS = 170
_FIGURES = 60
_BINS = 20
_SIDE = 220
_MARGIN = 46


def draw_bars(measures: Mapping[str, Estimate]) -> Markup:
    """Return a bar from 0 to 1 for each measure, with its interval."""
    scale = _WIDTH - _LABELS - _FIGURES
    parts: list[str] = []
    for row, (name, one) in enumerate(measures.items()):
        top, middle = row * _ROW + 5, row * _ROW + 13
        low, high = (_LABELS + scale * end for end in (one.low, one.high))
        parts += [
            f'<text x="{_LABELS - 8}" y="{middle + 4}" text-anchor="end">{_escape(name)}</text>',
            (
                f'<rect class="bar" x="{_LABELS}" y="{top}" width="{scale * one.value:.1f}" '
                f'height="16"><title>{_tell(one)}</title></rect>'
            ),
            (
                f'<path class="interval" d="M{low:.1f} {middle}H{high:.1f}M{low:.1f} {middle - 4}v8'
                f'M{high:.1f} {middle - 4}v8"/>'
            ),
            f'<text x="{_WIDTH - _FIGURES + 8}" y="{middle + 4}">{one.value:.3f}</text>',
        ]
    return _frame(parts, _WIDTH, len(measures) * _ROW + 4, "Measures with 95% intervals")


def draw_curve(curve: Sequence[CurvePoint]) -> Markup:
    """Return the curve of risk against coverage."""
    points = " ".join(f"{_x(p.coverage):.1f},{_y(p.risk):.1f}" for p in curve)
    parts = [*_axes("share of questions answered", "share answered wrong")]
    parts.append(f'<polyline class="line" points="{points}"/>')
    return _frame(parts, _plot_width(), _plot_height(), "Risk against coverage")


def draw_histograms(groups: Mapping[str, Sequence[float]]) -> Markup:
    """Return histograms of values in [0, 1], one over the other, each of its own share."""
    edges = np.linspace(0, 1, _BINS + 1)
    shares = {
        name: np.histogram(values, edges)[0] / max(len(values), 1)
        for name, values in groups.items()
    }
    highest = max((float(share.max()) for share in shares.values()), default=1.0) or 1.0
    parts = [*_axes("confidence", "share of questions", top=highest)]
    for number, (name, share) in enumerate(shares.items()):
        for at, value in enumerate(share):
            height = _SIDE * float(value) / highest
            parts.append(
                f'<rect class="group{number % 4}" x="{_x(edges[at]):.1f}" '
                f'y="{_MARGIN / 2 + _SIDE - height:.1f}" width="{_SIDE * 1.6 / _BINS - 1:.1f}" '
                f'height="{height:.1f}"><title>{_escape(name)}: {value:.1%}</title></rect>'
            )
        line = _MARGIN / 2 + 14 + 16 * number
        parts.append(
            f'<text class="group{number % 4}" x="{_x(0.62):.1f}" y="{line}">'
            f"{_escape(name)} ({len(groups[name])})</text>"
        )
    return _frame(parts, _plot_width(), _plot_height(), "Confidence")


def draw_points(points: Mapping[str, Estimate], chosen: str) -> Markup:
    """Return one point with its interval a setting, on an axis cut to what is there."""
    low = min(one.low for one in points.values())
    high = max(one.high for one in points.values())
    scale = (_WIDTH - _FIGURES - 8) / ((high - low) or 1.0)
    parts: list[str] = []
    for row, (name, one) in enumerate(points.items()):
        top = row * _TALL_ROW
        middle = top + 24
        start, end, at = (4 + scale * (v - low) for v in (one.low, one.high, one.value))
        kind = "chosen" if name == chosen else "point"
        parts += [
            f'<text x="0" y="{top + 12}">{_escape(name)}</text>',
            f'<path class="interval" d="M{start:.1f} {middle}H{end:.1f}"/>',
            f'<circle class="{kind}" cx="{at:.1f}" cy="{middle}" r="4"/>',
            f'<text x="{_WIDTH - _FIGURES + 8}" y="{middle + 4}">{one.value:.3f}</text>',
        ]
    return _frame(parts, _WIDTH, len(points) * _TALL_ROW, "Settings with 95% intervals")


def draw_changes(changes: Mapping[str, Estimate]) -> Markup:
    """Return one point with its interval a measure, on both sides of a line at no change."""
    furthest = max((max(-one.low, one.high, 0.0) for one in changes.values()), default=0.0) or 1.0
    half = (_WIDTH - _LABELS - _FIGURES) / 2 - 8
    middle_x = _LABELS + half + 4
    height = len(changes) * _ROW + 4
    parts = [f'<path class="axis" d="M{middle_x:.1f} 0V{height}"/>']
    for row, (name, one) in enumerate(changes.items()):
        middle = row * _ROW + 13
        start, end, at = (middle_x + half * v / furthest for v in (one.low, one.high, one.value))
        kind = "point" if one.value >= 0 else "chosen"
        parts += [
            f'<text x="{_LABELS - 8}" y="{middle + 4}" text-anchor="end">{_escape(name)}</text>',
            f'<path class="interval" d="M{start:.1f} {middle}H{end:.1f}"/>',
            (
                f'<circle class="{kind}" cx="{at:.1f}" cy="{middle}" r="4">'
                f"<title>{_tell(one)}</title></circle>"
            ),
            f'<text x="{_WIDTH - _FIGURES + 8}" y="{middle + 4}">{one.value:+.3f}</text>',
        ]
    return _frame(parts, _WIDTH, height, "Changes with 95% intervals")


def _tell(one: Estimate) -> str:
    return f"{one.value:.4f} ({one.low:.3f} to {one.high:.3f})"


def _plot_width() -> float:
    return _SIDE * 1.6 + _MARGIN + 16


def _plot_height() -> float:
    return _SIDE + 1.5 * _MARGIN


def _x(share: float) -> float:
    return _MARGIN + _SIDE * 1.6 * float(share)


def _y(share: float) -> float:
    return _MARGIN / 2 + _SIDE * (1 - float(share))


def _axes(horizontal: str, vertical: str, top: float = 1.0) -> list[str]:
    bottom = _MARGIN / 2 + _SIDE
    parts = [f'<path class="axis" d="M{_MARGIN} {_MARGIN / 2}V{bottom}H{_x(1):.1f}"/>']
    for step in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts += [
            f'<text x="{_x(step):.1f}" y="{bottom + 16}" text-anchor="middle">{step:g}</text>',
            (
                f'<text x="{_MARGIN - 6}" y="{_y(step) + 4:.1f}" text-anchor="end">'
                f"{step * top:.2g}</text>"
            ),
        ]
    parts += [
        (
            f'<text x="{_x(0.5):.1f}" y="{bottom + 34}" text-anchor="middle">{_escape(horizontal)}'
            "</text>"
        ),
        f'<text x="{_MARGIN}" y="12">{_escape(vertical)}</text>',
    ]
    return parts


def _frame(parts: Sequence[str], width: float, height: float, title: str) -> Markup:
    from markupsafe import Markup as Safe

    body = "".join(parts)
    return Safe(  # noqa: S704  (numbers, and names that were escaped)
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{title}" '
        f'style="max-width:{width:g}px">{body}</svg>'
    )


def _escape(words: str) -> str:
    from markupsafe import escape

    return str(escape(words))
