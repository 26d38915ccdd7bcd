"""An evidence pack as JSON: the form that everything else about it can be made from again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from app.packing import Item, Pack, PackedReport
from ingest.errors import ReadError

SCHEMA_VERSION = 1
_KIND = "reportqa evidence pack"


def pack_to_json(pack: Pack) -> dict[str, Any]:
    """Return the document that `reportqa schema pack` describes."""
    return {
        "schema": SCHEMA_VERSION,
        "kind": _KIND,
        "made": pack.made,
        "reportqa": pack.version,
        "index": {
            "model": pack.model,
            "fingerprint": pack.fingerprint,
            "passages": dict(pack.passages),
        },
        "reports": [asdict(report) for report in pack.reports],
        "items": [asdict(item) for item in pack.items],
    }


def write_json(pack: Pack) -> str:
    """Return the document as text."""
    return json.dumps(pack_to_json(pack), ensure_ascii=False, indent=2) + "\n"


def write_compact(pack: Pack) -> str:
    """Return the document on one line, with nothing in it that could end a comment or a tag."""
    text = json.dumps(pack_to_json(pack), ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def read_pack_json(text: str, name: str) -> Pack:
    """Return the pack that a document holds.

    Raises:
        ReadError: it is no pack, or damaged.
    """
    try:
        document = json.loads(text)
        if not isinstance(document, dict) or document.get("kind") != _KIND:
            raise ReadError(f"{name}: this is no evidence pack of ReportQA")
        if document.get("schema") != SCHEMA_VERSION:
            raise ReadError(f"{name}: made by a later ReportQA; update this one to check it")
        return _read(document)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise ReadError(f"{name}: the evidence pack is damaged") from error


def _read(document: Mapping[str, Any]) -> Pack:
    index = document["index"]
    items = [one | {"section": tuple(one["section"])} for one in document["items"]]
    return Pack(
        made=str(document["made"]),
        version=str(document["reportqa"]),
        model=str(index["model"]),
        fingerprint=str(index["fingerprint"]),
        passages=dict(index["passages"]),
        reports=tuple(PackedReport(**one) for one in document["reports"]),
        items=tuple(_check(Item(**one)) for one in items),
    )


def _check(item: Item) -> Item:
    words = (item.question, item.report, item.title, item.source, item.text, item.citation)
    if not all(isinstance(one, str) for one in words):
        raise TypeError("an item of a pack is made of texts")
    return item
