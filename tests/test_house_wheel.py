"""What a release holds. `.ci/wheel` installs it; here only its contents are looked at."""

import os
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("ingest", "index", "app", "eval")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Build source archive and, from it, the wheel, as a release is built."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = out.glob("*.whl")
    return zipfile.ZipFile(built)


def shipped_files() -> set[str]:
    return {
        (Path(folder) / name).relative_to(ROOT).as_posix()
        for package in PACKAGES
        for folder, _, names in os.walk(ROOT / package)
        for name in names
        if not name.endswith(".pyc")
    }


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(
    wheel: zipfile.ZipFile,
) -> None:
    names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert names == shipped_files()


def test_the_wheel_holds_the_sample_its_licence_and_the_type_markers(
    wheel: zipfile.ZipFile,
) -> None:
    names = set(wheel.namelist())
    sample = "ingest/sample/national-child-protection-inspections-2019-extract.md"
    assert {sample, "ingest/sample/LICENCE.md"} <= names
    assert {f"{package}/py.typed" for package in PACKAGES} <= names


def test_the_wheel_names_its_licences_and_its_command(wheel: zipfile.ZipFile) -> None:
    (info,) = {name.split("/")[0] for name in wheel.namelist() if ".dist-info/" in name}
    metadata = Parser().parsestr(wheel.read(f"{info}/METADATA").decode())
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata.get_all("License-File") == ["LICENSE", "ingest/sample/LICENCE.md"]
    assert b"reportqa = app.cli:main" in wheel.read(f"{info}/entry_points.txt")
    for licence in metadata.get_all("License-File") or []:
        packed = wheel.read(f"{info}/licenses/{licence}").decode()
        assert packed == (ROOT / licence).read_text()
