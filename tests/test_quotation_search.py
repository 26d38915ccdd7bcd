"""Quotes are found however they were typed, and only where they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.builder import ReportBuilder
from ingest.canonical import canonicalise
from ingest.quotation import find_quote
from ingest.report import BlockKind, Report
from ingest.span import Span

WORDS = (
    "The model isn't child-centred – it provides “medical, social” care (and police) support… "
    "Setting it up took multi-agency work; its first year cost £2.4 million."
)


def make_report(*paragraphs: str) -> Report:
    builder = ReportBuilder("made.md")
    for paragraph in paragraphs:
        builder.add(BlockKind.PARAGRAPH, canonicalise(paragraph))
    return builder.build()


@pytest.mark.parametrize(
    "typed",
    [
        "it provides “medical, social” care",
        'it provides "medical, social" care',
        "it  provides\n“medical,\tsocial” care",
        "IT PROVIDES «MEDICAL, SOCIAL» CARE",
    ],
)
def test_marks_white_space_and_capitals_do_not_matter(typed: str) -> None:
    report = make_report(WORDS)
    (span,) = find_quote(report, typed)
    assert span.of(report.text) == "it provides “medical, social” care"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("isn’t child-\ncentred", "isn't child-centred"),
        ("isn't child centred", "isn't child-centred"),
        ("pro-\nvides", "provides"),
        ("child-centred - it", "child-centred – it"),
        ("child-centred—it", "child-centred – it"),
        ("support...", "support…"),
        ("ﬁrst year", "first year"),
        ("cost £2.4 million", "cost £2.4 million"),
    ],
)
def test_dashes_hyphenation_and_ligatures_do_not_matter(typed: str, found: str) -> None:
    report = make_report(WORDS)
    (span,) = find_quote(report, typed)
    assert span.of(report.text) == found


def test_part_of_a_word_is_not_found() -> None:
    report = make_report("The category was caught.")
    assert find_quote(report, "cat") == []
    assert find_quote(report, "was caught") != []


@pytest.mark.parametrize("typed", ["it provides dental care", "", " – ", "provide"])
def test_what_is_not_there_is_not_found(typed: str) -> None:
    assert find_quote(make_report(WORDS), typed) == []


def test_every_place_is_found() -> None:
    report = make_report("It rained. We left.", "Later it rained.")
    assert [span.of(report.text) for span in find_quote(report, "It rained.")] == [
        "It rained.",
        "it rained.",
    ]


def test_a_quote_may_run_over_paragraphs() -> None:
    report = make_report("One ends here.", "Another begins.")
    (span,) = find_quote(report, "ends here. Another")
    assert span.of(report.text) == "ends here.\n\nAnother"


words = st.lists(st.text("abcdeé", min_size=1, max_size=6), min_size=1, max_size=12)
BETWEEN = {" ": "\n ", " – ": "--", "-": "- \n", ", “": ',  "', "’": "'"}


@given(words, st.data())
def test_any_run_of_words_is_found_where_it_stands(tokens: list[str], data: st.DataObject) -> None:
    links = [data.draw(st.sampled_from(sorted(BETWEEN))) for _ in tokens[1:]]
    first = data.draw(st.integers(0, len(tokens) - 1))
    last = data.draw(st.integers(first, len(tokens) - 1))

    def join(start: int, end: int, between: dict[str, str]) -> str:
        parts = [tokens[start]]
        for at in range(start, end):
            parts += [between[links[at]], tokens[at + 1]]
        return "".join(parts)

    printed = {link: link for link in BETWEEN}
    report = make_report(join(0, len(tokens) - 1, printed))
    start = len(join(0, first, printed)) - len(tokens[first])
    quote = join(first, last, printed)
    found = find_quote(report, join(first, last, BETWEEN).upper())
    assert Span(start, start + len(quote)) in found
