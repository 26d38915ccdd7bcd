"""The words of a PDF page with their boxes, in the order in which the page draws them.

PDFium answers one question about one character per call, so a page of 3,000 characters takes
thousands of calls. They are made here through bare C prototypes that write straight into NumPy
arrays, three to six times as fast as through the wrapped functions (docs/decisions/0010).
"""

from __future__ import annotations

import ctypes
import math
import re
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple

from ingest.canonical import canonicalise
from ingest.pdf_frame import Frame

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    _Function = Any  # ctypes names neither in public
    _Type = Any

# PDFium writes U+FFFE (U+0002 in older builds) where it takes a hyphen at a line's end for one.
_TOKEN = re.compile("[^\\s\ufffe\x02]+")
_BREAKS = frozenset("\ufffe\x02")
_MARK = re.compile(r"\d{1,3}|[a-z]|[*†‡§¶]{1,3}")
_MARKED = re.compile(r"(?<=[^\d])\d{1,3}(?:,\d{1,3})*$|(?<=\w)[*†‡§¶]{1,3}$|^\d{1,3}(?=[^\W\d])")
_BOLD = re.compile(
    r"bold|black|heavy|semibold|demi|(?:cm|sf|lm|ec)\w*bx|-medi(?:ital)?$", re.IGNORECASE
)
_ITALIC = re.compile(r"italic|oblique|-ital|(?:cm|sf|ec)\w*(?:ti|sl)\d", re.IGNORECASE)
_MONO = re.compile(r"mono|courier|consol|typewriter|(?:cm|sf|ec|lm)\w*tt\d", re.IGNORECASE)
_FIXED_PITCH = 1
_SMALLER = 0.95
_RAISED = 0.15
_SURROGATES = re.compile("[\ud800-\udfff]")
_PRIVATE = re.compile("[\ue000-\uf8ff\ufffd]")


class Style(NamedTuple):
    """How words are printed; sizes are in points as seen on the page, to a tenth."""

    size: float
    bold: bool
    italic: bool
    mono: bool
    angle: int


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


class _Calls(NamedTuple):
    """PDFium's functions by addresses and plain integers."""

    text: Callable[..., int]
    box: Callable[..., int]
    loose: Callable[..., int]
    origin: Callable[..., int]
    source: Callable[..., int]
    matrix: Callable[..., int]
    size: Callable[..., int]
    font: Callable[..., int]
    name: Callable[..., int]
    weight: Callable[..., int]
    flags: Callable[..., int]
    broken: Callable[..., int]


@cache
def _calls() -> _Calls:
    from pypdfium2 import raw

    pointer, number = ctypes.c_void_p, ctypes.c_int

    def bare(function: _Function, result: _Type, *arguments: _Type) -> Callable[..., int]:
        address = ctypes.cast(function, pointer).value or 0
        call: Callable[..., int] = ctypes.CFUNCTYPE(result, *arguments)(address)
        return call

    return _Calls(
        text=bare(raw.FPDFText_GetText, number, pointer, number, number, pointer),
        box=bare(raw.FPDFText_GetCharBox, number, pointer, number, *[pointer] * 4),
        loose=bare(raw.FPDFText_GetLooseCharBox, number, pointer, number, pointer),
        origin=bare(raw.FPDFText_GetCharOrigin, number, pointer, number, pointer, pointer),
        source=bare(raw.FPDFText_GetTextObject, pointer, pointer, number),
        matrix=bare(raw.FPDFText_GetMatrix, number, pointer, number, pointer),
        size=bare(raw.FPDFTextObj_GetFontSize, number, pointer, pointer),
        font=bare(raw.FPDFTextObj_GetFont, pointer, pointer),
        name=bare(raw.FPDFFont_GetBaseFontName, ctypes.c_size_t, pointer, pointer, ctypes.c_size_t),
        weight=bare(raw.FPDFFont_GetWeight, number, pointer),
        flags=bare(raw.FPDFFont_GetFlags, number, pointer),
        broken=bare(raw.FPDFText_HasUnicodeMapError, number, pointer, number),
    )


