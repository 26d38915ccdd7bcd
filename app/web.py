"""The interface in a browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, cast

import typer

from app.framework import quick_import
from app.keeping_routes import make_keeping_router
from app.library_routes import open_library
from app.reader import make_reader_router
from app.server import (
    Address,
    Prefix,
    check_host,
    check_prefix,
    make_app,
    open_browser_at,
    open_socket,
    run_server,
)
from app.service import Service
from app.sharing import describe_exposure
from app.sharing_gate import LOGIN_MESSAGE, Gate
from app.sharing_login import Doorkeeper, UsersFile
from app.surroundings import make_surroundings_router
from app.theme import make_theme
from ingest.errors import SettingError

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import APIRouter, FastAPI
    from gradio.routes import App as Gradio
    from mcp.server.mcpserver import MCPServer
    from starlette.routing import BaseRoute, Mount


@dataclass(frozen=True, slots=True)
class WebSettings:
    """How the interface is served.

    Attributes:
        host: address to listen on; 127.0.0.1 keeps everything on this machine.
        port: first port to try.
        open_browser: whether to open a window of the browser.
        questions: examples; without any, those for the shipped report where it is indexed.
        users: file of those who may log in; without one, who can reach the server may use it.
        root_path: where a reverse proxy shows the server, such as "/reportqa".
        allowed_hosts: names that it may be asked by besides this machine's own.
        queue: how many slow requests may wait; more are refused.
        mcp: whether the MCP tools are served at /mcp.
    """

    host: str = "127.0.0.1"
    port: int = 7860
    open_browser: bool = True
    questions: tuple[str, ...] = ()
    users: Path | None = None
    root_path: str = ""
    allowed_hosts: tuple[str, ...] = ()
    queue: int = 100
    mcp: bool = False

    def __post_init__(self) -> None:
        """Raise SettingError for a path or a name that is none."""
        check_prefix(self.root_path)
        for name in self.allowed_hosts:
            check_host(name)
        if self.queue < 1:
            raise SettingError(f"the queue holds at least 1, got {self.queue}")


def serve(service: Service, settings: WebSettings) -> None:
    """Serve the interface until interrupted, and print its address.

    Raises:
        SettingError: the host is not an address of this machine, or no port is free, or the
            file of users or the root path cannot be used.
    """
    with open_socket(Address(settings.host, settings.port)) as listening:
        address = Address(settings.host, listening.getsockname()[1])
        if address.port != settings.port:
            typer.echo(f"Port {settings.port} is in use; taking {address.port}.")
        tools = _build_tools(service) if settings.mcp else None
        routers = make_routers(service)
        app = mount_interface(build_interface(service, settings), address, routers, settings, tools)
        _warn(settings, address)
        typer.echo(f"ReportQA: {address.url}   (Ctrl+C to stop)")
        if settings.open_browser:
            open_browser_at(address)
        run_server(app, listening)


def build_interface(service: Service, settings: WebSettings) -> gr.Blocks:
    """Return the page as Gradio blocks; `mount_interface` serves it as it is meant to look."""
    with quick_import():
        from app.page import build_page
    blocks = build_page(service, settings.questions)
    blocks.queue(max_size=settings.queue)
    return blocks


def make_routers(service: Service) -> list[APIRouter]:
    """Return what is served beside the page."""
    return [
        make_surroundings_router(service),
        make_keeping_router(service),
        make_reader_router(service),
        open_library(service),
    ]


def mount_interface(
    blocks: gr.Blocks,
    address: Address,
    routers: Sequence[APIRouter] = (),
    settings: WebSettings | None = None,
    tools: MCPServer | None = None,
) -> FastAPI:
    """Return the web application for an address, with the page at its root.

    Gradio's own `launch` asks its address through any proxy that is set, and can share the
    page; a server of our own does neither.

    Raises:
        SettingError: the file of users or the root path cannot be used.
    """
    from starlette.middleware import Middleware

    with quick_import():
        import gradio as gr

    settings = settings or WebSettings()
    doorkeeper = Doorkeeper(UsersFile(settings.users)) if settings.users else None
    bare = make_app(address, [check_host(name) for name in settings.allowed_hosts])
    routers = (*routers, _make_closed_router())
    for router in routers:
        bare.include_router(router)
    if tools is not None:
        from app.mcp_server import mount_server

        mount_server(tools, bare, [address.host, *settings.allowed_hosts])
    app: FastAPI = gr.mount_gradio_app(
        bare,
        blocks,
        path="/",
        server_name=address.host,
        server_port=address.port,
        auth=doorkeeper.log_in if doorkeeper else None,
        auth_message=LOGIN_MESSAGE if doorkeeper else None,
        root_path=check_prefix(settings.root_path) or None,
        theme=make_theme(),
        favicon_path=str(files("app").joinpath("assets", "icon.png")),
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
    )
    gradio_app = cast("Gradio", cast("Mount", app.routes[-1]).app)
    if doorkeeper is not None:
        # Innermost: the host is checked before, and refusals bear the security headers too.
        app.user_middleware.append(Middleware(Gate, sessions=gradio_app, doorkeeper=doorkeeper))
    if prefix := check_prefix(settings.root_path):
        own = [route for router in routers for route in router.routes]
        _check_free(prefix, [*own, *gradio_app.routes])
        app.add_middleware(Prefix, prefix=prefix)
    return app


def _build_tools(service: Service) -> MCPServer:
    from app.mcp_server import build_server

    return build_server(service)


def _make_closed_router() -> APIRouter:
    """Return what stands before Gradio's own upload: it knows no read-only library."""
    from fastapi import APIRouter
    from fastapi.responses import PlainTextResponse

    router = APIRouter()

    @router.post("/gradio_api/upload")
    def refuse() -> PlainTextResponse:
        return PlainTextResponse("Files come in by the library.\n", 403)

    return router


def _check_free(prefix: str, routes: Sequence[BaseRoute]) -> None:
    """Refuse a root path that a route begins with: whether it was taken off could not be told."""
    if _first_part(prefix) in {_first_part(getattr(one, "path", "")) for one in routes}:
        raise SettingError(
            f"{prefix} cannot be the root path: the server has addresses that begin so itself"
        )


def _first_part(path: str) -> str:
    return path.strip("/").partition("/")[0]


def _warn(settings: WebSettings, address: Address) -> None:
    if settings.users is None and not address.is_private:
        typer.echo(
            f"Warning: whoever can reach {address.host}:{address.port} can read and change "
            "everything here; --users FILE asks them to log in.",
            err=True,
        )
    if settings.users is not None and (exposure := describe_exposure(settings.users)):
        typer.echo(f"Warning: {exposure}", err=True)
