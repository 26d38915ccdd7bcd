"""The words of a Word paragraph, with tracked changes taken as accepted."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from ingest.docx_package import W
from ingest.docx_styles import StyleSheet, is_on
from ingest.docx_symbols import is_symbol_font, spell_symbol

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"

_PRIVATE_USE = range(0xE000, 0xF900)
# Where Word puts the codes of fonts that have no Unicode.
_FONT_CODE = re.compile("[\uf020-\uf0ff]")
_DELETED = frozenset((f"{W}del", f"{W}moveFrom"))
_PASSED_OVER = _DELETED | {
    f"{W}{name}"
    for name in ("pPr", "rPr", "delText", "delInstrText", "annotationRef", "rt", "tblPr", "sdtPr")
}
_PICTURES = frozenset((f"{W}drawing", f"{W}pict", f"{W}object"))
_WRITTEN = {
    f"{W}tab": " ",
    f"{W}ptab": " ",
    f"{W}br": " ",
    f"{W}cr": " ",
    f"{W}noBreakHyphen": "-",
    f"{W}softHyphen": "",
}


@dataclass
class Words:
    """What a paragraph says.

    Attributes:
        parts: its words as they stand, to be joined.
        notes: keys of the footnotes and endnotes referred to.
        boxes: contents of the text boxes that hang on it.
    """

    parts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)


@dataclass
class OpenField:
    """A field that has begun and not ended.

    Attributes:
        code: its code so far.
        resulting: whether its result has begun.
        printed: whether what it prints is known already, so that its result is not read.
    """

    code: str = ""
    resulting: bool = False
    printed: bool = False


@dataclass
class Fields:
    """The fields open at a point of the document: they may run over many paragraphs."""

    stack: list[OpenField] = field(default_factory=list)

    CONTENTS: ClassVar[tuple[str, ...]] = ("TOC", "INDEX", "TOA")

    def mark(self, kind: str | None, *, printed: bool = False) -> None:
        """Take a `w:fldChar` of this kind; `printed` as for `OpenField`."""
        if kind == "begin":
            self.stack.append(OpenField(printed=printed))
        elif kind == "separate" and self.stack:
            self.stack[-1].resulting = not self.stack[-1].printed
        elif kind == "end" and self.stack:
            self.stack.pop()

    def add_code(self, code: str) -> None:
        """Take a piece of a field's code."""
        if self.stack and not self.stack[-1].resulting:
            self.stack[-1].code += code

    @property
    def in_code(self) -> bool:
        """Whether words here are part of a field's code."""
        return any(not opened.resulting for opened in self.stack)

    @property
    def in_contents(self) -> bool:
        """Whether words here are part of a table of contents or an index."""
        names = (opened.code.split(maxsplit=1)[:1] for opened in self.stack)
        return any(name and name[0].upper() in self.CONTENTS for name in names)


