"""What a first question does to the machine: what it loads, writes and connects to."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

QUESTION = "What services does the Lighthouse bring together?"

# Runs the command as its entry point does, and writes down what happened meanwhile.
WITNESS = """
import json, sys
events = []
def watch(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        events.append(f"{event} {args[1:]}")
sys.addaudithook(watch)
report = sys.argv.pop(1)
from app.cli import main
try:
    main()
except SystemExit as stop:
    code = stop.code or 0
heavy = ("torch", "transformers", "sentence_transformers", "gradio")
found = {"code": code, "network": events, "heavy": [m for m in heavy if m in sys.modules]}
with open(report, "w") as file:
    json.dump(found, file)
"""


@dataclass(frozen=True)
class Home:
    """A user's home folder in which nothing has run yet."""

    root: Path

    def run(self, *args: str) -> dict[str, object]:
        """Run `reportqa` with these arguments, and return what the witness saw."""
        seen = self.root.parent / "seen.json"
        subprocess.run(
            [sys.executable, "-c", WITNESS, str(seen), *args],
            cwd=self.root,
            env=self.environment(),
            check=True,
            capture_output=True,
        )
        found: dict[str, object] = json.loads(seen.read_text())
        return found

    def environment(self) -> dict[str, str]:
        kept = ("PATH", "LANG")
        return {k: os.environ[k] for k in kept if k in os.environ} | {"HOME": str(self.root)}

    def files(self) -> Sequence[Path]:
        return [p.relative_to(self.root) for p in self.root.rglob("*") if p.is_file()]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    root = tmp_path_factory.mktemp("first") / "home"
    root.mkdir()
    return Home(root)


@pytest.fixture(scope="module")
def first(home: Home) -> dict[str, object]:
    """Ask where nothing is indexed yet: the sample is, and the encoder is exported."""
    return home.run("ask", QUESTION)


def test_a_first_question_connects_to_nothing(first: dict[str, object]) -> None:
    assert first["code"] == 0
    assert first["network"] == []


def test_a_first_question_leaves_nothing_but_the_index_and_the_encoder(
    first: dict[str, object], home: Home
) -> None:
    assert first["code"] == 0
    folders = {path.parts[:3] for path in home.files()}
    assert folders == {(".local", "share", "reportqa"), (".cache", "reportqa", "encoders")}


def test_asking_loads_neither_torch_nor_transformers_nor_gradio(
    first: dict[str, object], home: Home
) -> None:
    assert first["heavy"], "the first question builds the index, so it must have been seen"
    second = home.run("ask", QUESTION)
    assert second == {"code": 0, "network": [], "heavy": []}
