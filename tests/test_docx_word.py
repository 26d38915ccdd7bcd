"""What Microsoft Word itself saved reads as Word shows it."""

from __future__ import annotations

from pathlib import Path

from ingest.docx import read_docx
from ingest.source import ReadOptions

WORD = Path(__file__).parent / "data" / "word"


def _read(name: str) -> list[tuple[str, str]]:
    report = read_docx(WORD / name, ReadOptions())
    return [(block.kind.value, block.span.of(report.text)) for block in report.blocks]


def test_lists_restart_and_continue_with_the_numbers_that_word_prints() -> None:
    assert _read("lists-2010.docx") == [
        ("paragraph", "This is a document with numbered lists"),
        ("list_item", "1. Entry #1"),
        ("list_item", "2. Entry #2, with children"),
        ("list_item", "a. 2-a"),
        ("list_item", "b. 2-b"),
        ("list_item", "c. 2-c"),
        ("list_item", "3. Entry #3"),
        ("list_item", "4. Entry #4"),
        ("list_item", "1. Restarted to 1 from 5"),
        ("list_item", "2. Restarted @ 2"),
        ("list_item", "3. Restarted @ 3"),
        ("list_item", "10. Jump to new list at 10"),
        ("list_item", "11. Now 11"),
        ("paragraph", "Normal text here"),
        ("list_item", "12. Carrying on @ 12"),
        ("list_item", "13. Carrying on @ 13"),
        ("paragraph", "All done!"),
    ]


def test_tracked_changes_are_taken_as_accepted() -> None:
    blocks = _read("changes-2007.docx")
    assert blocks[:3] == [
        ("paragraph", "Tika can be:"),
        ("list_item", "A Nepalese name for Tilaka"),
        ("list_item", "A nickname for Petrika the Albanian variation of Peter"),
    ]
    text = " ".join(words for _, words in blocks)
    assert "A software module for extracting text from binary files." in text
    assert "Tika Waylan" not in text
    assert "pendant" not in text


def test_the_boxes_of_a_form_are_ticked_or_not() -> None:
    assert _read("form-2007.docx") == [
        ("paragraph", "This is a small test for checkboxes"),
        ("list_item", "unchecked: ☐"),
        ("paragraph", "Or checked: ☒"),
        ("paragraph", "Test a checkbox within a textbox: ☐ -> ☒"),
        ("paragraph", "In Table:"),
        ("table_row", "☐ | ☒"),
        ("paragraph", "In Sequence:"),
        ("paragraph", "☒☐☒"),
    ]


def test_content_controls_read_as_the_text_around_them() -> None:
    blocks = _read("controls-2010.docx")
    assert blocks[:4] == [
        ("paragraph", "Rich_text"),
        ("paragraph", "Blahdeblah[1]1"),
        ("paragraph", "Rich_text_pre_table"),
        ("table_row", "Rich_text_cell1 | | |"),
    ]
    assert blocks[-3:] == [
        ("table_row", "| Abc rich_text_in_paragraph_in_cell | | |"),
        ("footnote", "Footnote_sdt"),
        ("footnote", "Endnote Endnote_sdt"),
    ]
