"""Numbers and names that a report prints for its own parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.builder import Origin, ReportBuilder
from ingest.labels import find_block, find_label, name_labels
from ingest.report import BlockKind, Report

PRINTED = [
    ("4.12 We found that forces had improved.", "4.12"),
    ("4.12. We found", "4.12"),
    ("4.12.1 “Too often”, one officer said", "4.12.1"),
    ("12. Forces should", "12"),
    ("12) Forces should", "12"),
    ("2. Summary", "2"),
    ("Recommendation 3", "Recommendation 3"),
    ("Recommendation 3: By April 2020, forces should", "Recommendation 3"),
    ("Recommendation 3 The force should", "Recommendation 3"),
    ("RECOMMENDATION 3 – Forces", "RECOMMENDATION 3"),
    ("Box 2. The Lighthouse", "Box 2"),
    ("Figure 7: Offences by force", "Figure 7"),
    ("Figure 7.1 Offences by force", "Figure 7.1"),
    ("Fig. 7 Offences", "Fig. 7"),
    ("Table 2 Number of cases", "Table 2"),
    ("Table A1: Sample", "Table A1"),
    ("Table 2a. Sample", "Table 2a"),
    ("Annex B – Methodology", "Annex B"),
    ("ANNEX B", "ANNEX B"),
    ("Appendix 1: Terms", "Appendix 1"),
    ("Chapter 3: Leadership", "Chapter 3"),
    ("Chapter One", "Chapter One"),
    ("Part II", "Part II"),
    ("Part IX: Schedules", "Part IX"),
    ("Area for improvement 2", "Area for improvement 2"),
    ("Cause of concern", "Cause of concern"),
    ("Cause of concern 1: custody", "Cause of concern 1"),
    ("Recommendation 3 | Accepted", "Recommendation 3"),
    ("(a) the chief constable", "(a)"),
    ("(iv) the chief constable", "(iv)"),
    ("4.12 Éducation", "4.12"),
]
NOT_PRINTED = [
    "2019 was a year of change.",
    "2019. The year",
    "4.2 million children were seen.",
    "4.2 Million children",
    "4.2 per cent of forces",
    "9.30 am on Monday",
    "9.30am on Monday",
    "10.15 PM briefing",
    "3 December 2019",
    "12 officers were interviewed.",
    "12 Officers were interviewed.",
    "1.2 | 3.4",
    "Figure 7 shows that offences rose.",
    "Recommendation 3 is that forces improve.",
    "Part of the answer lies in training.",
    "Part I am responsible for",
    "Section 47 enquiries are joint.",
    "Causes of concern were raised.",
    "Tables 2 and 3 show",
    "Steps: one",
    "1,200 children",
    "3.12.2019 The",
    "£4.2 million",
    "",
    "Recommendation",
    "Box",
]


@pytest.mark.parametrize(("text", "label"), PRINTED)
def test_a_label_is_found_as_the_report_prints_it(text: str, label: str) -> None:
    assert find_label(text) == label


@pytest.mark.parametrize("text", NOT_PRINTED)
def test_dates_amounts_times_and_mentions_are_no_labels(text: str) -> None:
    assert find_label(text) is None


ASKED = [
    ("What does recommendation 3 say?", ("Recommendation 3", "3")),
    ("what is in paragraph 4.12?", ("4.12",)),
    ("para 4.12", ("4.12",)),
    ("paras. 4.12 and 4.14", ("4.12", "4.14")),
    ("Compare figures 2–4", ("Figure 2", "Figure 3", "Figure 4")),
    ("tables 2, 3 and 5", ("Table 2", "Table 3", "Table 5")),
    ("summarise annex b", ("Annex B",)),
    ("What are annexes A and C about?", ("Annex A", "Annex C")),
    ("what is Fig. 7 about", ("Figure 7",)),
    ("which cause of concern 2 applies", ("Cause of concern 2",)),
    ("areas for improvement 1 and 2", ("Area for improvement 1", "Area for improvement 2")),
    ("chapter three", ("Chapter three",)),
    ("section 4.2", ("Section 4.2", "4.2")),
    ("recommendation number 3", ("Recommendation 3", "3")),
    ("4.12", ("4.12",)),
    ("Part II?", ("Part II",)),
    ("Which case studies are there?", ()),
    ("What part I play", ("Part I",)),
    ("is there a table a reader can use", ()),
    ("did it rise by 4.12 per cent in 2019?", ()),
    ("the action 5% of forces took", ()),
    ("", ()),
    ("figures for 2019", ()),
]


@pytest.mark.parametrize(("question", "labels"), ASKED)
def test_the_labels_a_question_names_are_found(question: str, labels: tuple[str, ...]) -> None:
    assert name_labels(question) == labels


@pytest.fixture
def report() -> Report:
    builder = ReportBuilder("report.md")
    for kind, text, label in (
        (BlockKind.LIST_ITEM, "3. Something", "3"),
        (BlockKind.PARAGRAPH, "4.12 We found", "4.12"),
        (BlockKind.PARAGRAPH, "Recommendation 3 Forces should", "Recommendation 3"),
        (BlockKind.CAPTION, "Fig. 7 Offences", "Fig. 7"),
        (BlockKind.PARAGRAPH, "No label here", None),
        (BlockKind.PARAGRAPH, "ANNEXE B", "ANNEXE B"),
        (BlockKind.PARAGRAPH, "3. A paragraph", "3"),
    ):
        builder.add(kind, text, origin=Origin(label=label))
    builder.add(BlockKind.HEADING, "2. Summary", level=2, origin=Origin(label="2"))
    return builder.build()


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ("4.12", 1),
        ("paragraph 4.12", 1),
        ("para. 4.12", 1),
        ("recommendation 3", 2),
        ("Figure 7", 3),
        ("figure 7:", 3),
        ("Annex B", 5),
        ("3", 6),
        ("section 2", 7),
        ("Chapter 2", 7),
        ("Recommendation 9", None),
        ("4.1", None),
        ("", None),
    ],
)
def test_a_block_is_found_by_its_label_however_it_is_spelt(
    report: Report, asked: str, index: int | None
) -> None:
    assert find_block(report, asked) == index


@given(
    st.sampled_from(["Recommendation", "Box", "Figure", "Table", "Annex", "Key finding"]),
    st.integers(1, 99),
    st.sampled_from(["", ": Words", " Words", " – Words"]),
)
def test_what_a_block_prints_a_question_can_name(name: str, number: int, rest: str) -> None:
    printed = find_label(f"{name} {number}{rest}")
    assert printed == f"{name} {number}"
    assert printed in name_labels(f"Tell me about {printed.lower()}, please.")


@given(st.text(max_size=200))
def test_any_text_has_a_label_that_it_starts_with_or_none(text: str) -> None:
    label = find_label(text)
    assert label is None or text.startswith(label)
    assert all(name_labels(text))
