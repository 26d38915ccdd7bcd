"""The reader: a report's pages and text in plain HTML, with the quoted words marked.

It stands beside the page, in a frame of it or on its own, and needs no Gradio.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib.resources import files

from fastapi import APIRouter, Request, Response

from app.problems import Problem, describe_problem
from app.reader_frame import Assets, write_failure, write_link, write_screen
from app.reader_leaves import write_text_screen
from app.reader_overview import write_overview_screen
from app.reader_pages import choose_pages, describe_state, write_page_screen
from app.reader_pictures import PageState, Pictures, choose_scale, name_state
from app.reader_request import (
    BadAddressError,
    View,
    Wanted,
    check_report_id,
    read_label,
    read_looks,
    read_mark,
    read_number,
    read_scale,
    read_wanted,
    reader_address,
)
from app.reader_shelf import Shelf, Volume
from app.service import Service
from app.theme import write_standalone_sheet
from ingest.errors import ReadError, ReportNotFoundError, ReportQAError

__all__ = ["make_reader_router", "reader_address"]

# What is shown may change with the index and the file, so a browser asks each time; where
# nothing has changed it gets no second copy.
_CACHING = "private, no-cache"
_STATUS = {
    PageState.GONE: 404,
    PageState.CHANGED: 410,
    PageState.LOCKED: 403,
    PageState.BROKEN: 422,
}
_NO_REPORT = Problem(
    "There is no such report",
    "It may have been removed, or read again under another address. Ask again to find its words.",
)
_NO_WORDS = Problem(
    "These words are not in the report",
    "The link leads beyond its end. The report may have been read again since the link was made.",
)


class _RefusalError(Exception):
    """What cannot be shown, and a way on from there."""

    def __init__(self, status: int, problem: Problem, way_on: str = "") -> None:
        super().__init__(problem.heading)
        self.status = status
        self.problem = problem
        self.way_on = way_on


class Reader:
    """Answers the reader's addresses."""

    def __init__(self, service: Service) -> None:
        """Read the style sheet and the script; nothing is drawn yet."""
        self._service = service
        self._shelf = Shelf(service)
        self._pictures = Pictures()
        script = files("app").joinpath("assets", "reader.js").read_text("utf-8")
        self._sheet, self._script = write_standalone_sheet("reader"), script
        self._assets = Assets(
            f"../reader/reader.css?v={_digest(self._sheet)}",
            f"../reader/reader.js?v={_digest(self._script)}",
        )

    def show(self, report_id: str, request: Request) -> Response:
        """Return a page of the reader."""
        looks = read_looks(request.query_params)
        try:
            self._service.refresh()
            return self._show(report_id, request)
        except (_RefusalError, BadAddressError, ReportQAError) as error:
            refusal = _explain(error)
            page = write_failure(refusal.problem, looks, self._assets, refusal.way_on)
            return _send_page(page, refusal.status)

    def draw(self, report_id: str, page: str, request: Request) -> Response:
        """Return the picture of a page, or why there is none in a line."""
        try:
            return self._draw(report_id, page, request)
        except (_RefusalError, BadAddressError, ReportQAError) as error:
            refusal = _explain(error)
            return Response(refusal.problem.heading, refusal.status, media_type="text/plain")

    def send_sheet(self, request: Request) -> Response:
        """Return the style sheet."""
        return _send(request, _digest(self._sheet), "text/css", self._sheet.encode)

    def send_script(self, request: Request) -> Response:
        """Return the script."""
        return _send(request, _digest(self._script), "text/javascript", self._script.encode)

    def _show(self, report_id: str, request: Request) -> Response:
        volume = self._take(report_id)
        wanted = read_wanted(request.query_params)
        _check_place(volume, wanted)
        typed = read_label(request.query_params)
        if typed is not None:
            return _turn_to(volume, wanted, typed)
        return _send_page(self._write(volume, wanted))

    def _write(self, volume: Volume, wanted: Wanted) -> str:
        view = _choose_view(volume, wanted)
        if view is View.OVERVIEW:
            screen = write_overview_screen(volume, wanted)
        elif view is View.TEXT:
            screen = write_text_screen(volume, wanted)
        else:
            pages = choose_pages(volume, wanted)
            states = [self._pictures.check(volume.sheet(page.index)) for page in pages]
            failed = next((state for state in states if state is not PageState.DRAWABLE), None)
            screen = (
                write_text_screen(volume, wanted, describe_state(failed))
                if failed
                else write_page_screen(volume, wanted, pages)
            )
        return write_screen(volume, wanted, screen, self._assets)

    def _draw(self, report_id: str, page: str, request: Request) -> Response:
        volume = self._take(report_id)
        given = request.query_params.get("mark")
        mark = read_mark(given) if given is not None else None
        number = read_number(page, "page", 1)
        _check_place(volume, Wanted(mark=mark, page=number))
        sheet, scale = volume.sheet(number), choose_scale(read_scale(request.query_params))
        state = self._pictures.check(sheet)
        if state is not PageState.DRAWABLE:
            raise _refuse_state(state)
        tag = self._pictures.tag(sheet, mark, scale)
        return _send(request, tag, "image/png", lambda: self._pictures.draw(sheet, mark, scale))

    def _take(self, report_id: str) -> Volume:
        try:
            return self._shelf.take(check_report_id(report_id))
        except ReportNotFoundError as error:
            raise _RefusalError(404, _NO_REPORT) from error


