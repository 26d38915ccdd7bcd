"""What the README tells a reader to type is run, and gives what the README shows."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.registry import FORMATS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
REPORT = """# Harbour report

## Funding

The new harbour is paid for by the county and by the ferry companies, half each.
"""


@dataclass(frozen=True)
class Example:
    """A command and the output that the README shows, which may be none or a part."""

    command: str
    shown: str


def console_examples() -> Iterator[Example]:
    for language, block in FENCE.findall(README):
        if language == "console":
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, shown = part.partition("\n")
                yield Example(command, shown)


MADE = [example for example in console_examples() if example.command.startswith("make ")]
ASKED = [example for example in console_examples() if not example.command.startswith("make ")]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A reader's home folder, with one report of the reader's own."""
    root = tmp_path_factory.mktemp("home")
    (root / "reports").mkdir()
    (root / "reports" / "harbour.md").write_text(REPORT)
    return root


def run(command: list[str], home: Path) -> str:
    programs = Path(sys.executable).parent
    environment = {"PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(home)}
    done = subprocess.run(
        command,
        cwd=home,
        env=environment | {"COLUMNS": "100", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_readme_names_the_two_commands_and_make_knows_them() -> None:
    assert [example.command for example in MADE] == ["make run", "make test"]
    for example in MADE:
        subprocess.run([*example.command.split(), "--dry-run"], cwd=ROOT, check=True)


def test_the_commands_give_what_the_readme_shows(home: Path) -> None:
    assert len(ASKED) >= 3
    for example in ASKED:
        output = run(["bash", "-c", example.command], home)
        assert " ".join(example.shown.split()) in " ".join(output.split()), example.command


def test_the_python_example_prints_the_answer_and_its_citation(home: Path) -> None:
    (example,) = (block for language, block in FENCE.findall(README) if language == "python")
    run(["reportqa", "ingest", "--sample"], home)
    output = run([sys.executable, "-c", example], home)
    assert output.startswith("The Lighthouse model provides medical, advocacy, social care")
    assert "2. Summary › The role of leaders and leadership" in output
    assert len(example.strip().splitlines()) <= 10


def test_the_readme_names_the_pythons_that_the_set_up_takes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    bootstrap = (ROOT / ".ci" / "bootstrap").read_text()
    lowest = project["project"]["requires-python"].removeprefix(">=")
    named = re.search(rf"Python {lowest} to (3\.\d+)", README)
    assert named
    assert f"(3, {named[1].removeprefix('3.')})" in bootstrap


def test_the_readme_names_every_format_that_is_read() -> None:
    *first, last = [known.name for known in FORMATS]
    assert f"{', '.join(first)} and {last}" in " ".join(README.split())


def test_what_the_readme_links_to_is_there() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert len(targets) >= 4
    missing = [t for t in targets if "://" not in t and not (ROOT / t).exists()]
    assert missing == []
