"""The words of a PDF page with their boxes, in the order in which the page draws them."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

from ingest.canonical import canonicalise
from ingest.pdf_frame import Frame
from ingest.pdf_glyphs import Glyphs, Style

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# PDFium writes U+FFFE (U+0002 in older builds) where it takes a hyphen at a line's end for one.
_TOKEN = re.compile("[^\\s\ufffe\x02]+")
_BREAKS = frozenset("\ufffe\x02")
_MARK = re.compile(r"\d{1,3}|[a-z]|[*†‡§¶]{1,3}")
_MARKED = re.compile(r"(?<=[^\d])\d{1,3}(?:,\d{1,3})*$|(?<=\w)[*†‡§¶]{1,3}$|^\d{1,3}(?=[^\W\d])")
_SIGNS = frozenset("*†‡§¶")
_SMALLER = 0.95
_RAISED = 0.15
_OTHER_LINE = 0.7
_WIDEST_LETTER = 2.0
# Points that only words set askew, very long ones, or those over two lines go from end to end.
_STEP, _LONG_STEP = 2.0, 150.0
_SAMPLED = 100
_SURROGATES = re.compile("[\ud800-\udfff]")
_PLAIN = re.compile("[ -~\r\n]*")
_PRIVATE = re.compile("[\ue000-\uf8ff\ufffd]")


class Word(NamedTuple):
    """A run of printed characters without a space.

    Attributes:
        text: canonical.
        x0, y0, x1, y1: ink of its glyphs, points in the page's reading frame.
        base: y of the baseline.
        style: of its first character.
        broken: a hyphen at a line's end was taken from its end.
        raised: a superscript, such as a reference to a footnote.
        tied: nothing separates it from the word before.
        source: address of the text object that draws it.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    base: float
    style: Style
    broken: bool
    raised: bool
    tied: bool
    source: int


@dataclass(frozen=True, slots=True)
class PageWords:
    """What one page holds.

    Attributes:
        groups: words that run the same way, in drawing order, with the frame that they are
            measured in; those that run as most do come first. Askew words go with the first.
        characters: how many there are, spaces not counted.
        unmapped: how many of them the page's fonts give no meaning to.
    """

    groups: tuple[tuple[Frame, tuple[Word, ...]], ...]
    characters: int
    unmapped: int


class _Token(NamedTuple):
    """Characters [start, end) that make a word, and how they hang together with others."""

    start: int
    end: int
    broken: bool = False
    raised: bool = False
    tied: bool = False


def read_words(textpage: int, count: int, measure: Callable[[int], Frame]) -> PageWords:
    """Read the words of a text page.

    Args:
        textpage: address of PDFium's text page.
        count: how many characters it has.
        measure: gives the page's frame for the direction that most of its text runs in,
            degrees anticlockwise in user space, a multiple of 90.
    """
    reader = Glyphs(textpage, count)
    tokens, origins = _part_jumps(reader, _split(reader) if count else [])
    styles = [reader.style(s, t.start) for s, t in _with_sources(reader, tokens)]
    groups = []
    for angle, members in _by_angle(styles):
        frame = measure(angle)
        chosen = [tokens[at] for at in members]
        bases = frame.place_points(origins[members])
        words = _measure_words(reader, chosen, [styles[at] for at in members], bases, frame)
        groups.append((frame, tuple(word for word in words if word.text)))
    return PageWords(
        groups=tuple(groups),
        characters=sum(t.end - t.start for t in tokens),
        unmapped=_count_unmapped(reader, tokens),
    )


def _split(reader: Glyphs) -> list[_Token]:
    text = reader.text
    letters = frozenset(text)
    breaks = not _BREAKS.isdisjoint(letters)
    signs = frozenset(letter for letter in letters if letter in _SIGNS or letter.isdecimal())
    parts: list[_Token] = []
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        token = _Token(start, end, breaks and text[end : end + 1] in _BREAKS)
        if text[end - 1] in signs or text[start] in signs:
            parts += _part_marks(reader, token)
        else:
            parts.append(token)
    return parts


def _with_sources(reader: Glyphs, tokens: Sequence[_Token]) -> Iterator[tuple[int, _Token]]:
    return zip(reader.sources([t.start for t in tokens]), tokens, strict=True)


def _part_marks(reader: Glyphs, token: _Token) -> Iterator[_Token]:
    """Yield the token, or its parts where a small raised mark hangs on a word."""
    match = _MARKED.search(reader.text[token.start : token.end])
    if not match:
        yield token
        return
    leading = match.start() == 0
    cut = token.start + (match.end() if leading else match.start())
    mark, word = (token.start, cut) if leading else (cut, token.start)
    if not _is_raised(reader, mark, word):
        yield token
    elif leading:
        yield _Token(token.start, cut, raised=True)
        yield _Token(cut, token.end, token.broken)
    else:
        yield _Token(token.start, cut)
        yield _Token(cut, token.end, token.broken, raised=True, tied=True)


