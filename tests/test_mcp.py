"""The MCP tools, called by the official client over both transports."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from gradio_client import Client as GradioClient
from jsonschema import validate
from mcp import StdioServerParameters
from mcp.client import Client
from mcp.client.stdio import stdio_client

from app.examples import SAMPLE_QUESTIONS
from app.payload import answer_to_json, load_schema
from index.search import Index
from tests.apart import run_apart
from tests.browser import Site, serve_index

ROOT = Path(__file__).parent.parent
LIGHTHOUSE = SAMPLE_QUESTIONS[0]
TOOLS = {"ask_reports", "ask_each_report", "list_reports", "show_part", "verify_quotation"}
QUOTE = "the model has the needs of children at its heart"
COMMAND = ["-c", "from app.cli import main; main()", "mcp", "--index"]


@pytest.fixture(scope="module")
def served(sample_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serve_index(sample_dir, tmp_path_factory.mktemp("mcp"), 8671, "--mcp") as site:
        yield site


@pytest.fixture(params=["stdio", "http"])
def transport(request: pytest.FixtureRequest, sample_dir: Path) -> Any:
    if request.param == "http":
        return request.getfixturevalue("served").url + "mcp"
    server = StdioServerParameters(
        command=sys.executable,
        args=[*COMMAND, str(sample_dir)],
        cwd=str(ROOT),
        env=dict(os.environ),
    )
    return stdio_client(server)


def call(transport: Any, tool: str, **arguments: Any) -> Any:
    async def run() -> Any:
        async with Client(transport) as client:
            return await client.call_tool(tool, arguments)

    return run_apart(lambda: anyio.run(run))


def test_the_tools_are_described(transport: Any) -> None:
    async def run() -> Any:
        async with Client(transport) as client:
            return (await client.list_tools()).tools, client.instructions

    tools, instructions = run_apart(lambda: anyio.run(run))
    assert {tool.name for tool in tools} == TOOLS
    assert all(tool.description and tool.annotations.read_only_hint for tool in tools)
    assert "word for word" in instructions


def test_a_question_gets_the_same_answer_as_the_index_gives(
    transport: Any,
    sample_index: Index,
) -> None:
    got = call(transport, "ask_reports", question=LIGHTHOUSE, k=3)
    assert not got.is_error
    validate(got.structured_content, load_schema("ask"))
    assert got.structured_content == answer_to_json(sample_index.ask(LIGHTHOUSE, 3))


def test_what_cannot_be_asked_is_a_tool_error_of_one_line(transport: Any) -> None:
    got = call(transport, "ask_reports", question="? ! ?")
    assert got.is_error
    (told,) = got.content
    assert "no word in it" in told.text
    assert "\n" not in told.text
    assert str(ROOT) not in told.text


def test_every_other_tool_answers_over_http(served: Site, sample_index: Index) -> None:
    url = f"{served.url}mcp"
    summary = sample_index.reports()[0]
    listed = call(url, "list_reports").structured_content
    assert [one["title"] for one in listed["reports"]] == [summary.title]
    assert summary.path not in str(listed)
    each = call(url, "ask_each_report", question=LIGHTHOUSE).structured_content
    validate(each, load_schema("ask-each"))
    found = call(url, "verify_quotation", quote=QUOTE).structured_content
    assert found["verdict"] == "exact"
    assert (
        call(url, "verify_quotation", quote="no such words anywhere at all").structured_content[
            "verdict"
        ]
        == "absent"
    )
    place = found["places"][0]
    span = f"{place['start']}:{place['end']}"
    part = call(url, "show_part", report=summary.source, span=span).structured_content
    validate(part, load_schema("part"))
    assert part["text"] == QUOTE
    missing = call(url, "show_part", report="no such report", label="1")
    assert missing.is_error
    assert "no such report" in missing.content[0].text


def test_api_mcp_and_command_give_the_same_hits(served: Site, sample_dir: Path) -> None:
    import json

    by_mcp = call(f"{served.url}mcp", "ask_reports", question=LIGHTHOUSE).structured_content
    client = GradioClient(served.url, verbose=False, analytics_enabled=False)
    by_api = client.predict(LIGHTHOUSE, api_name="/ask")
    client.close()
    command = [sys.executable, "-c", "from app.cli import main; main()", "ask", "--json"]
    said = subprocess.run(
        [*command, "--index", str(sample_dir), LIGHTHOUSE],
        capture_output=True,
        check=True,
        text=True,
        cwd=ROOT,
    ).stdout
    assert by_mcp == by_api == json.loads(said)


def test_the_stdio_server_loads_neither_torch_nor_gradio() -> None:
    code = (
        "import sys; from app.mcp_server import build_server; import app.cli;"
        "print({'torch', 'gradio', 'transformers'} & set(sys.modules))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True, cwd=ROOT
    ).stdout
    assert said.strip() == "set()"


def test_another_sites_page_cannot_call_a_tool(served: Site) -> None:
    import httpx

    for headers in ({"origin": "https://evil.example"}, {"host": "evil.example"}):
        reply = httpx.post(
            f"{served.url}mcp",
            json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"},
            headers={"accept": "application/json, text/event-stream", **headers},
        )
        assert reply.status_code in {400, 403, 421}
