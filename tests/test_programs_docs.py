"""What docs/programs.md tells a programmer to type is run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.payload import SCHEMAS
from tests.browser import Site, serve_index

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "programs.md").read_text("utf-8")
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(language, block) for language, block in FENCE.findall(TEXT)]
ADDRESS = "http://127.0.0.1:7860/"


@pytest.fixture(scope="module")
def served(sample_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serve_index(sample_dir, tmp_path_factory.mktemp("programs"), 8681) as site:
        yield site


def run(command: list[str], index: Path) -> str:
    environment = os.environ | {"REPORTQA_INDEX": str(index)}
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "block", [block for language, block in BLOCKS if language == "python"], ids=["index", "client"]
)
def test_the_python_examples_run(block: str, served: Site, sample_dir: Path) -> None:
    said = run([sys.executable, "-c", block.replace(ADDRESS, served.url)], sample_dir)
    assert "HMICFRS" in said


def test_the_curl_example_gets_the_answer(served: Site, sample_dir: Path) -> None:
    (block,) = [block for language, block in BLOCKS if language == "bash"]
    said = run(["bash", "-c", block.replace(ADDRESS, served.url)], sample_dir)
    (data,) = [line for line in said.splitlines() if line.startswith("data: ")]
    (document,) = json.loads(data.removeprefix("data: "))
    assert isinstance(document, dict), said[:600]
    assert len(document["hits"]) == 3


def test_the_settings_for_a_client_are_json() -> None:
    (block,) = [block for language, block in BLOCKS if language == "json"]
    assert json.loads(block)["mcpServers"]["reportqa"]["args"] == ["mcp"]


def test_every_schema_that_is_named_is_there() -> None:
    named = set(re.findall(r"`reportqa schema ([a-z-]+)`", TEXT))
    assert named
    assert named <= set(SCHEMAS)
