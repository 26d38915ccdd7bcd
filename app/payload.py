"""The JSON that programs get. Schemas are in `app/schemas`; version 1 only ever grows."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from index.answer import Answer, AnswerSentence, Hit, Quote
from index.catalogue import ReportSummary
from ingest.citation import cite
from ingest.errors import SettingError
from ingest.report import Notice, Report
from ingest.span import Span

SCHEMA_VERSION = 1
SCHEMAS = ("ask", "ask-each", "ingest", "list", "pack", "part", "remove", "show", "verify")


def answer_to_json(answer: Answer) -> dict[str, Any]:
    """Return the document of `reportqa ask --json`."""
    return {
        "schema": SCHEMA_VERSION,
        "question": answer.question,
        "answered": answer.answered,
        "confidence": round(answer.confidence, 4),
        "answer": [_sentence(sentence) for sentence in answer.sentences],
        "hits": [_hit(hit) for hit in answer.hits],
    }


def reports_to_json(index: str, summaries: tuple[ReportSummary, ...]) -> dict[str, Any]:
    """Return the document of `reportqa list --json`."""
    return {
        "schema": SCHEMA_VERSION,
        "index": index,
        "reports": [summary_to_json(summary) for summary in summaries],
    }


def summary_to_json(summary: ReportSummary) -> dict[str, Any]:
    """Return one report of the list."""
    return {
        "report": summary.id,
        "title": summary.title,
        "source": summary.source,
        "path": summary.path,
        "pages": summary.pages,
        "pages_read": summary.pages_read,
        "passages": summary.passages,
        "notices": [_notice(notice) for notice in summary.notices],
    }


def report_to_json(report: Report) -> dict[str, Any]:
    """Return the document of `reportqa show REPORT --json`."""
    metadata = report.metadata
    return {
        "schema": SCHEMA_VERSION,
        "report": report.id,
        "title": report.title,
        "source": report.source,
        "creator": metadata.creator,
        "date": metadata.date,
        "url": metadata.url,
        "licence": metadata.licence,
        "pages": len(report.pages),
        "characters": len(report.text),
        "notices": [_notice(notice) for notice in report.notices],
        "sections": [
            {"section": list(section.path), "start": section.span.start, "end": section.span.end}
            for section in report.sections
        ],
    }


def part_to_json(report: Report, span: Span) -> dict[str, Any]:
    """Return the document of `reportqa show REPORT --at LABEL --json`."""
    place = cite(report, span)
    return {
        "schema": SCHEMA_VERSION,
        "report": report.id,
        "title": report.title,
        "section": list(place.section),
        "page": place.page,
        "page_label": place.page_label,
        "locator": place.locator,
        "start": span.start,
        "end": span.end,
        "text": span.of(report.text),
        "citation": place.text,
    }


def load_schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of a command's output.

    Raises:
        SettingError: there is no such schema.
    """
    if name not in SCHEMAS:
        raise SettingError(f"no schema {name!r}: there are {', '.join(SCHEMAS)}")
    text = files("app").joinpath("schemas", f"{name}.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "rank": hit.rank,
        "score": round(hit.score, 4),
        "signals": {name: round(value, 4) for name, value in hit.signals.items()},
        "report": hit.report,
        "title": hit.title,
        "source": hit.source,
        "section": list(hit.section),
        "page": hit.page,
        "page_label": hit.page_label,
        "locator": hit.locator,
        **_quote(hit.quote),
        "highlight": _quote(hit.highlight),
        "citation": hit.citation,
    }


def _sentence(sentence: AnswerSentence) -> dict[str, Any]:
    return {**_quote(sentence.quote), "hit": sentence.hit, "citation": sentence.citation}


def _quote(quote: Quote) -> dict[str, Any]:
    return {"start": quote.span.start, "end": quote.span.end, "text": quote.text}


def _notice(notice: Notice) -> dict[str, Any]:
    return {"kind": str(notice.kind), "page": notice.page, "message": notice.message}
