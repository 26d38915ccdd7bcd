"""The same content as Markdown, HTML and DOCX is the same report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.canonical import canonicalise
from ingest.registry import read_report
from ingest.report import BlockKind, Report
from ingest.sample import sample_reports

K = BlockKind
_MARKDOWN = str.maketrans({c: f"\\{c}" for c in r"\`*_{}[]<>()#+-.!|~&:;=\"'$%/@^,?"})


@dataclass(frozen=True)
class Piece:
    """One block of the content; a numbered list item has its number."""

    kind: BlockKind
    words: str
    level: int = 0
    number: int | None = None

    @property
    def cells(self) -> list[str]:
        return self.words.split(" | ")


def _runs(pieces: Sequence[Piece]) -> Iterator[tuple[BlockKind, list[Piece]]]:
    """Yield lists and tables as wholes: a list is bulleted or counts on by one."""
    run: list[Piece] = []
    for piece in pieces:
        if run and not _continues(run[-1], piece):
            yield run[0].kind, run
            run = []
        run.append(piece)
    if run:
        yield run[0].kind, run


def _continues(last: Piece, piece: Piece) -> bool:
    if piece.kind is not last.kind or piece.kind not in {K.LIST_ITEM, K.TABLE_ROW}:
        return False
    if piece.kind is K.TABLE_ROW:
        return len(piece.cells) == len(last.cells)
    return (piece.number is None) == (last.number is None) and (
        piece.number is None or piece.number == (last.number or 0) + 1
    )


def write_markdown(pieces: Sequence[Piece]) -> str:
    parts = []
    for kind, run in _runs(pieces):
        if kind is K.TABLE_ROW:
            rows = ["| " + " | ".join(_mark(cell) for cell in piece.cells) + " |" for piece in run]
            rows.insert(1, "|---" * len(run[0].cells) + "|")
            parts.append("\n".join(rows))
        elif kind is K.LIST_ITEM:
            markers = ("-" if piece.number is None else f"{piece.number}." for piece in run)
            parts.append(
                "\n".join(
                    f"{m} {_mark(piece.words)}" for m, piece in zip(markers, run, strict=True)
                )
            )
            parts.append("<!-- end of list -->")
        else:
            parts.append("#" * run[0].level + " " * bool(run[0].level) + _mark(run[0].words))
    return "\n\n".join(parts)


def _mark(words: str) -> str:
    return words.translate(_MARKDOWN)


def write_html(pieces: Sequence[Piece]) -> str:
    parts = []
    for kind, run in _runs(pieces):
        inner = [escape(piece.words) for piece in run]
        if kind is K.TABLE_ROW:
            rows = ("".join(f"<td>{escape(cell)}</td>" for cell in piece.cells) for piece in run)
            parts.append(f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>")
        elif kind is K.LIST_ITEM:
            start = run[0].number
            tag = "ul" if start is None else f"ol start={start}"
            parts.append(f"<{tag}>{''.join(f'<li>{item}' for item in inner)}</{tag[:2]}>")
        else:
            tag = f"h{run[0].level}" if run[0].level else "p"
            parts.append(f"<{tag}>{inner[0]}</{tag}>")
    around = "<nav><a href=/>Home</a></nav><header>Site</header><script>x()</script>"
    return (
        f'<!doctype html><meta charset="utf-8"><body>{around}<main>{"".join(parts)}</main>'
        "<footer>Foot</footer>"
    )


def write_docx(pieces: Sequence[Piece], path: Path) -> None:
    document = docx.Document()
    for section in document.sections:
        section.header.paragraphs[0].text = "Running header"
    for kind, run in _runs(pieces):
        if kind is K.TABLE_ROW:
            table = document.add_table(0, len(run[0].cells))
            for piece in run:
                for cell, words in zip(table.add_row().cells, piece.cells, strict=True):
                    cell.text = words
        elif kind is K.LIST_ITEM and run[0].number is not None:
            _add_numbered(document, run)
        elif kind is K.LIST_ITEM:
            for piece in run:
                document.add_paragraph(piece.words, style="List Bullet")
        elif kind is K.HEADING:
            document.add_heading(run[0].words, run[0].level)
        else:
            document.add_paragraph(run[0].words)
    document.save(str(path))


def _add_numbered(document: Any, run: Sequence[Piece]) -> None:
    """Add a numbered list that starts anew, as Word does at "Set Numbering Value"."""
    style = document.styles["List Number"].element.pPr.numPr.numId.val
    numbering = document.part.numbering_part.element
    abstract = numbering.num_having_numId(style).abstractNumId.val
    number = numbering.add_num(abstract)
    number.add_lvlOverride(ilvl=0).add_startOverride(run[0].number)
    for piece in run:
        paragraph = document.add_paragraph(piece.words, style="List Number")
        properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val = 0
        properties.get_or_add_numId().val = number.numId


def read_all(pieces: Sequence[Piece], folder: Path) -> list[Report]:
    (folder / "report.md").write_text(write_markdown(pieces), encoding="utf-8")
    (folder / "report.html").write_text(write_html(pieces), encoding="utf-8")
    write_docx(pieces, folder / "report.docx")
    return [read_report(folder / f"report.{suffix}") for suffix in ("md", "html", "docx")]


def shape(report: Report) -> list[tuple[object, ...]]:
    """Everything that must not depend on the format."""
    return [
        (
            block.kind,
            block.level,
            block.number,
            block.item,
            block.label,
            block.span,
            block.span.of(report.text),
            report.sections[block.section].path,
        )
        for block in report.blocks
    ]


def _pieces_of(report: Report) -> list[Piece]:
    """The blocks of a report as content to write."""
    return [
        Piece(block.kind, block.span.of(report.text), block.level or 0) for block in report.blocks
    ]


def test_the_sample_report_is_the_same_in_every_format(tmp_path: Path) -> None:
    sample = read_report(sample_reports()[0])
    pieces = _pieces_of(sample)
    assert len(pieces) > 10
    for report in read_all(pieces, tmp_path):
        assert shape(report) == shape(sample), report.source
        assert report.title == sample.title


MANUAL = [
    Piece(K.HEADING, "National Child Protection Inspections", 1),
    Piece(K.PARAGRAPH, "Published on 27 February 2020 by HMICFRS."),
    Piece(K.HEADING, "2. Summary", 2),
    Piece(K.HEADING, "Leadership, management & governance", 3),
    Piece(K.PARAGRAPH, "4.12 We found “many examples” – of <good> work; 4.2 million children."),
    Piece(K.LIST_ITEM, "child-centred approaches"),
    Piece(K.LIST_ITEM, "multi-agency work (with partners)"),
    Piece(K.PARAGRAPH, "Forces should:"),
    Piece(K.LIST_ITEM, "act at once;", number=3),
    Piece(K.LIST_ITEM, "say so.", number=4),
    Piece(K.PARAGRAPH, "Recommendation 3: Forces should act."),
    Piece(K.LIST_ITEM, "by themselves", number=1),
    Piece(K.TABLE_ROW, "Force | Cases | Rate"),
    Piece(K.TABLE_ROW, "Kent | 1,204 | 3.5%"),
    Piece(K.HEADING, "Annex B: Methodology", 2),
    Piece(K.PARAGRAPH, "Words."),
]


def test_lists_tables_and_labels_are_the_same_in_every_format(tmp_path: Path) -> None:
    markdown, html, word = read_all(MANUAL, tmp_path)
    assert shape(markdown) == shape(html) == shape(word)
    assert [piece.words for piece in MANUAL if piece.number is None] == [
        block.span.of(word.text)
        for block in word.blocks
        if not (block.kind is K.LIST_ITEM and block.span.of(word.text)[0].isdigit())
    ]
    labels = [block.label for block in word.blocks if block.label]
    assert labels == ["2", "4.12", "Recommendation 3", "Annex B"]


_PLAIN = st.text(
    st.characters(codec="utf-8", categories=("L", "Nd", "Po", "Ps", "Pe", "Sc", "Zs")),
    min_size=1,
    max_size=40,
)
# A letter first and no bar: what would be a marker or a cell border in one of the formats is
# the business of that format's own tests.
_WORDS = _PLAIN.map(lambda words: canonicalise(f"W{words}".replace("|", "").replace("\\", "")))
_PIECE = st.one_of(
    st.builds(Piece, st.just(K.HEADING), _WORDS, st.integers(2, 6)),
    st.builds(Piece, st.just(K.PARAGRAPH), _WORDS),
    st.builds(Piece, st.just(K.LIST_ITEM), _WORDS),
    st.builds(Piece, st.just(K.LIST_ITEM), _WORDS, number=st.integers(1, 30)),
    st.builds(Piece, st.just(K.TABLE_ROW), st.tuples(_WORDS, _WORDS).map(" | ".join)),
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_PIECE, min_size=1, max_size=10))
def test_any_content_is_the_same_in_every_format(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[Piece]
) -> None:
    pieces.insert(0, Piece(K.HEADING, "The report", 1))
    markdown, html, word = read_all(pieces, tmp_path_factory.mktemp("formats"))
    assert shape(html) == shape(word)
    assert shape(markdown) == shape(html)
