"""Text recognition (OCR) through Debian's `tesseract-ocr`, where it is installed.

Only its command is called: nothing is downloaded, and nothing of it is imported. Words and
boxes come back in its TSV format
(https://tesseract-ocr.github.io/tessdoc/Command-Line-Usage.html#tsv-output).
"""

from __future__ import annotations

import csv
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.canonical import canonicalise
from ingest.errors import ReadError

_COMMAND = "tesseract"
_LEAST_CONFIDENCE = 20.0
_SECONDS = 120
_WORD_LEVEL = "5"


@dataclass(frozen=True, slots=True)
class SeenWord:
    """A recognised word.

    Attributes:
        text: canonical.
        line: words with the same value stand on one line.
        x0, y0, x1, y1: pixels from the picture's top left.
    """

    text: str
    line: tuple[int, int, int]
    x0: int
    y0: int
    x1: int
    y1: int


def is_installed() -> bool:
    """Tell whether text can be recognised on this machine."""
    return shutil.which(_COMMAND) is not None


def recognise_words(picture: bytes, dpi: int, language: str = "eng") -> list[SeenWord]:
    """Return the words of a picture, block by block and line by line.

    Args:
        picture: PNG.
        dpi: pixels for each inch of the page.
        language: as tesseract calls it.

    Raises:
        ReadError: tesseract is not installed, fails, or takes longer than two minutes.
    """
    command = [_COMMAND, "stdin", "stdout", "-l", language, "--dpi", str(dpi), "--psm", "1", "tsv"]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command, the picture goes in as data
            command, input=picture, capture_output=True, timeout=_SECONDS, check=False
        )
    except FileNotFoundError as error:
        raise ReadError(
            "text recognition (OCR) needs Debian's package tesseract-ocr; install it, "
            "or read the file without OCR"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise ReadError(f"text recognition (OCR) took longer than {_SECONDS} seconds") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise ReadError(f"text recognition (OCR) failed: {said[-1] if said else 'no reason given'}")
    return list(_read_words(done.stdout.decode("utf-8", "replace")))


def _read_words(table: str) -> Iterator[SeenWord]:
    for row in csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        text = canonicalise(row.get("text") or "")
        if row.get("level") != _WORD_LEVEL or not text or float(row["conf"]) < _LEAST_CONFIDENCE:
            continue
        left, top = int(row["left"]), int(row["top"])
        line = (int(row["block_num"]), int(row["par_num"]), int(row["line_num"]))
        yield SeenWord(text, line, left, top, left + int(row["width"]), top + int(row["height"]))
