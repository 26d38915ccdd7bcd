"""Turns extracted words into canonical ones, once, so that no later layer cleans anything."""

from __future__ import annotations

import re
import unicodedata

_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)
# Soft hyphen, zero-width and direction controls: they print nothing, they break search, and
# overrides can make a quotation read as something else than it says.
_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")


def canonicalise(words: str) -> str:
    """Return `words` on one line: NFC, single spaces, no ligatures, no invisible characters.

    Idempotent. Hyphens, dashes and quotation marks are kept as printed.
    """
    visible = _CONTROL.sub("", _INVISIBLE.sub("", words.translate(_LIGATURES)))
    return unicodedata.normalize("NFC", " ".join(visible.split()))


def canonicalise_lines(words: str) -> str:
    """Do the same line by line, for text whose line breaks mean something (code, verse)."""
    lines = (canonicalise(line) for line in words.splitlines())
    return "\n".join(line for line in lines if line)
