"""An evidence pack as a table: one row a passage, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io

from app.packing import Item, Pack
from ingest.errors import ReadError
from ingest.report import PATH_SEPARATOR

_COLUMNS = (
    *("question", "text", "citation", "title", "section", "page", "page_label", "locator"),
    *("note", "source", "report", "start", "end", "sha256", "made"),
)
# A spreadsheet takes a cell that begins with one of these for a formula (OWASP, "CSV
# Injection"); an apostrophe before it makes it text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'")


def write_csv(pack: Pack) -> str:
    """Return the table, with a byte order mark so that Excel reads it as UTF-8."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    hashes = {report.id: report.sha256 or "" for report in pack.reports}
    for item in pack.items:
        row = _row(item) | {"sha256": hashes[item.report], "made": pack.made}
        writer.writerow([_defuse(row[name]) for name in _COLUMNS])
    return "\ufeff" + target.getvalue()


def read_items(text: str, name: str) -> tuple[Item, ...]:
    """Return the passages of a table written by `write_csv`.

    Raises:
        ReadError: it is no such table.
    """
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    if tuple(rows.fieldnames or ()) != _COLUMNS:
        raise ReadError(f"{name}: this is no evidence pack of ReportQA")
    try:
        return tuple(_read({key: _arm(value) for key, value in row.items()}) for row in rows)
    except (ValueError, TypeError, AttributeError, csv.Error) as error:
        raise ReadError(f"{name}, line {rows.line_num}: the evidence pack is damaged") from error


def _row(item: Item) -> dict[str, str]:
    return {
        "question": item.question,
        "text": item.text,
        "citation": item.citation,
        "title": item.title,
        "section": PATH_SEPARATOR.join(item.section),
        "page": str(item.page or ""),
        "page_label": item.page_label or "",
        "locator": item.locator,
        "note": item.note,
        "source": item.source,
        "report": item.report,
        "start": str(item.start),
        "end": str(item.end),
    }


def _read(row: dict[str, str]) -> Item:
    return Item(
        question=row["question"],
        note=row["note"],
        report=row["report"],
        title=row["title"],
        source=row["source"],
        start=int(row["start"]),
        end=int(row["end"]),
        text=row["text"],
        section=tuple(row["section"].split(PATH_SEPARATOR)) if row["section"] else (),
        page=int(row["page"]) if row["page"] else None,
        page_label=row["page_label"] or None,
        locator=row["locator"],
        citation=row["citation"],
    )


def _defuse(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _arm(cell: str) -> str:
    return cell.removeprefix("'")
