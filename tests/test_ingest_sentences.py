"""Sentence boundaries."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sentences import split_sentences
from tests.strategies import rough_texts

# "¦" marks where one sentence ends and the next begins.
CASES = """
Mr. Smith of St. Mary's spoke. ¦ Mrs. Jones did not.
Cllr. Brown and Ms. Green agreed. ¦ The Rt. Hon. Jane Doe MP did not.
The force, e.g. in Kent, improved. ¦ Others, i.e. Essex, did not.
See p. 12 and pp. 14-15. ¦ It cost £2.4 million. ¦ Next year it is 3.1 per cent.
See Vol. 2, ch. 4 and paras. 12 to 14. ¦ It holds approx. 40 pages.
No. 10 agreed. ¦ Is it so? ¦ No. ¦ It is not!
He said: “We failed the child.” ¦ The force accepted this.
"We failed." ¦ She said so.
4.12 The force should act. ¦ It did not.
4. The force should act. ¦ It did not.
Recommendation 3. The force should act. ¦ Recommendation 4: The other should not.
Figure 2.1. Children by age. ¦ Source: Home Office.
(a) The first thing. ¦ (b) The second thing.
The police (see para. 4.12) acted. ¦ The others (para 3) did not.
The act applies (see s. 47). ¦ It was amended.
It ended at 5 p.m. ¦ The next day it began. ¦ At 5 p.m. on Monday it ended.
The U.K. government acted. ¦ The U.S. did not.
Funding is not guaranteed.[1] ¦ The model works.[^note] ¦ It is new.² ¦ So there.
Found at risk.12 ¦ The forces act.”3 ¦ They see fig.2 and v.2.1 too.
Smith et al. (2019) found this. ¦ It holds.
It was done by J. K. Rowling Ltd. in 2019. ¦ It ended.
Visit www.gov.uk/report.pdf for details. ¦ Thanks.
In Jan. 2019 it began. ¦ On 3 Feb. it ended.
What? ¦ Why! ¦ Never?! ¦ OK.
""".strip().splitlines()


@pytest.mark.parametrize("case", CASES)
def test_sentences_end_where_a_reader_ends_them(case: str) -> None:
    expected = case.split(" ¦ ")
    text = " ".join(expected)
    assert [span.of(text) for span in split_sentences(text)] == expected


def test_list_items_and_blank_lines_end_sentences() -> None:
    text = "The force should:\n- act, and\n- report\n\nIt did\nneither\n(a) one\n(b) two"
    assert [span.of(text) for span in split_sentences(text)] == [
        "The force should:",
        "- act, and",
        "- report",
        "It did\nneither",
        "(a) one",
        "(b) two",
    ]


def test_a_footnote_mark_and_closing_quotes_stay_with_their_sentence() -> None:
    for text in ("It is new. ²", "It is new. [12]", "“It is new. ”", "(It is new. )"):
        assert [span.of(text) for span in split_sentences(text)] == [text]


def test_nothing_has_no_sentences() -> None:
    assert split_sentences("") == []
    assert split_sentences(" \n\t\u00a0\n") == []


@given(st.text() | rough_texts())
def test_sentences_are_trimmed_ordered_and_leave_out_only_white_space(text: str) -> None:
    spans = split_sentences(text)
    assert all(left.end <= right.start for left, right in pairwise(spans))
    assert all(span.of(text) == span.of(text).strip() != "" for span in spans)
    assert "".join("".join(s.of(text).split()) for s in spans) == "".join(text.split())


def test_a_line_without_end_is_split_whole() -> None:
    for text in ("a" * 1_000_000, "word " * 200_000, "It is so. " * 20_000, "1. " * 20_000):
        spans = split_sentences(text)
        assert spans[0].start == 0
        assert spans[-1].end == len(text.rstrip())
