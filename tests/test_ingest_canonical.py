"""Canonical words."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from ingest.canonical import canonicalise, canonicalise_lines
from tests.strategies import rough_texts


@given(st.text() | rough_texts())
def test_canonical_words_are_canonical_already(words: str) -> None:
    for once in (canonicalise(words), canonicalise_lines(words)):
        assert canonicalise_lines(once) == once
        assert unicodedata.is_normalized("NFC", once)
        assert once == once.strip()
    assert canonicalise(canonicalise(words)) == canonicalise(words)
    assert "\n" not in canonicalise(words)


@given(st.lists(st.text() | rough_texts(), max_size=4))
def test_canonical_blocks_stay_canonical_when_joined(blocks: list[str]) -> None:
    joined = "\n\n".join(map(canonicalise, blocks))
    assert unicodedata.is_normalized("NFC", joined)


def test_ligatures_soft_hyphens_and_invisible_characters_are_gone() -> None:
    assert canonicalise("o\ufb03ce \ufb01nds a \ufb05ill be\ufb06") == "office finds a still best"
    assert canonicalise("pro\u00adtec\u200btion\ufeff") == "protection"
    assert canonicalise("\u202eevil\u202c \x07bell\x00") == "evil bell"
    assert canonicalise("cafe\u0301\u00a0\t\u2003\nau lait") == "café au lait"


def test_hyphens_dashes_and_quotation_marks_stay_as_printed() -> None:
    printed = "“multi-agency” – ‘so’ — it's 2\u201311"
    assert canonicalise(printed) == printed


def test_lines_that_mean_something_are_kept_and_blank_ones_dropped() -> None:
    assert canonicalise_lines("def f():\r\n\n    return  1\n") == "def f():\nreturn 1"
