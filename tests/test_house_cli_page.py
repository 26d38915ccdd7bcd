"""docs/cli.md is the command's own help."""

import html
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_page_is_what_the_command_says_of_itself() -> None:
    """Where this fails, `make docs` writes the page anew."""
    typer = str(Path(sys.executable).with_name("typer"))
    page = subprocess.run(
        [typer, "app.cli", "utils", "docs", "--name", "reportqa"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout
    assert (ROOT / "docs" / "cli.md").read_text("utf-8") == html.unescape(page)
