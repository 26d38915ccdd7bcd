"""An evidence pack as a Word document, with itself inside for `reportqa verify`."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

from app.pack_json import read_pack_json, write_compact
from app.packing import Item, Pack, PackedReport, group_items
from ingest.errors import ReadError

if TYPE_CHECKING:
    from docx.document import Document

_UNREADABLE = (
    *(KeyError, UnicodeDecodeError, OSError, EOFError),
    *(zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError),  # odd or encrypted
)
_PART = "/customXml/reportqa.xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml"
_BEFORE, _AFTER = "<reportqa-pack>", "</reportqa-pack>"
_MOST_BYTES = 64 << 20
# XML 1.0 has no way to write these.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REPLACEMENT = "\ufffd"


def write_docx(pack: Pack) -> bytes:
    """Return the document: the passages under their questions, then the reports."""
    from docx import Document

    document = Document()
    document.core_properties.title = "Evidence"
    document.core_properties.author = "ReportQA"
    document.core_properties.comments = ""
    document.add_heading("Evidence", 0)
    document.add_paragraph(
        f"Made on {pack.made} with ReportQA {pack.version}. Every passage is word for word. "
        "Check it again with the command “reportqa verify” and the name of this file."
    )
    for question, items in group_items(pack):
        document.add_heading(_clean(question) or "Passages", 1)
        for number, item in items:
            _add_item(document, number, item)
    _add_reports(document, pack)
    _embed(document, pack)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def read_docx_pack(content: bytes, name: str) -> Pack:
    """Return the pack inside a document written by `write_docx`.

    Raises:
        ReadError: there is none in it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            part = archive.getinfo(_PART.removeprefix("/"))
            if part.file_size > _MOST_BYTES:
                raise ReadError(f"{name}: the evidence pack in it is too large")
            text = archive.read(part).decode("utf-8")
    except _UNREADABLE as error:
        raise ReadError(f"{name}: there is no evidence pack of ReportQA in it") from error
    _, _, inside = text.partition(_BEFORE)
    return read_pack_json(inside.partition(_AFTER)[0], name)


def _add_item(document: Document, number: int, item: Item) -> None:
    for line in _clean(item.text).split("\n"):
        if line.strip():
            document.add_paragraph(line, style="Quote")
    cited = document.add_paragraph()
    cited.add_run(f"{number}. ").bold = True
    cited.add_run(_clean(item.citation))
    place = cited.add_run(f" (code points {item.start} to {item.end} of {item.report})")
    place.italic = True
    if item.note:
        document.add_paragraph(f"Note: {_clean(item.note)}")


def _add_reports(document: Document, pack: Pack) -> None:
    document.add_heading("Reports", 1)
    table = document.add_table(rows=1, cols=3, style="Table Grid")
    for cell, words in zip(table.rows[0].cells, ("Report", "File", "Checks"), strict=True):
        cell.text = words
        cell.paragraphs[0].runs[0].bold = True
    for report in pack.reports:
        for cell, words in zip(table.add_row().cells, _describe(report), strict=True):
            cell.text = _clean(words)
    settings = ", ".join(f"{name} {value}" for name, value in pack.passages.items())
    document.add_paragraph()
    document.add_paragraph(
        _clean(f"Index: {pack.model}, fingerprint {pack.fingerprint[:16]}, passages {settings}.")
    )


def _describe(report: PackedReport) -> tuple[str, str, str]:
    about = (report.title, report.creator, report.date, report.licence, report.url)
    checks = f"id {report.id}, SHA-256 {report.sha256 or 'unknown: the file was not there'}"
    return "; ".join(one for one in about if one), report.source, checks


def _embed(document: Document, pack: Pack) -> None:
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    text = f'<?xml version="1.0" encoding="UTF-8"?>{_BEFORE}{write_compact(pack)}{_AFTER}'
    package: Any = document.part.package
    part = Part(PackURI(_PART), "application/xml", text.encode(), package)
    document.part.relate_to(part, _RELATION)


def _clean(text: str) -> str:
    return _FORBIDDEN.sub(_REPLACEMENT, text)
