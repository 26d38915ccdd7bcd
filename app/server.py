"""A web server that listens on this machine and lets its pages load nothing from elsewhere."""

from __future__ import annotations

import re
import socket
import threading
import webbrowser
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ingest.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import FastAPI
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_TRIES = 100
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_HIGHEST_PORT = 65_535
_MOVED = 308
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)+")
_HOST = re.compile(r"(\*\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\]")

# Gradio's own pages run inline scripts and compile templates, so those two stay allowed;
# what counts is that the browser refuses every other machine.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'self'"
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server listens."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """The address for a browser on this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}.get(self.host, self.host)  # noqa: S104
        return f"http://{host}:{self.port}/"

    @property
    def is_private(self) -> bool:
        """Whether only this machine can reach it."""
        return self.host in _LOOPBACK


class Headers:
    """ASGI middleware that sets the security headers of every response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and add the headers to what comes back."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_HEADERS]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def open_socket(wanted: Address) -> socket.socket:
    """Return a listening socket at the port, or at the first free one after it.

    Raises:
        SettingError: the host is not an address of this machine, or all ports tried are taken.
    """
    last = min(wanted.port + _TRIES, _HIGHEST_PORT + 1)
    for port in range(wanted.port, last):
        try:
            return _listen(Address(wanted.host, port))
        except PermissionError as error:
            raise SettingError(f"port {port} needs privileges: choose one above 1023") from error
        except socket.gaierror as error:
            raise SettingError(f"{wanted.host} is not an address: try 127.0.0.1") from error
        except OSError as error:
            problem = error
            if not _is_taken(error):
                break
    raise SettingError(
        f"cannot listen on {wanted.host}, ports {wanted.port} to {last - 1}: {problem.strerror}"
    ) from problem


class Prefix:
    """ASGI middleware for a server that a reverse proxy shows under a path of its own.

    The proxy may take the path off or leave it on.
    """

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with the path that the browser sees, as ASGI wants it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"] or "/"
        if path == self._prefix:
            from starlette.responses import RedirectResponse

            # The page's addresses are relative: they need the slash.
            await RedirectResponse(f"{path}/", _MOVED)(scope, receive, send)
            return
        if not path.startswith(f"{self._prefix}/"):
            path = f"{self._prefix}{path}"
        await self._app({**scope, "path": path, "root_path": self._prefix}, receive, send)


def make_app(address: Address, allowed_hosts: Sequence[str] = ()) -> FastAPI:
    """Return an application without pages.

    While it is private it answers to this machine's names and the allowed ones only, so that no
    web site can reach it under a name of its own (DNS rebinding). One that is not private does
    so where any names are allowed.
    """
    from fastapi import FastAPI
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    if address.is_private or allowed_hosts:
        names = ["127.0.0.1", "localhost", "[::1]", *allowed_hosts]
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=names, www_redirect=False)
    app.add_middleware(Headers)
    return app


def check_prefix(prefix: str) -> str:
    """Return the path under which a proxy shows the server, without a slash at its end.

    Raises:
        SettingError: it is not a path such as /reports.
    """
    trimmed = prefix.strip().rstrip("/")
    if trimmed and not _PREFIX.fullmatch(trimmed):
        raise SettingError(f"{prefix} is not a path such as /reportqa")
    return trimmed


def check_host(name: str) -> str:
    """Return a name that the server may be asked by, in lower case.

    Raises:
        SettingError: it is not a name: it may begin with "*.", and has no port.
    """
    lowered = name.strip().lower()
    if not _HOST.fullmatch(lowered):
        raise SettingError(f"{name} is not a host name such as reports.example.org")
    return lowered


def run_server(app: FastAPI, listening: socket.socket) -> None:
    """Serve until interrupted."""
    import uvicorn

    config: Any = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
    # The server has shut down in good order by then, and passes the interruption on.
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listening])


def open_browser_at(address: Address) -> None:
    """Open a window of the browser; a machine without one has the printed address."""
    threading.Thread(target=webbrowser.open, args=(address.url,), daemon=True).start()


def _listen(address: Address) -> socket.socket:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    return socket.create_server(
        (address.host, address.port), family=family, backlog=128, reuse_port=False
    )


def _is_taken(error: OSError) -> bool:
    import errno

    return error.errno in (errno.EADDRINUSE, errno.EACCES)
