"""The pages of a report as pictures, with boxes over the marked words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from app.reader_frame import Screen, write_link, write_notices, write_step
from app.reader_pictures import SCALES, PageState
from app.reader_request import ZOOMS, View, Wanted
from app.reader_shelf import Volume
from ingest.report import Box, Notice, NoticeKind, Page

# CSS pixels for each point at 100 %.
_NATURAL = 96 / 72
_MOST_STACKED = 3
_WIDEST = 60  # rem, of a page that fits the width
_LONGEST_WORDS = 2_000
_MARGIN = 1.0  # points around the words of a box

_MESSAGES = {
    NoticeKind.NO_TEXT_LAYER: "This page has no text layer: what is printed on it was not read.",
    NoticeKind.ENCRYPTED: "This page is encrypted: what is printed on it was not read.",
    NoticeKind.BROKEN_FONT: "The fonts of this page do not say which letters they show: what is"
    " printed on it was not read.",
    NoticeKind.EMPTY_PAGE: "This page is empty.",
    NoticeKind.OCR: "The words of this page were recognised from a picture; they may contain"
    " errors.",
}
_FAILURES = {
    PageState.GONE: "The file is no longer where it was when it was read, so its pages cannot be"
    " drawn. Its text, as it was read, is below.",
    PageState.CHANGED: "The file has changed since it was read, so its pages are not shown. Its"
    " text, as it was read, is below; add the file again to read it anew.",
    PageState.LOCKED: "This file opens with a password only, and ReportQA keeps none, so its pages"
    " cannot be drawn. Its text is below.",
    PageState.BROKEN: "The file cannot be opened, so its pages cannot be drawn. Its text, as it"
    " was read, is below.",
}


def choose_pages(volume: Volume, wanted: Wanted) -> tuple[Page, ...]:
    """Return the pages to show one under the other: those of the mark, or a single one.

    Nothing where the page that is wanted does not exist.
    """
    marked = list(volume.boxes(wanted.mark))
    if wanted.page is not None:
        first = wanted.page
    elif marked:
        first = marked[0]
    else:
        start = wanted.at if wanted.at is not None else wanted.mark.start if wanted.mark else 0
        first = volume.page_of(start) or 1
    together = marked if len(marked) <= _MOST_STACKED and first in marked else [first]
    found = (volume.page(index) for index in together)
    return tuple(page for page in found if page is not None)


def name_page(page: Page) -> str:
    """Return "p. 7 (PDF 9)"."""
    physical = f" (PDF {page.index})" if page.label != str(page.index) else ""
    return f"p. {page.label}{physical}"


def describe_state(state: PageState) -> str:
    """Return why pages cannot be drawn."""
    return _FAILURES[state]


def write_page_screen(volume: Volume, wanted: Wanted, pages: Sequence[Page]) -> Screen:
    """Return pages with boxes over the words that are marked on them."""
    boxes = volume.boxes(wanted.mark)
    written = "".join(
        _write_page(volume, wanted, page, boxes.get(page.index, [])) for page in pages
    )
    zoom = f' style="--zoom:{wanted.zoom / 100:g}"' if wanted.zoom else ""
    body = (
        f'<main id="words" class="rq-pages" data-zoom="{wanted.zoom}"{zoom}>'
        f"{_write_rest(volume, wanted, pages, boxes)}{written}</main>"
    )
    label = name_page(pages[0])
    return Screen(View.PAGE, label, write_page_tools(volume, wanted, pages) + _zoom(wanted), body)


def write_page_tools(volume: Volume, wanted: Wanted, pages: Sequence[Page]) -> str:
    """Return the bar to turn pages by."""
    before, after = volume.page(pages[0].index - 1), volume.page(pages[-1].index + 1)
    return (
        '<nav class="rq-turn" aria-label="Pages">'
        f"{_write_turn(wanted, before, 'Previous page', '←', 'prev')}"
        f"{_write_form(volume, wanted, pages[0])}"
        f"{_write_turn(wanted, after, 'Next page', '→', 'next')}</nav>"
    )


def describe_notice(notice: Notice) -> str:
    """Return what a notice says of its page."""
    return _MESSAGES.get(notice.kind, notice.message)


def _write_turn(wanted: Wanted, page: Page | None, words: str, arrow: str, rel: str) -> str:
    address = wanted.elsewhere(page=page.index) if page else None
    named = f"{words}, {name_page(page)}" if page else words
    return write_step(address, named, arrow, rel)


def _write_form(volume: Volume, wanted: Wanted, page: Page) -> str:
    kept = wanted.elsewhere(page=page.index).removeprefix("?").split("&")
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, _, value in (pair.partition("=") for pair in kept)
    )
    last = volume.report.pages[-1]
    return (
        f'<form method="get" class="rq-go">{hidden}<label for="go">Page</label>'
        f'<input id="go" name="go" value="{escape(page.label)}" autocomplete="off" size="4"'
        f' maxlength="40" aria-describedby="of"><span id="of">PDF {page.index} of {last.index}'
        '</span><button type="submit" class="rq-unseen">Go to page</button></form>'
    )


def _zoom(wanted: Wanted) -> str:
    smaller = next((zoom for zoom in reversed(ZOOMS) if 0 < zoom < (wanted.zoom or 100)), None)
    larger = next((zoom for zoom in ZOOMS if zoom > (wanted.zoom or 100)), None)
    fit = ' aria-current="true"' if not wanted.zoom else ""
    shown = f"{wanted.zoom} %" if wanted.zoom else "Fit"
    return (
        f'<div class="rq-zoom" role="group" aria-label="Zoom" data-zooms="{_list_zooms()}">'
        f"{_write_zoom(wanted, smaller, 'Smaller', '–')}"
        f'<a class="rq-fit" href="{escape(wanted.address(zoom=0))}"{fit} title="Fit the width">'
        f'<output>{shown}</output><span class="rq-unseen">Fit the width</span></a>'
        f"{_write_zoom(wanted, larger, 'Larger', '+')}</div>"
    )


def _list_zooms() -> str:
    return " ".join(str(zoom) for zoom in ZOOMS if zoom)


def _write_zoom(wanted: Wanted, zoom: int | None, words: str, sign: str) -> str:
    address = None if zoom is None else wanted.address(zoom=zoom)
    return write_step(address, words, sign, "nofollow")


def _write_rest(
    volume: Volume, wanted: Wanted, pages: Sequence[Page], boxes: Mapping[int, list[Box]]
) -> str:
    """Say where the marked words are, as far as they are not on the pages shown."""
    shown = {page.index for page in pages}
    others = [volume.page(index) for index in boxes if index not in shown]
    named = [page for page in others if page is not None]
    if not named:
        return ""
    ends = [named[0]] if len(named) == 1 else [named[0], named[-1]]
    links = " to ".join(
        write_link(wanted.elsewhere(page=page.index), name_page(page)) for page in ends
    )
    what = "Words are marked" if shown.isdisjoint(boxes) else "The mark goes on"
    return f'<p class="rq-rest">{what} on {links}.</p>'


def _write_page(volume: Volume, wanted: Wanted, page: Page, boxes: Sequence[Box]) -> str:
    found = [n for n in volume.report.notices if n.page == page.index]
    overlays = "".join(_write_box(page, box, first=not at) for at, box in enumerate(boxes))
    style = f"--width:{page.width * _NATURAL:.2f}px;--ratio:{page.width:g}/{page.height:g}"
    return (
        f'<figure class="rq-page" id="page-{page.index}" data-page="{page.index}"'
        f' style="{style}">{write_notices(describe_notice(n) for n in found)}'
        f'<div class="rq-sheet">{_write_picture(volume, wanted, page)}{overlays}</div>'
        f"<figcaption>{escape(name_page(page))}</figcaption>"
        f"{_write_quoted(volume, wanted) if boxes else ''}</figure>"
    )


def _write_picture(volume: Volume, wanted: Wanted, page: Page) -> str:
    base = f"{volume.summary.id}/pages/{page.index}.png"
    sources = ", ".join(f"{base}?scale={scale:g} {round(page.width * scale)}w" for scale in SCALES)
    natural = page.width * _NATURAL
    sizes = f"{natural * wanted.zoom / 100:.0f}px" if wanted.zoom else f"min(100vw, {_WIDEST}rem)"
    return (
        f'<img src="{base}?scale=2" srcset="{sources}" sizes="{sizes}"'
        f' data-natural="{natural:.2f}"'
        f' width="{round(natural)}" height="{round(page.height * _NATURAL)}"'
        f' alt="{escape(name_page(page))} of {escape(volume.report.title)}">'
    )


def _write_box(page: Page, box: Box, *, first: bool) -> str:
    left, top = box.x0 - _MARGIN, box.y0 - _MARGIN / 2
    width, height = box.x1 - box.x0 + 2 * _MARGIN, box.y1 - box.y0 + _MARGIN
    style = (
        f"left:{100 * left / page.width:.3f}%;top:{100 * top / page.height:.3f}%;"
        f"width:{100 * width / page.width:.3f}%;height:{100 * height / page.height:.3f}%"
    )
    name = ' data-first=""' if first else ""
    return f'<div class="rq-box"{name} style="{style}"></div>'


def _write_quoted(volume: Volume, wanted: Wanted) -> str:
    if wanted.mark is None:
        return ""
    words = wanted.mark.of(volume.report.text)
    cut = words if len(words) <= _LONGEST_WORDS else f"{words[:_LONGEST_WORDS]}…"
    return f'<p class="rq-unseen">Marked: “<bdi>{escape(cut)}</bdi>”</p>'
