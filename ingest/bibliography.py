"""A report and a place in it, in the formats that reference managers and LaTeX read."""

from __future__ import annotations

import re
import unicodedata

from ingest.citation import cite, pages_under
from ingest.report import PATH_SEPARATOR, Report
from ingest.span import Span

_ISO_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:T.*)?")
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        # BibTeX balances braces, escaped ones too.
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "$": r"\$",
        "&": r"\&",
        "#": r"\#",
        "_": r"\_",
        "%": r"\%",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)
# Inside braces a URL may hold anything but what would end them or TeX's line.
_URL = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20", "\n": "", '"': "%22"})


def to_csl_json(report: Report, span: Span) -> dict[str, object]:
    """Return the report as an item of CSL-JSON (`csl-data.json` 1.0), with its locator.

    `locator` is the printed page or range of pages, and where there are no pages the
    paragraph; `section` is the section path. Put into a list it is what Zotero imports.

    Raises:
        ValueError: the span lies beyond the report's text.
    """
    citation = cite(report, span)
    metadata = report.metadata
    item: dict[str, object] = {
        "id": _make_key(report),
        "type": "report",
        "title": report.title,
        "language": metadata.language,
    }
    if metadata.creator:
        item["author"] = [{"literal": metadata.creator}]
    if metadata.date:
        item["issued"] = _date_variable(metadata.date)
    if citation.url:
        item["URL"] = citation.url
    if citation.section:
        item["section"] = PATH_SEPARATOR.join(citation.section)
    locator = _name_pages(report, span, "-") or citation.locator
    if locator:
        item["locator"] = locator
    return item


def to_bibtex(report: Report, span: Span) -> str:
    """Return the report as a BibTeX entry of type `techreport`, with its locator.

    `pages` is the printed page or range; `note` is section, page and paragraph in words.

    Raises:
        ValueError: the span lies beyond the report's text.
    """
    citation = cite(report, span)
    metadata = report.metadata
    year = _YEAR.search(metadata.date or "")
    month = _ISO_DATE.fullmatch(metadata.date or "")
    place = (PATH_SEPARATOR.join(citation.section), citation.locator)
    fields = {
        # Braced twice: a name of several words is one author, and capitals are kept.
        "author": f"{{{_escape(metadata.creator)}}}" if metadata.creator else "",
        "title": f"{{{_escape(report.title)}}}",
        "institution": _escape(metadata.creator or ""),
        "year": year[0] if year else "",
        "month": _name_month(month[2]) if month and month[2] else "",
        "pages": _escape(_name_pages(report, span, "--")),
        "note": _escape(", ".join(part for part in place if part)),
        "url": (citation.url or "").translate(_URL),
        "language": _escape(metadata.language),
    }
    lines = (
        f"  {name} = {value if name == 'month' else f'{{{value}}}'},"
        for name, value in fields.items()
        if value
    )
    return "\n".join((f"@techreport{{{_make_key(report)},", *lines, "}", ""))


def _name_pages(report: Report, span: Span, dash: str) -> str:
    return dash.join(dict.fromkeys(page.label for page in pages_under(report, span)))


def _make_key(report: Report) -> str:
    """Return "hmicfrs2019national" for HMICFRS, 2019, "National Child Protection…"."""
    year = _YEAR.search(report.metadata.date or report.title)
    words = (_plain(word) for word in report.title.split())
    title = next((word for word in words if len(word) > 3), "")  # noqa: PLR2004
    creator = _plain((report.metadata.creator or "").split(",")[0])[:24]
    return f"{creator}{year[0] if year else ''}{title}" or f"report{report.id}"


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in decomposed if c.isascii() and c.isalnum())


def _date_variable(date: str) -> dict[str, object]:
    match = _ISO_DATE.fullmatch(date)
    if not match:
        return {"literal": date}
    return {"date-parts": [[int(part) for part in match.groups() if part]]}


def _name_month(month: str) -> str:
    number = int(month)
    return _MONTHS[number - 1] if 1 <= number <= len(_MONTHS) else ""


def _escape(text: str) -> str:
    return text.translate(_LATEX)
