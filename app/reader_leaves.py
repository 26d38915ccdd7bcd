"""The text of a report, some sections at a time, with the outline to move by."""

from __future__ import annotations

from html import escape
from itertools import groupby

from app.reader_blocks import Marked, write_pieces
from app.reader_frame import Screen, write_link, write_notices, write_step
from app.reader_outline import Entry, choose_entries, find_section
from app.reader_pages import describe_notice, name_page
from app.reader_request import View, Wanted
from app.reader_shelf import Volume
from app.reader_text import Leaf, find_leaf

_MOST_LEAVES = 3
_MOST_ENTRIES = 250


def choose_leaves(volume: Volume, wanted: Wanted) -> tuple[int, ...]:
    """Return which leaves, from 0, to show: those of the mark, or the one of a place."""
    first = find_leaf(volume.leaves, _find_place(volume, wanted))
    if wanted.mark is None or _find_place(volume, wanted) != wanted.mark.start:
        return (first,)
    last = find_leaf(volume.leaves, wanted.mark.end - 1)
    return tuple(range(first, min(last, first + _MOST_LEAVES - 1) + 1))


def write_text_screen(volume: Volume, wanted: Wanted, failure: str = "") -> Screen:
    """Return the text at a place.

    Args:
        volume: the report.
        wanted: the place.
        failure: why the page that was asked for is not shown instead.
    """
    shown = choose_leaves(volume, wanted)
    here = find_section(volume.entries, _find_place(volume, wanted))
    body = (
        '<div class="rq-reading">'
        f'<main id="words" class="rq-words" lang="{escape(volume.report.metadata.language)}">'
        f"{write_notices([failure] if failure else [])}"
        f"{''.join(_write_leaf(volume, wanted, volume.leaves[at]) for at in shown)}"
        f"{_write_rest(volume, wanted, shown[-1])}{_write_ends(volume, wanted, shown)}</main>"
        f"{write_outline(volume, wanted, here)}</div>"
    )
    label = volume.entries[here].title
    return Screen(View.TEXT, label, _write_tools(volume, wanted, shown), body)


def write_outline(
    volume: Volume, wanted: Wanted, here: int | None, limit: int = _MOST_ENTRIES
) -> str:
    """Return the sections as links; nothing where the report has no headings."""
    if not any(section.path for section in volume.report.sections):
        return ""
    chosen = choose_entries(volume.entries, here, limit)
    items = "".join(_write_entry(volume, wanted, at, at == here) for at in chosen)
    left_out = len(volume.entries) - len(chosen)
    more = f'<p class="rq-quiet">{left_out:,} more within these.</p>' if left_out else ""
    return (
        '<nav id="outline" class="rq-outline" aria-labelledby="outline-name">'
        f'<h2 id="outline-name">Outline</h2><ol>{items}</ol>{more}</nav>'
    )


def _find_place(volume: Volume, wanted: Wanted) -> int:
    if wanted.at is not None:
        return wanted.at
    if wanted.page is not None and wanted.page not in volume.boxes(wanted.mark):
        return _first_on(volume, wanted.page)
    return wanted.mark.start if wanted.mark else 0


def _first_on(volume: Volume, page: int) -> int:
    """Return the first code point on a page, or on the nearest one before it that has words."""
    before = [at for at in volume.firsts if at <= page]
    return volume.firsts[max(before)] if before else 0


def _write_leaf(volume: Volume, wanted: Wanted, leaf: Leaf) -> str:
    marked = Marked(volume.report.text, wanted.mark)
    if not volume.report.pages:
        return write_pieces(leaf.pieces, marked)
    runs = groupby(leaf.pieces, key=lambda piece: volume.page_of(piece.span.start))
    return "".join(
        _write_page_line(volume, wanted, page) + write_pieces(tuple(found), marked)
        for page, found in runs
    )


def _write_page_line(volume: Volume, wanted: Wanted, index: int | None) -> str:
    page = volume.page(index) if index is not None else None
    if page is None:
        return ""
    link = write_link(wanted.elsewhere(page=page.index, view=View.PAGE), name_page(page))
    found = [n for n in volume.report.notices if n.page == page.index]
    here = ' data-here=""' if index == wanted.page else ""
    notices = write_notices(describe_notice(n) for n in found)
    return f'<p class="rq-leaf"{here}>{link}</p>{notices}'


def _write_rest(volume: Volume, wanted: Wanted, last: int) -> str:
    """Say that the mark goes on after what is shown."""
    end = volume.leaves[last].span.end
    if wanted.mark is None or wanted.mark.end <= end or last + 1 == len(volume.leaves):
        return ""
    link = write_link(_to_leaf(volume, wanted, last + 1), "on the next page")
    return f'<p class="rq-rest">The mark goes on {link}.</p>'


def _to_leaf(volume: Volume, wanted: Wanted, at: int) -> str:
    return wanted.elsewhere(at=volume.leaves[at].span.start, view=View.TEXT)


def _title_of(volume: Volume, at: int) -> str:
    return volume.entries[find_section(volume.entries, volume.leaves[at].span.start)].title


def _write_tools(volume: Volume, wanted: Wanted, shown: tuple[int, ...]) -> str:
    headed = any(section.path for section in volume.report.sections)
    outline = write_link("#outline", "Outline", **{"class": "rq-to-outline"}) if headed else ""
    if len(volume.leaves) == 1:
        return outline
    return (
        '<nav class="rq-turn" aria-label="Parts of the text">'
        f"{_write_turn(volume, wanted, shown[0] - 1, 'Previous', '←')}"
        f'<span class="rq-part">Part {shown[0] + 1} of {len(volume.leaves)}</span>'
        f"{_write_turn(volume, wanted, shown[-1] + 1, 'Next', '→')}</nav>{outline}"
    )


def _write_turn(volume: Volume, wanted: Wanted, at: int, words: str, arrow: str) -> str:
    if not 0 <= at < len(volume.leaves):
        return write_step(None, words, arrow, "")
    named = f"{words}: {_title_of(volume, at)}"
    return write_step(
        _to_leaf(volume, wanted, at), named, arrow, "prev" if words == "Previous" else "next"
    )


def _write_ends(volume: Volume, wanted: Wanted, shown: tuple[int, ...]) -> str:
    """Return links to what comes before and after, under the text."""
    before, after = shown[0] - 1, shown[-1] + 1
    links = [
        write_link(_to_leaf(volume, wanted, at), f"{arrow} {_title_of(volume, at)}")
        if 0 <= at < len(volume.leaves)
        else "<span></span>"
        for at, arrow in ((before, "←"), (after, "→"))
    ]
    if len(volume.leaves) == 1:
        return ""
    return f'<nav class="rq-ends" aria-label="Before and after">{"".join(links)}</nav>'


def _write_entry(volume: Volume, wanted: Wanted, at: int, here: bool) -> str:
    entry = volume.entries[at]
    current = ' aria-current="location"' if here else ""
    address = escape(_to_entry(volume, wanted, entry))
    page = volume.page(entry.page) if entry.page is not None else None
    number = f'<span class="rq-at">{escape(page.label)}</span>' if page else ""
    return (
        f'<li style="--depth:{entry.depth - 1}"><a href="{address}"{current}>'
        f"<bdi>{escape(entry.title)}</bdi>{number}</a></li>"
    )


def _to_entry(volume: Volume, wanted: Wanted, entry: Entry) -> str:
    if wanted.view is not View.TEXT and volume.report.pages and entry.page is not None:
        return wanted.elsewhere(page=entry.page, view=View.PAGE)
    return wanted.elsewhere(at=entry.start, view=View.TEXT) + f"#at-{entry.start}"
