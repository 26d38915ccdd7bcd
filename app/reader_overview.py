"""A report at a glance: what is known of it, what could not be read, and its outline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from urllib.parse import urlsplit

from app.reader_frame import Screen, write_link, write_notices
from app.reader_leaves import write_outline
from app.reader_request import View, Wanted
from app.reader_shelf import Volume
from ingest.report import Notice, NoticeKind

_MOST_ENTRIES = 380
_MOST_NOTICES = 40
_MOST_RANGES = 40

_KINDS = {
    NoticeKind.NO_TEXT_LAYER: "without a text layer, not read",
    NoticeKind.ENCRYPTED: "encrypted, not read",
    NoticeKind.BROKEN_FONT: "in fonts that do not say which letters they show, not read",
    NoticeKind.EMPTY_PAGE: "empty",
    NoticeKind.OCR: "recognised from a picture, which may contain errors",
}


def write_overview_screen(volume: Volume, wanted: Wanted) -> Screen:
    """Return metadata, notices and outline of a report."""
    facts = "".join(f"<div><dt>{name}</dt><dd>{words}</dd></div>" for name, words in _facts(volume))
    body = (
        '<main id="words" class="rq-overview">'
        f'<dl class="rq-facts">{facts}</dl>'
        f"{write_notices(_describe_notices(volume.report.notices))}"
        f'<p class="rq-begin">{_write_beginning(volume, wanted)}</p>'
        f"{write_outline(volume, wanted, None, _MOST_ENTRIES)}</main>"
    )
    return Screen(View.OVERVIEW, "", "", body)


def _facts(volume: Volume) -> Iterator[tuple[str, str]]:
    """Yield what is known, as HTML."""
    report, metadata = volume.report, volume.report.metadata
    known = {"By": metadata.creator, "Date": metadata.date, "Licence": metadata.licence}
    for name, words in known.items():
        if words:
            yield name, f"<bdi>{escape(words)}</bdi>"
    if metadata.url:
        yield "Address", _write_address(metadata.url)
    yield "File", f"<bdi>{escape(report.source)}</bdi>"
    if report.pages:
        read, pages = volume.summary.pages_read, volume.summary.pages
        every = "all read" if read == pages else f"{read:,} of them read"
        yield "Pages", f"{pages:,}, {every}"
    yield "Words", f"{len(report.text.split()):,}"
    sections = sum(bool(section.path) for section in report.sections)
    if sections:
        yield "Sections", f"{sections:,}"


def _write_address(address: str) -> str:
    """Return a link, where a browser would fetch a page under it; else the words alone."""
    shown = f"<bdi>{escape(address)}</bdi>"
    try:
        scheme = urlsplit(address).scheme
    except ValueError:
        return shown
    if scheme not in {"http", "https"}:
        return shown
    return f'<a href="{escape(address)}" rel="noopener noreferrer" target="_blank">{shown}</a>'


def _write_beginning(volume: Volume, wanted: Wanted) -> str:
    text = write_link(wanted.address(view=View.TEXT), "Read the text")
    if not volume.report.pages:
        return text
    return f"{write_link(wanted.address(view=View.PAGE), 'See the pages')} {text}"


def _describe_notices(notices: Sequence[Notice]) -> list[str]:
    """Return a line for each kind of page, and one for each notice of the whole file."""
    lines = []
    for kind, words in _KINDS.items():
        pages = sorted({n.page for n in notices if n.kind is kind and n.page is not None})
        if pages:
            lines.append(f"PDF {_join(_ranges(pages))}: {words}.")
    rest = [n.message for n in notices if n.kind not in _KINDS or n.page is None]
    lines += rest[:_MOST_NOTICES]
    if len(rest) > _MOST_NOTICES:
        lines.append(f"{len(rest) - _MOST_NOTICES:,} more.")
    return lines


def _ranges(pages: Iterable[int]) -> list[str]:
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    return [f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]


def _join(ranges: Sequence[str]) -> str:
    name = "page" if len(ranges) == 1 and "–" not in ranges[0] else "pages"
    more = f" and {len(ranges) - _MOST_RANGES:,} more" if len(ranges) > _MOST_RANGES else ""
    return f"{name} {', '.join(ranges[:_MOST_RANGES])}{more}"
