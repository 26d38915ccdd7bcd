"""The lock files: complete, hashed, without CUDA, and what these tests run on."""

import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")


@dataclass(frozen=True)
class Pin:
    """One entry of a lock: an exact version for some platforms, with its hashes."""

    requirement: Requirement
    hashes: tuple[str, ...]

    @property
    def name(self) -> str:
        return canonicalize_name(self.requirement.name)

    @property
    def version(self) -> str:
        return next(iter(self.requirement.specifier)).version

    def applies(self) -> bool:
        return self.requirement.marker is None or self.requirement.marker.evaluate()


def read_pins(*names: str) -> Iterator[Pin]:
    for name in names:
        text = (ROOT / name).read_text().replace("\\\n", " ")
        for line in re.findall(r"^[^#\s].*$", text, flags=re.MULTILINE):
            requirement, *hashes = line.split(" --hash=")
            yield Pin(Requirement(requirement.strip()), tuple(h.strip() for h in hashes))


def project_requirements() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    asked = [*project["project"]["dependencies"], *groups["install"], *groups["dev"]]
    return [Requirement(line) for line in asked]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_entry_is_one_exact_version_with_sha256_hashes(lock: str) -> None:
    pins = list(read_pins(lock))
    assert len(pins) > 20
    for pin in pins:
        assert [s.operator for s in pin.requirement.specifier] == ["=="], pin
        assert pin.hashes, pin
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", h) for h in pin.hashes), pin


@pytest.mark.parametrize("lock", LOCKS)
def test_no_cuda_package_no_address_and_no_path_is_locked(lock: str) -> None:
    names = {pin.name for pin in read_pins(lock)}
    assert not [n for n in names if re.match(r"nvidia|cuda|triton|cupy", n)]
    assert not re.search(r"https?://|file:|@ |--\w*index|--find-links", (ROOT / lock).read_text())
    assert not re.search(r"[ =]/\w", (ROOT / lock).read_text())


def test_every_package_that_the_project_asks_for_is_locked_within_its_bounds() -> None:
    pins = list(read_pins(*LOCKS))
    for asked in project_requirements():
        versions = [p.version for p in pins if p.name == canonicalize_name(asked.name)]
        assert versions, f"{asked} is not locked: run `make lock`"
        assert all(version in asked.specifier for version in versions), f"run `make lock`: {asked}"


def test_both_locks_name_the_same_version_of_a_package() -> None:
    run = {pin.name: pin.version for pin in read_pins(LOCKS[0]) if pin.applies()}
    dev = {pin.name: pin.version for pin in read_pins(LOCKS[1]) if pin.applies()}
    shared = run.keys() & dev.keys()
    assert shared
    assert {name: run[name] for name in shared} == {name: dev[name] for name in shared}


def test_torch_is_left_to_the_cpu_build_on_linux() -> None:
    (torch,) = (pin for pin in read_pins(LOCKS[0]) if pin.name == "torch")
    assert torch.requirement.marker is not None
    assert not torch.requirement.marker.evaluate({"sys_platform": "linux"})
    assert torch.requirement.marker.evaluate({"sys_platform": "darwin"})


def test_the_tests_run_on_what_is_locked() -> None:
    locked = {pin.name: pin.version for pin in read_pins(*LOCKS) if pin.applies()}
    installed = {name: metadata.version(name) for name in locked}
    assert installed == locked


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere PyPI's own build is the CPU one")
def test_the_cpu_build_of_torch_is_installed_and_no_cuda() -> None:
    (torch,) = (pin for pin in read_pins(LOCKS[0]) if pin.name == "torch")
    assert metadata.version("torch") == f"{torch.version}+cpu"
    names = {canonicalize_name(d.metadata["Name"]) for d in metadata.distributions()}
    assert not [n for n in names if re.match(r"nvidia|cuda|triton", n)]
