"""One passage as HTML: its words with the best sentence marked, its place, what can be done.

Every word of a report is escaped here and stands in `<bdi>` or under `dir="auto"`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from index.answer import Hit
from ingest.report import PATH_SEPARATOR
from ingest.span import Span

# What a signal is called, and the value that fills its bar; None: the largest one shown.
_SIGNALS: Mapping[str, tuple[str, float | None]] = {
    "dense": ("Meaning of the passage", 1.0),
    "sentence": ("Meaning of its best sentence", 1.0),
    "tokens": ("Meaning word by word", 1.0),
    "near": ("Your words, close together", 1.0),
    "bm25": ("Your words, by rarity", None),
    "reranker": ("Second reading", None),
    "named": ("Named in the question", 1.0),
}
_JUDGEMENTS = (("relevant", "Relevant"), ("not relevant", "Not relevant"))


@dataclass(frozen=True, slots=True)
class Frame:
    """How passages are shown.

    Attributes:
        titled: whether the report's title stands before the section.
        judging: whether they can be judged.
        largest: the largest value of each signal among those shown.
    """

    titled: bool = False
    judging: bool = True
    largest: Mapping[str, float] | None = None


def write_passage(hit: Hit, frame: Frame) -> str:
    """Return a passage as a list item."""
    return (
        f'<li><article id="passage-{hit.rank}" class="rq-passage" tabindex="-1"'
        f' {write_place(hit)} aria-labelledby="place-{hit.rank}">'
        f'<div class="rq-margin"><span class="rq-number" aria-hidden="true">{hit.rank}</span>'
        f"{_locator(hit)}</div>"
        f'<div class="rq-body">{_place(hit, titled=frame.titled)}'
        f'<p class="rq-before" dir="auto" hidden></p>'
        f'<p class="rq-text" dir="auto">{mark_highlight(hit)}</p>'
        f'<p class="rq-after" dir="auto" hidden></p>'
        f'<footer class="rq-cited">{write_citation(hit.citation, address_hit(hit))}</footer>'
        f"{_tools(hit, frame)}</div></article></li>"
    )


def mark_highlight(hit: Hit) -> str:
    """Return the passage with its best sentence in `<mark>`."""
    start = hit.highlight.span.start - hit.quote.span.start
    end = hit.highlight.span.end - hit.quote.span.start
    text = hit.quote.text
    marked = f"<mark>{escape(text[start:end])}</mark>"
    return escape(text[:start]) + marked + escape(text[end:])


def write_citation(citation: str, address: str) -> str:
    """Return a citation that leads to its place, with a button that copies it."""
    text = escape(citation)
    return (
        f'<cite><a class="rq-open" href="{escape(address)}" target="_blank"><bdi>{text}</bdi></a>'
        '</cite><button type="button" class="rq-copy" '
        f'data-copy="{text}" aria-label="Copy citation: {text}">'
        '<span aria-hidden="true">Copy</span></button>'
    )


def write_trail(path: tuple[str, ...]) -> str:
    """Return a section path with its last step set off."""
    *parents, last = (f"<bdi>{escape(step)}</bdi>" for step in path)
    trail = "".join(f"{step}{PATH_SEPARATOR}" for step in parents)
    return f'{trail}<span class="rq-here">{last}</span>'


def address_place(report: str, span: Span) -> str:
    """Return the address of the reader with some words marked."""
    return f"./reports/{report}?mark={span.start}-{span.end}"


def address_hit(hit: Hit) -> str:
    """Return the address of the reader with a passage's best sentence marked."""
    return address_place(hit.report, hit.highlight.span)


def write_place(hit: Hit) -> str:
    """Return the attributes by which the page's script knows a passage."""
    span = hit.quote.span
    return f'data-report="{escape(hit.report)}" data-start="{span.start}" data-end="{span.end}"'


def write_toggle(kind: str, words: str, rank: int, more: str = "") -> str:
    """Return a button that is on or off."""
    return (
        f'<button type="button" class="rq-tool {kind}" aria-pressed="false"{more}>'
        f'{words}<span class="rq-unseen"> (passage {rank})</span></button>'
    )


def find_largest(hits: tuple[Hit, ...]) -> dict[str, float]:
    """Return the largest value of each signal."""
    largest: dict[str, float] = {}
    for hit in hits:
        for name, value in hit.signals.items():
            largest[name] = max(largest.get(name, 0.0), value)
    return largest


def _locator(hit: Hit) -> str:
    return f'<p class="rq-locator"><bdi>{escape(hit.locator)}</bdi></p>' if hit.locator else ""


def _place(hit: Hit, *, titled: bool) -> str:
    path = (hit.title, *hit.section) if titled or not hit.section else hit.section
    return (
        f'<h3 class="rq-place" id="place-{hit.rank}"><span class="rq-unseen">'
        f"Passage {hit.rank}: </span>{write_trail(path)}</h3>"
    )


def _tools(hit: Hit, frame: Frame) -> str:
    where = "page" if hit.page else "report"
    opened = (
        f'<a class="rq-tool rq-open" href="{escape(address_hit(hit))}" target="_blank"'
        f' aria-label="Open passage {hit.rank} in the {where}">Open {where}</a>'
    )
    return (
        f'<div class="rq-tools">{opened}'
        f"{write_toggle('rq-around', 'Text around', hit.rank)}"
        f"{write_toggle('rq-keep', 'Keep', hit.rank)}"
        f"{_judgements(hit.rank) if frame.judging else ''}</div>"
        f"{_why(hit, frame.largest or {})}"
    )


def _judgements(rank: int) -> str:
    return "".join(
        write_toggle("rq-judge", words, rank, f' data-verdict="{verdict}"')
        for verdict, words in _JUDGEMENTS
    )


def _why(hit: Hit, largest: Mapping[str, float]) -> str:
    bars = "".join(
        _bar(words, hit.signals[name], full or largest.get(name, 0.0))
        for name, (words, full) in _SIGNALS.items()
        if name in hit.signals
    )
    return (
        '<details class="rq-why"><summary>Why this<span class="rq-unseen">'
        f" (passage {hit.rank})</span></summary><dl>{bars}</dl></details>"
    )


def _bar(words: str, value: float, full: float) -> str:
    share = min(max(value / full, 0.0), 1.0) if full > 0 else 0.0
    return (
        f"<div><dt>{words}</dt><dd>"
        f'<span class="rq-bar" aria-hidden="true"><span style="width:{share:.0%}"></span></span>'
        f"<span>{value:.2f}</span></dd></div>"
    )
