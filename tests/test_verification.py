"""Quotations are checked against every report of an index, and each place is cited."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.folder import IndexFolder
from index.scope import Scope
from index.verification import MOST_PLACES, verify_quotation, verify_stored
from ingest.agreement import PieceKind, Verdict
from ingest.builder import ReportBuilder
from ingest.errors import IndexMissingError, QuotationError
from ingest.registry import read_report
from ingest.report import BlockKind, Report
from ingest.sample import sample_reports

ASKED = "Where are the children?"


def make_report(source: str, *paragraphs: str) -> Report:
    builder = ReportBuilder(source)
    builder.add(BlockKind.HEADING, "Findings", level=1)
    for paragraph in paragraphs:
        builder.add(BlockKind.PARAGRAPH, paragraph)
    return builder.build()


SAMPLE = read_report(sample_reports()[0])
ONE = make_report("one.md", "It rained on the day.", "The force is not ready for the winter.")
TWO = make_report("two.md", "The force is not ready for the winter.", "It rained on the day.")


def test_each_place_is_cited() -> None:
    found = verify_quotation("The force is not ready", [ONE, TWO])
    assert found.verdict is Verdict.EXACT
    assert [(p.report, p.locator, p.section) for p in found.places] == [
        (ONE.id, "para 2", ()),
        (TWO.id, "para 1", ()),
    ]
    for place, report in zip(found.places, (ONE, TWO), strict=True):
        assert place.text == "The force is not ready" == place.match.span.of(report.text)
        assert place.citation.endswith(f"{place.locator} [{report.source}]")


def test_a_near_place_is_shown_only_where_the_words_stand_nowhere() -> None:
    other = make_report("three.md", "The force is now ready for the winter.")
    exact = verify_quotation("The force is not ready for the winter", [other, ONE])
    assert [place.report for place in exact.places] == [ONE.id]
    near = verify_quotation("The force is not ready for the winter", [other])
    assert near.verdict is Verdict.DIFFERS
    changed = [p for p in near.places[0].match.pieces if p.kind is PieceKind.CHANGED]
    assert [(p.quoted.strip(), p.printed.strip()) for p in changed] == [("not", "now")]


def test_the_nearest_of_several_places_is_first() -> None:
    far = make_report("far.md", "The force was not ready for a winter.")
    found = verify_quotation("The force is not ready for this winter", [far, ONE])
    assert [place.report for place in found.places] == [ONE.id, far.id]


def test_a_quotation_from_elsewhere_is_absent() -> None:
    found = verify_quotation("Colourless green ideas sleep furiously", [SAMPLE, ONE])
    assert found.verdict is Verdict.ABSENT
    assert found.places == ()


def test_a_commonplace_is_counted_and_not_listed_without_end() -> None:
    report = make_report("rain.md", *(["It rained on the day."] * (MOST_PLACES + 5)))
    found = verify_quotation("It rained on the day.", [report])
    assert len(found.places) == MOST_PLACES
    assert found.found == MOST_PLACES + 5


def test_an_index_is_checked_by_its_catalogue(sample_dir: Path) -> None:
    sentence = SAMPLE.text[SAMPLE.blocks[4].span.start : SAMPLE.blocks[4].span.end]
    wanted, absent = verify_stored(IndexFolder(sample_dir), [sentence, "Never said by anybody"])
    assert wanted.verdict is Verdict.EXACT
    assert wanted.places[0].report == SAMPLE.id
    assert absent.verdict is Verdict.ABSENT


def test_a_scope_leaves_reports_and_sections_out(sample_dir: Path) -> None:
    folder = IndexFolder(sample_dir)
    block = next(block for block in SAMPLE.blocks if block.kind is BlockKind.PARAGRAPH)
    words, path = block.span.of(SAMPLE.text), SAMPLE.sections[block.section].path
    inside = Scope((SAMPLE.id,), path)
    assert verify_stored(folder, [words], inside)[0].verdict is Verdict.EXACT
    for scope in (Scope(("0" * 16,)), Scope(section=("No such section",))):
        assert verify_stored(folder, [words], scope)[0].verdict is Verdict.ABSENT


def test_without_an_index_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError):
        verify_stored(IndexFolder(tmp_path), [ASKED])


def test_a_quotation_without_words_is_refused() -> None:
    with pytest.raises(QuotationError):
        verify_quotation("“…”", [ONE])


def test_checking_needs_no_encoder(sample_dir: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from index.folder import IndexFolder;"
        "from index.verification import verify_stored;"
        "verify_stored(IndexFolder(Path(sys.argv[1])), ['four words of nonsense here']);"
        "print(sorted({'torch', 'transformers', 'onnxruntime', 'gradio'} & set(sys.modules)))"
    )
    told = subprocess.run(
        [sys.executable, "-c", script, str(sample_dir)], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "[]"


BLOCKS = st.integers(0, len(SAMPLE.blocks) - 1)


@given(BLOCKS, st.data())
def test_every_run_of_words_of_a_report_is_exact_in_its_place(
    number: int, data: st.DataObject
) -> None:
    words = SAMPLE.blocks[number].span.of(SAMPLE.text).split(" ")
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, min(len(words) - 1, first + 40)))
    quote = " ".join(words[first : last + 1])
    if not any(character.isalnum() for character in quote):
        return
    found = verify_quotation(quote, [SAMPLE])
    assert found.verdict is Verdict.EXACT
    start = SAMPLE.blocks[number].span.start + len(" ".join(words[:first])) + (first > 0)
    places = {place.match.span.start for place in found.places}
    assert start in places or found.found > len(places) or found.found >= MOST_PLACES


@given(BLOCKS, st.data())
def test_a_changed_word_of_a_report_is_marked(number: int, data: st.DataObject) -> None:
    words = SAMPLE.blocks[number].span.of(SAMPLE.text).split(" ")[:30]
    at = data.draw(st.integers(0, len(words) - 1))
    found = verify_quotation(" ".join([*words[:at], "elephants", *words[at + 1 :]]), [SAMPLE])
    assert found.verdict in {Verdict.DIFFERS, Verdict.ABSENT}
    for place in found.places[:1]:
        assert any("elephants" in piece.quoted for piece in place.match.pieces)
    if len(words) > 6:
        assert found.verdict is Verdict.DIFFERS
