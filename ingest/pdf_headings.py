"""Which groups of a PDF are headings, and of which level.

The outline (bookmarks) says so where the file has one. Size, weight and numbering say so
elsewhere, and for headings that the outline does not go down to.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.pdf_file import Bookmark
from ingest.pdf_groups import Body, Group
from ingest.pdf_lines import BULLET

_DEEPEST = 6
_MOST_LINES = 5
_LONGEST = 220
_LARGER = 1.06
_NUMBERING = re.compile(
    r"(?:chapter|part|section|annexe?|appendix)?\s*[\divxlcA-Z]{0,4}[\d.]*[.:)]?\s*", re.IGNORECASE
)
_DEPTH = re.compile(r"(\d{1,3}(?:\.\d{1,3})*)[.)]?\s")
_NO_END = (".", ",", ";", ":", "…", "-", "–")
_CAPTION = re.compile(
    r"(?:Figure|Fig\.|Table|Chart|Graph|Map|Diagram|Exhibit|Photo|Image|Plate)\s"
    r"[A-Z]?\.?\d{1,3}(?:[.\-]\d{1,3})*[a-z]?\s*(?:[:.|–—-]|\s[A-Z‘“(])", re.IGNORECASE
)  # fmt: skip
# Parts that boxes and paragraphs bear; what follows them is still of the section around them.
_NAMED = re.compile(
    r"(?:Recommendation|Box|Case study|Cause of concern|Area for improvement)s?"
    r"(?:\s(?:\d{1,3}(?:\.\d{1,3})*|[A-Z]))?(?:\s*[:.–—-].*)?",
    re.IGNORECASE,
)
# Notes of music, formulas and letters of an index are no headings.
_WORD = re.compile(r"[^\W\d_]{3}|\b[^\W\d_a-z]{2}\b")


@dataclass(slots=True)
class Headings:
    """Levels, 1 to 6, by the `id` of the group that is the heading."""

    levels: dict[int, int] = field(default_factory=dict)
    title: Group | None = None


def is_caption(group: Group) -> bool:
    """Tell the caption of a figure or table from text that only speaks of one."""
    text = group.text
    return group.table is None and len(group.lines) < _MOST_LINES and bool(_CAPTION.match(text))


def find_headings(groups: Sequence[Group], bookmarks: Sequence[Bookmark], body: Body) -> Headings:
    """Return the headings among `groups`, and the title that stands on the cover."""
    found = Headings(title=_find_title(groups, body))
    told = _match_bookmarks(groups, bookmarks)
    if found.title is not None:
        told.pop(id(found.title), None)
        told = _close_up(told)
    shown = [g for g in groups if g is not found.title and _is_prominent(g, body)]
    shown = _without_cover(shown, groups, found.title)
    trusted = len(told) > 2 and len(told) >= 0.5 * len(bookmarks)  # noqa: PLR2004
    if trusted:
        larger = [g for g in shown if g.size > _LARGER * body.size + 0.3]
        found.levels = _extend(told, groups, _without_prefixes(larger, groups, told))
    else:
        found.levels = _rank(shown)
    return found


def _find_title(groups: Sequence[Group], body: Body) -> Group | None:
    """Return the largest print of the first page that has text, if larger than all after it."""
    first = [g for g in groups if g.table is None and g.page == groups[0].page]
    if not first:
        return None
    title = max(first, key=lambda g: (g.size, -g.lines[0].y0))
    later = max((g.size for g in groups if g.page != title.page and g.table is None), default=0.0)
    peers = [g for g in first if abs(g.size - title.size) < 0.3 and g is not title]  # noqa: PLR2004
    if title.size < _LARGER * body.size or len(title.text) > _LONGEST:
        return None
    if title.size > later + 0.3 and not peers:
        return title
    # Headings may be as large; then it is the title only where it heads a page of its own.
    alone = sum(len(g.text) for g in first) < 600 and len({g.page for g in groups}) > 1  # noqa: PLR2004
    return title if alone and title.size >= later - 0.3 else None


def _without_cover(
    shown: Sequence[Group], groups: Sequence[Group], title: Group | None
) -> list[Group]:
    """Return what can be headings: on a cover, only the title is one."""
    if title is None:
        return list(shown)
    cover = [g for g in groups if g.page == title.page]
    prominent = [g for g in cover if any(g is other for other in shown)]
    text = sum(len(g.text) for g in cover if g is not title and g not in prominent)
    if text > 600 or title.page == groups[-1].page:  # noqa: PLR2004
        return list(shown)
    return [g for g in shown if g.page != title.page]


def _without_prefixes(
    shown: Sequence[Group], groups: Sequence[Group], told: Mapping[int, int]
) -> list[Group]:
    """Return what can be headings of their own, not the "Chapter one" above one of the outline."""
    places = {id(group): at for at, group in enumerate(groups)}
    prefixes: set[int] = set()
    for group in reversed(shown):
        after = groups[places[id(group)] + 1 :][:1]
        if any(id(g) in told or id(g) in prefixes for g in after) and id(group) not in told:
            prefixes.add(id(group))
    return [group for group in shown if id(group) not in prefixes]


def _match_bookmarks(groups: Sequence[Group], bookmarks: Sequence[Bookmark]) -> dict[int, int]:
    pages: dict[int, list[Group]] = defaultdict(list)
    for group in groups:
        if group.table is None and len(group.lines) <= _MOST_LINES:
            pages[group.page].append(group)
    matched: dict[int, int] = {}
    for bookmark in bookmarks:
        for page in (bookmark.page, bookmark.page + 1, bookmark.page - 1):
            saying = (g for g in pages[page] if id(g) not in matched and _says(g, bookmark))
            heading = next(saying, None)
            if heading is not None:
                matched[id(heading)] = min(bookmark.level, _DEEPEST)
                break
    return _close_up(matched)


def _says(group: Group, bookmark: Bookmark) -> bool:
    text, title = _fold(group.text), _fold(bookmark.title)
    if text == title:
        return True
    if len(text) > len(title) and text.endswith(title):
        return bool(_NUMBERING.fullmatch(group.text[: -len(bookmark.title)] or " "))
    return len(title) > len(text) and _fold(_NUMBERING.sub("", bookmark.title, count=1)) == text


def _fold(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _close_up(levels: Mapping[int, int]) -> dict[int, int]:
    """Number the levels in use from 1 without gaps."""
    used = sorted(set(levels.values()))
    return {key: used.index(level) + 1 for key, level in levels.items()}


def _is_prominent(group: Group, body: Body) -> bool:
    text = group.text
    if group.table or group.mono or len(group.lines) > _MOST_LINES or len(text) > _LONGEST:
        return False
    if not _WORD.search(text) or BULLET.fullmatch(group.lines[0].words[0]) or is_caption(group):
        return False
    numbered = _DEPTH.match(text)
    if text.endswith(_NO_END) and not (numbered and len(text.split()) < 4):  # noqa: PLR2004
        return False
    if group.size > _LARGER * body.size + 0.3:
        return True
    if _NAMED.fullmatch(text):
        return False
    large = group.size > 0.93 * body.size
    return large and _is_weighty(group) and not body.bold


def _is_weighty(group: Group) -> bool:
    letters = [c for c in group.text if c.isalpha()]
    capitals = len(letters) > 3 and all(map(str.isupper, letters))  # noqa: PLR2004
    return group.bold or (capitals and len(group.lines) == 1)


Style = tuple[float, bool, bool]


def _style(group: Group) -> Style:
    letters = [c for c in group.text if c.isalpha()]
    return round(group.size * 2) / 2, group.bold, all(map(str.isupper, letters))


def _depth(group: Group) -> int:
    match = _DEPTH.match(group.text)
    return match[1].count(".") + 1 if match else 1


def _rank(shown: Sequence[Group]) -> dict[int, int]:
    """Give levels by size, weight and capitals; numbering parts those that look alike."""
    keys = {id(g): (_order(_style(g)), _depth(g)) for g in shown}
    ranks = _merge_rare(Counter(keys.values()))
    return {key: min(ranks[look], _DEEPEST) for key, look in keys.items()}


def _order(style: Style) -> tuple[float, bool, bool]:
    size, bold, capitals = style
    return -size, not bold, not capitals


Look = tuple[tuple[float, bool, bool], int]


def _merge_rare(looks: Mapping[Look, int]) -> dict[Look, int]:
    """Number looks from 1; sizes less than half a point apart are one size."""
    ranks: dict[Look, int] = {}
    level = 0
    previous: Look | None = None
    for look in sorted(looks):
        close = previous and look[0][0] - previous[0][0] < 0.6 and look[0][1:] == previous[0][1:]  # noqa: PLR2004
        if not (close and previous and look[1] == previous[1]):
            level += 1
        ranks[look] = level
        previous = look
    return ranks


def _extend(
    told: Mapping[int, int], groups: Sequence[Group], shown: Sequence[Group]
) -> dict[int, int]:
    """Add headings that the outline leaves out, at the level of those that look like them.

    What looks like none of the outline's headings lies below the deepest of them that is
    printed larger.
    """
    looks: dict[Style, Counter[int]] = defaultdict(Counter)
    for group in groups:
        if id(group) in told:
            looks[_style(group)][told[id(group)]] += 1
    usual = {look: counts.most_common(1)[0][0] for look, counts in looks.items()}
    levels = dict(told)
    for group, level in _unlisted(told, shown, usual):
        levels[id(group)] = min(level, _DEEPEST)
    return levels


def _unlisted(
    told: Mapping[int, int], shown: Sequence[Group], usual: Mapping[Style, int]
) -> Iterator[tuple[Group, int]]:
    others = sorted(
        {_order(_style(g)) for g in shown if id(g) not in told} - set(map(_order, usual))
    )
    for group in shown:
        if id(group) in told:
            continue
        style = _style(group)
        if style in usual:
            yield group, usual[style]
            continue
        larger = [level for look, level in usual.items() if _order(look) < _order(style)]
        between = [look for look in others if look < _order(style)]
        above = max(larger, default=0)
        below = [look for look in between if all(_order(u) < look for u in usual)]
        yield group, above + 1 + (len(below) if above == max(usual.values()) else 0)
