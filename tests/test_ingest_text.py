"""Plain text as a report."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.report import Report
from ingest.source import ReadOptions
from ingest.text import parse_text, read_text

BODY = "A paragraph that ends."


def parse(text: str) -> Report:
    return parse_text(text, "r.txt")


def outline(text: str) -> list[str]:
    """One line for each block: kind, words."""
    report = parse(text)
    return [f"{block.kind}: {block.span.of(report.text)}" for block in report.blocks]


def headings(text: str) -> list[tuple[int | None, str]]:
    report = parse(text)
    return [(b.level, b.span.of(report.text)) for b in report.blocks if b.level is not None]


def test_blank_lines_end_paragraphs_and_other_lines_are_joined() -> None:
    report = parse("\n\nOne\n  two  \nthree.\n \t \nFour.\n")
    assert report.text == "One two three.\n\nFour."
    assert [block.line for block in report.blocks] == [3, 7]


@pytest.mark.parametrize(
    ("wrapped", "joined"),
    [
        ("multi-\nagency work", "multi-agency work"),
        ("child-\ncentred, child-centred", "child-centred, child-centred"),
        ("investi-\ngation; the investigation", "investigation; the investigation"),
        ("re-\nform, re-form or reform", "re-form, re-form or reform"),
        ("investi\u00ad\ngation", "investigation"),
        ("multi\u2010\nagency", "multi\u2010agency"),
        ("the force -\nwhich had", "the force - which had"),
        ("the A-\nB road", "the A- B road"),
        ("2018-\n19", "2018- 19"),
    ],
)
def test_a_hyphen_at_a_lines_end_goes_only_where_the_text_shows_it_is_soft(
    wrapped: str, joined: str
) -> None:
    assert parse(wrapped).text == joined


def test_lists_are_items_with_printed_numbers_and_without_bullets() -> None:
    assert outline(
        "The force should:\n- act\n  at once;\n* tell; and\n• learn.\n\n"
        "(a) first\n(b) second\n\n1. one\n2) two\n\n(iv) three\n"
    ) == [
        "paragraph: The force should:",
        "list_item: act at once;",
        "list_item: tell; and",
        "list_item: learn.",
        "list_item: (a) first",
        "list_item: (b) second",
        "list_item: 1. one",
        "list_item: 2) two",
        "list_item: (iv) three",
    ]


def test_a_wrapped_line_that_begins_like_an_item_is_none() -> None:
    assert outline("As is said in section\n2. It failed.") == [
        "paragraph: As is said in section 2. It failed."
    ]
    assert outline("the force\n– which failed – acted") == [
        "paragraph: the force – which failed – acted"
    ]


def test_underlined_lines_are_headings() -> None:
    text = f"Report\n======\n\nOne\n---\n{BODY}\n\nTwo\n-----\n\n{BODY}"
    assert headings(text) == [(1, "Report"), (2, "One"), (2, "Two")]
    report = parse(text)
    assert report.title == "Report"
    assert [section.path for section in report.sections] == [(), ("One",), ("Two",)]


def test_numbered_lines_standing_alone_are_headings_of_their_depth() -> None:
    numbered = [
        "1. Introduction",
        BODY,
        "2. Summary",
        "2.1 Leadership",
        BODY,
        "2.1.3. Vision",
        BODY,
    ]
    assert headings("\n\n".join(numbered)) == [
        (1, "1. Introduction"),
        (1, "2. Summary"),
        (2, "2.1 Leadership"),
        (3, "2.1.3. Vision"),
    ]


@pytest.mark.parametrize(
    "line", ["Annex A", "Chapter 3: What we found", "Appendix IV – Method", "Part 2 Findings"]
)
def test_named_parts_and_capitals_standing_alone_are_headings(line: str) -> None:
    assert headings(f"{line}\n\n{BODY}\n\nRECOMMENDATIONS FOR ALL\n\n{BODY}") == [
        (1, line),
        (1, "RECOMMENDATIONS FOR ALL"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "2. The force should act.",
        "2.4 million children",
        "2.1 Leadership\nwas good",
        "3 forces failed",
        "Section 3 of the Act applies",
        "WARNING:",
        "NHS",
        "12 May 2019",
        "A short line",
        "NAME\tAGE",
        "A" * 90,
        "2. " + "A very long heading " * 5,
        "Name   Age\n----------",
    ],
)
def test_what_may_be_no_heading_is_none(line: str) -> None:
    assert headings(f"{BODY}\n\n{line}\n\n{BODY}") == []


def test_a_numbered_list_with_blank_lines_is_a_list() -> None:
    assert headings(f"{BODY}\n\n1. Apples\n\n2. Pears\n\n3. Plums\n\n{BODY}") == []
    assert headings(f"{BODY}\n\n1. Apples are good.\n\n2. Pears\n\n{BODY}") == []
    assert headings(f"{BODY}\n\n1. Apples\n2. Pears\n\n3. Findings\n\n{BODY}") == []
    assert headings(f"1. one;\n2. two.\n\n4. Findings\n\n{BODY}") == [(1, "4. Findings")]


def test_what_heads_nothing_is_a_paragraph() -> None:
    assert outline(f"{BODY}\n\nTHE END") == [f"paragraph: {BODY}", "paragraph: THE END"]


def test_the_first_heading_without_number_is_the_title() -> None:
    report = parse(f"ANNUAL REPORT\n\nSUMMARY\n\n{BODY}\n\nFINDINGS\n\n{BODY}")
    assert report.title == "ANNUAL REPORT"
    assert [section.path for section in report.sections] == [(), ("SUMMARY",), ("FINDINGS",)]
    report = parse(f"ANNUAL REPORT\n\n{BODY}\n\n1. Aims\n\n{BODY}\n\n1.1 More\n\n{BODY}")
    assert report.title == "ANNUAL REPORT"
    assert report.sections[-1].path == ("1. Aims", "1.1 More")


def test_without_a_title_the_file_name_is_it() -> None:
    report = parse(f"SUMMARY\n\n{BODY}\n\nFINDINGS\n\n{BODY}")
    assert report.title == "r"
    assert [section.path for section in report.sections] == [("SUMMARY",), ("FINDINGS",)]


def test_rules_are_no_words() -> None:
    assert outline(f"=====\n{BODY}\n\n* * *\n\n-----\n\n{BODY}\n~~~~~\n") == [
        f"paragraph: {BODY}",
        f"paragraph: {BODY}",
    ]


def test_a_page_ends_a_paragraph_only_after_a_sentence() -> None:
    assert parse("The force\n\fhad failed.\n\fIt acted.\f\nEnd.").text == (
        "The force had failed.\n\nIt acted.\n\nEnd."
    )


def test_line_ends_of_every_platform_are_the_same() -> None:
    texts = {
        parse(f"TITLE{end}{end}One{end}two.{end}{end}- x{end}- y").text
        for end in ("\n", "\r\n", "\r", "\u2028", "\x85")
    }
    assert texts == {"TITLE\n\nOne two.\n\nx\ny"}


def test_a_file_is_read_under_its_name(tmp_path: Path) -> None:
    path = tmp_path / "My report.txt"
    path.write_text("Words.", encoding="utf-16")
    report = read_text(path, ReadOptions())
    assert (report.title, report.source, report.text) == ("My report", "My report.txt", "Words.")
