"""The web server: where it listens, whom it answers, and what starting it imports."""

import json
import socket
import subprocess
import sys

import pytest
from starlette.testclient import TestClient

from app.server import Address, make_app, open_socket
from ingest.errors import SettingError


def listen() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


def test_a_port_in_use_gives_the_next_free_one() -> None:
    with listen() as taken:
        wanted = taken.getsockname()[1]
        with open_socket(Address("127.0.0.1", wanted)) as listening:
            assert wanted < listening.getsockname()[1] <= wanted + 100


def test_a_free_port_is_the_one_that_is_taken() -> None:
    with listen() as found:
        port = found.getsockname()[1]
    with open_socket(Address("127.0.0.1", port)) as listening:
        assert listening.getsockname() == ("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host.invalid"])
def test_a_host_that_is_not_this_machine_is_refused(host: str) -> None:
    with pytest.raises(SettingError, match=host):
        open_socket(Address(host, 7860))


def test_the_highest_port_has_no_next_one() -> None:
    try:
        taken = socket.create_server(("127.0.0.1", 65_535))
    except OSError:
        pytest.skip("somebody else listens on port 65535")
    with taken, pytest.raises(SettingError, match="65535"):
        open_socket(Address("127.0.0.1", 65_535))


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80/"),
        ("localhost", "http://localhost:80/"),
        ("0.0.0.0", "http://127.0.0.1:80/"),  # noqa: S104
        ("::1", "http://[::1]:80/"),
        ("::", "http://[::1]:80/"),
    ],
)
def test_the_address_is_one_that_a_browser_here_can_open(host: str, url: str) -> None:
    assert Address(host, 80).url == url


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1:7860", 404), ("localhost", 404), ("[::1]:7860", 404), ("rebound.example", 400)],
)
def test_a_private_server_answers_to_names_of_this_machine_only(host: str, status: int) -> None:
    client = TestClient(make_app(Address("127.0.0.1", 7860)))
    assert client.get("/", headers={"host": host}).status_code == status


def test_every_response_forbids_the_browser_all_other_machines() -> None:
    client = TestClient(make_app(Address("127.0.0.1", 7860)), base_url="http://127.0.0.1")
    for host in ("127.0.0.1", "rebound.example"):
        headers = client.get("/", headers={"host": host}).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "http" not in policy
        assert "*" not in policy
        assert headers["referrer-policy"] == "no-referrer"


def run_python(code: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"],
        capture_output=True,
        text=True,
        check=True,
    )
    modules: list[str] = json.loads(done.stdout.splitlines()[-1])
    return modules


def test_the_interface_is_imported_without_gradio_until_a_page_is_wanted() -> None:
    modules = run_python("import app.web, app.desk, app.theme")
    assert "gradio" not in modules
    assert "torch" not in modules
    assert "uvicorn" not in modules


def test_gradio_is_imported_silent_and_leaves_its_own_files_alone() -> None:
    modules = run_python(
        "from app.framework import quick_import\n"
        "import inspect, pathlib\n"
        "real, written = inspect.getfile, []\n"
        "pathlib.Path.write_text = lambda self, *_, **__: written.append(self)\n"
        "with quick_import():\n"
        "    import gradio\n"
        "from gradio.analytics import analytics_enabled\n"
        "assert not analytics_enabled()\n"
        "assert not written, written\n"
        "assert inspect.getfile is real\n"
        "assert inspect.getfile(gradio.Textbox).endswith('textbox.py')"
    )
    assert "gradio" in modules
