"""Lines of a PDF page: words that stand beside each other on one baseline."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from ingest.pdf_glyphs import Style
from ingest.pdf_words import Word

BULLET = re.compile(r"[•‣▪◦·●○■□▸►✓✔➢❖–—\-*o§\uf000-\uf8ff]")
LABEL = re.compile(
    r"\(?(?:\d{1,3}(?:\.\d{1,3}){0,4}|[a-zA-Z]|[ivxIVX]{1,5})[.)]?|\[\d{1,3}\]|[*†‡§¶]{1,3}"
)
MARK = re.compile(r"\d{1,3}(?:,\d{1,3})*|[*†‡§¶]{1,3}")
_SMALLER = 0.95
# In ems: gaps wider than these part two words into two pieces of a line, that `gather_lines`
# may join again. A text object of its own makes a table cell likelier than a wide space.
_GAP_IN_OBJECT = 1.2
_GAP_BETWEEN = 0.6
_BACKWARDS = 0.4
_BASELINE = 0.3
_ASCENT = 0.76
_DESCENT = 0.22


@dataclass(slots=True)
class Line:
    """Words on one baseline, or the part of them that stands in one column or cell.

    Attributes:
        words: canonical, as printed; a hyphen that broke the last word is not part of it.
        edges: x0 and x1 of each word, points in the page's reading frame.
        marks: which words are superscripts.
        tied: which words nothing separates from the word before.
        x0, y0, x1, y1: the line's box, of the same frame. Its height covers ascenders and
            descenders, so that it is the same for all words.
        base: y of the baseline.
        size: of most of its characters, points.
        bold, italic, mono: whether all words with letters are.
        broken: whether its last word goes on in the next line without its printed hyphen.
        page: physical page, from 1.
        order: place in the drawing order of the page.
        turn: degrees by which its frame is turned, `Frame.read`.
    """

    words: list[str]
    edges: array[float]
    marks: tuple[int, ...]
    tied: tuple[int, ...]
    x0: float
    y0: float
    x1: float
    y1: float
    base: float
    size: float
    bold: bool
    italic: bool
    mono: bool
    broken: bool
    page: int
    order: int
    turn: int = 0

    @property
    def text(self) -> str:
        """Its words, a space between each two."""
        return " ".join(self.words)

    @property
    def height(self) -> float:
        """Points from top to bottom of its box."""
        return self.y1 - self.y0

    @property
    def style(self) -> tuple[float, bool]:
        """What tells body text from headings: size to half a point, and weight."""
        return round(self.size * 2) / 2, self.bold

    @property
    def is_label(self) -> bool:
        """Tell a bullet or a number that stands alone before the text that it belongs to."""
        if len(self.words) != 1:
            return False
        return bool(LABEL.fullmatch(self.words[0]) or BULLET.fullmatch(self.words[0]))


def beside(one: Line, other: Line) -> bool:
    """Tell whether two lines share more than half of the lower one's height."""
    shared = min(one.y1, other.y1) - max(one.y0, other.y0)
    return shared > min(one.height, other.height) / 2


def gather_lines(words: Sequence[Word], page: int, turn: int = 0) -> list[Line]:
    """Return the words as lines, each as long as spaces between words go, in drawing order."""
    runs: list[list[Word]] = []
    for word in words:
        if runs and _follows(runs[-1], word):
            runs[-1].append(word)
        else:
            runs.append([word])
    lines = [_make(run, page, order) for order, run in enumerate(runs)]
    for line in lines:
        line.turn = turn
    return _rejoin(lines)


def join_lines(first: Line, second: Line) -> Line:
    """Return two pieces of one line as one, `first` standing to the left."""
    shift = len(first.words)
    larger = first if _letters(first) >= _letters(second) else second
    both = [line for line in (first, second) if not line.is_label] or [second]
    return Line(
        words=first.words + second.words,
        edges=first.edges + second.edges,
        marks=first.marks + tuple(at + shift for at in second.marks),
        tied=first.tied + tuple(at + shift for at in second.tied),
        x0=min(first.x0, second.x0),
        y0=min(first.y0, second.y0),
        x1=max(first.x1, second.x1),
        y1=max(first.y1, second.y1),
        base=larger.base,
        size=larger.size,
        bold=all(line.bold for line in both),
        italic=all(line.italic for line in both),
        mono=first.mono and second.mono,
        broken=second.broken,
        page=first.page,
        order=min(first.order, second.order),
        turn=first.turn,
    )