def _part_jumps(reader: Glyphs, tokens: Sequence[_Token]) -> tuple[list[_Token], Floats]:
    """Part tokens that run on over two lines or cells, where PDFium saw no space or line end.

    Returns:
        The tokens, and where each begins, [n, 2] float64: x, y in user space.
    """
    import numpy as np

    starts = reader.origins([token.start for token in tokens])
    # A lone letter runs on nowhere; its end need not be asked for.
    long = [at for at, token in enumerate(tokens) if token.end - token.start > 1]
    moved = np.zeros_like(starts)
    moved[long] = reader.origins([tokens[at].end - 1 for at in long]) - starts[long]
    far = abs(moved)
    doubtful = np.logical_or((far > _STEP).all(axis=1), (far > _LONG_STEP).any(axis=1)).tolist()
    if not any(doubtful):
        return list(tokens), starts
    parts: list[_Token] = []
    for token, step, doubt in zip(tokens, moved.tolist(), doubtful, strict=True):
        if doubt and _jumps(reader, token.start, step, token.end - token.start):
            parts += _part_at_jumps(reader, token)
        else:
            parts.append(token)
    if len(parts) > len(tokens):
        starts = reader.origins([token.start for token in parts])
    return parts, starts


def _jumps(reader: Glyphs, at: int, step: Sequence[float], length: int) -> bool:
    """Tell whether `length` characters of a word cannot lie that far apart on one line."""
    style = reader.style(reader.sources([at])[0], at)
    turn = math.radians(style.angle)
    along = step[0] * math.cos(turn) + step[1] * math.sin(turn)
    across = step[1] * math.cos(turn) - step[0] * math.sin(turn)
    far = _WIDEST_LETTER * length * style.size
    return abs(across) > _OTHER_LINE * style.size or not -style.size < along < far


def _part_at_jumps(reader: Glyphs, token: _Token) -> Iterator[_Token]:
    places = reader.origins(range(token.start, token.end))
    steps = (places[1:] - places[:-1]).tolist()
    start = token.start
    for at, step in enumerate(steps, token.start + 1):
        if _jumps(reader, at - 1, step, 1):
            yield _Token(start, at)
            start = at
    yield token._replace(start=start, raised=token.raised and start == token.start)


def _is_raised(reader: Glyphs, mark: int, word: int) -> bool:
    one, other = reader.sources([mark, word])
    if one == other:
        return False
    small, large = reader.style(one, mark), reader.style(other, word)
    (_, y_mark), (_, y_word) = reader.origins([mark, word]).tolist()
    rise = (y_mark - y_word) if large.angle == 0 else large.size
    return small.size < _SMALLER * large.size and rise > _RAISED * large.size


def _by_angle(styles: Sequence[Style]) -> list[tuple[int, list[int]]]:
    """Return which tokens run at which quarter turn, the commonest first, at least one."""
    members: dict[int, list[int]] = {}
    for at, style in enumerate(styles):
        members.setdefault(style.angle, []).append(at)
    quarters = {angle: found for angle, found in members.items() if angle % 90 == 0}
    first, *rest = sorted(quarters, key=lambda angle: -len(quarters[angle])) or [0]
    askew = [at for angle, found in members.items() if angle % 90 for at in found]
    groups = [(angle, quarters[angle]) for angle in rest]
    return [(first, sorted(quarters.get(first, []) + askew)), *groups]


def _measure_words(
    reader: Glyphs,
    tokens: Sequence[_Token],
    styles: Sequence[Style],
    bases: Floats,
    frame: Frame,
) -> list[Word]:
    if not tokens:
        return []
    starts, ends, broken, raised, tied = zip(*tokens, strict=True)
    ink = frame.place(_unite(reader, tokens))
    sources = reader.sources([end - 1 for end in ends])
    text = reader.text
    clean = sys.intern if _PLAIN.fullmatch(text) else _clean
    texts = [clean(text[start:end]) for start, end in zip(starts, ends, strict=True)]
    columns = texts, *ink.T.tolist(), bases.tolist(), styles, broken, raised, tied, sources
    return list(compress(map(Word, *columns), frame.find_shown(ink)))


def _unite(reader: Glyphs, tokens: Sequence[_Token]) -> Floats:
    """Return the ink of each token, [n, 4] float64: left, right, bottom, top.

    Words run straight, so the first and the last character reach as far as all of them;
    how far letters between them rise is the line's to cover.
    """
    import numpy as np

    first = reader.boxes([token.start for token in tokens])
    last = reader.boxes([token.end - 1 for token in tokens])
    low, high = np.minimum(first, last), np.maximum(first, last)
    return np.stack([low[:, 0], high[:, 1], low[:, 2], high[:, 3]], axis=1)


def _clean(text: str) -> str:
    if text.isascii() and text.isprintable():
        return sys.intern(text)
    if _SURROGATES.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return sys.intern(canonicalise(text))


def _count_unmapped(reader: Glyphs, tokens: Sequence[_Token]) -> int:
    """Return about how many characters stand for nothing, judged by the first of some words."""
    unmapped = 0
    share = max(1, len(tokens) // _SAMPLED)
    for token in tokens[::share]:
        private = _PRIVATE.match(reader.text, token.start)
        if token.end - token.start > 1 and (
            private or reader.calls.broken(reader.page, token.start) == 1
        ):
            unmapped += share * (token.end - token.start)
    return unmapped
