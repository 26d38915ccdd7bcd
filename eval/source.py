"""Reads the files of a question set or collection; every mistake names file and line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import QuestionSetError


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file: its number from 1 and the JSON object on it."""

    path: Path
    number: int
    values: dict[str, Any]

    def fail(self, reason: str) -> QuestionSetError:
        """Return an error that names file and line."""
        return QuestionSetError(f"{self.path}, line {self.number}: {reason}")

    def words(self, key: str) -> str:
        """Return a text that may not be missing or blank.

        Raises:
            QuestionSetError: it is.
        """
        value = self.values.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fail(f"{key!r} is missing or not a text")
        return value


def read_bytes(path: Path) -> bytes:
    """Return a file's content.

    Raises:
        QuestionSetError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise QuestionSetError(f"{path}: cannot be read ({error.strerror})") from error


def read_text(path: Path) -> str:
    """Return a file's text.

    Raises:
        QuestionSetError: it cannot be read or is not UTF-8.
    """
    content = read_bytes(path)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise QuestionSetError(f"{path}, line {line}: not UTF-8") from error


def read_json_lines(path: Path) -> Iterator[Line]:
    """Yield the object on each line that is not blank.

    Raises:
        QuestionSetError: the file cannot be read, or a line holds no JSON object.
    """
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if line.strip():
            yield _parse_line(path, number, line)


def _parse_line(path: Path, number: int, line: str) -> Line:
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply"
        raise QuestionSetError(f"{path}, line {number}: not JSON ({reason})") from error
    if not isinstance(values, dict):
        raise QuestionSetError(f"{path}, line {number}: not a JSON object")
    return Line(path, number, values)