def make_reader_router(service: Service) -> APIRouter:
    """Return the addresses of the reader."""
    reader = Reader(service)
    router = APIRouter()
    addresses: dict[str, Callable[..., Response]] = {
        "/reports/{report_id}": reader.show,
        "/reports/{report_id}/pages/{page}.png": reader.draw,
        "/reader/reader.css": reader.send_sheet,
        "/reader/reader.js": reader.send_script,
    }
    for address, answer in addresses.items():
        router.add_api_route(address, answer, methods=["GET", "HEAD"], response_model=None)
    return router


def _choose_view(volume: Volume, wanted: Wanted) -> View:
    if wanted.is_bare:
        return View.OVERVIEW
    if not volume.report.pages:
        return View.OVERVIEW if wanted.view is View.OVERVIEW else View.TEXT
    if wanted.view is not None:
        return wanted.view
    # Words that lie on no page can be shown in the text only.
    lost = wanted.mark is not None and wanted.page is None and not volume.boxes(wanted.mark)
    return View.TEXT if lost else View.PAGE


def _check_place(volume: Volume, wanted: Wanted) -> None:
    length = len(volume.report.text)
    beyond = wanted.mark is not None and wanted.mark.end > length
    if beyond or (wanted.at is not None and wanted.at >= length):
        raise _RefusalError(404, _NO_WORDS, _link_to(wanted))
    if wanted.page is not None and volume.page(wanted.page) is None:
        raise _RefusalError(404, _no_page(volume, str(wanted.page)), _link_to(wanted))


def _turn_to(volume: Volume, wanted: Wanted, typed: str) -> Response:
    """Lead to the page whose number somebody typed."""
    page = volume.find_page(typed, wanted.page)
    if page is None:
        raise _RefusalError(404, _no_page(volume, typed), _link_to(wanted))
    # Relative, so that it holds behind a proxy too.
    return Response(status_code=303, headers={"location": wanted.elsewhere(page=page.index)})


def _no_page(volume: Volume, typed: str) -> Problem:
    pages = volume.report.pages
    if not pages:
        return Problem("This report has no pages", "Its format has none: read its text instead.")
    advice = f"It has the pages {pages[0].label} to {pages[-1].label}, PDF 1 to {len(pages)}."
    return Problem(f"There is no page {typed} in this report", advice)


def _link_to(wanted: Wanted) -> str:
    address = wanted.address(mark=None, page=None, at=None, view=None)
    return f"<p>{write_link(address, 'To the report')}</p>"


def _explain(error: _RefusalError | BadAddressError | ReportQAError) -> _RefusalError:
    if isinstance(error, _RefusalError):
        return error
    if isinstance(error, BadAddressError):
        said = str(error)
        return _RefusalError(
            400, Problem("This address leads nowhere", f"{said[0].upper()}{said[1:]}.")
        )
    if isinstance(error, ReadError):
        return _refuse_state(name_state(error))
    return _RefusalError(503, describe_problem(error))


def _refuse_state(state: PageState) -> _RefusalError:
    return _RefusalError(
        _STATUS[state], Problem("This page cannot be drawn", describe_state(state))
    )


def _send_page(page: str, status: int = 200) -> Response:
    return Response(page, status, {"cache-control": _CACHING}, "text/html")


def _send(request: Request, tag: str, kind: str, make: Callable[[], bytes]) -> Response:
    """Send what a tag stands for, unless the browser has it."""
    headers = {"etag": f'"{tag}"', "cache-control": _CACHING}
    if f'"{tag}"' in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(make(), 200, headers, kind)


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:16]
