"""Where the page sends files: one request a file, so that no bad one keeps the others out.

Gradio's own upload takes a whole drop in one request, refuses all of it for one file that is
too large, and changes the names.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from app.library_queue import Job, LibraryQueue, open_queue
from app.service import Service
from app.shelving import check_file, explain
from ingest.errors import ReportQAError, SettingError, TooLargeError

_FORBIDDEN, _TOO_LARGE, _UNSUPPORTED, _TOO_MANY, _NO_ROOM = 403, 413, 415, 429, 507
_LONGEST_NAME = 4096
_READ_ONLY = "this library is read only"


def make_library_router(queue: LibraryQueue, *, read_only: bool) -> APIRouter:
    """Return `POST library/files?name=…`, whose body is the file, and `library/refusals`.

    The second is for a file that the page does not send, as too large or of no known format:
    it is named among the jobs all the same. A header of our own has to be there: another web
    site's page cannot set it unasked.
    """
    router = APIRouter()

    def is_ours(said: str) -> bool:
        return said == "upload" and not read_only

    @router.post("/library/files")
    async def receive(
        request: Request,
        name: Annotated[str, Query(max_length=_LONGEST_NAME)],
        x_reportqa: Annotated[str, Header()] = "",
    ) -> JSONResponse:
        if not is_ours(x_reportqa):
            return _refused(_FORBIDDEN, _READ_ONLY)
        length = request.headers.get("content-length", "")
        size = int(length) if length.isdecimal() else 0
        if reason := check_file(name, size, queue.library.reading):
            limit = queue.library.reading.max_bytes
            queue.refuse(name, reason)
            return _refused(_TOO_LARGE if size > limit else _UNSUPPORTED, reason)
        return await _take(queue, name, request)

    @router.post("/library/refusals")
    async def refuse(
        name: Annotated[str, Query(max_length=_LONGEST_NAME)],
        size: Annotated[int, Query(ge=0)],
        x_reportqa: Annotated[str, Header()] = "",
    ) -> JSONResponse:
        if not is_ours(x_reportqa):
            return _refused(_FORBIDDEN, _READ_ONLY)
        reason = check_file(name, size, queue.library.reading) or "it was not sent"
        return JSONResponse({"job": queue.refuse(name, reason).number})

    return router


def open_library(service: Service) -> APIRouter:
    """Return the route of a service, and take up what a killed server left waiting."""
    queue = open_queue(service)
    if not service.read_only:
        queue.resume()
    return make_library_router(queue, read_only=service.read_only)


async def _take(queue: LibraryQueue, name: str, request: Request) -> JSONResponse:
    try:
        job = await _store(queue, name, request)
    except ClientDisconnect:
        return _refuse(queue, name, 400, "the upload was broken off")
    except TooLargeError as error:
        return _refuse(queue, name, _TOO_LARGE, str(error))
    except SettingError as error:
        return _refuse(queue, name, _TOO_MANY, str(error))
    except ReportQAError as error:
        return _refuse(queue, name, _NO_ROOM, explain(error))
    return JSONResponse({"job": job.number}, 202)


async def _store(queue: LibraryQueue, name: str, request: Request) -> Job:
    queue.require_room()
    with queue.library.files.receive(name, queue.library.reading.max_bytes) as arrival:
        async for data in request.stream():
            await run_in_threadpool(arrival.write, data)
        upload = await run_in_threadpool(arrival.finish)
    return queue.add(upload)


def _refuse(queue: LibraryQueue, name: str, status: int, reason: str) -> JSONResponse:
    queue.refuse(name, reason)
    return _refused(status, reason)


def _refused(status: int, reason: str) -> JSONResponse:
    return JSONResponse({"reason": reason}, status)
