"""What a document quotes is found, whatever its format and its marks."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from ingest.quoted import find_passages, read_document
from ingest.registry import read_report

WORDS = "the force is not ready"


def read_quotes(path: Path) -> list[str]:
    report, spans = read_document(path)
    return [span.of(report.text) for span in spans]


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        (f"It says “{WORDS}”.", [WORDS]),
        (f'It says "{WORDS}".', [WORDS]),
        (f"It says ‘{WORDS}’.", [WORDS]),
        (f"It says '{WORDS}'.", [WORDS]),
        (f"It says «{WORDS}».", [WORDS]),
        (f"It says „{WORDS}“.", [WORDS]),
        (f'"{WORDS}" and "{WORDS} yet".', [WORDS, f"{WORDS} yet"]),
        ("He said “they told us ‘this is not true’ in 2019”.",
         ["they told us ‘this is not true’ in 2019"]),
        ("‘the force isn’t ready for it’ was said", ["the force isn’t ready for it"]),
        ('A 5" pipe and a 6" pipe were found in the house.', []),
        ("The forces' work and the children's homes' staff and others' needs.", []),
        ("It is called “best practice” there.", []),
        ("“The force is not ready.\n\n“It never was, they say.”",
         ["The force is not ready.", "It never was, they say."]),
    ],
)  # fmt: skip
def test_passages_in_quotation_marks_are_found(
    tmp_path: Path, text: str, quotes: list[str]
) -> None:
    assert read_quotes(write(tmp_path, "made.txt", text)) == quotes


def test_block_quotations_of_markdown_are_found_without_their_source(tmp_path: Path) -> None:
    text = f"Before.\n\n> “{WORDS} at all.” — HMICFRS, 2019\n\n> It never was ready. (Name 2019)\n"
    quotes = read_quotes(write(tmp_path, "made.md", text))
    assert quotes == [f"“{WORDS} at all.”", "It never was ready."]


def test_block_quotations_of_html_are_found(tmp_path: Path) -> None:
    text = (
        f"<title>T</title><p>Before.</p><blockquote><p>{WORDS}&nbsp;at <b>all</b>.</p>"
        "<p>Nor was the other force.</p></blockquote><p>After it.</p>"
    )
    quotes = read_quotes(write(tmp_path, "made.html", text))
    assert quotes == [f"{WORDS} at all.", "Nor was the other force."]


def test_block_quotations_of_word_are_found(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph(f"It says “{WORDS}”.")
    document.add_paragraph("Nor was the other force.", style="Quote")
    document.add_paragraph("And so they all said.", style="Intense Quote")
    document.save(str(tmp_path / "made.docx"))
    quotes = read_quotes(tmp_path / "made.docx")
    assert quotes == [WORDS, "Nor was the other force.", "And so they all said."]


def test_a_report_can_be_searched_without_its_file(tmp_path: Path) -> None:
    report = read_report(write(tmp_path, "made.txt", f"It says “{WORDS}”."))
    assert [span.of(report.text) for span in find_passages(report)] == [WORDS]
