"""Judgements are kept as a question set: one line a question and assessor, none lost."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.judging import (
    Judgement,
    JudgementFile,
    Lines,
    Verdict,
    apply_judgement,
    merge_lines,
    quote_passage,
)
from eval.questionset import check_question_set, read_question_set, shelve_reports
from ingest.errors import QuestionSetError, SettingError
from ingest.markdown import parse_markdown
from ingest.quotation import find_quote
from ingest.span import Span

REPORT = parse_markdown(
    "# Lamps\n\n## One\n\nThe lamp is lit. The oil is low.\n\n## Two\n\nThe lamp is lit.\n\n"
    "The keeper sleeps.\n",
    "lamps.md",
)
FIRST = {"report": "lamps.md", "quote": "The oil is low."}
SECOND = {"report": "lamps.md", "quote": "The keeper sleeps."}
PASSAGES = st.sampled_from([FIRST, SECOND])


def say(verdict: Verdict, passage: dict[str, str] | None = None, who: str = "A") -> Judgement:
    return Judgement("Is the lamp lit?", verdict, who, "2026-11-23", passage)


def judgements() -> st.SearchStrategy[Judgement]:
    about = st.builds(
        say, st.sampled_from([Verdict.RELEVANT, Verdict.NOT_RELEVANT, Verdict.UNDO]), PASSAGES
    )
    whole = st.builds(say, st.sampled_from([Verdict.UNANSWERABLE, Verdict.UNDO]))
    return st.one_of(about, whole)


def only(lines: Lines) -> dict[str, object]:
    (line,) = lines.values()
    return line


@given(st.lists(judgements(), max_size=12))
def test_whatever_is_judged_the_line_never_contradicts_itself(said: list[Judgement]) -> None:
    lines: Lines = {}
    for one in said:
        lines = apply_judgement(lines, one)
    assert len(lines) <= 1
    for line in lines.values():
        answers, rejected = line["answers"], line["rejected"]
        assert not [one for one in answers if one in rejected]
        assert len(answers) == len({one["quote"] for one in answers})
        assert (line["answerable"] is True) == bool(answers)
        assert answers or rejected or line["answerable"] is False


@given(st.lists(judgements(), max_size=6), judgements())
def test_judging_twice_is_judging_once(said: list[Judgement], last: Judgement) -> None:
    lines: Lines = {}
    for one in said:
        lines = apply_judgement(lines, one)
    once = apply_judgement(lines, last)
    twice = apply_judgement(once, last)
    assert {k: sort(v) for k, v in once.items()} == {k: sort(v) for k, v in twice.items()}


def sort(line: dict[str, object]) -> str:
    return json.dumps(line, sort_keys=True)


def test_what_is_undone_leaves_no_line() -> None:
    lines = apply_judgement({}, say(Verdict.RELEVANT, FIRST))
    assert apply_judgement(lines, say(Verdict.UNDO, FIRST)) == {}
    lines = apply_judgement({}, say(Verdict.UNANSWERABLE))
    assert apply_judgement(lines, say(Verdict.UNDO)) == {}


def test_two_assessors_have_each_their_line_and_one_spells_as_they_like() -> None:
    lines = apply_judgement({}, say(Verdict.RELEVANT, FIRST))
    lines = apply_judgement(lines, say(Verdict.UNANSWERABLE, who="B"))
    again = replace(say(Verdict.NOT_RELEVANT, SECOND), question=" IS  the lamp lit? ", assessor="a")
    lines = apply_judgement(lines, again)
    assert len(lines) == 2


@pytest.mark.parametrize("verdict", [Verdict.RELEVANT, Verdict.NOT_RELEVANT])
def test_a_passage_must_be_named_where_one_is_judged(verdict: Verdict) -> None:
    with pytest.raises(SettingError, match="passage"):
        say(verdict)


def test_words_that_stand_twice_are_quoted_with_more_around_them() -> None:
    at = REPORT.text.rindex("The lamp is lit.")
    passage = quote_passage(REPORT, Span(at, at + len("The lamp is lit.")), "lamps.md")
    (found,) = find_quote(REPORT, passage["quote"])
    assert found.covers(Span(at, at + 10))


@pytest.mark.parametrize("span", [Span(0, 99_999), Span(3, 3)])
def test_a_place_without_words_cannot_be_judged(span: Span) -> None:
    with pytest.raises(SettingError, match="no passage"):
        quote_passage(REPORT, span, "lamps.md")


def test_the_file_is_a_question_set_that_can_be_asked(tmp_path: Path) -> None:
    file = JudgementFile(tmp_path)
    file.judge(say(Verdict.RELEVANT, FIRST))
    file.judge(replace(say(Verdict.UNANSWERABLE), question="Who pays?"))
    file.judge(replace(say(Verdict.NOT_RELEVANT, SECOND), question="Where is the keeper?"))
    library = shelve_reports([REPORT])
    assert check_question_set(file.path, library) == []
    asked = read_question_set(file.path, library)
    assert [question.text for question in asked.questions] == ["Is the lamp lit?", "Who pays?"]


def test_many_at_once_lose_nothing(tmp_path: Path) -> None:
    file = JudgementFile(tmp_path)

    def judge(number: int) -> None:
        file.judge(replace(say(Verdict.RELEVANT, FIRST), question=f"Question {number}?"))

    threads = [threading.Thread(target=judge, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {line["question"] for line in file.read().values()} == {
        f"Question {number}?" for number in range(12)
    }
    assert {path.name for path in tmp_path.iterdir()} <= {"judgements.jsonl", "judgements.lock"}


@pytest.mark.parametrize(
    "damage",
    ["{broken", '"text"', '{"question": ""}', '{"question": "Q?", "answers": [1]}',
     '{"question": "Q?", "answerable": "perhaps"}'],
)  # fmt: skip
def test_a_damaged_file_is_told_by_line_and_stays_as_it_is(tmp_path: Path, damage: str) -> None:
    file = JudgementFile(tmp_path)
    file.judge(say(Verdict.RELEVANT, FIRST))
    file.path.write_text(file.path.read_text("utf-8") + damage + "\n", encoding="utf-8")
    before = file.path.read_bytes()
    with pytest.raises(QuestionSetError, match="line 2"):
        file.judge(say(Verdict.UNANSWERABLE, who="B"))
    assert file.path.read_bytes() == before


def test_what_is_exported_can_be_imported_elsewhere_and_counts_once(tmp_path: Path) -> None:
    here, there = JudgementFile(tmp_path / "a"), JudgementFile(tmp_path / "b")
    for file in (here, there):
        file.folder.mkdir()
    here.judge(say(Verdict.RELEVANT, FIRST))
    here.judge(say(Verdict.UNANSWERABLE, who="B"))
    exported = tmp_path / "exported.jsonl"
    exported.write_text(here.export(), encoding="utf-8")
    merged = there.merge(exported)
    assert (merged.added, merged.known, merged.replaced) == (2, 0, 0)
    assert there.read() == here.read()
    merged = there.merge(exported)
    assert (merged.added, merged.known, merged.replaced) == (0, 2, 0)


def test_of_two_lines_the_later_one_counts() -> None:
    old = apply_judgement({}, replace(say(Verdict.RELEVANT, FIRST), date="2026-01-01"))
    new = apply_judgement({}, replace(say(Verdict.UNANSWERABLE), date="2026-02-01"))
    assert only(merge_lines(old, new)[0])["answerable"] is False
    merged, counted = merge_lines(new, old)
    assert only(merged)["answerable"] is False
    assert counted.known == 1
