"""The passages of an evidence pack as references, each with its locator."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from app.packing import Item, Pack

_KEY = re.compile(r"@techreport\{([^,]*),")


def write_bibtex(pack: Pack) -> str:
    """Return an entry for each place cited; keys that several share are numbered."""
    entries = (_KEY.sub(f"@techreport{{{key},", item.bibtex, count=1) for key, item in _keyed(pack))
    return "\n".join(entries)


def write_csl(pack: Pack) -> str:
    """Return a list in CSL-JSON, an item for each place cited, with ids likewise."""
    items = [dict(item.csl) | {"id": key} for key, item in _keyed(pack)]
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def _keyed(pack: Pack) -> Iterator[tuple[str, Item]]:
    """Yield each place once, under a key of its own."""
    used: set[str] = set()
    for item in {one.citation: one for one in pack.items}.values():
        found = _KEY.match(item.bibtex)
        key = base = found[1] if found else item.report
        number = 1
        while key in used:
            number += 1
            key = f"{base}-{number}"
        used.add(key)
        yield key, item
