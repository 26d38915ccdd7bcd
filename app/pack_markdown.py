"""An evidence pack as Markdown for people, with itself as JSON in a comment for machines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.pack_json import read_pack_json, write_compact
from app.packing import Item, Pack, PackedReport, group_items
from ingest.errors import ReadError

_OPEN, _CLOSE = "<!-- reportqa-pack ", " -->"
# What Markdown or the HTML in it would take for its own.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&$])")
_AT_START = re.compile(r"^(\s*)(\d{1,9})([.)])|^(\s*)([-+=])", re.MULTILINE)


def write_markdown(pack: Pack) -> str:
    """Return the pack as a Markdown document that shows its words as they are."""
    return "\n".join(_lines(pack))


def read_markdown(text: str, name: str) -> Pack:
    """Return the pack that a document written by `write_markdown` holds.

    Raises:
        ReadError: there is none in it.
    """
    start = text.rfind(_OPEN)
    end = text.find(_CLOSE, start)
    if start < 0 or end < 0:
        raise ReadError(f"{name}: there is no evidence pack of ReportQA in it")
    return read_pack_json(text[start + len(_OPEN) : end], name)


def _lines(pack: Pack) -> Iterator[str]:
    yield "# Evidence\n"
    yield f"Made on {pack.made} with ReportQA {pack.version}. Every passage is word for word."
    yield "Check it again with `reportqa verify` and the name of this file.\n"
    for question, items in group_items(pack):
        yield f"## {_escape(question) or 'Passages'}\n"
        for number, item in items:
            yield from _item(number, item)
    yield "## Reports\n"
    for report in pack.reports:
        yield from _report(report)
    yield f"\nIndex: {_escape(pack.model)}, fingerprint {pack.fingerprint[:16]},"
    yield f"passages {_settings(pack)}\n"
    yield f"{_OPEN}{write_compact(pack)}{_CLOSE}\n"


def _settings(pack: Pack) -> str:
    return ", ".join(f"{name} {value}" for name, value in pack.passages.items())


def _item(number: int, item: Item) -> Iterator[str]:
    quoted = "\n".join(f"> {line}" for line in _escape(item.text).split("\n"))
    yield f"{quoted}\n"
    place = f"code points {item.start} to {item.end} of {item.report}"
    yield f"{number}\\. {_escape(item.citation)} ({place})\n"
    if item.note:
        yield f"Note: {_escape(item.note)}\n"


def _report(report: PackedReport) -> Iterator[str]:
    about = [report.creator, report.date, report.licence, report.url]
    yield f"- {_escape(report.title)} ({_escape(report.source)})"
    yield f"  - id {report.id}, SHA-256 of the file: {report.sha256 or 'the file was not there'}"
    if known := [_escape(one) for one in about if one]:
        yield f"  - {'; '.join(known)}"


def _escape(text: str) -> str:
    escaped = _SPECIAL.sub(r"\\\1", text)
    return _AT_START.sub(lambda m: f"{m[1]}{m[2]}\\{m[3]}" if m[2] else f"{m[4]}\\{m[5]}", escaped)