class WordReader:
    """Reads paragraphs one after another.

    Attributes:
        marks: printed mark of each footnote and endnote by its key.
        pictures: how many pictures, charts and objects were passed over.
        symbols: how many characters of symbol fonts were, which have no Unicode.
        hidden_words: how many words were that the document hides.
    """

    def __init__(self, marks: dict[str, str], styles: StyleSheet) -> None:
        """Begin at the start of the document."""
        self.marks = marks
        self._styles = styles
        self._hidden = False
        self.pictures = 0
        self.symbols = 0
        self.hidden_words = 0
        self._fields = Fields()

    def read(self, paragraph: Element) -> Words:
        """Return what the paragraph says; call once for each, in order."""
        words = Words()
        self._hidden = self._styles.hides_paragraph(paragraph)
        self._read_children(paragraph, words)
        return words

    def _read_children(self, element: Element, words: Words) -> None:
        for child in element:
            self._read_element(child, words)

    def _read_element(self, element: Element, words: Words) -> None:
        tag = element.tag
        if tag in _PASSED_OVER or (tag == f"{W}r" and self._is_hidden(element)):
            return
        if tag == f"{_MC}AlternateContent":
            for choice in element[:1]:
                self._read_children(choice, words)
        elif tag in _PICTURES:
            self._read_picture(element, words)
        elif tag == f"{W}fldChar":
            self._mark_field(element, words)
        elif tag == f"{W}instrText":
            self._fields.add_code(element.text or "")
        elif tag in {f"{W}footnoteReference", f"{W}endnoteReference"}:
            self._refer(element, words)
        elif tag in {f"{W}t", f"{_M}t"} or tag == f"{W}sym" or tag in _WRITTEN:
            self._write(self._spell(element), words)
        else:
            self._read_children(element, words)

    def _mark_field(self, mark: Element, words: Words) -> None:
        kind = mark.get(f"{W}fldCharType")
        printed = print_control(mark) if kind == "begin" else None
        if printed is not None:
            self._write(printed, words)
        self._fields.mark(kind, printed=printed is not None)

    def _spell(self, element: Element) -> str:
        if element.tag == f"{W}sym":
            return self._spell_symbol(element)
        text = _WRITTEN.get(str(element.tag), element.text or "")
        return _spell_run(element, text) if _FONT_CODE.search(text) else text

    def _spell_symbol(self, element: Element) -> str:
        try:
            code = int(element.get(f"{W}char") or "", 16)
        except ValueError:
            return ""
        font = element.get(f"{W}font") or ""
        letter = spell_symbol(font, code)
        lost = code in _PRIVATE_USE or is_symbol_font(font)
        if letter is None and (lost or not 0 < code < 0x110000 or 0xD800 <= code < 0xE000):  # noqa: PLR2004
            self.symbols += 1
            return ""
        return letter or chr(code)

    def _write(self, text: str, words: Words) -> None:
        if not self._fields.in_code and not self._fields.in_contents:
            words.parts.append(text)

    def _refer(self, element: Element, words: Words) -> None:
        key = note_key(element)
        if is_on(element.get(f"{W}customMarkFollows"), "0"):
            words.notes.append(key)
        elif key in self.marks:
            words.notes.append(key)
            self._write(f"[{self.marks[key]}]", words)

    def _read_picture(self, element: Element, words: Words) -> None:
        boxes = list(_find_boxes(element))
        words.boxes += boxes
        if not boxes:
            self.pictures += 1

    def _is_hidden(self, run: Element) -> bool:
        """Tell whether a run is hidden: by itself, or by one of its styles (17.7.3)."""
        vanish = run.find(f"{W}rPr/{W}vanish")
        if vanish is not None:
            hidden = is_on(vanish.get(f"{W}val"))
        else:
            hidden = self._hidden != self._styles.hides_run(run)
        if not hidden or run.find(f"{W}fldChar") is not None:
            return False
        self.hidden_words += sum(len((t.text or "").split()) for t in run.iter(f"{W}t"))
        return True


def _spell_run(element: Element, text: str) -> str:
    """Return the text of a run with the codes of a symbol font as the characters that print."""
    run = element.getparent()
    fonts = run.find(f"{W}rPr/{W}rFonts") if run is not None else None
    font = (fonts.get(f"{W}ascii") or "") if fonts is not None else ""
    return _FONT_CODE.sub(lambda code: spell_symbol(font, ord(code[0])) or code[0], text)


def print_control(mark: Element) -> str | None:
    """Return what a control of a form prints: a box, ticked or not, or the entry chosen."""
    box, choice = (mark.find(f"{W}ffData/{W}{name}") for name in ("checkBox", "ddList"))
    if box is not None:
        ticked = _first_given(box, "checked", "default")
        return "☒" if ticked is not None and is_on(ticked.get(f"{W}val")) else "☐"
    if choice is None:
        return None
    given = _first_given(choice, "result", "default")
    number = (given.get(f"{W}val") or "0") if given is not None else "0"
    entries = [entry.get(f"{W}val") or "" for entry in choice.findall(f"{W}listEntry")]
    return entries[int(number)] if number.isdecimal() and int(number) < len(entries) else ""


def _first_given(control: Element, *names: str) -> Element | None:
    found = (control.find(f"{W}{name}") for name in names)
    return next((setting for setting in found if setting is not None), None)


def note_key(element: Element) -> str:
    """Return the key of the note that a reference, or the note itself, stands for."""
    kind = "endnote" if "endnote" in str(element.tag) else "footnote"
    return f"{kind} {element.get(f'{W}id')}"


def is_mark_deleted(paragraph: Element) -> bool:
    """Tell whether the paragraph's end is deleted, so that the next one continues it."""
    properties = paragraph.find(f"{W}pPr/{W}rPr")
    return properties is not None and any(child.tag in _DELETED for child in properties)


def is_drop_cap(paragraph: Element) -> bool:
    """Tell whether the paragraph is but the large first letter of the next one."""
    frame = paragraph.find(f"{W}pPr/{W}framePr")
    return frame is not None and frame.get(f"{W}dropCap", "none") != "none"


def _find_boxes(element: Element) -> list[Element]:
    """Return the text boxes in a drawing, each once though Word stores it twice over."""
    found: list[Element] = []
    waiting = [element]
    while waiting:
        node = waiting.pop()
        if node.tag == f"{W}txbxContent":
            found.append(node)
        elif node.tag == f"{_MC}AlternateContent":
            waiting += list(node)[:1]
        else:
            waiting += reversed(list(node))
    return found
