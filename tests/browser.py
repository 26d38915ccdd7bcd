"""A real browser on the real command, both started once: fixtures for the browser tests."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
CHROMIUM = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PATIENCE = 20_000  # milliseconds; nothing here takes that long unless it is broken
# Runs in the server's process before anything else, and notes every name it looks up and
# every machine it connects to.
WATCH = """
import sys
def watch(event, args):
    if event in ("socket.connect", "socket.getaddrinfo"):
        place = args[1] if event == "socket.connect" else args[0]
        with open({log!r}, "a") as log:
            print(place[0] if isinstance(place, tuple) else place, file=log)
sys.addaudithook(watch)
"""


@dataclass(frozen=True)
class Site:
    """The interface as `reportqa serve` serves it."""

    process: subprocess.Popen[str]
    said: str
    url: str
    log: Path

    def contacted(self) -> set[str]:
        """Every machine that the server has connected to or looked up, but this one."""
        seen = set(self.log.read_text().split()) if self.log.exists() else set()
        return seen - {"127.0.0.1", "localhost", "::1", "None"}

    def _wait(self) -> None:
        """Wait until it takes connections: it says where it listens a moment before."""
        place = urlsplit(self.url)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            with (
                contextlib.suppress(OSError),
                closing(HTTPConnection(place.hostname or "", place.port, timeout=5)) as asking,
            ):
                asking.request("GET", "/favicon.ico")
                asking.getresponse()
                return
            time.sleep(0.05)

    def stop(self) -> tuple[int, str]:
        """Press Ctrl+C once it answers; return the exit status and what it still said."""
        self._wait()
        self.process.send_signal(signal.SIGINT)
        _, errors = self.process.communicate(timeout=30)
        return self.process.returncode, errors


@contextmanager
def serve_index(index: Path, folder: Path, port: int, *options: str) -> Iterator[Site]:
    """Run `reportqa serve` on an index."""
    log = folder / "connections.log"
    (folder / "sitecustomize.py").write_text(WATCH.format(log=str(log)))
    command = [sys.executable, "-c", "from app.cli import main; main()", "serve", "--no-browser"]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--index", str(index), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(folder)},
        cwd=Path(__file__).parent.parent,
    )
    try:
        said = _read_until_address(process)
        yield Site(process, said, re.findall(r"http://\S+", said)[-1], log)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _read_until_address(process: subprocess.Popen[str]) -> str:
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if "http://" in line:
            return said
    assert process.stderr is not None
    pytest.fail(f"reportqa serve ended: {said}{process.stderr.read()}")


def find_chromium() -> str:
    """Return a Chromium's path; without one skip, or fail where REPORTQA_REQUIRE_BROWSER=1."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is not None:
        return found
    message = "no Chromium here: 'apt-get install chromium' to run the browser tests"
    if os.environ.get("REPORTQA_REQUIRE_BROWSER") == "1":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def site(sample_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The shipped report's index, served; the port asked for was in use."""
    import socket

    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        serve_index(sample_dir, tmp_path_factory.mktemp("site"), taken.getsockname()[1]) as served,
    ):
        yield served


@pytest.fixture(scope="session")
def browser() -> Iterator[BrowserContext]:
    """A browser with a profile of its own."""
    from playwright.sync_api import sync_playwright

    path = find_chromium()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        context = launched.new_context(viewport={"width": 1280, "height": 800})
        context.set_default_timeout(PATIENCE)
        yield context
        launched.close()


@pytest.fixture
def page(browser: BrowserContext) -> Iterator[Page]:
    """A page of its own; at the end it has no error on its console and asked no other machine."""
    opened = browser.new_page()
    errors: list[str] = []
    hosts: set[str | None] = set()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    opened.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    yield opened
    opened.close()
    assert errors == []
    assert hosts <= {"127.0.0.1", None}, "None stands for data: and blob:"