def _letters(line: Line) -> int:
    return sum(map(len, line.words))


def _follows(run: list[Word], word: Word) -> bool:
    last = run[-1]
    if last.broken:
        return False
    size = max(last.style.size, word.style.size, 1.0)
    if abs(word.base - last.base) > _BASELINE * size and not _hangs(run, word, size):
        return False
    gap = (word.x0 - last.x1) / size
    limit = _GAP_IN_OBJECT if last.source == word.source else _GAP_BETWEEN
    return -_BACKWARDS <= gap <= limit


def _hangs(run: list[Word], word: Word, size: float) -> bool:
    """Tell whether a word stands raised or lowered on the line, as a mark or an index does."""
    tallest = max(run[-3:], key=lambda other: other.style.size)
    shared = min(tallest.y1, word.y1) - max(tallest.y0, word.y0)
    smaller = min(word.style.size, run[-1].style.size) < 0.9 * size
    return smaller and shared > 0.25 * min(tallest.y1 - tallest.y0, word.y1 - word.y0)


def _make(run: Sequence[Word], page: int, order: int) -> Line:
    texts, x0s, y0s, x1s, y1s, bases, styles, _, raised, tied, _ = zip(*run, strict=True)
    even = styles.count(styles[0]) == len(styles)
    style, base = (styles[0], bases[0]) if even else _main(run)
    bold, italic, mono = style[1:4] if even else _find_face(run)
    rising = not even and any(_rises(word, style, base) for word in run)
    return Line(
        words=list(texts),
        edges=array("f", chain.from_iterable(zip(x0s, x1s, strict=True))),
        marks=_mark(run, style, base) if rising or any(raised) else (),
        tied=tuple(at for at, is_tied in enumerate(tied) if is_tied and at) if any(tied) else (),
        x0=min(x0s),
        y0=min(base - _ASCENT * style.size, *y0s),
        x1=max(x1s),
        y1=max(base + _DESCENT * style.size, *y1s),
        base=base,
        size=style.size,
        bold=bold,
        italic=italic,
        mono=mono,
        broken=run[-1].broken,
        page=page,
        order=order,
    )


def _find_face(run: Sequence[Word]) -> tuple[bool, bool, bool]:
    """Tell whether the words that have letters are bold, italic, mono; all where none has."""
    found = [word.style for word in run if any(map(str.isalpha, word.text))]
    _, bold, italic, mono, _ = zip(*(found or [word.style for word in run]), strict=True)
    return all(bold), all(italic), all(mono)


def _mark(run: Sequence[Word], style: Style, base: float) -> tuple[int, ...]:
    return tuple(at for at, word in enumerate(run) if word.raised or _rises(word, style, base))


def _main(run: Sequence[Word]) -> tuple[Style, float]:
    """Return style and baseline of most characters."""
    first = run[0]
    if all(word.style is first.style for word in run):
        return first.style, first.base
    counts: Counter[float] = Counter()
    for word in run:
        counts[word.style.size] += len(word.text)
    size = counts.most_common(1)[0][0]
    chosen = next(word for word in run if word.style.size == size)
    return chosen.style, chosen.base


def _rises(word: Word, style: Style, base: float) -> bool:
    """Tell a superscript that stands apart from the word that it belongs to."""
    smaller = word.style.size < _SMALLER * style.size and base - word.base > 0.15 * style.size
    return smaller and bool(MARK.fullmatch(word.text))


def _rejoin(lines: list[Line]) -> list[Line]:
    """Join pieces of a line that the page draws at different times."""
    merged: list[Line] = []
    for line in sorted(lines, key=lambda line: (round(line.base), line.x0)):
        last = merged[-1] if merged else None
        if last and abs(last.base - line.base) < 1 and _touches(last, line):
            merged[-1] = join_lines(last, line)
        else:
            merged.append(line)
    return sorted(merged, key=lambda line: line.order)


def _touches(left: Line, right: Line) -> bool:
    gap = right.x0 - left.x1
    near = -0.1 * right.size <= gap <= 0.45 * right.size
    return near and abs(left.size - right.size) < 1 and not left.broken


def bounds(lines: Iterable[Line]) -> tuple[float, float, float, float]:
    """Return x0, y0, x1, y1 around lines, of which there is at least one."""
    boxes = [(line.x0, line.y0, line.x1, line.y1) for line in lines]
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return min(x0), min(y0), max(x1), max(y1)
