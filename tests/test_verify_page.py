"""What the page shows for quotations, without a browser."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from app.service import Searcher, Service
from app.verify_desk import MOST_CODE_POINTS, VerifyDesk
from app.verify_markup import Looked, mark_differences, write_checked
from app.verifying import Checked, Claim, check_paste
from index.folder import IndexFolder
from index.settings import Settings
from index.verification import Verification, verify_quotation
from ingest.agreement import Verdict
from ingest.builder import ReportBuilder
from ingest.report import BlockKind, Report

EXACT = "the model has the needs of children at its heart"
OTHER = "every force had made some progress"
LOOKED = Looked(reports=2, pages=10, pages_read=7)


def make_report(words: str) -> Report:
    builder = ReportBuilder("<b>made</b>.md")
    builder.add(BlockKind.PARAGRAPH, words)
    return builder.build(title="<b>Made</b>")


def show(quote: str, words: str) -> str:
    verification = verify_quotation(quote, [make_report(words)])
    return write_checked([Checked(Claim(quote), verification)], LOOKED)


def make_desk(folder: Path) -> VerifyDesk:
    # The desk asks the catalogue, never the searcher.
    return VerifyDesk(Service(cast("Searcher", None), IndexFolder(folder), Settings()))


def verdicts(folder: Path, text: str) -> list[tuple[str, Verdict]]:
    checked = check_paste(IndexFolder(folder), text)
    return [(one.claim.where, one.verification.verdict) for one in checked]


def test_both_wordings_are_shown_and_read_out() -> None:
    report = make_report("The force is not ready for winter.")
    (place,) = verify_quotation("The force is now ready for winter", [report]).places
    assert mark_differences(place.match) == (
        'The force is <del><span class="rq-unseen">[in the quotation: </span>now'
        '<span class="rq-unseen">]</span></del> <ins><span class="rq-unseen">[in the report: '
        '</span>not<span class="rq-unseen">]</span></ins> ready for winter'
    )


def test_words_of_reports_and_quotations_are_escaped() -> None:
    words = 'The <script>alert(1)</script> & the "force" is not ready for winter.'
    for quote in (words, words.replace("not", "<img src=x onerror=alert(2)>"), f"<i>{words}"):
        page = show(quote, words)
        for tag in ("<script", "<img", "<i>", "<b>"):
            assert tag not in page
    assert "&lt;b&gt;Made&lt;/b&gt;" in show(words, words)


def test_a_place_leads_to_the_reader() -> None:
    report = make_report("Before. The force is not ready.")
    page = write_checked(
        [Checked(Claim("force is not"), verify_quotation("force is not", [report]))], LOOKED
    )
    assert f'href="./reports/{report.id}?mark=12-24"' in page
    assert report.text[12:24] == "force is not"


def test_an_absent_quotation_says_what_could_not_be_searched() -> None:
    page = show("Colourless green ideas sleep", "The force is not ready.")
    assert 'data-verdict="absent"' in page
    assert "Not in these reports" in page
    assert "2 reports" in page
    assert "Only 7 of 10 pages could be read" in page
    whole = write_checked(
        [Checked(Claim("a"), Verification("a", Verdict.ABSENT, (), 0))], Looked(1, 10, 10)
    )
    assert "1 report " in whole
    assert "Only" not in whole


def test_several_quotations_are_counted() -> None:
    found = [
        Checked(Claim(quote), verify_quotation(quote, [make_report("The force is not ready.")]))
        for quote in ("force is not", "Never said by anyone")
    ]
    assert "1 of 2 quotations stand in these reports" in write_checked(found, LOOKED)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (EXACT, [("", Verdict.EXACT)]),
        (f"  {EXACT}\n", [("", Verdict.EXACT)]),
        ("the model has the needs\nof chil-\ndren at its heart", [("", Verdict.TYPOGRAPHY)]),
        (f"{EXACT}\n{OTHER}", [("line 1", Verdict.EXACT), ("line 2", Verdict.EXACT)]),
        ("the model has the needs\nof boys at its heart", [("", Verdict.DIFFERS)]),
        (f"{EXACT}\nNever said by anyone here",
         [("line 1", Verdict.EXACT), ("line 2", Verdict.ABSENT)]),
        (f"the model has the\nneeds of children\n\n{OTHER}",
         [("line 1", Verdict.TYPOGRAPHY), ("line 4", Verdict.EXACT)]),
    ],
)  # fmt: skip
def test_what_was_pasted_is_parted_as_it_was_meant(
    sample_dir: Path, text: str, expected: list[tuple[str, Verdict]]
) -> None:
    assert verdicts(sample_dir, text) == expected


def test_a_page_full_of_lines_is_checked_line_by_line(sample_dir: Path) -> None:
    lines = [EXACT, *(f"Colourless green ideas number {at} sleep furiously" for at in range(180))]
    text = "\n".join([*lines, "x" * 5000])
    found = verdicts(sample_dir, text)
    assert len(text) > 10_000
    assert found[0] == ("line 1", Verdict.EXACT)
    assert {verdict for _, verdict in found[1:]} == {Verdict.ABSENT}


def test_nothing_to_check_changes_nothing(sample_dir: Path) -> None:
    assert make_desk(sample_dir).check(" \n ") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("???", "The quotation holds no word."),
        (f"{EXACT}\n\n???", "Line 3: the quotation holds no word."),
        ("a " * MOST_CODE_POINTS, "are the most here"),
        ("a\n" * 1000, "in 1,000 lines"),
    ],
)
def test_what_cannot_be_checked_is_said(sample_dir: Path, text: str, said: str) -> None:
    page = make_desk(sample_dir).check(text)
    assert page is not None
    assert 'data-state="problem"' in page
    assert "This cannot be checked" in page
    assert said in page


def test_a_missing_index_is_a_problem_without_a_path(tmp_path: Path) -> None:
    page = make_desk(tmp_path).check(EXACT)
    assert page is not None
    assert "There is no index yet" in page
    assert str(tmp_path) not in page


def test_an_unexpected_error_shows_no_trace(
    sample_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("/secret/path")

    monkeypatch.setattr("app.verify_desk.check_paste", fail)
    page = make_desk(sample_dir).check(EXACT)
    assert page is not None
    assert "secret" not in page
    assert "Something went wrong" in page
