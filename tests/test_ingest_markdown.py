"""Markdown as a report."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.markdown import parse_markdown, read_markdown
from ingest.report import BlockKind, Metadata, NoticeKind, Report
from ingest.source import ReadOptions


def parse(text: str) -> Report:
    return parse_markdown(text, "r.md")


def outline(report: Report) -> list[str]:
    """One line for each block: kind, words."""
    return [f"{block.kind}: {block.span.of(report.text)}" for block in report.blocks]


def lines(report: Report) -> list[int | None]:
    return [block.line for block in report.blocks]


def test_headings_of_both_kinds_are_read_without_their_formatting() -> None:
    report = parse("# **One** `two` #\n\nSetext *three*\n===\n\nFour\n---\n\n#### [Five](x)\n")
    assert outline(report) == [
        "heading: One two",
        "heading: Setext three",
        "heading: Four",
        "heading: Five",
    ]
    assert [block.level for block in report.blocks] == [1, 1, 2, 4]
    assert lines(report) == [1, 3, 6, 9]


def test_text_before_the_first_heading_has_no_section_path() -> None:
    report = parse("Before.\n\n# A\n\nUnder.")
    assert [section.path for section in report.sections] == [(), ("A",)]


def test_a_paragraph_is_one_line_of_what_a_reader_sees() -> None:
    source = (
        "Soft\nbreak, hard  \nbreak, *em* __strong__ ~~gone~~ `co  de` &pound;5 &#8211; \\* "
        "[link](http://x 'title') <http://a.b> ![alt *text*](p.png) <b>bold</b><br>next<!-- no -->"
    )
    assert parse(source).text == (
        "Soft break, hard break, em strong gone co de £5 – * link http://a.b alt text bold next"
    )


def test_list_items_keep_printed_numbers_and_drop_bullets() -> None:
    report = parse("Lead:\n\n3. three\n4) four\n\n* star\n   - nested\n     * deep\n+ plus\n")
    assert outline(report) == [
        "paragraph: Lead:",
        "list_item: 3. three",
        "list_item: 4) four",
        "list_item: star",
        "list_item: nested",
        "list_item: deep",
        "list_item: plus",
    ]
    assert lines(report) == [1, 3, 4, 6, 7, 8, 9]
    assert {block.number for block in report.blocks} == {1}


def test_the_number_of_an_empty_item_is_no_words() -> None:
    assert parse("1.\n2. two\n3.\n\nAfter.").text == "2. two\n\nAfter."


def test_an_item_of_several_paragraphs_is_several_blocks_with_one_number() -> None:
    report = parse("1. first\n\n   second\n\n   > quoted\n\n   ```\n   code\n   ```\n2. next")
    assert outline(report) == [
        "list_item: 1. first",
        "list_item: second",
        "list_item: quoted",
        "list_item: code",
        "list_item: 2. next",
    ]


def test_quotations_are_paragraphs_and_head_no_section() -> None:
    report = parse("# A\n\n> # Not a section\n> one\n>\n> two\n\nAfter.")
    assert outline(report)[1:] == [
        "paragraph: Not a section",
        "paragraph: one",
        "paragraph: two",
        "paragraph: After.",
    ]
    assert len(report.sections) == 1


def test_tables_are_rows_with_cells_side_by_side() -> None:
    report = parse("| Force | `n` |\n|:--|--:|\n| Kent | **4** |\n| a\\|b | |\n| | |\n\nEnd.")
    assert outline(report) == [
        "table_row: Force | n",
        "table_row: Kent | 4",
        "table_row: a|b |",
        "paragraph: End.",
    ]
    assert lines(report) == [1, 3, 4, 7]


def test_cells_beyond_the_tables_head_are_kept() -> None:
    report = parse("> | a |\n> |---|\n> | 1 | 2 \\| 3 |\n")
    assert outline(report)[1:] == ["table_row: 1 | 2 | 3"]


def test_code_keeps_its_lines() -> None:
    report = parse("```py\ndef f():\n\n    return  1\n```\n\n    indented\n    too\n")
    assert outline(report) == ["paragraph: def f():\nreturn 1", "paragraph: indented\ntoo"]


def test_a_picture_alone_is_a_caption_and_one_without_words_a_notice() -> None:
    pictures = "![Children by age](a.png)\n\n[![Linked](b.png)](x)[![two](b.png)](x)"
    report = parse(f"{pictures}\n\nSee ![](c.png) here.")
    assert outline(report) == [
        "caption: Children by age",
        "caption: Linked two",
        "paragraph: See here.",
    ]
    (notice,) = report.notices
    assert notice.kind is NoticeKind.LEFT_OUT
    assert notice.message == "r.md: a picture without description was left out (line 5)"


def test_footnotes_end_the_section_that_first_refers_to_them() -> None:
    report = parse(
        "# A[^h]\n\nOne.[^x] Two^[Written *here*.].\n\n# B\n\nAgain.[^x]\n\n"
        "[^x]: Note.\n\n    More.\n[^h]: Head.[^deep]\n[^deep]: Deep.\n[^unused]: Unused.\n"
    )
    assert outline(report) == [
        "heading: A",
        "paragraph: One.[x] Two[3].",
        "footnote: Head.[deep]",
        "footnote: Note.",
        "footnote: More.",
        "footnote: Written here.",
        "footnote: Deep.",
        "heading: B",
        "paragraph: Again.[x]",
        "footnote: Unused.",
    ]
    labels = [block.label for block in report.blocks if block.kind is BlockKind.FOOTNOTE]
    assert labels == ["h", "x", "x", "3", "deep", "unused"]


def test_a_mark_without_its_footnote_stays_as_typed() -> None:
    assert parse("One[^missing].").text == "One[^missing]."


def test_html_shows_its_words_and_hides_scripts_with_a_notice() -> None:
    report = parse(
        "<div><h2>Head</h2>\n<p>One &amp; <i>two</i></p>\n<ul><li>a<ol><li>b</ol>c<li>d</ul>\n"
        "<table><caption>Cap</caption><tr><th>x</th><td>1</td></tr></table>\n"
        "<style>p { color: red }</style><img alt='Pic'></div>\n\n"
        "In line <script>alert(1)</script>end and a <script> tag.\n"
    )
    assert outline(report) == [
        "heading: Head",
        "paragraph: One & two",
        "list_item: a",
        "list_item: b",
        "list_item: c",
        "list_item: d",
        "caption: Cap",
        "table_row: x | 1",
        "paragraph: Pic",
        "paragraph: In line end and a tag.",
    ]
    assert lines(report) == [1, 2, 3, 3, 3, 3, 4, 4, 5, 7]
    assert [notice.message for notice in report.notices] == [
        "r.md: a script or style was left out (lines 1, 7)"
    ]


def test_hidden_letters_are_not_text() -> None:
    assert parse("pro\u00adtec\u200btion o\ufb03ce cafe\u0301").text == "protection office café"


def test_front_matter_is_title_and_metadata() -> None:
    report = parse(
        "---\nTitle: No\nauthors: [A. One, {name: B. Two}]\ndate: 2019-02\n"
        "source: https://gov.uk/r\nlicense: OGL\nlang: en-GB\ntags: [x]\n---\n\nWords."
    )
    assert report.title == "No"
    assert report.metadata == Metadata(
        "A. One, B. Two", "2019-02", "https://gov.uk/r", "OGL", "en-GB"
    )
    assert report.text == "Words."
    assert lines(report) == [11]


@pytest.mark.parametrize(
    ("yaml", "line"),
    [("title: a: b\n", 2), ("a: 1\nb: [1\n", 3), ("a: 1\n\tb: 2\n", 3), ("[" * 500 + "\n", 1)],
)
def test_front_matter_that_is_not_yaml_is_a_notice_with_its_line(yaml: str, line: int) -> None:
    report = parse(f"---\n{yaml}---\n\n# Title\n\n## A\n\nWords.")
    assert report.title == "Title"
    (notice,) = report.notices
    assert notice.kind is NoticeKind.LEFT_OUT
    assert notice.message.startswith(f"r.md, line {line}: the front matter is not valid YAML (")


def test_words_between_two_rules_are_words() -> None:
    assert parse("---\nJust words.\n\n---\n\nMore.").text == "Just words.\n\nMore."
    assert parse("---\n---\n\nMore.").text == "More."


def test_the_front_matters_title_wins_and_a_heading_that_repeats_it_is_no_section() -> None:
    text = "---\ntitle: 'The Report: 2019'\n---\n# The Report\n## 2019\n## One\n\nWords."
    report = parse(text)
    assert report.title == "The Report: 2019"
    assert report.sections[-1].path == ("One",)


def test_a_heading_that_says_something_else_than_the_title_is_a_section() -> None:
    report = parse("---\ntitle: The Report\n---\n# Introduction\n\n## Aims\n\nWords.")
    assert report.title == "The Report"
    assert report.sections[-1].path == ("Introduction", "Aims")


def test_nothing_is_lost_in_nesting_without_end() -> None:
    for marks in ("> " * 3000, "- " * 3000, "1. " * 3000, "[^a]: " * 3000):
        assert parse(f"{marks}deep").text.endswith("deep")
    staircase = "".join(f"{'  ' * depth}- step{depth}\n" for depth in range(200))
    text = parse(staircase).text
    assert all(f"step{depth}" in text for depth in range(200))


LONG = dict.fromkeys(["[", "![", "[^", "[a](", "^[", "`", "_"], 1_000_000)
SLOWER = dict.fromkeys(["*a ", "<a ", "~~a "], 60_000)


@pytest.mark.parametrize(("marks", "length"), (LONG | SLOWER).items())
def test_a_line_of_nothing_but_marks_is_read(marks: str, length: int) -> None:
    line = marks * (length // len(marks))
    assert parse(f"{line}\n\nEnd.").text.endswith("End.")


def test_line_ends_of_every_platform_are_the_same() -> None:
    texts = {
        parse(f"# A{end}{end}One{end}two.{end}{end}- x{end}- y{end}").text
        for end in ("\n", "\r\n", "\r")
    }
    assert texts == {"A\n\nOne two.\n\nx\ny"}


def test_a_file_is_read_under_its_name(tmp_path: Path) -> None:
    path = tmp_path / "My report.md"
    path.write_text("\ufeffWords.", encoding="utf-8")
    report = read_markdown(path, ReadOptions())
    assert (report.title, report.source, report.text) == ("My report", "My report.md", "Words.")
