"""What was asked: a question, how many passages, and where to look; also as an address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

from index.scope import EVERYTHING, Scope

DEFAULT_COUNT = 5
COUNTS = (3, 5, 10, 20)
_LONGEST = 500  # an address names no more reports or headings than this


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as somebody put it.

    Attributes:
        question: on one line.
        count: how many passages.
        scope: where to look.
        each: whether each report is asked by itself, so that none drowns the others.
    """

    question: str
    count: int = DEFAULT_COUNT
    scope: Scope = EVERYTHING
    each: bool = False

    @property
    def address(self) -> str:
        """The query string that reproduces the search."""
        count = [] if self.count == DEFAULT_COUNT else [("k", str(self.count))]
        return "?" + urlencode([("q", self.question), *count, *self._narrowed()])

    @property
    def narrowing(self) -> str:
        """The part of the address that says where to look."""
        return urlencode(self._narrowed())

    def _narrowed(self) -> list[tuple[str, str]]:
        reports = [("report", one) for one in self.scope.reports]
        section = [("section", step) for step in self.scope.section]
        return [*reports, *section, *([("each", "1")] if self.each else [])]


def read_asked(
    question: str, count: int | str | None = None, narrowing: str | None = None
) -> Asked:
    """Return what was asked, the question on one line, the count the nearest one on offer.

    Args:
        question: as typed.
        count: as chosen; the default where it is no number.
        narrowing: as `Asked.narrowing` writes it; nothing from a page that is not yet filled.
    """
    asked = Asked(" ".join(question.split()), _nearest(count))
    return _narrow(asked, _read_pairs(narrowing or ""))


def read_address(query: str) -> Asked:
    """Return what an address asks: its parameters q, k, report, section and each."""
    pairs = _read_pairs(query.removeprefix("?"))
    named = dict(pairs)
    return _narrow(read_asked(named.get("q", ""), named.get("k")), pairs)


def _read_pairs(query: str) -> list[tuple[str, str]]:
    return parse_qsl("&".join(query.split("&")[:_LONGEST]))


def _nearest(count: int | str | None) -> int:
    try:
        wanted = int(count) if count else DEFAULT_COUNT
    except ValueError:
        wanted = DEFAULT_COUNT
    return min(COUNTS, key=lambda offered: abs(offered - wanted))


def _narrow(asked: Asked, pairs: Iterable[tuple[str, str]]) -> Asked:
    pairs = list(pairs)
    reports = tuple(dict.fromkeys(value for name, value in pairs if name == "report" and value))
    section = tuple(value for name, value in pairs if name == "section" and value)
    return replace(asked, scope=Scope(reports, section), each=("each", "1") in pairs)
