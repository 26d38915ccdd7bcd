"""A report as JSON and back, so that an index can keep what was read.

Rows instead of objects: a report of eighty pages has some forty thousand regions.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from ingest.regions import Regions
from ingest.report import (
    Block,
    BlockKind,
    Metadata,
    Notice,
    NoticeKind,
    Page,
    Region,
    Report,
    Section,
)
from ingest.span import Span


def dump_report(report: Report) -> str:
    """Return the report as one JSON document."""
    return json.dumps(
        {
            "title": report.title,
            "source": report.source,
            "text": report.text,
            "blocks": [_block_row(block) for block in report.blocks],
            "sections": [
                [list(s.path), s.span.start, s.span.end, s.anchor] for s in report.sections
            ],
            "pages": [[p.index, p.label, p.width, p.height] for p in report.pages],
            "regions": [_region_row(region) for region in report.regions],
            "notices": [[n.kind, n.message, n.page] for n in report.notices],
            "metadata": asdict(report.metadata),
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def load_report(document: str) -> Report:
    """Return the report that `dump_report` wrote.

    Raises:
        ValueError: the document is not one, or breaks a report's invariants.
    """
    try:
        return _parse(json.loads(document))
    except (KeyError, TypeError, IndexError, OverflowError) as error:
        raise ValueError(f"not a stored report: {error!r}") from error


def _parse(stored: dict[str, Any]) -> Report:
    return Report(
        title=stored["title"],
        source=stored["source"],
        text=stored["text"],
        blocks=tuple(_parse_block(row) for row in stored["blocks"]),
        sections=tuple(
            Section(tuple(path), Span(start, end), anchor)
            for path, start, end, anchor in stored["sections"]
        ),
        pages=tuple(Page(*row) for row in stored["pages"]),
        regions=_parse_regions(stored["regions"]),
        notices=tuple(
            Notice(NoticeKind(kind), message, page) for kind, message, page in stored["notices"]
        ),
        metadata=Metadata(**stored["metadata"]),
    )


def _block_row(block: Block) -> list[Any]:
    place = [block.kind, block.span.start, block.span.end, block.section]
    return [*place, block.level, block.number, block.item, block.label, block.line]


def _parse_block(row: list[Any]) -> Block:
    kind, start, end, *rest = row
    return Block(BlockKind(kind), Span(start, end), *rest)


def _region_row(region: Region) -> list[Any]:
    box = region.box
    return [region.span.start, region.span.end, region.page, box.x0, box.y0, box.x1, box.y1]


def _parse_regions(rows: list[Any]) -> Regions:
    regions = Regions()
    for start, end, page, x0, y0, x1, y1 in rows:
        regions.add_box(start, end, page, (x0, y0, x1, y1))
    return regions
