"""One place of a report: found, cited, drawn."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from index.folder import IndexFolder
from index.library import find_part, list_summaries
from ingest.bibliography import to_bibtex, to_csl_json
from ingest.citation import cite
from ingest.drawing import Drawing, draw_page
from ingest.errors import ReadError, SettingError
from ingest.report import Report
from ingest.span import Span

_MARK = re.compile(r"(\d{1,12}):(\d{1,12})")


def find_place(report: Report, *, label: str | None, mark: str | None) -> Span | None:
    """Return the span that a label or a mark ("10234:10988") names; nothing without either.

    Raises:
        SettingError: both are given, or the mark is no span of the report's text.
        ReportNotFoundError: the report prints no such label.
    """
    if label is not None and mark is not None:
        raise SettingError("name a part with --at or with --mark, not with both")
    if label is not None:
        return find_part(report, label)
    return None if mark is None else _read_mark(report, mark)


def write_citation(report: Report, part: Span | None, style: str) -> str:
    """Return a citation of a part, or of the whole report, in one of the styles.

    Args:
        report: the report.
        part: nothing for the whole report.
        style: "text", "bibtex" or "csl-json".
    """
    writers: dict[str, Callable[[Report, Span], str]] = {
        "text": lambda *cited: cite(*cited).text,
        "bibtex": to_bibtex,
        "csl-json": lambda *cited: json.dumps(to_csl_json(*cited), ensure_ascii=False, indent=2),
    }
    # No words have no place: what is left is the citation of the report.
    return writers[style](report, part or Span(0, 0))


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a page that is wanted.

    Attributes:
        target: the PNG file to write.
        page: physical page from 1; nothing for the one that the part begins on.
        password: opens an encrypted report.
    """

    target: Path
    page: int | None = None
    password: str | None = None


def write_picture(folder: IndexFolder, report: Report, part: Span | None, picture: Picture) -> None:
    """Draw a page of the report's file as PNG, with boxes over a part.

    Raises:
        SettingError: neither a page nor a part says what to draw.
        ReadError: the format has no pages, the file is locked, gone or changed, or the
            picture cannot be written.
    """
    target, page = picture.target, picture.page
    chosen = page if page is not None else (cite(report, part).page if part else None)
    if chosen is None and report.pages:
        raise SettingError("say what to draw: --page N, --at LABEL or --mark START:END")
    path = next(one.path for one in list_summaries(folder) if one.id == report.id)
    drawing = Drawing(password=picture.password)
    drawn = draw_page(Path(path), report, chosen or 1, part, drawing)
    try:
        target.write_bytes(drawn)
    except OSError as error:
        raise ReadError(f"{target}: the picture cannot be written ({error.strerror})") from error


def _read_mark(report: Report, mark: str) -> Span:
    match = _MARK.fullmatch(mark.strip())
    start, end = (int(match[1]), int(match[2])) if match else (1, 0)
    if not 0 <= start < end <= len(report.text):
        raise SettingError(
            f"--mark is START:END within the text's {len(report.text)} code points, got {mark!r}"
        )
    return Span(start, end)