class _Reader:
    """Reads one text page; holds what its fonts and text objects are."""

    def __init__(self, textpage: int, count: int) -> None:
        self.calls = _calls()
        self.page = textpage
        self.count = count
        self._styles: dict[int, Style] = {}
        self._faces: dict[int, tuple[bool, bool, bool]] = {}
        self._floats = (ctypes.c_float * 8)()
        self._at = ctypes.addressof(self._floats)

    @cached_property
    def text(self) -> str:
        """One element for each UTF-16 unit, as PDFium counts."""
        units = (ctypes.c_ushort * (self.count + 1))()
        got = self.calls.text(self.page, 0, self.count, ctypes.addressof(units))
        data = bytes(units)[: 2 * max(got - 1, 0)]
        text = data.decode("utf-16-le", "surrogatepass")
        return text if len(text) * 2 == len(data) else "".join(map(chr, units[: len(data) // 2]))

    def boxes(self, at: Sequence[int]) -> Floats:
        """Return the ink of characters, [n, 4] float64: left, right, bottom, top in user space."""
        import numpy as np

        made = np.zeros((len(at), 4))
        start = made.ctypes.data
        ends = start + 32 * len(at)
        columns = (range(start + 8 * i, ends + 8 * i, 32) for i in range(4))
        _run(map(self.calls.box, repeat(self.page), at, *columns))
        flat = (made[:, 1] <= made[:, 0]) | (made[:, 3] <= made[:, 2])
        for row in np.flatnonzero(flat).tolist():  # no ink, as with some Type 3 fonts
            made[row] = self.loose_box(at[row])
        return made

    def origins(self, at: Sequence[int]) -> Floats:
        """Return where the characters at these places stand, [n, 2] float64: x, y."""
        import numpy as np

        made = np.zeros((len(at), 2))
        start = made.ctypes.data
        ends = start + 16 * len(at)
        xs, ys = range(start, ends, 16), range(start + 8, ends + 8, 16)
        _run(map(self.calls.origin, repeat(self.page), at, xs, ys))
        return made

    def sources(self, at: Sequence[int]) -> list[int]:
        """Return the addresses of the text objects that draw the characters at these places."""
        return [found or 0 for found in map(self.calls.source, repeat(self.page), at)]

    def loose_box(self, at: int) -> tuple[float, float, float, float]:
        """Return a character's box by its font's measures: left, right, bottom, top."""
        self.calls.loose(self.page, at, self._at)
        left, top, right, bottom = self._floats[:4]
        return left, right, bottom, top

    def style(self, source: int, at: int) -> Style:
        """Return how the text object prints the character at `at`."""
        found = self._styles.get(source)
        if found is None:
            found = self._styles[source] = self._measure(source, at)
        return found

    def _measure(self, source: int, at: int) -> Style:
        self._floats[:] = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0]
        self.calls.matrix(self.page, at, self._at)
        a, b, c, d = self._floats[:4]
        if source:
            self.calls.size(source, self._at + 24)
        size = round(abs(self._floats[6]) * (math.hypot(c, d) or math.hypot(a, b) or 1.0), 1)
        angle = round(math.degrees(math.atan2(b, a))) % 360
        bold, italic, mono = self._face(source)
        return Style(size, bold, italic, mono, angle)

    def _face(self, source: int) -> tuple[bool, bool, bool]:
        font = self.calls.font(source) if source else 0
        if not font:
            return (False, False, False)
        if font not in self._faces:
            self._faces[font] = self._describe(font)
        return self._faces[font]

    def _describe(self, font: int) -> tuple[bool, bool, bool]:
        buffer = ctypes.create_string_buffer(256)
        self.calls.name(font, ctypes.addressof(buffer), len(buffer))
        name = buffer.value.decode("utf-8", "replace")
        mono = bool(_MONO.search(name)) or bool(self.calls.flags(font) & _FIXED_PITCH)
        return bool(_BOLD.search(name)), bool(_ITALIC.search(name)), mono


def _run(calls: Iterator[int]) -> None:
    deque(calls, maxlen=0)


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
    reader = _Reader(textpage, count)
    tokens = _split(reader) if count else []
    styles = {t: reader.style(s, t.start) for s, t in _with_sources(reader, tokens)}
    groups = []
    for angle, members in _by_angle(tokens, styles):
        frame = measure(angle)
        words = _measure_words(reader, [tokens[i] for i in members], styles, frame)
        groups.append((frame, tuple(word for word in words if word.text)))
    return PageWords(
        groups=tuple(groups),
        characters=sum(t.end - t.start for t in tokens),
        unmapped=_count_unmapped(reader, tokens),
    )


def _split(reader: _Reader) -> list[_Token]:
    text = reader.text
    tokens = []
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        broken = text[end : end + 1] in _BREAKS and end < len(text)
        tokens.append(_Token(start, end, broken))
    parts: list[_Token] = []
    for token in tokens:
        if text[token.start : token.end].isalpha():
            parts.append(token)
        else:
            parts += _part_marks(reader, token)
    return parts


def _with_sources(reader: _Reader, tokens: Sequence[_Token]) -> Iterator[tuple[int, _Token]]:
    return zip(reader.sources([t.start for t in tokens]), tokens, strict=True)


def _part_marks(reader: _Reader, token: _Token) -> Iterator[_Token]:
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


def _is_raised(reader: _Reader, mark: int, word: int) -> bool:
    one, other = reader.sources([mark, word])
    if one == other:
        return False
    small, large = reader.style(one, mark), reader.style(other, word)
    (_, y_mark), (_, y_word) = reader.origins([mark, word]).tolist()
    rise = (y_mark - y_word) if large.angle == 0 else large.size
    return small.size < _SMALLER * large.size and rise > _RAISED * large.size


def _by_angle(
    tokens: Sequence[_Token], styles: Mapping[_Token, Style]
) -> list[tuple[int, list[int]]]:
    """Return which tokens run at which quarter turn, the commonest first, at least one."""
    members: dict[int, list[int]] = {}
    for at, token in enumerate(tokens):
        members.setdefault(styles[token].angle, []).append(at)
    quarters = {angle: found for angle, found in members.items() if angle % 90 == 0}
    first, *rest = sorted(quarters, key=lambda angle: -len(quarters[angle])) or [0]
    askew = [at for angle, found in members.items() if angle % 90 for at in found]
    groups = [(angle, quarters[angle]) for angle in rest]
    return [(first, sorted(quarters.get(first, []) + askew)), *groups]


def _measure_words(
    reader: _Reader, tokens: Sequence[_Token], styles: Mapping[_Token, Style], frame: Frame
) -> list[Word]:
    if not tokens:
        return []
    starts = [token.start for token in tokens]
    ink = frame.place(_unite(reader, tokens))
    bases = frame.place_points(reader.origins(starts)).tolist()
    sources = reader.sources([token.end - 1 for token in tokens])
    words = []
    shown = frame.find_shown(ink)
    for token, box, base, source, seen in zip(
        tokens, ink.tolist(), bases, sources, shown, strict=True
    ):
        if seen:
            text = _clean(reader.text[token.start : token.end])
            x0, y0, x1, y1 = box
            flags = token.broken, token.raised, token.tied
            words.append(Word(text, x0, y0, x1, y1, base, styles[token], *flags, source))
    return words


def _unite(reader: _Reader, tokens: Sequence[_Token]) -> Floats:
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


def _count_unmapped(reader: _Reader, tokens: Sequence[_Token]) -> int:
    """Return how many characters stand for nothing, judged by the first of each word."""
    unmapped = 0
    for token in tokens:
        private = _PRIVATE.match(reader.text, token.start)
        if token.end - token.start > 1 and (
            private or reader.calls.broken(reader.page, token.start) == 1
        ):
            unmapped += token.end - token.start
    return unmapped
