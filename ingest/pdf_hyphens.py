"""Whether a hyphen at a line's end belongs to the word or only broke it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_TYPOGRAPHIC = "\u2010"
HYPHENS = ("-", _TYPOGRAPHIC)
_LETTERS = re.compile(r"[^\W\d_]+(?:[-\u2010'’][^\W\d_]+)*")
# Prefixes that English mostly writes with a hyphen.
_HYPHENATED = frozenset(("self", "non", "well", "cross", "ex", "multi", "co", "all", "so", "long"))
# First halves that are words and make longer ones without a hyphen.
_CLOSED = frozenset(
    (
        "any", "back", "every", "fore", "here", "inter", "over", "some", "super", "there",
        "trans", "under", "what", "when", "where", "with",
    )
)  # fmt: skip
_SHORTEST_WORD = 4
_BROKEN_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Hyphenation:
    """How a report treats line ends.

    Attributes:
        vocabulary: how often it has each word as printed inside lines.
        automatic: whether its lines are broken inside words at all.
        breaker: whether the hyphen U+2010 stands at line ends only.
    """

    vocabulary: Counter[str]
    automatic: bool
    breaker: bool = False

    def keeps(self, head: str, tail: str) -> bool:
        """Tell whether the hyphen between two halves stays ("child-", "centred").

        What the report itself writes elsewhere decides; then capitals and figures, which no
        program divides; then whether its lines are broken inside words, and whether both
        halves are words of it.
        """
        first, last = _last_letters(head), _first_letters(tail)
        if not first or not last or not last[0].islower():
            return True
        closed, hyphenated = self._count(first + last), self._count(f"{first}-{last}")
        if closed != hyphenated:
            return hyphenated > closed
        if self.breaker and head.endswith(_TYPOGRAPHIC):
            return False
        if not self.automatic or first.lower() in _HYPHENATED:
            return True
        if "-" in first and self._is_word(first):
            return True
        return first.lower() not in _CLOSED and self._is_word(first) and self._is_word(last)

    def _count(self, word: str) -> int:
        forms = {word, word.lower(), word.capitalize()}
        return sum(self.vocabulary[form + end] for form in forms for end in ("", ",", "."))

    def _is_word(self, word: str) -> bool:
        return len(word) >= _SHORTEST_WORD and self._count(word) > 0


def study_hyphens(lines: Sequence[tuple[Sequence[str], bool]]) -> Hyphenation:
    """Learn how a report treats line ends.

    Args:
        lines: words of each line, and whether its last one goes on in the next.
    """
    vocabulary: Counter[str] = Counter()
    broken = 0
    for words, breaks in lines:
        broken += breaks or words[-1].endswith(HYPHENS)
        vocabulary.update(words[1:-1])
    if not broken:
        return Hyphenation(vocabulary, automatic=False)
    breaker = not any(_TYPOGRAPHIC in word for word in vocabulary)
    _add_spellings(vocabulary)
    return Hyphenation(vocabulary, broken > _BROKEN_SHARE * len(lines), breaker)


def _add_spellings(vocabulary: Counter[str]) -> None:
    """Count a word in brackets or quotation marks as the word too."""
    for word, count in _bare(vocabulary.items()):
        vocabulary[word] += count


def _bare(items: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    found = []
    for word, count in items:
        bare = word.strip("()[]“”‘’\"';:?!.,").replace("\u2010", "-")
        if bare != word and bare + "," != word and bare + "." != word:
            found.append((bare, count))
    return found


def _last_letters(head: str) -> str:
    matches = _LETTERS.findall(head.rstrip("".join(HYPHENS)))
    return matches[-1] if matches else ""


def _first_letters(tail: str) -> str:
    match = _LETTERS.match(tail.lstrip("“‘\"'("))
    return match[0] if match else ""
