"""The tools that language models call, by the Model Context Protocol (MCP).

Over stdio (`reportqa mcp`) or over HTTP at `/mcp` of the served interface. Importing this
imports the official SDK, so it is only imported where a server is wanted.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import ToolAnnotations
from pydantic import Field

from app import offering
from app.asked import DEFAULT_COUNT
from app.offering import Where
from index.search import MAX_HITS

if TYPE_CHECKING:
    from fastapi import FastAPI

    from app.service import Service

Document = dict[str, Any]
PATH = "/mcp"
_OWN = ("127.0.0.1", "localhost", "[::1]")
_READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, open_world_hint=False)
_INSTRUCTIONS = (
    "Answers come word for word from the reports that are indexed here. Quote them as they are "
    "and give the citation of each. Where `answered` is false the reports do not clearly say: "
    "do not answer from anything else. Check what you quote with verify_quotation."
)

Question = Annotated[str, Field(description="In plain English, at most 2,000 characters.")]
Reports = Annotated[
    list[str] | None,
    Field(description="Ids, titles or file names of reports to search; all where not given."),
]
Section = Annotated[
    str, Field(description='A section path to search, outermost first: "2. Summary › Leadership".')
]


def build_server(service: Service) -> MCPServer:
    """Return a server with its tools, not yet connected to anything."""
    server: MCPServer = MCPServer(
        "reportqa",
        title="ReportQA",
        instructions=_INSTRUCTIONS,
        version=version("reportqa"),
        log_level="WARNING",
    )
    _add_asking(server, service)
    _add_looking_up(server, service)
    return server


def mount_server(server: MCPServer, app: FastAPI, hosts: Sequence[str]) -> None:
    """Serve the tools at `/mcp` of an application that is not running yet.

    Args:
        server: from `build_server`.
        app: where; its lifespan comes to hold that of the tools' sessions.
        hosts: names that the application may be asked by, besides this machine's own.
    """
    names = [f"{name}{port}" for name in (*_OWN, *hosts) for port in ("", ":*")]
    security = TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=names,
        allowed_origins=[f"{scheme}://{name}" for scheme in ("http", "https") for name in names],
    )
    inner = server.streamable_http_app(streamable_http_path=PATH, transport_security=security)
    app.router.routes.extend(inner.routes)
    outer = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(application: FastAPI) -> AsyncIterator[Any]:
        async with server.session_manager.run(), outer(application) as state:
            yield state

    app.router.lifespan_context = lifespan


def _add_asking(server: MCPServer, service: Service) -> None:
    @server.tool(annotations=_READS, structured_output=True)
    def ask_reports(
        question: Question,
        k: Annotated[int, Field(ge=1, le=MAX_HITS, description="Passages.")] = DEFAULT_COUNT,
        reports: Reports = None,
        section: Section = "",
    ) -> Document:
        """Find the sentences of the reports that answer a question, and the best passages.

        Every text is verbatim, with report, section, page and a ready citation.
        """
        where = Where(reports or (), section)
        return _offer(service, lambda: offering.ask(service, question, k, where))

    @server.tool(annotations=_READS, structured_output=True)
    def ask_each_report(
        question: Question, reports: Reports = None, section: Section = ""
    ) -> Document:
        """Put one question to each report by itself: the best passage of each, or nothing found."""
        where = Where(reports or (), section)
        return _offer(service, lambda: offering.ask_each(service, question, where))


def _add_looking_up(server: MCPServer, service: Service) -> None:
    @server.tool(annotations=_READS, structured_output=True)
    def list_reports() -> Document:
        """List the reports, how many pages of each could be read, and what could not."""
        return _offer(service, lambda: offering.list_reports(service))

    @server.tool(annotations=_READS, structured_output=True)
    def show_part(
        report: Annotated[str, Field(description="Id, title or file name.")],
        label: Annotated[str, Field(description='As printed: "Recommendation 3".')] = "",
        span: Annotated[str, Field(description='Or code points: "10234:10988".')] = "",
    ) -> Document:
        """Give one part of a report word for word, by its printed label or its span."""
        return _offer(service, lambda: offering.show_part(service, report, label, span))

    @server.tool(annotations=_READS, structured_output=True)
    def verify_quotation(
        quote: Annotated[str, Field(description="The words, at most 10,000 characters.")],
        reports: Reports = None,
    ) -> Document:
        """Say whether words stand in the reports, where, and every difference."""
        where = Where(reports or ())
        return _offer(service, lambda: offering.verify_quotation(service, quote, where))


def _offer(service: Service, make: Callable[[], Document]) -> Document:
    try:
        service.refresh()
        return make()
    except Exception as error:  # noqa: BLE001  (the boundary: no trace reaches a client)
        raise ToolError(offering.explain(error)) from None
