"""Whatever is quoted is the text under its span, for any report and any question."""

from __future__ import annotations

import tempfile
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.answer import Answer
from index.build import Source, add_reports
from index.folder import IndexFolder
from index.search import Index
from index.settings import Settings
from ingest.passage import PassageSettings
from ingest.registry import read_report
from tests.fake_encoder import FakeEncoder
from tests.strategies import Document, markdown_documents, plain_documents

QUICK = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
CUTS = st.builds(
    PassageSettings,
    size=st.sampled_from([16, 40, 128]),
    overlap=st.integers(0, 2),
    method=st.sampled_from(["paragraph", "section"]),
)


def ask_all(document: Document, suffix: str, cut: PassageSettings) -> tuple[Answer, str]:
    """Index one document, ask for its first words, and return the answer and the text."""
    chosen = Settings(passages=cut, threshold=0.0)
    encoder = FakeEncoder()
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "report" + suffix)
        path.write_text(document.text, encoding="utf-8")
        folder = IndexFolder(Path(name, "index"))
        with patch("index.build.load_encoder", return_value=encoder):
            add_reports(folder, [Source(read_report(path), str(path))], chosen)
        with Index(folder, chosen, encoder) as opened:
            words = (*document.body, *document.headings, "nothing")[:3]
            return opened.ask(" ".join(words), 100), opened.report("report" + suffix).text


def check(answer: Answer, text: str) -> None:
    assert answer.hits
    for hit in answer.hits:
        assert hit.quote.text == text[hit.quote.span.start : hit.quote.span.end]
        assert hit.highlight.text == text[hit.highlight.span.start : hit.highlight.span.end]
        assert hit.quote.span.covers(hit.highlight.span)
    for sentence in answer.sentences:
        span = sentence.quote.span
        assert sentence.quote.text == text[span.start : span.end]
        assert answer.hits[sentence.hit - 1].quote.span.covers(span)
    assert 1 <= len(answer.sentences) <= 3


@QUICK
@given(markdown_documents(), CUTS)
def test_every_span_of_a_markdown_report_gives_its_words(
    document: Document, cut: PassageSettings
) -> None:
    check(*ask_all(document, ".md", cut))


@QUICK
@given(plain_documents(), CUTS)
def test_every_span_of_a_text_report_gives_its_words(
    document: Document, cut: PassageSettings
) -> None:
    check(*ask_all(document, ".txt", cut))


@pytest.mark.parametrize("line", ["word " * 200_000, "a" * 1_000_000], ids=["words", "one word"])
def test_a_line_of_a_million_characters_is_searched_whole(line: str) -> None:
    document = Document("The beginning.\n\n" + line + "\n\nThe end.\n", ("word",), ())
    answer, text = ask_all(document, ".txt", PassageSettings())
    check(answer, text)
    assert len(text) >= len(line)
    assert max(len(hit.quote.text) for hit in answer.hits) < 10_000
