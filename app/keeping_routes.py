"""Where the page sends what is kept and judged: evidence packs and judgements.

    POST packs/{format}   {"items": [{"question", "report", "start", "end", "note"}, …]}
    POST judgements       {"question", "verdict", "assessor", "report", "start", "end"}
    GET  judgements       the question set made of them

`format` is docx, md, csv, json, bib or csl.json. `verdict` is "relevant" or "not relevant" of
a passage, "unanswerable" of the question as a whole, or "undo". A refusal is
`{"problem": "…"}`. Bodies are JSON, which another site's page cannot send unasked, and what
a browser says comes from another site is refused.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Body, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field

from app.judging import Judgement, JudgementFile, Verdict, name_report, quote_passage
from app.packing import MOST_CHARACTERS, MOST_ITEMS, Wanted
from app.packs import write_pack
from app.problems import describe_problem
from ingest.errors import (
    QuestionError,
    QuestionSetError,
    ReportNotFoundError,
    ReportQAError,
    SettingError,
)
from ingest.span import Span

if TYPE_CHECKING:
    from app.service import Service

_FORBIDDEN, _UNSIZED, _TOO_LARGE, _UNSUPPORTED, _UNFIT, _BROKEN = 403, 411, 413, 415, 422, 500
_MOST_BYTES = 16 << 20  # MOST_ITEMS questions and notes, each character escaped
_log = logging.getLogger("reportqa")


class Place(BaseModel):
    """A passage by its report and span."""

    model_config = ConfigDict(extra="forbid")
    question: Annotated[str, Field(max_length=MOST_CHARACTERS)] = ""
    report: Annotated[str, Field(max_length=64)]
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]
    note: Annotated[str, Field(max_length=MOST_CHARACTERS)] = ""


class Kept(BaseModel):
    """What goes into a pack."""

    model_config = ConfigDict(extra="forbid")
    items: Annotated[list[Place], Field(min_length=1, max_length=MOST_ITEMS)]


class Judged(BaseModel):
    """A judgement as the page sends it."""

    model_config = ConfigDict(extra="forbid")
    question: Annotated[str, Field(max_length=MOST_CHARACTERS)]
    verdict: Verdict
    assessor: Annotated[str, Field(max_length=80)] = ""
    report: Annotated[str, Field(max_length=64)] | None = None
    start: Annotated[int, Field(ge=0)] = 0
    end: Annotated[int, Field(ge=0)] = 0


class _GuardedRoute(APIRoute):
    """Refuses what it must before a body is read, and says so in the words of these routes."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler with the guard before it."""
        handle = super().get_route_handler()

        async def guard(request: Request) -> Response:
            refusal = _find_refusal(request) if request.method == "POST" else None
            if refusal is not None:
                return refusal
            try:
                return await handle(request)
            except RequestValidationError as error:
                place = ".".join(str(part) for part in error.errors()[0]["loc"])
                return _refuse(_UNFIT, f"What was sent does not fit at {place[:80]}.")

        return guard


def make_keeping_router(service: Service) -> APIRouter:
    """Return the routes."""
    router = APIRouter(route_class=_GuardedRoute)
    file = JudgementFile(service.folder.path)

    @router.post("/packs/{suffix}")
    def pack(suffix: str, kept: Annotated[Kept, Body()]) -> Response:
        return _answer(lambda: _write(service, suffix, kept))

    @router.post("/judgements")
    def judge(judged: Annotated[Judged, Body()]) -> Response:
        if service.read_only:
            return _refuse(_FORBIDDEN, "Judgements are not saved here: it is read only.")

        def save() -> Response:
            file.judge(_read_judgement(service, judged))
            return JSONResponse({"saved": True})

        return _answer(save)

    @router.get("/judgements")
    def export() -> Response:
        return _answer(lambda: _export(file))

    return router


def _write(service: Service, suffix: str, kept: Kept) -> Response:
    wanted = [
        Wanted(one.question, one.report, Span(one.start, one.end), one.note) for one in kept.items
    ]
    written = write_pack(service.folder, service.searcher, wanted, suffix)
    return _download(written.content, written.name, written.media_type)


def _export(file: JudgementFile) -> Response:
    return _download(file.export().encode(), "judgements.jsonl", "application/jsonl; charset=utf-8")


def _download(content: bytes, name: str, media_type: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)


def _read_judgement(service: Service, judged: Judged) -> Judgement:
    passage = None
    if judged.report is not None:
        report = service.searcher.report(judged.report)
        sources = [summary.source for summary in service.searcher.reports()]
        name = name_report(report.source, report.id, sources)
        passage = quote_passage(report, Span(judged.start, judged.end), name)
    today = datetime.now(UTC).date().isoformat()
    return Judgement(judged.question, judged.verdict, judged.assessor.strip(), today, passage)


def _answer(act: Callable[[], Response]) -> Response:
    try:
        return act()
    except (SettingError, QuestionError, ReportNotFoundError, ValueError) as error:
        words = str(error)
        return _refuse(_UNFIT, f"{words[:1].upper()}{words[1:]}.")
    except QuestionSetError as error:
        _log.error("%s", error)
        return _refuse(_BROKEN, "The saved judgements are damaged; the terminal says where.")
    except Exception as error:  # noqa: BLE001  (the boundary: no trace leaves the server)
        problem = describe_problem(error)
        status = _BROKEN if not isinstance(error, ReportQAError) else _UNFIT
        return _refuse(status, f"{problem.heading}. {problem.advice}")


def _find_refusal(request: Request) -> Response | None:
    if not _is_own(request):
        return _refuse(_FORBIDDEN, "Another site may not send this.")
    if not _is_json(request):
        return _refuse(_UNSUPPORTED, "Send JSON.")
    length = request.headers.get("content-length", "")
    if not (length.isascii() and length.isdigit()):
        return _refuse(_UNSIZED, "Say how long the body is.")
    if len(length) > len(str(_MOST_BYTES)) or int(length) > _MOST_BYTES:
        return _refuse(_TOO_LARGE, "That is too much at once.")
    return None


def _is_own(request: Request) -> bool:
    """Tell whether no browser says that another site's page sent this."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:  # also right behind a proxy that changes the host's name
        return site in {"same-origin", "none"}
    try:
        return origin is None or urlsplit(origin).netloc == request.headers.get("host")
    except ValueError:
        return False


def _is_json(request: Request) -> bool:
    media_type = request.headers.get("content-type", "").split(";")[0].strip().casefold()
    return media_type == "application/json"


def _refuse(status: int, words: str) -> Response:
    return JSONResponse({"problem": words}, status)
