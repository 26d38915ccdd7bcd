"""Logging in: passwords checked against the users' file, and guessing made slow."""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from app.sharing import Entry, Users, read_users
from ingest.errors import SettingError

_log = logging.getLogger("reportqa")
_FREE_FAILURES = 5
_LONGEST_WAIT = 30.0
_FORGET_AFTER = 900.0
_MOST_REMEMBERED = 10_000
# A check takes 32 MiB and a core: many at once would be a way to stop the server.
_CHECKS_AT_ONCE = 2

# Gradio passes on the name and the password of a login, and not who asks.
client_address: ContextVar[str] = ContextVar("client_address", default="")


class TooManyAttemptsError(Exception):
    """An attempt for the same name from the same address is being kept waiting already."""

    def __init__(self, seconds: float) -> None:
        """Say after how many seconds another attempt makes sense."""
        super().__init__("too many attempts")
        self.seconds = max(1, round(seconds))


@dataclass(frozen=True, slots=True)
class _Failures:
    count: int
    last: float


class Attempts:
    """Counts failed attempts by name and address: after five, each waits longer than the last.

    Nobody is locked out: the wait ends at half a minute, and a quarter of an hour without a
    failure forgets all of them. Somebody at another address does not wait.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Remember nothing yet; `clock` returns seconds."""
        self._clock = clock
        self._failures: OrderedDict[tuple[str, str], _Failures] = OrderedDict()

    def wait_for(self, name: str, address: str) -> float:
        """Return the seconds until the next attempt is due."""
        failures = self._failures.get((name, address))
        if failures is None or failures.count < _FREE_FAILURES:
            return 0.0
        passed = self._clock() - failures.last
        wait = min(2.0 ** min(failures.count - _FREE_FAILURES, 10), _LONGEST_WAIT)
        return max(0.0, wait - passed) if passed < _FORGET_AFTER else 0.0

    def note(self, name: str, address: str, *, passed: bool) -> None:
        """Remember how an attempt ended."""
        key, now = (name, address), self._clock()
        before = self._failures.pop(key, _Failures(0, now))
        if passed:
            return
        count = before.count if now - before.last < _FORGET_AFTER else 0
        self._failures[key] = _Failures(count + 1, now)
        if len(self._failures) > _MOST_REMEMBERED:
            self._failures.popitem(last=False)


class UsersFile:
    """A file of users that is read again whenever it has changed."""

    def __init__(self, path: Path) -> None:
        """Read it.

        Raises:
            SettingError: it cannot be read, or a line of it is not one of a user.
        """
        self._path = path
        self._stamp = _stamp(path)
        self._users = read_users(path)

    def current(self) -> Users:
        """Return the users as the file has them now; of a broken file, as it was before."""
        stamp = _stamp(self._path)
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._users = read_users(self._path)
            except SettingError as error:
                _log.error("%s; the users are those from before", error)
        return self._users


class Doorkeeper:
    """Checks names and passwords for the page, and for programs that send them each time."""

    def __init__(self, users: UsersFile) -> None:
        """Check against a file."""
        from anyio import CapacityLimiter

        self._users = users
        self._attempts = Attempts()
        self._waiting: set[tuple[str, str]] = set()
        self._limiter = CapacityLimiter(_CHECKS_AT_ONCE)
        self._key = secrets.token_bytes(32)
        self._passed: dict[str, tuple[Entry, bytes]] = {}

    def find(self, name: str) -> Entry | None:
        """Return the entry of a name as the file has it now."""
        return self._users.current().entries.get(name)

    async def log_in(self, name: str, password: str) -> bool:
        """Check what the login page sent; the form of Gradio's `auth`.

        Raises:
            HTTPException: 429, as another attempt waits already.
        """
        from starlette.exceptions import HTTPException

        try:
            return await self.check(name, password)
        except TooManyAttemptsError as error:
            wait = {"Retry-After": str(error.seconds)}
            raise HTTPException(429, "Too many attempts; try again later.", wait) from None

    async def check(self, name: str, password: str) -> bool:
        """Tell whether it is the password of that name, after the wait that is due.

        Raises:
            TooManyAttemptsError: another attempt waits already.
        """
        if self._has_passed(name, password):
            return True
        key = (name, client_address.get())
        await self._wait(key)
        users = self._users.current()
        passed = await self._compare(users, name, password)
        self._attempts.note(*key, passed=passed)
        if passed:
            self._passed[name] = (users.entries[name], self._seal(password))
        else:
            _log.warning("a login failed, from %s", key[1])
        return passed

    async def _wait(self, key: tuple[str, str]) -> None:
        from anyio import sleep

        wait = self._attempts.wait_for(*key)
        if not wait:
            return
        if key in self._waiting:
            raise TooManyAttemptsError(wait)
        self._waiting.add(key)
        try:
            await sleep(wait)
        finally:
            self._waiting.discard(key)

    async def _compare(self, users: Users, name: str, password: str) -> bool:
        from anyio.to_thread import run_sync

        return await run_sync(users.check, name, password, limiter=self._limiter)

    def _has_passed(self, name: str, password: str) -> bool:
        # A program sends its password with each request; scrypt is too slow for that.
        entry, seal = self._passed.get(name, (None, b""))
        same = hmac.compare_digest(seal, self._seal(password))
        return same and entry is not None and entry == self.find(name)

    def _seal(self, password: str) -> bytes:
        said = password.encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, said, hashlib.sha256)


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        found = os.stat(path)  # noqa: PTH116  (with every request)
    except OSError:
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino)
