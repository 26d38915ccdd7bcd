"""The text around a passage, for whoever wants to read on without leaving the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.problems import describe_problem
from ingest.errors import ReportQAError
from ingest.report import Block, Report
from ingest.span import Span

if TYPE_CHECKING:
    from fastapi import APIRouter

    from app.service import Service

_REACH = 1200  # code points on either side, at least one block


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands before and after a passage in its section; empty where nothing does."""

    before: Span
    after: Span


def find_surroundings(report: Report, span: Span) -> Surroundings:
    """Return the blocks of the same section before and after a span.

    Raises:
        ValueError: the span lies beyond the report's text.
    """
    if span.end > len(report.text):
        raise ValueError(f"{span} lies beyond the {len(report.text)} code points of the report")
    touched = [block for block in report.blocks if block.span.overlaps(span)]
    if not touched:
        return Surroundings(Span(span.start, span.start), Span(span.end, span.end))
    section = [b for b in report.blocks if b.section == touched[0].section]
    start = _reach_back([b for b in section if b.span.start < span.start], span.start)
    end = _reach_on([b for b in section if b.span.end > span.end], span.end)
    return Surroundings(Span(start, span.start), Span(span.end, end))


def make_surroundings_router(service: Service) -> APIRouter:
    """Return the route `GET /surroundings?report=ID&start=N&end=N`, which answers in JSON."""
    from fastapi import APIRouter, HTTPException

    router = APIRouter()

    @router.get("/surroundings")
    def surroundings(report: str, start: int, end: int) -> dict[str, str]:
        try:
            found = service.searcher.report(report)
            around = find_surroundings(found, Span(start, end))
        except ValueError as error:
            raise HTTPException(422, "there is no such place in the report") from error
        except ReportQAError as error:
            raise HTTPException(404, describe_problem(error).heading) from error
        return {
            "before": around.before.of(found.text),
            "after": around.after.of(found.text),
        }

    return router


def _reach_back(blocks: list[Block], start: int) -> int:
    for block in reversed(blocks):
        if start - block.span.start > _REACH and block is not blocks[-1]:
            return block.span.end
    return blocks[0].span.start if blocks else start


def _reach_on(blocks: list[Block], end: int) -> int:
    for block in blocks:
        if block.span.end - end > _REACH and block is not blocks[0]:
            return block.span.start
    return blocks[-1].span.end if blocks else end
