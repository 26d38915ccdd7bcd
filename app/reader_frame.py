"""The frame of every page of the reader: title, ways to look at a report, what is marked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from app.problems import Problem
from app.reader_request import View, Wanted
from app.reader_shelf import Volume

_NAMES = {View.OVERVIEW: "Overview", View.PAGE: "Pages", View.TEXT: "Text"}


@dataclass(frozen=True, slots=True)
class Assets:
    """Addresses of the style sheet and the script, relative to a report's own."""

    sheet: str
    script: str


@dataclass(frozen=True, slots=True)
class Screen:
    """What stands in the frame.

    Attributes:
        view: which of the ways to look at a report it is.
        label: short, for the window's title; may be empty.
        tools: HTML of the bar to move by.
        body: HTML of the rest.
    """

    view: View
    label: str
    tools: str
    body: str


def write_screen(volume: Volume, wanted: Wanted, screen: Screen, assets: Assets) -> str:
    """Return a whole page of the reader."""
    title = volume.report.title
    names = (screen.label, title, "ReportQA")
    head = (
        '<header class="rq-head">'
        f"{_write_home(wanted)}"
        f'<h1><a href="{escape(_bare(wanted))}"><bdi>{escape(title)}</bdi></a></h1>'
        "</header>"
    )
    views = _write_views(volume, wanted, screen.view)
    tools = f'<section class="rq-tools" aria-label="Find your way">{screen.tools}{views}</section>'
    body = (
        '<a class="rq-skip" href="#words">Skip to the report</a>'
        f"{head}{tools}{_write_mark(volume, wanted)}{screen.body}"
        '<p class="rq-unseen" role="status" id="status"></p>'
    )
    return _write_document(
        " · ".join(filter(None, names)), body, wanted, assets, f' data-view="{screen.view}"'
    )


def write_failure(problem: Problem, wanted: Wanted, assets: Assets, way_on: str = "") -> str:
    """Return a page that says what cannot be shown; `way_on` is HTML of a link."""
    body = (
        f'<header class="rq-head">{_write_home(wanted)}</header>'
        '<main id="words" class="rq-failure">'
        f"<h1>{escape(problem.heading)}</h1><p>{escape(problem.advice)}</p>"
        f"{way_on}</main>"
    )
    return _write_document(f"{problem.heading} · ReportQA", body, wanted, assets)


def write_link(address: str, words: str, **attributes: str) -> str:
    """Return a link; its words are escaped."""
    more = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    return f'<a href="{escape(address)}"{more}>{escape(words)}</a>'


def write_step(address: str | None, words: str, arrow: str, rel: str) -> str:
    """Return a link to what comes before or after; its place is kept where there is nothing."""
    inside = f'<span aria-hidden="true">{arrow}</span>'
    if address is None:
        return f'<span class="rq-step rq-step-off" aria-hidden="true">{inside}</span>'
    return (
        f'<a class="rq-step" rel="{rel}" href="{escape(address)}" title="{escape(words)}">'
        f'{inside}<span class="rq-unseen">{escape(words)}</span></a>'
    )


def write_notices(words: Iterable[str]) -> str:
    """Return what could not be read here, or nothing."""
    items = "".join(f"<li><bdi>{escape(line)}</bdi></li>" for line in words)
    return f'<ul class="rq-notices" aria-label="What could not be read">{items}</ul>' * bool(items)


def _bare(wanted: Wanted) -> str:
    return wanted.address(mark=None, page=None, at=None, view=None)


def _write_home(wanted: Wanted) -> str:
    if wanted.embed:
        return ""
    return '<p class="rq-home"><a href="../">Report<span>QA</span></a></p>'


def _write_views(volume: Volume, wanted: Wanted, current: View) -> str:
    views = [
        view
        for view in View
        if not (view is View.PAGE and not volume.report.pages)
        # In a frame there is little room, and the title leads there too.
        and not (view is View.OVERVIEW and wanted.embed)
    ]
    items = "".join(_write_view(view, wanted, current) for view in views)
    return f'<nav class="rq-views" aria-label="View"><ul>{items}{_write_alone(wanted)}</ul></nav>'


def _write_view(view: View, wanted: Wanted, current: View) -> str:
    here = ' aria-current="page"' if view is current else ""
    address = escape(wanted.address(view=view))
    return f'<li><a href="{address}"{here}>{_NAMES[view]}</a></li>'


def _write_alone(wanted: Wanted) -> str:
    if not wanted.embed:
        return ""
    address = escape(wanted.address(embed=False))
    return (
        f'<li><a href="{address}" target="_blank" rel="noopener" title="Open in a window of its'
        ' own"><span aria-hidden="true">↗</span><span class="rq-unseen">Open in a window of its'
        " own</span></a></li>"
    )


def _write_mark(volume: Volume, wanted: Wanted) -> str:
    if wanted.mark is None:
        return ""
    citation = escape(volume.cite(wanted.mark))
    return (
        '<section class="rq-cited" aria-label="Citation of what is marked">'
        f"<cite><bdi>{citation}</bdi></cite>"
        f'<button type="button" class="rq-copy" data-copy="{citation}">Copy</button></section>'
    )


def _write_document(
    title: str, body: str, wanted: Wanted, assets: Assets, attributes: str = ""
) -> str:
    theme = f' data-theme="{wanted.theme}"' if wanted.theme else ""
    embed = ' class="rq-embed"' if wanted.embed else ""
    return (
        f'<!doctype html><html lang="en"{theme}{embed}><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title>"
        '<link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="{escape(assets.sheet)}">'
        f'<script src="{escape(assets.script)}" defer></script></head>'
        f"<body{attributes}>{body}</body></html>"
    )
