"""Makes a report of some eighty pages shaped like those of the UK government."""

from __future__ import annotations

import html
from typing import Any

from ingest.report import BlockKind
from tests.pdf_files import Content, Known, Writer, weasy

TITLE = "National safeguarding inspections"
SUBTITLE = "2019 thematic report on the protection of children"
_TOC = '<p><a href="#h{at}"><span>{text}</span></a></p>'
_CSS = """
.box p:first-child { font-weight: bold } .cover p { font-size: 14pt }
h2 { break-before: page; bookmark-level: 1 } h3 { bookmark-level: 2 } h4 { bookmark-level: 3 }
.toc h2 { break-before: auto } a { color: black; text-decoration: none }
"""


def government_content(chapters: int = 11, seed: int = 7) -> Content:
    """Foreword, numbered chapters of numbered paragraphs, boxes, tables, notes and annexes."""
    writer = Writer(seed)
    content = Content(TITLE)
    content.heading("Foreword", 1)
    for _ in range(5):
        content.paragraph(writer.paragraph())
    for chapter in range(1, chapters + 1):
        content.heading(f"{chapter}. {writer.title()}", 1)
        content.paragraph(writer.paragraph())
        _fill_chapter(content, writer, chapter)
    for letter in "AB":
        content.heading(f"Annex {letter}: {writer.title()}", 1)
        for _ in range(6):
            content.paragraph(writer.paragraph())
    return content.finish()


def _fill_chapter(content: Content, writer: Writer, chapter: int) -> None:
    paragraph = 0
    for section in range(1, 5):
        content.heading(f"{writer.title()} in practice", 2)
        for at in range(6):
            paragraph += 1
            note = writer.sentence() if at % 3 == 1 else ""
            content.paragraph(f"{chapter}.{paragraph} {writer.paragraph()}", note=note)
        if section == 1:
            content.items([writer.sentence() for _ in range(4)])
        if section == 2:
            content.caption(f"Figure {chapter}: Children seen alone, by force")
            rows = [
                [f"Force {i}", f"{writer.number(10, 999)}", writer.sentence(3, 6)] for i in range(9)
            ]
            content.table([["Force", "Children", "Remark"], *rows])
        if section == 3:
            content.heading(writer.title(), 3)
            content.paragraph(writer.paragraph())
        if section == 4:
            texts = [writer.paragraph(), writer.paragraph()]
            content.box(f"Recommendation {chapter}", texts)


def government_pdf(content: Content, **how: Any) -> bytes:
    """Print it: cover, contents with dotted leaders in Roman pages, then the report."""
    titles = [(block.text, block.level) for block in content.blocks if block.level in {1, 2}]
    entries = "".join(_TOC.format(at=at, text=html.escape(t)) for at, (t, _) in enumerate(titles))
    front = (
        f"<section class='front'><h2 style='bookmark-level: none'>Contents</h2>"
        f"<div class='toc'>{entries}</div></section>"
    )
    marked = list(_mark(content.html))
    cover = (
        f"<section class='cover'><h1>{TITLE}</h1><p>{SUBTITLE}</p><p>February 2020</p></section>"
    )
    shown = Content(content.title, content.blocks, marked)
    return weasy(
        shown,
        front=cover + front,
        cover=False,
        bare=True,
        css=_CSS + how.pop("css", ""),
        header="National safeguarding inspections: 2019 thematic report",
        **how,
    )


def _mark(parts: list[str]) -> Any:
    """Give each heading of the contents list the `id` that its entry leads to."""
    at = 0
    for part in parts:
        if part.startswith(("<h2>", "<h3>")):
            yield f'{part[:3]} id="h{at}"{part[3:]}'
            at += 1
        else:
            yield part


def expected(content: Content) -> list[Known]:
    """Return the blocks that a reader should find, the cover's among them."""
    cover = [
        Known(BlockKind.HEADING, TITLE, (), 1),
        Known(BlockKind.PARAGRAPH, SUBTITLE),
        Known(BlockKind.PARAGRAPH, "February 2020"),
    ]
    return [*cover, *content.blocks]
