"""What PDFium tells about the characters of a page: text, ink, origins, fonts.

PDFium answers one question about one character per call, so a page of 3,000 characters takes
thousands of calls. They are made here through bare C prototypes that write straight into NumPy
arrays, three to six times as fast as through the wrapped functions (docs/decisions/0010).
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import cache, cached_property
from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    _Function = Any  # ctypes names neither in public
    _Type = Any

_BOLD = re.compile(
    r"bold|black|heavy|semibold|demi|(?:cm|sf|lm|ec)\w*bx|-medi(?:ital)?$", re.IGNORECASE
)
_ITALIC = re.compile(r"italic|oblique|-ital|(?:cm|sf|ec)\w*(?:ti|sl)\d", re.IGNORECASE)
_MONO = re.compile(r"mono|courier|consol|typewriter|(?:cm|sf|ec|lm)\w*tt\d", re.IGNORECASE)
_FIXED_PITCH = 1


class Style(NamedTuple):
    """How words are printed; sizes are in points as seen on the page, to a tenth."""

    size: float
    bold: bool
    italic: bool
    mono: bool
    angle: int


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


class Glyphs:
    """The characters of one text page; remembers what its fonts and text objects are."""

    def __init__(self, textpage: int, count: int) -> None:
        self.calls = _calls()
        self.page = textpage
        self.count = count
        self._styles: dict[int, Style] = {}
        self._looks: dict[tuple[float, ...], Style] = {}
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
        floats = self._floats
        if not self.calls.matrix(self.page, at, self._at):
            floats[:6] = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]
        if not (source and self.calls.size(source, self._at + 24)):
            floats[6] = 1.0
        font = self.calls.font(source) if source else 0
        look = (*floats[:4], floats[6], font or 0)
        found = self._looks.get(look)
        if found is None:
            found = self._looks[look] = self._see(*look)
        return found

    def _see(self, *look: float) -> Style:
        a, b, c, d, size, font = look
        seen = round(abs(size) * (math.hypot(c, d) or math.hypot(a, b) or 1.0), 1)
        angle = round(math.degrees(math.atan2(b, a))) % 360
        bold, italic, mono = self._face(int(font))
        return Style(seen, bold, italic, mono, angle)

    def _face(self, font: int) -> tuple[bool, bool, bool]:
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
