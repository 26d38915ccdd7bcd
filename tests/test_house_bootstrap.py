"""`.ci/bootstrap`, run with a stand-in for Python that writes down what it is asked to do.

That the real installation works is shown by every run of `make test` and `.ci/run`.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

STAND_IN = f"""#!/bin/sh
printf '%s\\n' "$*" >>"$LOG"
if [ -n "$FAILS_ON" ]; then case "$*" in *"$FAILS_ON"*) exit 1 ;; esac; fi
case "$1" in
  -c | --version) exec "{sys.executable}" "$@" ;;
esac
case "$1 $2" in
  "-m venv") mkdir -p "$3/bin" && ln -s "$0" "$3/bin/python" ;;
esac
"""
RECORDER = """#!/bin/sh
printf '%s %s\\n' "$(basename "$0")" "$*" >>"$LOG"
"""


@dataclass(frozen=True)
class Checkout:
    """A copy of the files that a set-up reads, in a folder with a space in its name."""

    root: Path
    programs: Path

    def bootstrap(self, *args: str, fails_on: str = "") -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": f"{self.programs}:/usr/bin:/bin",
            "LOG": str(self.root / "log"),
            "FAILS_ON": fails_on,
        }
        return subprocess.run(
            ["sh", ".ci/bootstrap", *args],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def take_log(self) -> list[str]:
        """Return what was run since the last call, without the questions to Python."""
        log = self.root / "log"
        lines = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return [line for line in lines if not line.startswith(("-c ", "--version"))]

    def add_program(self, name: str, text: str) -> None:
        (self.programs / name).write_text(text)
        (self.programs / name).chmod(0o755)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    made = Checkout(tmp_path / "a check out", tmp_path / "programs")
    (made.root / ".ci").mkdir(parents=True)
    made.programs.mkdir()
    shutil.copy(ROOT / ".ci" / "bootstrap", made.root / ".ci")
    (made.root / "pyproject.toml").write_text("[project]\n")
    (made.root / "requirements.lock").write_text("torch==9.8.7 ; sys_platform != 'linux' \\\n")
    (made.root / "requirements-dev.lock").write_text("pytest==1 \\\n")
    made.add_program("python3", STAND_IN)
    return made


def installs(log: list[str]) -> list[str]:
    return [line.split("--no-deps ", 1)[1] for line in log if "pip install" in line]


def test_a_first_set_up_installs_cpu_torch_then_the_lock_then_the_project(
    checkout: Checkout,
) -> None:
    done = checkout.bootstrap("run")
    assert done.returncode == 0, done.stderr
    assert installs(checkout.take_log()) == [
        "torch==9.8.7+cpu",
        "--require-hashes --only-binary :all: -r requirements.lock",
        "--no-build-isolation -e .",
    ]


def test_a_second_set_up_does_nothing_and_says_nothing(checkout: Checkout) -> None:
    checkout.bootstrap("run")
    checkout.take_log()
    again = checkout.bootstrap("run")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert checkout.take_log() == []


def test_dev_adds_the_test_packages_and_is_enough_for_run(checkout: Checkout) -> None:
    checkout.bootstrap("run")
    checkout.take_log()
    checkout.bootstrap("dev")
    assert installs(checkout.take_log()) == [
        "--require-hashes --only-binary :all: -r requirements-dev.lock"
    ]
    checkout.bootstrap("run")
    checkout.bootstrap("dev")
    assert checkout.take_log() == []


@pytest.mark.parametrize("step", ["torch==", "requirements.lock", "-e .", "pip check", "venv"])
def test_a_set_up_that_failed_is_not_taken_for_done(checkout: Checkout, step: str) -> None:
    failed = checkout.bootstrap("run", fails_on=step)
    assert failed.returncode == 1
    assert failed.stderr.splitlines()[-1].startswith("reportqa: ")
    checkout.take_log()
    again = checkout.bootstrap("run")
    assert again.returncode == 0, again.stderr
    assert "--no-build-isolation -e ." in installs(checkout.take_log())


def test_an_interrupted_addition_of_test_packages_begins_anew(checkout: Checkout) -> None:
    checkout.bootstrap("run")
    assert checkout.bootstrap("dev", fails_on="requirements-dev.lock").returncode == 1
    checkout.take_log()
    checkout.bootstrap("dev")
    assert "-m venv .venv" in checkout.take_log()


def test_a_moved_checkout_is_set_up_again(checkout: Checkout) -> None:
    checkout.bootstrap("run")
    moved = Checkout(checkout.root.rename(checkout.root.with_name("moved")), checkout.programs)
    moved.take_log()
    moved.bootstrap("run")
    assert "-m venv .venv" in moved.take_log()


def test_an_upgraded_python_is_noticed(checkout: Checkout) -> None:
    python = checkout.programs / "python3"
    python.rename(checkout.programs / "older")
    python.symlink_to("older")
    checkout.bootstrap("run")
    checkout.take_log()
    checkout.add_program("newer", STAND_IN)
    python.unlink()
    python.symlink_to("newer")
    assert checkout.bootstrap("run").returncode == 0
    assert "-m venv .venv" in checkout.take_log()


def test_a_changed_lock_is_installed_into_a_new_environment(checkout: Checkout) -> None:
    checkout.bootstrap("run")
    checkout.take_log()
    with (checkout.root / "requirements.lock").open("a") as lock:
        lock.write("numpy==3 \\\n")
    checkout.bootstrap("run")
    assert "-m venv .venv" in checkout.take_log()


def test_a_changed_project_table_installs_the_project_alone(checkout: Checkout) -> None:
    checkout.bootstrap("run")
    checkout.take_log()
    (checkout.root / "pyproject.toml").write_text("[project]\nversion = '2'\n")
    checkout.bootstrap("run")
    assert installs(checkout.take_log()) == ["--no-build-isolation -e ."]


def test_a_wheel_is_installed_in_place_of_the_working_tree(checkout: Checkout) -> None:
    checkout.bootstrap("run", "other env", "dist/reportqa.whl")
    log = checkout.take_log()
    assert installs(log)[-1] == "dist/reportqa.whl"
    assert "-m venv other env" in log


def test_torch_comes_from_its_own_index_only_where_pip_knows_no_other(checkout: Checkout) -> None:
    checkout.bootstrap("run", fails_on="no-deps torch==")
    index = [line for line in installs(checkout.take_log()) if "torch" in line]
    assert index[1].startswith("--index-url https://download.pytorch.org/whl/cpu torch==")


def test_an_old_python_is_refused_in_one_line(checkout: Checkout) -> None:
    for version in ("11", "12", "13", "14"):
        checkout.add_program(f"python3.{version}", STAND_IN)
    refused = checkout.bootstrap("run", fails_on="sys.exit(not")
    assert refused.returncode == 1
    assert refused.stderr.startswith("reportqa: needs Python 3.11 to 3.14, and found Python 3.")
    assert len(refused.stderr.splitlines()) == 1


def test_a_user_without_ensurepip_is_told_what_to_run(checkout: Checkout) -> None:
    checkout.add_program("id", "#!/bin/sh\necho 1000\n")
    refused = checkout.bootstrap("run", fails_on="import ensurepip")
    assert refused.returncode == 1
    package = f"python3.{sys.version_info[1]}-venv"
    assert refused.stderr.endswith(f"Run this first: sudo apt-get install {package}\n")
    assert len(refused.stderr.splitlines()) == 1


def test_root_without_ensurepip_gets_debians_package(checkout: Checkout) -> None:
    checkout.add_program("id", "#!/bin/sh\necho 0\n")
    checkout.add_program("apt-get", RECORDER)
    done = checkout.bootstrap("run", fails_on="import ensurepip")
    assert done.returncode == 0, done.stderr
    package = f"python3.{sys.version_info[1]}-venv"
    assert f"apt-get install -y -qq {package}" in checkout.take_log()


def test_anything_but_run_and_dev_is_refused(checkout: Checkout) -> None:
    refused = checkout.bootstrap("walk")
    assert refused.returncode == 1
    assert "usage: .ci/bootstrap run|dev" in refused.stderr


def test_the_scripts_can_be_executed_as_they_are() -> None:
    for script in ("run", "bootstrap", "wheel"):
        assert os.access(ROOT / ".ci" / script, os.X_OK), script
