"""Who may use a shared server: a file of names and hashed passwords.

One line a person, `name:scrypt$N$r$p$salt$hash`; salt and hash are Base64 (RFC 4648), and
N, r and p are the costs of scrypt (RFC 7914). Blank lines and lines that begin with `#` are
passed over.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
import stat
import tempfile
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import SettingError

_SHORTEST, _LONGEST = 8, 1024
_LONGEST_NAME = 64
_BYTES = 32
_MOST_MEMORY = 256 << 20
_LEAST_COST = 1 << 14
_MOST_LANES = 16
_FORMAT = "name:scrypt$N$r$p$salt$hash"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs: 128 · n · r bytes of memory, and time for n · r · p blocks.

    The defaults are one of the settings that OWASP's Password Storage Cheat Sheet names.
    """

    n: int = 1 << 15
    r: int = 8
    p: int = 3

    def __post_init__(self) -> None:
        """Refuse what guesses too cheaply, or could exhaust the server."""
        if self.n < _LEAST_COST or self.n & (self.n - 1):
            raise SettingError(f"N has to be a power of two, {_LEAST_COST} or more")
        if self.r < 1 or 128 * self.n * self.r > _MOST_MEMORY:
            raise SettingError("N and r need more than 256 MiB of memory")
        if not 1 <= self.p <= _MOST_LANES:
            raise SettingError(f"p has to be 1 to {_MOST_LANES}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A hashed password."""

    cost: Cost
    salt: bytes
    digest: bytes

    def matches(self, password: str) -> bool:
        """Tell whether it is the hash of a password; takes as long either way."""
        return hmac.compare_digest(_derive(password, self.salt, self.cost), self.digest)

    def write(self) -> str:
        """Return it as it stands in the file, after the name."""
        cost = self.cost
        salt, digest = (base64.b64encode(one).decode() for one in (self.salt, self.digest))
        return f"scrypt${cost.n}${cost.r}${cost.p}${salt}${digest}"


@dataclass(frozen=True, slots=True)
class Users:
    """The people of a file.

    Attributes:
        entries: the hashed password of each name.
    """

    entries: Mapping[str, Entry]

    def check(self, name: str, password: str) -> bool:
        """Tell whether it is the password of that name; an unknown name takes as long."""
        known = self.entries.get(name)
        return (known or _DECOY).matches(password) and known is not None


def hash_password(password: str) -> Entry:
    """Return a password hashed with a salt of its own.

    Raises:
        SettingError: it is too short or too long.
    """
    if not _SHORTEST <= len(password) <= _LONGEST:
        raise SettingError(f"a password has {_SHORTEST} to {_LONGEST} characters")
    cost, salt = Cost(), secrets.token_bytes(16)
    return Entry(cost, salt, _derive(password, salt, cost))


def check_name(name: str) -> str:
    """Return a name that can stand in the file, trimmed.

    Raises:
        SettingError: it cannot.
    """
    trimmed = name.strip()
    if not trimmed or len(trimmed) > _LONGEST_NAME or not trimmed.isprintable():
        raise SettingError(f"a user's name has 1 to {_LONGEST_NAME} characters that can be printed")
    if ":" in trimmed or trimmed.startswith("#"):
        raise SettingError("a user's name has no colon in it and does not begin with '#'")
    return trimmed


def read_users(path: Path) -> Users:
    """Read a file of users.

    Raises:
        SettingError: it cannot be read, or a line of it is not one of a user.
    """
    return Users(parse_users(_read(path), str(path)))


def parse_users(text: str, source: str) -> dict[str, Entry]:
    """Return the users of a file's text; `source` names the file in what is raised.

    Raises:
        SettingError: a line is not one of a user, or names one a second time.
    """
    entries: dict[str, Entry] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, _, written = line.strip().partition(":")
        try:
            entry = _parse_entry(written)
            check_name(name)
        except SettingError as error:
            raise SettingError(f"{source}, line {number}: {error}") from error
        if name in entries:
            raise SettingError(f"{source}, line {number}: {name} has a line already")
        entries[name] = entry
    return entries


def describe_exposure(path: Path) -> str | None:
    """Return a warning where others on this machine can read or change the file."""
    if os.name != "posix" or not path.exists():
        return None
    mode = stat.S_IMODE(path.stat().st_mode)
    if not mode & (stat.S_IRWXO | stat.S_IWGRP):
        return None
    return f"{path}: others on this machine can open it (mode {mode:o}); chmod 600 keeps it yours"


def put_user(path: Path, name: str, password: str) -> bool:
    """Add a user or change a password; tell whether the name is new.

    Raises:
        SettingError: the name or the password cannot be used, or the file not be written.
    """
    name, entry = check_name(name), hash_password(password)
    lines = _read(path).splitlines() if path.exists() else []
    known = parse_users("\n".join(lines), str(path))
    kept = [line for line in lines if _name_of(line) != name]
    _write(path, [*kept, f"{name}:{entry.write()}"])
    return name not in known


def remove_user(path: Path, name: str) -> None:
    """Take a user out of the file.

    Raises:
        SettingError: there is none of that name, or the file cannot be read or written.
    """
    name, lines = check_name(name), _read(path).splitlines()
    if name not in parse_users("\n".join(lines), str(path)):
        raise SettingError(f"{path}: there is no user {name}")
    _write(path, [line for line in lines if _name_of(line) != name])


def _derive(password: str, salt: bytes, cost: Cost) -> bytes:
    # The same letters can come composed or decomposed, by the machine that they are typed on.
    said = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    memory = 128 * cost.r * (cost.n + cost.p + 2) + (1 << 20)
    return hashlib.scrypt(
        said, salt=salt, n=cost.n, r=cost.r, p=cost.p, maxmem=memory, dklen=_BYTES
    )


def _parse_entry(written: str) -> Entry:
    try:
        method, n, r, p, salt, digest = written.strip().split("$")
        if method != "scrypt":
            raise SettingError(f"the method is not scrypt; a line is {_FORMAT}")
        entry = Entry(Cost(int(n), int(r), int(p)), _decode(salt), _decode(digest))
    except (ValueError, binascii.Error) as error:
        raise SettingError(f"a line is {_FORMAT}") from error
    if len(entry.digest) != _BYTES or not entry.salt:
        raise SettingError(f"the salt or the hash is cut off; a line is {_FORMAT}")
    return entry


def _decode(written: str) -> bytes:
    return base64.b64decode(written, validate=True)


def _name_of(line: str) -> str | None:
    stripped = line.strip()
    return None if stripped.startswith("#") else stripped.partition(":")[0]


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SettingError(f"{path}: the users cannot be read ({reason})") from error


def _write(path: Path, lines: list[str]) -> None:
    """Replace the file in one step: a server that reads it sees the old one or the new one."""
    try:
        # mkstemp gives the file the mode 600.
        handle, temporary = tempfile.mkstemp(prefix=".users-", dir=path.resolve().parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                out.write("".join(f"{line}\n" for line in lines))
                out.flush()
                os.fsync(out.fileno())
            Path(temporary).replace(path.resolve())
        except BaseException:
            with suppress(OSError):
                Path(temporary).unlink()
            raise
    except OSError as error:
        raise SettingError(f"{path}: cannot be written ({error.strerror})") from error


# What an unknown name is checked against, so that it costs what a known one does.
_DECOY = Entry(Cost(), bytes(16), bytes(_BYTES))
