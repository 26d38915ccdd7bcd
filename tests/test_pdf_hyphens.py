"""A hyphen at a line's end stays where the word has one, and goes where it only broke it."""

from __future__ import annotations

import pytest

from ingest.pdf_hyphens import study_hyphens

_INSIDE = (
    "a child-centred plan for every inspection, that multi-agency partners and staff co-own now"
)


def _study(broken: int, extra: str = "") -> list[tuple[list[str], bool]]:
    return [
        *[(_INSIDE.split(), False)] * 3,
        (["x", *extra.split(), "x"], False),
        *[(["some", "words", "inspec"], True)] * broken,
    ]


@pytest.mark.parametrize(
    ("head", "tail", "stays"),
    [
        ("child-", "centred", True),
        ("inspec-", "tion", False),
        ("inspec-", "tion,", False),
        ("Inspec-", "tion", False),
        ("COVID-", "19", True),
        ("Anglo-", "Saxon", True),
        ("self-", "evaluation", True),
        ("safe-", "guarding", False),
        ("multi-agency-", "led", True),
        ("under-", "standing", False),
    ],
)
def test_what_the_report_writes_elsewhere_decides(head: str, tail: str, stays: bool) -> None:
    assert study_hyphens(_study(5)).keeps(head, tail) is stays


def test_a_report_that_breaks_no_words_keeps_every_hyphen() -> None:
    lines = [(_INSIDE.split(), False)] * 200 + [(["led", "by", "community"], True)]
    assert study_hyphens(lines).keeps("community-", "based")
    assert not study_hyphens(lines).keeps("inspec-", "tion")


def test_two_words_of_the_report_keep_their_hyphen() -> None:
    study = study_hyphens(_study(5, "the decision of making better plans"))
    assert study.keeps("decision-", "making")


def test_the_typographic_hyphen_breaks_words_where_none_has_it_inside() -> None:
    assert not study_hyphens(_study(5)).keeps("co\u2010", "ordinated")
    assert study_hyphens(_study(5, "well\u2010being")).keeps("co\u2010", "ordinated")


def test_a_report_without_broken_lines_can_be_studied() -> None:
    assert study_hyphens([(["one", "two"], False)]).keeps("a-", "b")
    assert not study_hyphens([]).automatic
