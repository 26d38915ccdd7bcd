"""One login before everything that is served: the page's cookie, or HTTP Basic for programs."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote, urlencode

from starlette.datastructures import Headers, QueryParams
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from app.sharing import Entry
from app.sharing_login import Doorkeeper, TooManyAttemptsError, client_address

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOGIN_MESSAGE = "Log in to read and ask the reports of this server."
_SEE_OTHER, _UNAUTHORISED, _FORBIDDEN, _TOO_MANY = 303, 401, 403, 429
# What the login page itself is made of: nothing of it says what is in the reports.
_OPEN = {
    *("/", "/login", "/login/", "/logout", "/theme.css", "/favicon.ico", "/manifest.json"),
    "/robots.txt",
}
_OPEN_FOLDERS = ("/assets/", "/static/", "/svelte/")
_READING = ("GET", "HEAD", "OPTIONS")


class Sessions(Protocol):
    """Who has logged in to the page; `gradio.routes.App` keeps it."""

    tokens: dict[str, str]
    cookie_id: str


class Gate:
    """ASGI middleware that lets nobody pass who has not logged in.

    A browser without a login gets to the page, which asks for one, and from there to where it
    was going. A program gets 401, and can send name and password by HTTP Basic (RFC 7617).
    """

    def __init__(self, app: ASGIApp, sessions: Sessions, doorkeeper: Doorkeeper) -> None:
        """Stand before an application."""
        self._app = app
        self._sessions = sessions
        self._doorkeeper = doorkeeper
        self._entries: dict[str, Entry] = {}
        self._program_tokens: dict[str, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
        else:
            client_address.set((scope.get("client") or ("",))[0])
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        if refusal := _refuse_other_site(scope, headers):
            await refusal(scope, receive, send)
            return
        try:
            token = self._find_session(headers) or await self._admit_program(headers)
        except TooManyAttemptsError as error:
            await _refuse_for_now(error)(scope, receive, send)
            return
        answer = self._answer(scope, headers, known=token is not None)
        if answer is not None:
            await answer(scope, receive, send)
            return
        if token is not None:
            scope = self._with_session(scope, token)
        await self._app(scope, receive, _keep_to_this_site(send, scope))

    def _answer(self, scope: Scope, headers: Headers, *, known: bool) -> Response | None:
        """Return what the gate itself answers; nothing where the request may pass."""
        path = _path(scope)
        if known:
            wanted = QueryParams(scope["query_string"]).get("next", "") if path == "/" else ""
            return _send_on(scope, wanted) if _is_ours(wanted) else None
        if path in _OPEN or (path.startswith(_OPEN_FOLDERS) and ".." not in path):
            return None
        return _refuse(scope, headers)

    def _find_session(self, headers: Headers) -> str | None:
        """Return the token of a login that still holds: the user is there, the password too."""
        jar = _read_cookies(headers)
        for name in _cookie_names(self._sessions):
            token = jar.get(name)
            user = self._sessions.tokens.get(token) if token else None
            if token and user is not None and self._still_holds(token, user):
                return token
        return None

    def _still_holds(self, token: str, user: str) -> bool:
        entry = self._doorkeeper.find(user)
        if token not in self._entries:
            open_now = self._sessions.tokens
            self._entries = {t: e for t, e in self._entries.items() if t in open_now}
        if entry is not None and self._entries.setdefault(token, entry) == entry:
            return True
        self._entries.pop(token, None)
        self._sessions.tokens.pop(token, None)
        return False

    async def _admit_program(self, headers: Headers) -> str | None:
        name, password = _read_basic(headers.get("authorization", ""))
        if not name or not await self._doorkeeper.check(name, password):
            return None
        token = self._program_tokens.get(name, "")
        if token in self._sessions.tokens and self._still_holds(token, name):
            return token
        token = self._program_tokens[name] = secrets.token_urlsafe(32)
        self._sessions.tokens[token] = name
        return token

    def _with_session(self, scope: Scope, token: str) -> Scope:
        """Return the request with one cookie for Gradio, which looks for a login itself."""
        passed = dict(scope)
        names = _cookie_names(self._sessions)
        jar = {k: v for k, v in _read_cookies(Headers(scope=scope)).items() if k not in names}
        cookies = "; ".join(f"{k}={v}" for k, v in {**jar, names[-1]: token}.items())
        others = [pair for pair in scope["headers"] if pair[0] not in (b"cookie", b"authorization")]
        passed["headers"] = [*others, (b"cookie", cookies.encode("latin-1"))]
        return passed


def _cookie_names(sessions: Sessions) -> tuple[str, str]:
    return (
        f"access-token-{sessions.cookie_id}",
        f"access-token-unsecure-{sessions.cookie_id}",
    )


def _read_cookies(headers: Headers) -> Mapping[str, str]:
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load("; ".join(headers.getlist("cookie")))
    except CookieError:
        return {}
    return {name: morsel.coded_value for name, morsel in jar.items()}


def _read_basic(said: str) -> tuple[str, str]:
    scheme, _, coded = said.partition(" ")
    if scheme.casefold() != "basic":
        return "", ""
    try:
        name, _, password = base64.b64decode(coded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name.strip(), password


def _path(scope: Scope) -> str:
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")) or "/"


def _refuse_other_site(scope: Scope, headers: Headers) -> Response | None:
    """Refuse what another web site's page makes a browser send: the cookie would go with it."""
    if scope["method"] in _READING or headers.get("sec-fetch-site") != "cross-site":
        return None
    return PlainTextResponse("Another web site sent this.\n", _FORBIDDEN)


