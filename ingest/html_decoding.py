"""Finds out in which encoding an HTML file really is, whatever it declares."""

from __future__ import annotations

import codecs
import re

from ingest.errors import UnsupportedFormatError
from ingest.report import Notice, NoticeKind
from ingest.source import name_binary

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(
    rb"""<meta[^>]{0,500}?charset\s*=\s*["']?\s*([\w.:-]{1,40})"""
    rb"""|<\?xml[^>]{0,200}?encoding=["']([\w.:-]{1,40})""",
    re.IGNORECASE,
)
_PRESCANNED = 4096
# What browsers read in place of what is declared (WHATWG Encoding Standard, section 4.2).
_READ_AS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "utf-16": "utf-8",
    "utf-16-le": "utf-8",
    "utf-16-be": "utf-8",
}
# Windows-1252 for what Latin-1 made of it; its five gaps stay control characters, as in browsers.
_GAPS = frozenset((0x81, 0x8D, 0x8F, 0x90, 0x9D))
_WESTERN = {code: bytes([code]).decode("cp1252") for code in {*range(0x80, 0xA0)} - _GAPS}
_TEXTUAL = ("utf-8", "cp", "iso", "koi8", "mac", "gb", "big5", "euc", "shift_jis", "hz")


def decode_html(data: bytes, name: str) -> tuple[str, tuple[Notice, ...]]:
    """Return the page as text, and what there is to say about its encoding.

    A byte order mark decides; else the declaration does where the bytes agree with it; else
    UTF-8 where they are valid; else Windows-1252, which is what browsers fall back on.

    Raises:
        UnsupportedFormatError: the file is no text.
    """
    if looks_like := name_binary(data):
        raise UnsupportedFormatError(
            f"{name}: not an HTML page but {looks_like}; give the file its right suffix, "
            "or save the page again"
        )
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _decode_marked(data[len(bom) :], encoding, name)
    return _decode_declared(data, name)


def _decode_marked(data: bytes, encoding: str, name: str) -> tuple[str, tuple[Notice, ...]]:
    text = data.decode(encoding, "replace")
    damaged = text.count("\ufffd") - data.count("\ufffd".encode(encoding))
    if damaged <= 0:
        return text, ()
    message = f"{name}: {damaged} characters are not valid {encoding.upper()} and are lost"
    return text, (Notice(NoticeKind.BAD_ENCODING, message),)


def _decode_declared(data: bytes, name: str) -> tuple[str, tuple[Notice, ...]]:
    declared = _find_declared(data)
    if not data.isascii() and (text := _try_decode(data, "utf-8")) is not None:
        agreed = declared in {None, "utf-8"}
        return text, () if agreed else (_mismatch(name, declared, "UTF-8"),)
    if (text := _try_decode(data, declared or "utf-8")) is not None:
        return text, ()
    return data.decode("latin-1").translate(_WESTERN), (_mismatch(name, declared, "Windows-1252"),)


def _find_declared(data: bytes) -> str | None:
    match = _DECLARED.search(data[:_PRESCANNED])
    if not match:
        return None
    try:
        codec = codecs.lookup((match[1] or match[2]).decode("ascii")).name
    except LookupError:
        return None
    codec = _READ_AS.get(codec, codec)
    return codec if codec.startswith(_TEXTUAL) else None


def _try_decode(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _mismatch(name: str, declared: str | None, read: str) -> Notice:
    claim = f"declares {declared.upper()}" if declared else "declares no encoding"
    return Notice(NoticeKind.BAD_ENCODING, f"{name}: {claim} but is not in it; read as {read}")
