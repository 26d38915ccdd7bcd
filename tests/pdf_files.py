"""Makes PDF files from known content, through WeasyPrint and ReportLab."""

from __future__ import annotations

import html
import io
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ingest.report import BlockKind

_NOUNS = """inspection force child protection officer safeguarding partner agency outcome
leadership assessment decision investigation vulnerability supervision training evidence report
office staff difficulty efficiency workflow affected offence offender family school teacher
governance responsibility information intelligence neighbourhood recommendation conference
strategy arrangement practitioner custody detention allegation characteristic communication
understanding improvement performance accountability Constabulary England Wales Inspectorate"""
_VERBS = """found reviewed considered recorded identified described protected supported required
improved established demonstrated investigated recommended examined communicated supervised
understood strengthened prioritised coordinated acknowledged"""
_OTHERS = """clear consistent effective inconsistent timely child-centred multi-agency well-being
high-quality decision-making long-term appropriate sufficient significant immediate national
professional comprehensive unfortunately nevertheless particularly substantially often rarely"""
_SMALL = [
    "the",
    "of",
    "and",
    "to",
    "in",
    "for",
    "with",
    "by",
    "from",
    "their",
    "its",
    "this",
    "that",
    "these",
    "some",
    "most",
    "all",
    "each",
]


@dataclass(frozen=True)
class Known:
    """A block as it was put into a file: the section path, not the title, above it."""

    kind: BlockKind
    text: str
    path: tuple[str, ...] = ()
    level: int | None = None
    label: str | None = None


class Writer:
    """Writes sentences of real words, the same ones for the same seed."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)  # noqa: S311 - for words, not for secrets
        self._lists = [_NOUNS.split(), _VERBS.split(), _OTHERS.split()]

    def sentence(self, least: int = 8, most: int = 22) -> str:
        words = []
        for at in range(self._random.randint(least, most)):
            pool = _SMALL if at % 2 == 0 else self._random.choice(self._lists)
            words.append(self._random.choice(pool))
        words[0] = words[0].capitalize()
        if len(words) > 12:
            words[6] += ","
        return " ".join(words) + self._random.choice([".", ".", ".", "?"])

    def paragraph(self, least: int = 3, most: int = 6) -> str:
        return " ".join(self.sentence() for _ in range(self._random.randint(least, most)))

    def title(self) -> str:
        nouns = self._random.sample(self._lists[0], 3)
        return f"{nouns[0].capitalize()} of {nouns[1]} and {nouns[2]}"

    def number(self, least: int, most: int) -> int:
        return self._random.randint(least, most)


@dataclass
class Content:
    """Blocks in reading order, footnotes where they are referred to, and HTML that says so."""

    title: str
    blocks: list[Known] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    notes: list[Known] = field(default_factory=list)
    path: tuple[str, ...] = ()

    def heading(self, text: str, level: int) -> None:
        self._close_section()
        self.path = (*self.path[: level - 1], text)
        self.blocks.append(Known(BlockKind.HEADING, text, self.path, level))
        self.html.append(f"<h{level + 1}>{html.escape(text)}</h{level + 1}>")

    def paragraph(self, text: str, note: str = "") -> None:
        call = ""
        if note:
            mark = str(self._next_mark())
            call = f'<span class="note">{html.escape(note)}</span>'
            self.notes.append(Known(BlockKind.FOOTNOTE, note, self.path, label=mark))
            said = f"{text}[{mark}]"
        else:
            said = text
        self.blocks.append(Known(BlockKind.PARAGRAPH, said, self.path))
        self.html.append(f"<p>{html.escape(text)}{call}</p>")

    def items(self, texts: Sequence[str]) -> None:
        self.blocks += [Known(BlockKind.LIST_ITEM, text, self.path) for text in texts]
        rows = "".join(f"<li>{html.escape(text)}</li>" for text in texts)
        self.html.append(f"<ul>{rows}</ul>")

    def caption(self, text: str) -> None:
        self.blocks.append(Known(BlockKind.CAPTION, text, self.path))
        self.html.append(f'<p class="caption">{html.escape(text)}</p>')

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        self.blocks += [Known(BlockKind.TABLE_ROW, " | ".join(row), self.path) for row in rows]
        head, *body = ["".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in rows]
        rest = "".join(f"<tr>{row}</tr>" for row in body)
        self.html.append(f"<table><thead><tr>{head}</tr></thead><tbody>{rest}</tbody></table>")

    def box(self, title: str, texts: Sequence[str]) -> None:
        self.blocks.append(Known(BlockKind.PARAGRAPH, title, self.path))
        self.blocks += [Known(BlockKind.PARAGRAPH, text, self.path) for text in texts]
        inside = "".join(f"<p>{html.escape(text)}</p>" for text in texts)
        self.html.append(f'<div class="box"><p>{html.escape(title)}</p>{inside}</div>')

    def finish(self) -> Content:
        self._close_section()
        return self

    def _next_mark(self) -> int:
        done = sum(block.kind is BlockKind.FOOTNOTE for block in self.blocks)
        return done + len(self.notes) + 1

    def _close_section(self) -> None:
        self.blocks += self.notes
        self.notes = []


CSS = """
@page { size: A4; margin: 25mm 22mm;
  @top-left { content: "%(header)s"; font-size: 8pt }
  @bottom-center { content: counter(page); font-size: 9pt }
  @footnote { border-top: 0.5pt solid black; margin-top: 6pt; padding-top: 4pt } }
