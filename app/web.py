"""The interface in a browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

import typer

from app.framework import quick_import
from app.keeping_routes import make_keeping_router
from app.library_routes import open_library
from app.reader import make_reader_router
from app.server import Address, make_app, open_browser_at, open_socket, run_server
from app.service import Service
from app.surroundings import make_surroundings_router
from app.theme import make_theme

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import APIRouter, FastAPI


@dataclass(frozen=True, slots=True)
class WebSettings:
    """How the interface is served.

    Attributes:
        host: address to listen on; 127.0.0.1 keeps everything on this machine.
        port: first port to try.
        open_browser: whether to open a window of the browser.
        questions: examples; without any, those for the shipped report where it is indexed.
    """

    host: str = "127.0.0.1"
    port: int = 7860
    open_browser: bool = True
    questions: tuple[str, ...] = ()


def serve(service: Service, settings: WebSettings) -> None:
    """Serve the interface until interrupted, and print its address.

    Raises:
        SettingError: the host is not an address of this machine, or no port is free.
    """
    with open_socket(Address(settings.host, settings.port)) as listening:
        address = Address(settings.host, listening.getsockname()[1])
        if address.port != settings.port:
            typer.echo(f"Port {settings.port} is in use; taking {address.port}.")
        app = mount_interface(build_interface(service, settings), address, make_routers(service))
        typer.echo(f"ReportQA: {address.url}   (Ctrl+C to stop)")
        if settings.open_browser:
            open_browser_at(address)
        run_server(app, listening)


def build_interface(service: Service, settings: WebSettings) -> gr.Blocks:
    """Return the page as Gradio blocks; `mount_interface` serves it as it is meant to look."""
    with quick_import():
        from app.page import build_page
    return build_page(service, settings.questions)


def make_routers(service: Service) -> list[APIRouter]:
    """Return what is served beside the page."""
    return [
        make_surroundings_router(service),
        make_keeping_router(service),
        make_reader_router(service),
        open_library(service),
    ]


def mount_interface(
    blocks: gr.Blocks, address: Address, routers: Sequence[APIRouter] = ()
) -> FastAPI:
    """Return the web application for an address, with the page at its root.

    Gradio's own `launch` asks its address through any proxy that is set, and can share the
    page; a server of our own does neither.
    """
    with quick_import():
        import gradio as gr

    bare = make_app(address)
    for router in routers:
        bare.include_router(router)
    app: FastAPI = gr.mount_gradio_app(
        bare,
        blocks,
        path="/",
        server_name=address.host,
        server_port=address.port,
        theme=make_theme(),
        favicon_path=str(files("app").joinpath("assets", "icon.png")),
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
    )
    return app
