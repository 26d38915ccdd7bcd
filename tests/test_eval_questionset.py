"""Question sets: what they hold, and what is wrong with them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from eval.asking import Asked, judge
from eval.marking import QuoteMarking
from eval.questionset import (
    Library,
    check_question_set,
    read_question_set,
    sample_questions,
    shelve_reports,
)
from index.answer import Answer, Hit, Quote
from ingest.builder import ReportBuilder
from ingest.errors import QuestionSetError
from ingest.registry import read_report
from ingest.report import BlockKind, Box, Page, Region, Report
from ingest.sample import sample_reports
from ingest.span import Span


def make_report() -> Report:
    """Return a report of two pages; "It rained." stands on both."""
    builder = ReportBuilder("weather.md")
    spans = []
    for number in (1, 2):
        builder.add(BlockKind.HEADING, f"Day {number}", level=1)
        spans.append(builder.add(BlockKind.PARAGRAPH, f"It rained. Wind came up on day {number}."))
    regions = [
        Region(span, page, Box(0, 0, 1, 1))
        for page, span in enumerate(spans, 1)
        if span is not None
    ]
    pages = [Page(number, str(number + 6), 100, 100) for number in (1, 2)]
    return builder.build(title="Weather", pages=pages, regions=regions)


@pytest.fixture
def library() -> Library:
    return shelve_reports([make_report()])


def line(**changes: Any) -> dict[str, Any]:
    """Return a line that is right, changed."""
    answer = {"report": "weather.md", "quote": "Wind came up on day 1."}
    plain = {"id": "q", "question": "What came up?", "answerable": True, "answers": [answer]}
    return {**plain, **changes}


def quoting(quote: str, **others: Any) -> list[dict[str, Any]]:
    return [{"report": "weather.md", "quote": quote, **others}]


def write(path: Path, *lines: dict[str, Any] | str) -> Path:
    texts = [one if isinstance(one, str) else json.dumps(one) for one in lines]
    path.write_text("\n".join(texts), encoding="utf-8")
    return path


def test_a_set_is_read_with_its_quotes_as_spans(tmp_path: Path, library: Library) -> None:
    unanswerable = line(id="n", answerable=False, answers=[], kind="near miss")
    path = write(tmp_path / "set.jsonl", line(), "", unanswerable)
    dataset = read_question_set(path, library)
    first, second = dataset.questions
    report = make_report()
    assert [gold.span.of(report.text) for gold in first.answers] == ["Wind came up on day 1."]
    assert first.answers[0].page == 1
    assert (second.kind, second.answerable) == ("near miss", False)
    assert check_question_set(path, library) == []


def test_the_page_tells_two_places_of_the_same_words_apart(
    tmp_path: Path, library: Library
) -> None:
    path = write(tmp_path / "set.jsonl", line(answers=quoting("It rained.", page=2)))
    (question,) = read_question_set(path, library).questions
    assert question.answers[0].page == 2
    assert question.answers[0].span.start > 40


def test_a_set_may_name_a_report_by_title_or_id(tmp_path: Path, library: Library) -> None:
    for name in ("Weather", make_report().id, make_report().id[:6]):
        answers = [{"report": name, "quote": "on day 2"}]
        path = write(tmp_path / "set.jsonl", line(answers=answers))
        assert read_question_set(path, library).questions[0].answers


MISTAKES = [
    ('{"id": "q", ', "not JSON"),
    ("[1]", "not a JSON object"),
    ("[" * 100_000, "nested too deeply"),
    (line(id=""), "'id' is missing"),
    (line(question=" "), "'question' is missing"),
    (line(question="x" * 3000), "3,000 characters"),
    (line(question="???"), "no word"),
    (line(answerable="yes"), "'answerable'"),
    (line(answers=[]), "answerable and has no answer"),
    (line(answerable=False), "not answerable and has answers"),
    (line(answerable=False, answers=[], kind="answerable"), "contradicts"),
    (line(answers="Wind"), "not a list"),
    (line(answers=[{"report": "weather.md"}]), "'report' and 'quote'"),
    (line(answers=quoting("It snowed.")), "'It snowed.' is not in the report"),
    (line(answers=quoting("It rained.")), "found 2 times"),
    (line(answers=quoting("on day 1", page=2)), "not on page 2 but on 1"),
    (line(answers=quoting("on day 1", page="7")), "'page' is not a number"),
    (line(answers=quoting("on day 1", passage=3)), "unknown property 'passage'"),
    (line(answers=[{"report": "snow.md", "quote": "x"}]), "no report goes by 'snow.md'"),
    (line(anwsers=[]), "unknown property 'anwsers'"),
]


@pytest.mark.parametrize(("wrong", "says"), MISTAKES, ids=[says for _, says in MISTAKES])
def test_a_mistake_names_file_and_line(
    wrong: dict[str, Any] | str, says: str, tmp_path: Path, library: Library
) -> None:
    path = write(tmp_path / "set.jsonl", *(line(id=str(at)) for at in range(36)), wrong)
    with pytest.raises(QuestionSetError) as caught:
        read_question_set(path, library)
    message = str(caught.value)
    assert says in message
    assert f"{path}, line 37" in message
    assert "\n" not in message


def test_a_quote_that_is_not_found_names_its_question(tmp_path: Path, library: Library) -> None:
    path = write(tmp_path / "set.jsonl", line(id="snow", answers=quoting("It snowed.")))
    with pytest.raises(QuestionSetError, match="question 'snow'"):
        read_question_set(path, library)


def test_an_id_that_is_there_twice_names_both_lines(tmp_path: Path, library: Library) -> None:
    path = write(tmp_path / "set.jsonl", line(), line())
    with pytest.raises(QuestionSetError, match=r"line 2: the id 'q' is that of line 1"):
        read_question_set(path, library)


@pytest.mark.parametrize("content", ["", "\n \n"])
def test_an_empty_set_is_an_error(content: str, tmp_path: Path, library: Library) -> None:
    path = write(tmp_path / "set.jsonl", content)
    with pytest.raises(QuestionSetError, match="there is no question in it"):
        read_question_set(path, library)
    assert check_question_set(path, library) == [f"{path}: there is no question in it"]


def test_bytes_that_are_not_utf8_name_their_line(tmp_path: Path, library: Library) -> None:
    path = tmp_path / "set.jsonl"
    path.write_bytes(b'{"id": "q"}\n{"id": "\xff"}\n')
    with pytest.raises(QuestionSetError, match="line 2: not UTF-8"):
        read_question_set(path, library)


def test_checking_lists_every_mistake(tmp_path: Path, library: Library) -> None:
    path = write(
        tmp_path / "set.jsonl", line(answers=quoting("It snowed.")), line(), line(), line(id="")
    )
    mistakes = check_question_set(path, library)
    assert [mistake.split(":")[0] for mistake in mistakes] == [
        f"{path}, line {number}" for number in (1, 3, 4)
    ]


def test_checking_says_when_nothing_is_answerable(tmp_path: Path, library: Library) -> None:
    path = write(tmp_path / "set.jsonl", line(answerable=False, answers=[]))
    assert check_question_set(path, library) == [f"{path}: no question in it is answerable"]


def make_hit(rank: int, start: int, end: int, marked: tuple[int, int], page: int | None) -> Hit:
    report = make_report()
    return Hit(
        rank=rank,
        score=1 / rank,
        signals={},
        report=report.id,
        title="",
        source="",
        section=(),
        page=page,
        page_label=None,
        locator="",
        quote=Quote(Span(start, end), report.text[start:end]),
        highlight=Quote(Span(*marked), report.text[slice(*marked)]),
        citation="",
    )


def judge_hits(path: Path, library: Library, *hits: Hit) -> dict[str, float]:
    dataset = read_question_set(path, library)
    answer = Answer("What came up?", answered=False, confidence=0.0, sentences=(), hits=hits)
    outcome = judge(dataset, dataset.questions[0], Asked(answer, 1.0))
    return {"rank": outcome.rank or 0, **outcome.marks}


def test_a_hit_answers_when_it_contains_the_quote_however_reports_are_cut(
    tmp_path: Path, library: Library
) -> None:
    path = write(tmp_path / "set.jsonl", line())
    text = make_report().text
    start, end = text.index("It rained."), text.index("Day 2") - 2
    wind = text.index("Wind")
    whole = judge_hits(path, library, make_hit(1, start, end, (wind, end), 1))
    assert whole == {
        "rank": 1,
        "answer_sentence@1": 1.0,
        "overlap@5": 1.0,
        "section@1": 1.0,
        "page@1": 1.0,
    }
    wrong_sentence = judge_hits(path, library, make_hit(1, start, end, (start, start + 10), 2))
    assert wrong_sentence["rank"] == 1
    assert wrong_sentence["answer_sentence@1"] == wrong_sentence["page@1"] == 0.0
    half = judge_hits(path, library, make_hit(1, start, wind + 11, (start, start + 10), 1))
    assert half["rank"] == 0
    assert half["overlap@5"] == pytest.approx(0.5)


def test_a_second_passage_with_the_same_quote_earns_nothing(
    tmp_path: Path, library: Library
) -> None:
    path = write(tmp_path / "set.jsonl", line())
    dataset = read_question_set(path, library)
    text = make_report().text
    wind, end = text.index("Wind"), text.index("Day 2") - 2
    hits = [
        make_hit(1, 0, 5, (0, 5), 1),
        make_hit(2, wind, end, (wind, end), 1),
        make_hit(3, wind - 11, end, (wind, end), 1),
    ]
    (need,) = dataset.questions[0].needs
    ranking = dataset.marking.rank(hits, need)
    assert len(ranking) == 3
    assert [one.document in need.grades for one in ranking] == [False, True, False]


def test_the_shipped_set_is_what_it_promises() -> None:
    reports = [read_report(path) for path in sample_reports()]
    library = shelve_reports(reports)
    assert check_question_set(sample_questions(), library) == []
    dataset = read_question_set(sample_questions(), library)
    kinds = Counter(question.kind for question in dataset.questions)
    unanswerable = sum(kinds.values()) - kinds["answerable"]
    assert len(dataset.questions) >= 40
    assert unanswerable >= 12
    assert kinds["near miss"] * 2 >= unanswerable
    assert sum(len(question.needs) > 1 for question in dataset.questions) >= 4
    assert isinstance(dataset.marking, QuoteMarking)


def test_the_shipped_questions_are_not_copied_from_the_report() -> None:
    reports = [read_report(path) for path in sample_reports()]
    dataset = read_question_set(sample_questions(), shelve_reports(reports))
    text = " ".join(report.text.casefold() for report in reports)
    for question in dataset.questions:
        words = question.text.casefold().strip("?").split()
        runs = [" ".join(words[at : at + 5]) for at in range(len(words) - 4)]
        assert not any(run in text for run in runs), question.text
