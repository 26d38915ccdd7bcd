"""The import direction, app -> eval -> index -> ingest, as pyproject.toml states it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LINTER = str(Path(sys.executable).with_name("lint-imports"))


def run_linter(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [LINTER, "--no-cache", "--config", str(folder / "pyproject.toml")]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_imports_go_one_way() -> None:
    done = run_linter(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("package", "forbidden"),
    [("ingest", "index"), ("ingest", "app"), ("index", "app"), ("index", "eval"), ("eval", "app")],
)
def test_an_import_the_other_way_is_caught(package: str, forbidden: str, tmp_path: Path) -> None:
    for name in ("ingest", "index", "app", "eval"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    (tmp_path / package / "wrong.py").write_text(f"import {forbidden}\n")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    done = run_linter(tmp_path)
    assert done.returncode == 1, done.stdout
    assert f"{package} is not allowed to import {forbidden}" in done.stdout
