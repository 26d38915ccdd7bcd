"""Looking only where a quotation can stand misses nothing that looking everywhere finds."""

from __future__ import annotations

from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.agreement import Match, read_quotation
from ingest.alignment import find_nearest
from ingest.anchoring import find_surroundings
from ingest.quotation import find_alike
from ingest.registry import read_report
from ingest.sample import sample_reports
from ingest.span import Span
from ingest.wording import WORD_WEIGHT

TEXT = read_report(sample_reports()[0]).text
WORDS = TEXT.split()
CHANGES = st.sampled_from(["", "elephants", "not", "the", "…", "[he]", "children,", "İ"])


@st.composite
def changed_quotes(draw: st.DrawFn) -> str:
    """Draw a run of words of the report in which some were changed, left out or put in."""
    first = draw(st.integers(0, len(WORDS) - 5))
    words = WORDS[first : first + draw(st.integers(5, 40))]
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(words) - 1))
        words[at : at + draw(st.integers(0, 2))] = draw(CHANGES).split()
        words = words or ["children"]
    return f"children {' '.join(words)}"


def search(text: str, quote: str) -> list[Match]:
    quotation = read_quotation(quote)
    return [*find_alike(text, quotation), *find_nearest(text, quotation)]


def everywhere(text: str, *_: object) -> list[Span]:
    return [Span(0, len(text))]


@settings(max_examples=60)
@given(changed_quotes())
def test_the_best_place_is_the_same_as_by_looking_everywhere(quote: str) -> None:
    text = "\n\n".join([TEXT.upper(), TEXT, TEXT[2000:2500]])
    found = search(text, quote)
    with (
        patch("ingest.alignment.find_surroundings", everywhere),
        patch("ingest.quotation.find_surroundings", everywhere),
    ):
        wanted = search(text, quote)
    best = max((match.similarity for match in wanted), default=0.0)
    assert max((match.similarity for match in found), default=0.0) == best


def test_most_of_a_text_is_left_out() -> None:
    quotation = read_quotation("the model has the needs of boys at its heart")
    spans = find_surroundings(TEXT, quotation, 3 * WORD_WEIGHT)
    assert sum(map(len, spans)) < len(TEXT) / 4
    assert any("children at its heart" in span.of(TEXT) for span in spans)


def test_stretches_are_in_order_and_cut_no_word() -> None:
    quotation = read_quotation("children who are at risk")
    spans = find_surroundings(TEXT, quotation, WORD_WEIGHT)
    assert spans == sorted(spans)
    for span in spans:
        assert span.start == 0 or TEXT[span.start - 1].isspace()
        assert span.end == len(TEXT) or TEXT[span.end].isspace()


def test_a_text_that_grows_in_lower_case_is_looked_at_whole() -> None:
    text = f"İstanbul. {TEXT}"
    assert find_surroundings(text, read_quotation("children at risk"), 0) == [Span(0, len(text))]
