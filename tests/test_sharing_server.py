"""The real command shared with a team: who gets in, what is refused, and behind a proxy."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AuthenticationError

from app.examples import SAMPLE_QUESTIONS
from app.sharing import put_user, remove_user
from index.folder import IndexFolder
from index.library import list_summaries
from tests.browser import Site, serve_index
from tests.sharing_proxy import run_proxy

ANNA = ("anna", "correct horse")
BERT = ("bert", "battery staple")
TITLE = "National Child Protection"
UPLOAD = {"x-reportqa": "upload"}


@pytest.fixture(scope="module")
def users(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("users") / "users"
    for name, password in (ANNA, BERT):
        put_user(path, name, password)
    return path


@pytest.fixture(scope="module")
def report(sample_dir: Path) -> str:
    return list_summaries(IndexFolder(sample_dir))[0].id


@pytest.fixture(scope="module")
def shared(
    sample_dir: Path, users: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Asks for a login, and takes small files only."""
    options = ("--users", str(users), "--max-mb", "1", "--mcp", "--allow-host", "reports.example")
    with serve_index(sample_dir, tmp_path_factory.mktemp("shared"), 8861, *options) as served:
        yield served


@pytest.fixture(scope="module")
def read_only(sample_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Takes nothing, lets at most one request wait, and has a root path."""
    options = ("--read-only", "--queue", "1", "--root-path", "/team")
    with serve_index(sample_dir, tmp_path_factory.mktemp("read"), 8881, *options) as served:
        yield served


def every_path(report: str) -> list[tuple[str, str]]:
    """What the server answers to, besides the login page."""
    return [
        ("GET", f"/reports/{report}"),
        ("GET", f"/reports/{report}/pages/1.png"),
        ("GET", "/judgements"),
        ("POST", "/judgements"),
        ("POST", "/packs/md"),
        ("GET", f"/surroundings?report={report}&start=0&end=9"),
        ("POST", "/library/files?name=a.md"),
        ("POST", "/library/refusals?name=a.md&size=1"),
        ("GET", "/config"),
        ("GET", "/gradio_api/info"),
        ("POST", "/gradio_api/call/ask"),
        ("POST", "/gradio_api/queue/join"),
        ("GET", "/gradio_api/queue/data?session_hash=x"),
        ("POST", "/gradio_api/run/predict"),
        ("POST", "/gradio_api/upload"),
        ("GET", "/gradio_api/file=/etc/passwd"),
        ("GET", "/mcp"),
        ("POST", "/mcp"),
        ("GET", "/no/such/page"),
        ("GET", "/assets/../judgements"),
        ("GET", "/assets/..%2Fjudgements"),
    ]


def test_without_a_login_nothing_is_given(shared: Site, report: str) -> None:
    with httpx.Client(base_url=shared.url) as client:
        for method, path in every_path(report):
            reply = client.request(method, path, headers=UPLOAD)
            assert (reply.status_code, path) in {(401, path), (404, path)}
            assert TITLE not in reply.text
            if reply.status_code == 401:
                assert reply.headers["www-authenticate"].startswith("Basic ")
                assert reply.headers["content-security-policy"]
                assert reply.text == "Log in first.\n"


def test_the_login_page_says_nothing_of_the_reports(shared: Site) -> None:
    reply = httpx.get(shared.url)
    assert reply.status_code == 200
    assert '"auth_required":true' in reply.text
    assert TITLE not in reply.text
    assert SAMPLE_QUESTIONS[0] not in reply.text


@pytest.mark.parametrize("auth", [("anna", "wrong"), ("anna", ""), ("nobody", "correct horse")])
def test_a_wrong_password_is_refused(shared: Site, auth: tuple[str, str]) -> None:
    assert httpx.get(f"{shared.url}judgements", auth=auth).status_code == 401
    form = {"username": auth[0], "password": auth[1] or " "}
    reply = httpx.post(f"{shared.url}login", data=form)
    assert reply.status_code == 400
    assert "set-cookie" not in reply.headers


@pytest.mark.parametrize(
    "said", ["Basic", "Basic !!!", "Basic YTpi YTpi", "Bearer x", "Basic /w=="]
)
def test_a_header_that_is_none_is_refused(shared: Site, said: str) -> None:
    reply = httpx.get(f"{shared.url}judgements", headers={"authorization": said})
    assert reply.status_code == 401


def test_the_login_of_the_page_opens_everything(shared: Site, report: str) -> None:
    with httpx.Client(base_url=shared.url) as client:
        client.post("/login", data={"username": ANNA[0], "password": ANNA[1]}).raise_for_status()
        assert TITLE in client.get("/config").text
        assert TITLE in client.get(f"/reports/{report}").text
        assert client.get("/judgements").status_code == 200
        assert client.get("/logout").headers["location"] == "/"
        assert client.get("/judgements").status_code == 401


def test_the_cookie_is_kept_from_scripts_and_other_sites(shared: Site) -> None:
    reply = httpx.post(f"{shared.url}login", data={"username": BERT[0], "password": BERT[1]})
    cookies = reply.headers.get_list("set-cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "none" not in cookie


def test_what_another_site_sends_is_refused_even_with_a_login(shared: Site) -> None:
    headers = {"sec-fetch-site": "cross-site", "content-type": "text/plain"}
    reply = httpx.post(f"{shared.url}gradio_api/call/ask", auth=ANNA, headers=headers)
    assert reply.status_code == 403


def test_a_program_sends_its_password_each_time(shared: Site, report: str) -> None:
    with httpx.Client(base_url=shared.url, auth=ANNA, timeout=30) as client:
        assert TITLE in client.get(f"/reports/{report}").text
        called = client.post(
            "/gradio_api/call/ask", json={"data": [SAMPLE_QUESTIONS[0], 1, None, ""]}
        )
        told = client.get(f"/gradio_api/call/ask/{called.json()['event_id']}").text
    assert "event: complete" in told
    assert TITLE in told


def test_the_gradio_client_logs_in(shared: Site) -> None:
    client = Client(shared.url, auth=ANNA, verbose=False, analytics_enabled=False)
    assert len(client.predict(SAMPLE_QUESTIONS[0], 2, api_name="/ask")["hits"]) == 2
    client.close()
    with pytest.raises(AuthenticationError):
        Client(shared.url, verbose=False, analytics_enabled=False)
    with pytest.raises(ValueError, match="Could not login"):
        Client(shared.url, auth=("anna", "wrong"), verbose=False, analytics_enabled=False)


def test_the_tools_of_language_models_are_behind_the_login(shared: Site) -> None:
    hello = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    }
    headers = {"accept": "application/json, text/event-stream"}
    url = f"{shared.url}mcp"
    assert httpx.post(url, json=hello, headers=headers).status_code == 401
    reply = httpx.post(url, json=hello, headers=headers, auth=ANNA, follow_redirects=True)
    assert reply.status_code == 200
    assert "serverInfo" in reply.text


def test_a_browser_without_a_login_is_sent_to_it_and_back(shared: Site, report: str) -> None:
    place = f"/reports/{report}?mark=0-9"
    with httpx.Client(base_url=shared.url, headers={"accept": "text/html"}) as client:
        sent = client.get(place)
        assert sent.status_code == 303
        login = client.get(sent.headers["location"])
        assert '"auth_required":true' in login.text
        client.post("/login", data={"username": ANNA[0], "password": ANNA[1]})
        # The login page loads itself again.
        back = client.get(sent.headers["location"])
        assert back.headers["location"] == place


def test_a_fetch_of_the_page_gets_no_window_of_the_browser_to_log_in(shared: Site) -> None:
    reply = httpx.get(f"{shared.url}judgements", headers={"user-agent": "Mozilla/5.0"})
    assert reply.status_code == 401
    assert "www-authenticate" not in reply.headers


def test_a_user_who_is_removed_or_has_a_new_password_is_logged_out(
    shared: Site, users: Path
) -> None:
    put_user(users, "carl", "first password")
    with httpx.Client(base_url=shared.url) as client, httpx.Client(base_url=shared.url) as other:
        for one in (client, other):
            form = {"username": "carl", "password": "first password"}
            one.post("/login", data=form).raise_for_status()
            assert one.get("/judgements").status_code == 200
        put_user(users, "carl", "second password")
        assert client.get("/judgements").status_code == 401
        assert client.get("/judgements", auth=("carl", "first password")).status_code == 401
        form["password"] = "second password"  # noqa: S105
        client.post("/login", data=form).raise_for_status()
        assert client.get("/judgements").status_code == 200
        assert other.get("/judgements").status_code == 401
        remove_user(users, "carl")
        assert client.get("/judgements").status_code == 401
        assert client.get("/judgements", auth=("carl", "second password")).status_code == 401


def test_guessing_is_slowed_and_the_right_password_still_gets_in(shared: Site, users: Path) -> None:
    put_user(users, "dora", "open sesame")
    url = f"{shared.url}judgements"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: httpx.get(url, auth=("dora", f"no {n}"), timeout=60), range(6)))
        tries = [
            pool.submit(httpx.get, url, auth=("dora", f"not {n}"), timeout=60) for n in range(4)
        ]
        seen = sorted(one.result().status_code for one in tries)
    assert 429 in seen
    assert set(seen) <= {401, 429}
    assert httpx.get(url, auth=("anna", ANNA[1])).status_code == 200, "others do not wait"
    assert httpx.get(url, auth=("dora", "open sesame"), timeout=60).status_code == 200


def test_a_file_over_the_limit_is_refused_before_it_is_read(shared: Site) -> None:
    headers = UPLOAD | {"content-length": str(2 << 20)}
    reply = httpx.post(
        f"{shared.url}library/files?name=large.md",
        content=b"x" * (2 << 20),
        headers=headers,
        auth=ANNA,
    )
    assert reply.status_code == 413
    assert "the limit of 1 MiB" in reply.json()["reason"]


def test_gradios_own_upload_is_closed(shared: Site) -> None:
    reply = httpx.post(
        f"{shared.url}gradio_api/upload", files={"files": ("a.md", b"# a")}, auth=ANNA
    )
    assert reply.status_code == 403


def test_only_known_host_names_are_answered(shared: Site) -> None:
    for host, status in (("reports.example", 401), ("localhost", 401), ("evil.example", 400)):
        reply = httpx.get(f"{shared.url}judgements", headers={"host": host})
        assert reply.status_code == status


def test_the_password_is_in_no_log(shared: Site) -> None:
    httpx.get(f"{shared.url}judgements", auth=("anna", "hunter2-hunter2"))
    assert "hunter2" not in shared.said


def test_read_only_takes_no_report_no_removal_and_no_judgement(
    read_only: Site, report: str
) -> None:
    with httpx.Client(base_url=read_only.url) as client:
        for path in ("files?name=a.md", "refusals?name=a.md&size=1"):
            reply = client.post(f"/library/{path}", content=b"# A report", headers=UPLOAD)
            assert (reply.status_code, reply.json()["reason"]) == (403, "this library is read only")
        judged = {
            "question": "What?",
            "verdict": "relevant",
            "assessor": "anna",
            "report": report,
            "start": 0,
            "end": 9,
        }
        assert client.post("/judgements", json=judged).status_code == 403
        assert client.get("/judgements").text == ""
        assert client.post("/gradio_api/upload", files={"files": b"x"}).status_code == 403
        assert TITLE in client.get(f"/reports/{report}").text
        assert "read only" in client.get("/config").text


def test_a_full_queue_refuses_more(read_only: Site) -> None:
    def call(_: int) -> int:
        body = {"data": [SAMPLE_QUESTIONS[0], 5, None, ""]}
        url = f"{read_only.url}gradio_api/call/ask"
        return httpx.post(url, json=body, timeout=60).status_code

    with ThreadPoolExecutor(30) as pool:
        seen = set(pool.map(call, range(60)))
    assert 200 in seen
    assert 503 in seen
    assert seen == {200, 503}


@pytest.mark.parametrize("strips", [True, False])
def test_behind_a_proxy_page_routes_and_endpoints_stay_under_the_root_path(
    read_only: Site, report: str, strips: bool
) -> None:
    upstream = read_only.url.rstrip("/")
    with run_proxy(upstream, "/team", strips=strips) as url:
        page = httpx.get(f"{url}/")
        assert f'"root":"{url}"' in page.text
        assert httpx.get(f"{url}/theme.css").status_code == 200
        assert TITLE in httpx.get(f"{url}/reports/{report}").text
        client = Client(f"{url}/", verbose=False, analytics_enabled=False)
        assert len(client.predict(SAMPLE_QUESTIONS[0], 2, api_name="/ask")["hits"]) == 2
        client.close()
    moved = httpx.get(f"{upstream}/team")
    assert (moved.status_code, moved.headers["location"]) == (308, "/team/")


def run_serve(sample_dir: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from app.cli import main; main()", "serve", "--no-browser"]
    return subprocess.run(
        [*command, "--index", str(sample_dir), *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_users_file_that_is_broken_or_not_there_stops_the_command(
    sample_dir: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "users"
    broken.write_text("anna:secret\n")
    done = run_serve(sample_dir, "--users", str(broken))
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{broken}, line 1: a line is name:scrypt" in done.stderr
    done = run_serve(sample_dir, "--users", str(tmp_path / "none"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "the users cannot be read" in done.stderr


@pytest.mark.parametrize("taken", ["/reports", "/library/x", "/gradio_api"])
def test_a_root_path_that_the_server_has_itself_is_refused(sample_dir: Path, taken: str) -> None:
    done = run_serve(sample_dir, "--root-path", taken)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{taken} cannot be the root path" in done.stderr


def test_a_server_for_all_without_users_and_a_file_for_all_are_warned_of(
    sample_dir: Path, users: Path, tmp_path: Path
) -> None:
    with serve_index(sample_dir, tmp_path, 8895, "--host", "0.0.0.0") as site:  # noqa: S104
        assert "--users FILE asks them to log in" in site.stop()[1]
    wide = tmp_path / "users"
    wide.write_bytes(users.read_bytes())
    wide.chmod(0o644)
    with serve_index(sample_dir, tmp_path, 8896, "--users", str(wide)) as site:
        said = site.stop()[1]
    assert "chmod 600" in said
    assert "whoever can reach" not in said