@page :first { @top-left { content: none } @bottom-center { content: none } }
@page front { @bottom-center { content: counter(page, lower-roman) } }
body { font: 10.5pt/1.35 "DejaVu Serif", serif; counter-reset: footnote }
h1 { font-size: 26pt; margin-top: 60mm } h2 { font-size: 17pt; margin: 16pt 0 8pt }
h3 { font-size: 13pt; margin: 12pt 0 6pt } h4 { font-size: 10.5pt; margin: 9pt 0 4pt }
h1, h2, h3, h4 { font-family: "DejaVu Sans"; break-after: avoid }
p { margin: 0 0 7pt } .caption { font: bold 9pt "DejaVu Sans" } li { margin-bottom: 4pt }
table { border-collapse: collapse; width: 100%%; margin: 6pt 0 10pt; font-size: 9pt }
td { border: 0.5pt solid #999; padding: 3pt 5pt; vertical-align: top }
thead { font-weight: bold } tr { break-inside: avoid }
.box { border: 1pt solid #036; background: #eef4fa; padding: 8pt; margin: 8pt 0 }
.note { float: footnote; font-size: 8pt; line-height: 1.25 }
.cover { break-after: page } .front { page: front; break-after: page } .main { page: main }
@page :nth(1 of main) { counter-reset: page 1 }
.toc p { margin: 2pt 0 }
.toc a::after { content: leader(dotted) " " target-counter(attr(href), page) }
"""


def weasy(content: Content, **how: Any) -> bytes:
    """Print content.

    Args:
        content: what to print.
        how: `header`, the running header; `css`, further rules; `front`, HTML of the pages
            between cover and main matter; `cover`, whether the title stands on a page of its
            own; `bare`, whether there is none at all; `metadata`, HTML for the head.
    """
    header = how.get("header", "Annual report of the Inspectorate")
    css = CSS % {"header": header}
    title = f"<h1>{html.escape(content.title)}</h1>"
    cover = f'<section class="cover">{title}</section>' if how.get("cover", True) else title
    cover = "" if how.get("bare") else cover
    page = (
        f'<html lang="en"><head><title>{html.escape(content.title)}</title>'
        f"{how.get('metadata', '')}<style>{css}{how.get('css', '')}</style></head><body>"
        f"{cover}{how.get('front', '')}"
        f'<section class="main">{"".join(content.html)}</section></body></html>'
    )
    return print_html(page)


@cache
def print_html(page: str) -> bytes:
    """Print an HTML page with WeasyPrint."""
    import weasyprint

    data: bytes = weasyprint.HTML(string=page).write_pdf()
    return data


def plain_content(seed: int = 1, sections: int = 4) -> Content:
    """Headings of two levels, paragraphs, lists: what every report has."""
    writer = Writer(seed)
    content = Content("Protecting children: an inspection of police forces")
    for number in range(1, sections + 1):
        content.heading(f"{number}. {writer.title()}", 1)
        content.paragraph(writer.paragraph())
        for part in range(1, 3):
            content.heading(f"{number}.{part} {writer.title()}", 2)
            for _ in range(writer.number(2, 4)):
                content.paragraph(writer.paragraph())
            content.items([writer.sentence() for _ in range(3)])
            content.paragraph(writer.paragraph())
    return content.finish()


def noted_content(seed: int = 2) -> Content:
    """Paragraphs with footnotes."""
    writer = Writer(seed)
    content = Content("Footnotes in reports")
    for number in range(1, 4):
        content.heading(f"{number}. {writer.title()}", 1)
        for _ in range(5):
            content.paragraph(writer.paragraph(), note=writer.sentence())
            content.paragraph(writer.paragraph())
    return content.finish()


def tabled_content(seed: int = 3, rows: int = 60) -> Content:
    """A table that goes on over page breaks, between paragraphs."""
    writer = Writer(seed)
    content = Content("Tables in reports")
    content.heading("1. Figures of all forces", 1)
    content.paragraph(writer.paragraph())
    content.caption("Table 1: Offences by force and year")
    table = [["Force", "Offences", "Officers", "Remark"]]
    for number in range(rows):
        remark = writer.sentence(3, 14 if number % 3 else 5)
        count = f"{writer.number(100, 9999):,}"
        table.append([f"Force {number}", count, str(writer.number(10, 99)), remark])
    content.table(table)
    content.paragraph(writer.paragraph())
    content.heading("2. What follows", 1)
    content.paragraph(writer.paragraph())
    return content.finish()


def boxed_content(seed: int = 4) -> Content:
    """Boxes and captions among paragraphs."""
    writer = Writer(seed)
    content = Content("Boxes in reports")
    for number in range(1, 4):
        content.heading(f"{number}. {writer.title()}", 1)
        content.paragraph(writer.paragraph())
        content.box(f"Box {number}: Good practice", [writer.paragraph(), writer.paragraph()])
        content.caption(f"Figure {number}: Children seen alone by force")
        content.paragraph(writer.paragraph())
        content.paragraph(f"{number}.1 {writer.paragraph()}")
    return content.finish()


def sentences_of(text: str) -> Iterator[str]:
    """Split the writer's text again."""
    yield from re.split(r"(?<=[.?])\s", text)


def canvas(**how: Any) -> tuple[Any, io.BytesIO]:
    """Return a ReportLab canvas and what it writes to."""
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    return Canvas(buffer, **how), buffer
