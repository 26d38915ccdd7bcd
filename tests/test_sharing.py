"""The file of users, its commands, and how guessing is slowed."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.server import Address, check_host, check_prefix, make_app
from app.sharing import (
    Cost,
    Users,
    check_name,
    describe_exposure,
    hash_password,
    parse_users,
    put_user,
    read_users,
    remove_user,
)
from app.sharing_gate import _is_ours, _make_strict
from app.sharing_login import Attempts, Doorkeeper, TooManyAttemptsError, UsersFile, client_address
from app.web import WebSettings
from ingest.errors import SettingError
from tests.apart import run_apart

PASSWORD = "correct horse"  # noqa: S105
ENTRY = hash_password(PASSWORD).write()


def write_users(path: Path, *names: str) -> Path:
    path.write_text("".join(f"{name}:{ENTRY}\n" for name in names))
    path.chmod(0o600)
    return path


def run_users(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from app.cli import main; main()", "users", *arguments]
    return subprocess.run(
        command,
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[1],
    )


def test_a_user_gets_in_with_their_own_password_only(tmp_path: Path) -> None:
    path = tmp_path / "users"
    assert put_user(path, "anna", PASSWORD)
    assert put_user(path, "bert", "another secret")
    users = read_users(path)
    assert users.check("anna", PASSWORD)
    assert not users.check("bert", PASSWORD)
    assert not users.check("nobody", PASSWORD)
    assert not users.check("anna", "")


def test_the_password_is_nowhere_in_the_file_and_each_hash_has_its_own_salt(tmp_path: Path) -> None:
    path = tmp_path / "users"
    put_user(path, "anna", PASSWORD)
    put_user(path, "bert", PASSWORD)
    first, second = path.read_text().splitlines()
    assert PASSWORD not in path.read_text()
    assert first.split("$")[4:] != second.split("$")[4:]


def test_an_unknown_name_is_hashed_as_often_and_as_dearly(monkeypatch: pytest.MonkeyPatch) -> None:
    import hashlib

    seen: list[tuple[object, ...]] = []
    real = hashlib.scrypt

    def count(password: bytes, **settings: object) -> bytes:
        seen.append((settings["n"], settings["r"], settings["p"]))
        return real(password, **settings)  # type: ignore[arg-type]

    users = Users({"anna": hash_password(PASSWORD)})
    monkeypatch.setattr("app.sharing.hashlib.scrypt", count)
    users.check("anna", "wrong")
    users.check("nobody", "wrong")
    assert len(seen) == 2
    assert seen[0] == seen[1]


def test_a_password_is_the_same_composed_and_decomposed() -> None:
    assert hash_password("caf\u00e9 liegeois").matches("cafe\u0301 liegeois")


def test_comments_and_blank_lines_stay_where_they_are(tmp_path: Path) -> None:
    path = tmp_path / "users"
    path.write_text(f"# the team\n\nanna:{ENTRY}\nbert:{ENTRY}\n")
    put_user(path, "anna", "a new password")
    remove_user(path, "bert")
    lines = path.read_text().splitlines()
    assert lines[:2] == ["# the team", ""]
    assert [line.partition(":")[0] for line in lines[2:]] == ["anna"]
    assert read_users(path).check("anna", "a new password")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("anna", "a line is name:scrypt"),
        ("anna:secret", "a line is name:scrypt"),
        ("anna:md5$1$1$1$AAAA$AAAA", "not scrypt"),
        ("anna:scrypt$1024$8$1$AAAA$AAAA", "16384 or more"),
        ("anna:scrypt$16385$8$1$AAAA$AAAA", "power of two"),
        ("anna:scrypt$1073741824$8$1$AAAA$AAAA", "256 MiB"),
        ("anna:scrypt$16384$8$99$AAAA$AAAA", "p has to be"),
        ("anna:scrypt$16384$8$1$AAAA$AAAA", "cut off"),
        ("anna:scrypt$16384$8$1$!$AAAA", "a line is name:scrypt"),
        (f":{ENTRY}", "1 to 64"),
        (f"first:{ENTRY}", "has a line already"),
    ],
)
def test_a_bad_line_is_refused_by_file_and_number(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "users"
    path.write_text(f"# people\nfirst:{ENTRY}\n{line}\n")
    with pytest.raises(SettingError, match=told) as raised:
        read_users(path)
    assert f"{path}, line 3: " in str(raised.value)
    assert "secret" not in str(raised.value)


@given(st.text(max_size=200))
def test_whatever_stands_in_the_file_is_users_or_a_setting_error(text: str) -> None:
    if all(not line.strip() or line.lstrip().startswith("#") for line in text.splitlines()):
        assert parse_users(text, "users") == {}
    else:
        with pytest.raises(SettingError, match=r"^users, line \d+: "):
            parse_users(text, "users")


@pytest.mark.parametrize("name", ["", "  ", "a:b", "#anna", "a\nb", "x" * 65])
def test_a_name_that_would_break_the_file_is_refused(name: str) -> None:
    with pytest.raises(SettingError, match="user's name"):
        check_name(name)


@pytest.mark.parametrize("password", ["", "short", "x" * 1025])
def test_a_password_that_is_too_short_or_too_long_is_refused(password: str) -> None:
    with pytest.raises(SettingError, match="8 to 1024"):
        hash_password(password)


def test_the_cost_of_new_hashes_is_within_what_is_read() -> None:
    assert parse_users(f"anna:{ENTRY}", "users")["anna"].cost == Cost()


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_the_file_is_written_for_its_owner_only_and_a_wider_one_is_warned_of(
    tmp_path: Path,
) -> None:
    path = tmp_path / "users"
    put_user(path, "anna", PASSWORD)
    assert path.stat().st_mode & 0o777 == 0o600
    assert describe_exposure(path) is None
    path.chmod(0o644)
    assert "chmod 600" in (describe_exposure(path) or "")


def test_a_failed_write_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_users(tmp_path / "users", "anna")
    before = path.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.sharing.os.fsync", fail)
    with pytest.raises(SettingError, match="No space left"):
        put_user(path, "bert", PASSWORD)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["users"]


def test_the_command_adds_changes_and_removes(tmp_path: Path) -> None:
    path = str(tmp_path / "users")
    assert run_users("add", "anna", "--users", path, "--stdin", typed="first one\n").returncode == 0
    changed = run_users("add", "anna", "--users", path, "--stdin", typed="second one\n")
    assert "new password for anna" in changed.stdout
    assert read_users(Path(path)).check("anna", "second one")
    assert not read_users(Path(path)).check("anna", "first one")
    assert run_users("remove", "anna", "--users", path).returncode == 0
    gone = run_users("remove", "anna", "--users", path)
    assert (gone.returncode, gone.stderr) == (1, f"reportqa: {path}: there is no user anna\n")


def test_a_password_cannot_be_given_on_the_command_line(tmp_path: Path) -> None:
    done = run_users("add", "anna", PASSWORD, "--users", str(tmp_path / "users"))
    assert done.returncode == 2
    assert not (tmp_path / "users").exists()


def test_no_password_on_the_standard_input_is_told(tmp_path: Path) -> None:
    done = run_users("add", "anna", "--users", str(tmp_path / "users"), "--stdin")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no password" in done.stderr


def test_after_five_failures_each_attempt_waits_longer_and_never_for_good() -> None:
    now = 0.0
    attempts = Attempts(lambda: now)
    waits = []
    for _ in range(40):
        waits.append(attempts.wait_for("anna", "192.0.2.1"))
        attempts.note("anna", "192.0.2.1", passed=False)
    assert waits[:5] == [0.0] * 5
    assert waits[5:10] == [1.0, 2.0, 4.0, 8.0, 16.0]
    assert set(waits[10:]) == {30.0}
    assert attempts.wait_for("anna", "192.0.2.2") == 0.0, "who is elsewhere does not wait"
    assert attempts.wait_for("bert", "192.0.2.1") == 0.0
    now = 12.0
    assert attempts.wait_for("anna", "192.0.2.1") == 18.0
    now = 30.0
    assert attempts.wait_for("anna", "192.0.2.1") == 0.0


def test_a_login_or_a_quarter_of_an_hour_forgets_the_failures() -> None:
    now = 0.0
    attempts = Attempts(lambda: now)
    for name in ("anna", "bert"):
        for _ in range(9):
            attempts.note(name, "", passed=False)
    attempts.note("anna", "", passed=True)
    attempts.note("anna", "", passed=False)
    assert attempts.wait_for("anna", "") == 0.0
    now = 901.0
    attempts.note("bert", "", passed=False)
    assert attempts.wait_for("bert", "") == 0.0


def test_many_made_up_names_do_not_fill_the_memory() -> None:
    attempts = Attempts(lambda: 0.0)
    for number in range(10_050):
        attempts.note(f"name {number}", "", passed=False)
    assert len(attempts._failures) == 10_000


def test_one_attempt_waits_and_another_for_the_same_name_is_sent_away(tmp_path: Path) -> None:
    doorkeeper = Doorkeeper(UsersFile(write_users(tmp_path / "users", "anna")))

    async def attack() -> tuple[bool | BaseException, bool | BaseException]:
        client_address.set("192.0.2.1")
        for _ in range(5):
            assert not await doorkeeper.check("anna", "wrong")
        pair = (doorkeeper.check("anna", PASSWORD), doorkeeper.check("anna", "wrong"))
        return await asyncio.gather(*pair, return_exceptions=True)

    right, other = run_apart(lambda: asyncio.run(attack()))
    assert right is True
    assert isinstance(other, TooManyAttemptsError)
    assert other.seconds >= 1


def test_a_changed_file_counts_at_once_and_a_broken_one_not_at_all(tmp_path: Path) -> None:
    path = write_users(tmp_path / "users", "anna")
    users = UsersFile(path)
    write_users(path, "anna", "bert")
    assert set(users.current().entries) == {"anna", "bert"}
    path.write_text("anna:nonsense")
    assert set(users.current().entries) == {"anna", "bert"}
    path.unlink()
    assert set(users.current().entries) == {"anna", "bert"}
    write_users(path, "carl")
    assert set(users.current().entries) == {"carl"}


@pytest.mark.parametrize(
    "wanted", ["", "//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil", "a/b"]
)
def test_the_login_sends_nobody_to_another_server(wanted: str) -> None:
    assert not _is_ours(wanted)


def test_a_cookie_stays_with_this_site_and_with_tls() -> None:
    theirs = b"a=b; HttpOnly; Path=/; SameSite=none; Secure"
    assert _make_strict(theirs, secure=False) == b"a=b; HttpOnly; Path=/; SameSite=Lax; Secure"
    plain = b"a=b; HttpOnly; Path=/; SameSite=lax"
    assert _make_strict(plain, secure=False) == b"a=b; HttpOnly; Path=/; SameSite=Lax"
    assert _make_strict(plain, secure=True) == b"a=b; HttpOnly; Path=/; SameSite=Lax; Secure"


@pytest.mark.parametrize("prefix", ["reports", "/a b", "/a//b", "https://x.example/a", "/a?b"])
def test_a_root_path_that_is_none_is_refused(prefix: str) -> None:
    with pytest.raises(SettingError, match="is not a path"):
        WebSettings(root_path=prefix)
    assert check_prefix("/reportqa/") == "/reportqa"


@pytest.mark.parametrize("name", ["", "a b", "*", "http://x.example", "x.example:80", "x.example/"])
def test_a_host_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(SettingError, match="is not a host name"):
        WebSettings(allowed_hosts=(name,))
    assert check_host("Reports.Example.org") == "reports.example.org"


@pytest.mark.parametrize(
    ("host", "status"),
    [("reports.example", 404), ("localhost", 404), ("other.example", 400), ("x.team.example", 404)],
)
@pytest.mark.parametrize("listening", ["127.0.0.1", "0.0.0.0"])  # noqa: S104
def test_a_server_with_allowed_names_answers_to_those_and_its_own(
    listening: str, host: str, status: int
) -> None:
    from starlette.testclient import TestClient

    app = make_app(Address(listening, 7860), ["reports.example", "*.team.example"])
    assert TestClient(app).get("/", headers={"host": host}).status_code == status
