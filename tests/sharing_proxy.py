"""A small reverse proxy that shows a server under a path, as nginx does for a team."""

from __future__ import annotations

import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE"]
_OWN = {"connection", "transfer-encoding", "keep-alive"}


def make_proxy(upstream: str, prefix: str, *, strips: bool) -> Starlette:
    """Return the proxy: what is not under the prefix is 404, so that nothing strays from it."""
    # Not a client: that would keep one person's cookies and send them for the next.
    transport = httpx.AsyncHTTPTransport()

    async def forward(request: Request) -> Response:
        path = request.url.path
        if not path.startswith(f"{prefix}/"):
            return PlainTextResponse("strayed", 404)
        wanted = path.removeprefix(prefix) if strips else path
        # As with nginx's `proxy_set_header Host $host`: the browser's name for the server.
        sent = httpx.Request(
            request.method,
            httpx.URL(upstream).copy_with(path=wanted, query=request.url.query.encode()),
            headers=[(k, v) for k, v in request.headers.raw if k.decode() not in _OWN],
            content=await request.body(),
        )
        reply = await transport.handle_async_request(sent)
        answer = StreamingResponse(
            reply.aiter_raw(), reply.status_code, background=BackgroundTask(reply.aclose)
        )
        answer.raw_headers = [(k, v) for k, v in reply.headers.raw if k.decode() not in _OWN]
        return answer

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await transport.aclose()

    return Starlette(routes=[Route("/{path:path}", forward, methods=METHODS)], lifespan=lifespan)


@contextmanager
def run_proxy(upstream: str, prefix: str, *, strips: bool = True) -> Iterator[str]:
    """Run it in a thread; give the address that the browser sees, with the prefix."""
    config = uvicorn.Config(
        make_proxy(upstream, prefix, strips=strips), log_level="error", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}{prefix}"
        server.should_exit = True
        thread.join(10)
