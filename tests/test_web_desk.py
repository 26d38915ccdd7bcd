"""Every way that asking can go becomes a part of the page."""

import logging
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.asked import Asked, read_asked
from app.desk import Desk
from app.examples import SAMPLE_QUESTIONS, choose_questions
from app.problems import describe_problem
from index.answer import Answer
from index.catalogue import ReportSummary
from index.scope import EVERYTHING, Scope
from index.search import Index
from ingest.errors import (
    EncoderError,
    IndexCorruptError,
    IndexMissingError,
    ModelMismatchError,
    QuestionError,
    ReportQAError,
)
from ingest.report import Report

FOLDER = "/home/someone/private folder/index"


class Failing:
    """An index where everything fails in one way."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def ask(self, question: str, k: int = 5, scope: Scope = EVERYTHING) -> Answer:  # noqa: ARG002  (the index's signature)
        raise self.error

    def ask_each(self, question: str, scope: Scope = EVERYTHING) -> dict[str, Answer]:  # noqa: ARG002  (likewise)
        raise self.error

    def report(self, name: str) -> Report:  # noqa: ARG002  (likewise)
        raise self.error

    def reports(self) -> Sequence[ReportSummary]:
        return ()

    def refresh(self) -> bool:
        return False


class Unrefreshed:
    """An index that answers, but whose newest state cannot be opened."""

    def __init__(self, index: Index) -> None:
        self.ask = index.ask
        self.ask_each = index.ask_each
        self.report = index.report
        self.reports = index.reports

    def refresh(self) -> bool:
        raise IndexCorruptError(f"{FOLDER} is damaged")


def test_a_question_of_white_space_gets_a_hint_and_leaves_the_results(sample_index: Index) -> None:
    reply = Desk(sample_index).ask(read_asked(" \n\t "))
    assert "Type a question first" in reply.hint
    assert reply.results is None


def test_an_address_without_a_question_shows_the_beginning(sample_index: Index) -> None:
    reply = Desk(sample_index).open(read_asked(""))
    assert reply.results is not None
    assert SAMPLE_QUESTIONS[0] in reply.results


def test_the_count_is_the_number_of_passages(sample_index: Index) -> None:
    reply = Desk(sample_index).ask(read_asked("What is the Lighthouse?", 3))
    assert reply.results is not None
    assert reply.results.count("<article") == 3


@pytest.mark.parametrize("question", ["? ! ?", "word " * 10_000])
def test_a_question_that_cannot_be_asked_is_told_why(sample_index: Index, question: str) -> None:
    with pytest.raises(QuestionError) as refused:
        sample_index.ask(question)
    reply = Desk(sample_index).ask(read_asked(question))
    assert reply.results is not None
    assert "That question could not be asked" in reply.results
    assert str(refused.value)[1:].split("'")[0] in reply.results


@pytest.mark.parametrize(
    "error",
    [
        IndexMissingError(f"no index in {FOLDER}"),
        IndexCorruptError(f"{FOLDER} is damaged"),
        ModelMismatchError(f"{FOLDER} was built with another model"),
        EncoderError(f"cannot load {FOLDER}"),
        RuntimeError(f"Traceback (most recent call last) {FOLDER}"),
    ],
)
def test_no_path_and_no_trace_reaches_the_page_and_the_log_has_them(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "reportqa"):
        reply = Desk(Failing(error)).ask(read_asked("What?"))
    assert reply.results is not None
    assert 'data-state="problem"' in reply.results
    assert "private folder" not in reply.results
    assert "Traceback" not in reply.results
    assert FOLDER in caplog.text


def every_error(kind: type[ReportQAError]) -> list[type[ReportQAError]]:
    return [kind, *(found for below in kind.__subclasses__() for found in every_error(below))]


@pytest.mark.parametrize("kind", every_error(ReportQAError))
def test_every_error_of_ours_has_words_for_the_page(kind: type[ReportQAError]) -> None:
    problem = describe_problem(kind("the question is too long"))
    assert problem.heading
    assert problem.advice.endswith(".")


def test_where_the_newest_index_cannot_be_opened_the_open_one_answers(
    sample_index: Index, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "reportqa"):
        reply = Desk(Unrefreshed(sample_index)).ask(read_asked("What is the Lighthouse?"))
    assert reply.results is not None
    assert reply.results.count("<article") == 5
    assert "still answering from the index as it was" in caplog.text


def test_examples_are_about_the_shipped_report_or_not_shown(sample_index: Index) -> None:
    mine = ReportSummary("r", "Mine", "mine.md", str(Path("mine.md")), 0, 1, ())
    assert choose_questions(sample_index.reports()) == SAMPLE_QUESTIONS
    assert choose_questions((mine,)) == ()


@pytest.mark.parametrize("question", SAMPLE_QUESTIONS)
def test_every_example_is_answered(sample_index: Index, question: str) -> None:
    assert sample_index.ask(question).answered


def test_the_sections_of_the_only_report_are_on_offer(sample_index: Index) -> None:
    html = Desk(sample_index).write_filters(Asked(""))
    assert "Leadership" in html or "leaders" in html
    assert "The best passage of each report" not in html


def test_a_section_is_searched_alone(sample_index: Index) -> None:
    path = sample_index.ask("What is the Lighthouse?").hits[0].section
    asked = Asked("What is the Lighthouse?", 20, Scope(section=path))
    reply = Desk(sample_index).ask(asked)
    assert reply.results is not None
    inside = sample_index.ask(asked.question, 20, asked.scope).hits
    assert reply.results.count("<article") == len(inside)
    assert {hit.section[: len(path)] for hit in inside} == {path}


def test_each_report_is_asked_by_itself(sample_index: Index) -> None:
    reply = Desk(sample_index).ask(Asked("What is the Lighthouse?", each=True))
    assert reply.results is not None
    assert "1 of 1 report answers" in reply.results