def _refuse_for_now(error: TooManyAttemptsError) -> Response:
    wait = {"retry-after": str(error.seconds)}
    return PlainTextResponse("Too many attempts; try again later.\n", _TOO_MANY, wait)


def _refuse(scope: Scope, headers: Headers) -> Response:
    reading = scope["method"] in ("GET", "HEAD")
    if reading and "text/html" in headers.get("accept", ""):
        query = scope["query_string"].decode("latin-1")
        wanted = quote(_path(scope)) + (f"?{query}" if query else "")
        root = scope.get("root_path", "")
        return RedirectResponse(f"{root}/?{urlencode({'next': wanted})}", _SEE_OTHER)
    # A browser would ask for name and password in a window of its own, beside the login page.
    browser = headers.get("user-agent", "").startswith("Mozilla/") or "sec-fetch-mode" in headers
    asked = {} if browser else {"www-authenticate": 'Basic realm="ReportQA", charset="UTF-8"'}
    return PlainTextResponse("Log in first.\n", _UNAUTHORISED, asked)


def _is_ours(wanted: str) -> bool:
    """Tell whether it is a place on this server, and not an address of another."""
    return (
        wanted.startswith("/")
        and not wanted.startswith("//")
        and "\\" not in wanted
        and wanted.isprintable()
    )


def _send_on(scope: Scope, wanted: str) -> Response:
    return RedirectResponse(f"{scope.get('root_path', '')}{wanted}", _SEE_OTHER)


def _keep_to_this_site(send: Send, scope: Scope) -> Send:
    """Let no other web site's page send the login cookie: Gradio's goes along with any."""
    leaving = _path(scope) == "/logout"

    def adapt(name: bytes, value: bytes) -> bytes:
        if name.lower() == b"set-cookie":
            return _make_strict(value, secure=scope.get("scheme") == "https")
        # Gradio leaves the slash out, on which the page's relative addresses rest.
        root: str = scope.get("root_path", "")
        return f"{root}/".encode() if leaving and name.lower() == b"location" else value

    async def send_own(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [(name, adapt(name, value)) for name, value in message.get("headers", ())]
            message["headers"] = headers
        await send(message)

    return send_own


def _make_strict(value: bytes, *, secure: bool) -> bytes:
    """Return a cookie that goes to this site only, and over TLS only where it came by it."""
    kept = [
        part
        for part in value.split(b"; ")
        if not part.lower().startswith(b"samesite=") and part.lower() != b"secure"
    ]
    safe = [b"Secure"] if secure or b"; secure" in value.lower() else []
    return b"; ".join([*kept, b"SameSite=Lax", *safe])
