"""Question sets asked of a served index in the background, and what the tab shows of that."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.evaluate_desk import EvaluateDesk, Shown
from app.evaluate_failures import gather_failures
from app.evaluate_runs import RunShelf
from app.evaluate_sets import MOST, SetShelf
from app.evaluating import (
    Evaluator,
    Job,
    State,
    Variation,
    read_variation,
    tell_problem,
    vary_settings,
)
from app.service import Service
from eval.comparison import compare_runs
from eval.outcome import Run
from eval.payload import summary_to_json
from eval.questionset import sample_questions
from eval.record import load_run
from index import open_index
from index.answer import Answer
from index.folder import IndexFolder
from index.scope import EVERYTHING, Scope
from index.search import Index
from index.settings import Settings
from ingest.errors import (
    EvaluationError,
    IndexMissingError,
    QuestionSetError,
    ReportNotFoundError,
    SettingError,
)
from tests.eval_data import make_outcome, make_run

HOSTILE = '<img src=x onerror="hacked()">'


@pytest.fixture
def index_dir(sample_dir: Path, tmp_path: Path) -> Path:
    """A copy of the sample's index that a test may write beside."""
    return Path(shutil.copytree(sample_dir, tmp_path / "index"))


@pytest.fixture
def service(index_dir: Path) -> Iterator[Service]:
    with open_index(index_dir) as opened:
        yield Service(opened, IndexFolder(index_dir), opened.settings)


@pytest.fixture
def evaluator(service: Service) -> Evaluator:
    return Evaluator(service)


def shipped_lines(*names: str) -> str:
    """The shipped questions of these ids; all where none is named."""
    lines = sample_questions().read_text("utf-8").splitlines()
    kept = [line for line in lines if not names or json.loads(line)["id"] in names]
    assert len(kept) == (len(names) or len(lines))
    return "".join(f"{line}\n" for line in kept)


def judge_few(index_dir: Path) -> str:
    """Leave a few questions as judgements, and return the set's key."""
    names = ("committed", "translation", "decisions", "wales", "services", "heart")
    unanswerable = [one for one in shipped_lines().splitlines() if '"answerable": false' in one]
    few = shipped_lines(*names) + "".join(f"{one}\n" for one in unanswerable[:4])
    (index_dir / "judgements.jsonl").write_text(few, "utf-8")
    return "judged"


def plain(evaluator: Evaluator) -> Variation:
    return vary_settings(evaluator.settings)


def wait(evaluator: Evaluator) -> Job:
    """Wait until the evaluation has ended."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.name.startswith("evaluation"):
            thread.join(120)
    assert evaluator.job.state is not State.RUNNING
    return evaluator.job


def run_set(evaluator: Evaluator, key: str = "sample", **changes: Any) -> str:
    """Evaluate a set and return the name of the saved run."""
    evaluator.start(key, replace(plain(evaluator), **changes))
    job = wait(evaluator)
    assert job.state is State.DONE, job
    return job.run


def hold_questions(monkeypatch: pytest.MonkeyPatch) -> threading.Semaphore:
    """Let an evaluation ask a question only when the semaphore is released."""
    steps = threading.Semaphore(0)
    ask = Index.ask

    def held(self: Index, question: str, k: int = 5, scope: Scope = EVERYTHING) -> Answer:
        if threading.current_thread().name.startswith("evaluation"):
            assert steps.acquire(timeout=60)
        return ask(self, question, k, scope)

    monkeypatch.setattr(Index, "ask", held)
    return steps


def test_the_shipped_set_is_on_offer_where_its_report_is_indexed(evaluator: Evaluator) -> None:
    (only,) = evaluator.list_sets()
    lines = [json.loads(line) for line in shipped_lines().splitlines()]
    assert (only.key, only.mistakes) == ("sample", ())
    assert only.questions == len(lines)
    assert only.answerable == sum(line["answerable"] for line in lines)


def test_judgements_are_a_question_set_as_soon_as_they_are_there(evaluator: Evaluator) -> None:
    assert [one.key for one in evaluator.list_sets()] == ["sample"]
    path = evaluator.service.folder.path / "judgements.jsonl"
    path.write_text(shipped_lines("committed", "progress"), "utf-8")
    judged = evaluator.list_sets()[1]
    assert (judged.key, judged.questions, judged.mistakes) == ("judged", 2, ())
    path.write_text(shipped_lines("committed"), "utf-8")
    assert evaluator.list_sets()[1].questions == 1


def test_a_run_is_the_file_and_the_figures_that_the_command_makes(
    evaluator: Evaluator, tmp_path: Path
) -> None:
    name = run_set(evaluator)
    index_dir = evaluator.service.folder.path
    saved = index_dir / "runs" / f"{name}.json"
    theirs = tmp_path / "theirs.json"
    arguments = ["eval", sample_questions(), "--index", index_dir, "--save", theirs, "--json"]
    called = CliRunner().invoke(cli, [str(one) for one in arguments])
    ours, command = load_run(saved), load_run(theirs)
    assert (ours.dataset, ours.digest) == (command.dataset, command.digest)
    assert ours.settings == command.settings
    assert [strip_time(one) for one in ours.outcomes] == [
        strip_time(one) for one in command.outcomes
    ]
    shown = json.loads(json.dumps(summary_to_json(evaluator.summarise(name))))
    assert shown["measures"] == json.loads(called.stdout)["measures"]
    assert shown["abstention"] == json.loads(called.stdout)["abstention"]


def strip_time(outcome: Any) -> Any:
    return replace(outcome, latency_ms=0.0)


def test_settings_change_a_run_and_neither_the_index_nor_the_answers_in_ask(
    evaluator: Evaluator,
) -> None:
    question = json.loads(shipped_lines("committed"))["question"]
    before = evaluator.service.searcher.ask(question)
    weights = replace(plain(evaluator).weights, tokens=0.0, near=0.0, sentence=0.0)
    few = judge_few(evaluator.service.folder.path)
    first = run_set(evaluator, few)
    second = run_set(evaluator, few, weights=weights, threshold=0.0, depth=12)
    kept = evaluator.runs.load(second).settings
    assert kept["weights"] == {
        "dense": 0.2,
        "bm25": 0.2,
        "reranker": 3.0,
        "tokens": 0.0,
        "near": 0.0,
        "sentence": 0.0,
    }
    assert (kept["threshold"], kept["depth"]) == (0.0, 12)
    assert all(one.answered for one in evaluator.runs.load(second).outcomes if one.hits)
    assert evaluator.service.searcher.ask(question) == before
    comparison = evaluator.compare(first, second)
    expected = compare_runs(evaluator.runs.load(first), {second: evaluator.runs.load(second)})
    assert comparison == expected[0]
    assert comparison.won or comparison.lost


def test_progress_counts_questions_and_asking_goes_on_meanwhile(
    evaluator: Evaluator, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = judge_few(evaluator.service.folder.path)
    steps = hold_questions(monkeypatch)
    evaluator.start(few, plain(evaluator))
    assert evaluator.job.state is State.RUNNING
    assert evaluator.service.searcher.ask("What is the Lighthouse?").hits
    with pytest.raises(EvaluationError, match="under way"):
        evaluator.start(few, plain(evaluator))
    steps.release(1000)
    job = wait(evaluator)
    assert (job.state, job.done, job.total) == (State.DONE, 10, 10)


def test_a_cancelled_run_stops_at_once_and_leaves_nothing(
    evaluator: Evaluator, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = judge_few(evaluator.service.folder.path)
    steps = hold_questions(monkeypatch)
    evaluator.start(few, plain(evaluator))
    steps.release(4)  # one that warms up, and three
    evaluator.cancel()
    steps.release(1)
    job = wait(evaluator)
    assert job.state is State.CANCELLED
    assert job.done < 5
    assert evaluator.list_runs() == ()
    steps.release(1000)
    assert run_set(evaluator, few)


def test_an_index_that_fails_ends_the_run_and_says_so(
    evaluator: Evaluator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Answer:
        raise IndexMissingError("/home/someone/index is gone")

    monkeypatch.setattr(Index, "ask", fail)
    evaluator.start("sample", plain(evaluator))
    job = wait(evaluator)
    assert job.state is State.FAILED
    assert job.problem is not None
    assert "/home" not in job.problem.heading + job.problem.advice
    assert evaluator.list_runs() == ()


def test_an_uploaded_set_is_kept_once_under_a_plain_name(evaluator: Evaluator) -> None:
    text = shipped_lines("committed", "progress")
    kept = evaluator.keep_set("../../etc/Übung <b>.jsonl", text)
    folder = evaluator.service.folder.path / "questions"
    assert kept.path.parent == folder
    assert kept.name == "bung-b.jsonl"
    assert evaluator.keep_set("bung-b.jsonl", text).name == "bung-b.jsonl"
    other = evaluator.keep_set("bung-b.jsonl", shipped_lines("committed"))
    assert other.name == "bung-b-2.jsonl"
    assert sorted(path.name for path in folder.iterdir()) == ["bung-b-2.jsonl", "bung-b.jsonl"]
    assert [one.key for one in evaluator.list_sets()] == [
        "sample",
        "questions/bung-b-2.jsonl",
        "questions/bung-b.jsonl",
    ]
    name = run_set(evaluator, kept.key)
    assert [one.id for one in evaluator.runs.load(name).outcomes] == ["committed", "progress"]


BROKEN = (
    shipped_lines("committed")
    + '{"id": "wrong", "question": "Where?", "answerable": true, "answers": '
    '[{"report": "national-child-protection-inspections-2019-extract.md", "quote": "no such"}]}\n'
    + '{"id": "committed", "question": "Again?", "answerable": false}\n'
)


def test_a_broken_set_is_refused_by_line_and_not_kept(evaluator: Evaluator) -> None:
    refused = evaluator.keep_set("mine.jsonl", BROKEN)
    assert [one.partition(":")[0] for one in refused.mistakes] == [
        "mine.jsonl, line 2",
        "mine.jsonl, line 3",
    ]
    assert "the quote 'no such' is not in the report" in refused.mistakes[0]
    assert not (evaluator.service.folder.path / "questions").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no question in it"),
        ("not JSON\n", "line 1: not JSON"),
        ("[]\n", "line 1: not a JSON object"),
        ('{"id": "a", "question": "Why?", "answerable": false}\n', "no question in it is answ"),
        ("[" * 5000, "line 1"),
        ("\ud800", "line 1"),
    ],
)
def test_what_is_no_question_set_is_refused(evaluator: Evaluator, text: str, said: str) -> None:
    refused = evaluator.keep_set("mine.jsonl", text)
    assert said in refused.mistakes[0]
    assert os.sep not in refused.mistakes[0]


def test_too_large_and_too_many_sets_are_refused(
    evaluator: Evaluator, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(QuestionSetError, match="larger than 8 MB"):
        evaluator.keep_set("mine.jsonl", " " * (8 * 1024**2 + 1))
    folder = evaluator.service.folder.path / "questions"
    folder.mkdir()
    for number in range(MOST):
        (folder / f"{number}.jsonl").write_text(shipped_lines("committed"), "utf-8")
    with pytest.raises(QuestionSetError, match="already"):
        evaluator.keep_set("mine.jsonl", shipped_lines("progress"))


def test_a_set_that_no_longer_fits_is_listed_with_its_mistake_and_not_asked(
    evaluator: Evaluator,
) -> None:
    folder = evaluator.service.folder.path / "questions"
    folder.mkdir()
    (folder / "old.jsonl").write_text(BROKEN, "utf-8")
    found = evaluator.list_sets()[1]
    assert found.mistakes[0].startswith("old.jsonl, line 2")
    with pytest.raises(QuestionSetError, match="line 2"):
        evaluator.start(found.key, plain(evaluator))
    for key in ("", "questions/../../secret.jsonl", "questions/none.jsonl"):
        with pytest.raises(QuestionSetError, match="choose one"):
            evaluator.start(key, plain(evaluator))


def test_sets_and_runs_are_removed_and_nothing_else_is(evaluator: Evaluator) -> None:
    kept = evaluator.keep_set("two.jsonl", shipped_lines("committed", "progress"))
    name = run_set(evaluator, kept.key)
    secret = evaluator.service.folder.path / "secret.jsonl"
    secret.write_text("{}", "utf-8")
    for key in ("sample", "questions/../secret.jsonl", "../secret.jsonl", ""):
        evaluator.remove("set", key)
    for key in ("../secret", "", f"{name}.json"):
        evaluator.remove("run", key)
    assert secret.exists()
    assert sample_questions().exists()
    assert len(evaluator.list_sets()) == 2
    assert len(evaluator.list_runs()) == 1
    evaluator.remove("set", kept.key)
    evaluator.remove("run", name)
    assert [one.key for one in evaluator.list_sets()] == ["sample"]
    assert evaluator.list_runs() == ()
    desk = EvaluateDesk(evaluator)
    assert "no longer there" in (desk.show(name).outcome or "")
    assert desk.open(bare=True).outcome is None


def test_who_opens_the_tab_anew_sees_the_last_run_again(evaluator: Evaluator) -> None:
    evaluator.keep_set("two.jsonl", shipped_lines("committed", "progress"))
    run_set(evaluator, "questions/two.jsonl")
    desk = EvaluateDesk(evaluator)
    assert "Results on" in (desk.open(bare=True).outcome or "")
    assert desk.open().outcome is None


def test_read_only_runs_and_keeps_nothing_beside_the_index(service: Service) -> None:
    evaluator = Evaluator(replace(service, read_only=True))
    few = judge_few(service.folder.path)
    before = sorted(path.name for path in service.folder.path.iterdir())
    with pytest.raises(SettingError, match="read only"):
        evaluator.keep_set("mine.jsonl", shipped_lines("committed"))
    name = run_set(evaluator, few)
    with pytest.raises(SettingError, match="read only"):
        evaluator.remove("run", name)
    assert [one.name for one in evaluator.list_runs()] == [name]
    assert sorted(path.name for path in service.folder.path.iterdir()) == before
    desk = EvaluateDesk(evaluator)
    assert 'type="file"' not in (desk.open().sets or "")
    assert "gone when the server ends" in (desk.open().runs or "")


def test_runs_that_the_command_saved_are_listed_and_damaged_ones_say_so(tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    folder.mkdir()
    shelf = RunShelf(folder)
    name = shelf.save(make_run(make_outcome("a", ["gold"]), make_outcome("b", ["x", "gold"])))
    (folder / "mine.json").write_text("{}", "utf-8")
    os.utime(folder / "mine.json", (0, 0))
    newest, damaged = shelf.list()
    assert (newest.name, newest.questions) == (name, 2)
    assert newest.headline["mrr@10"] == pytest.approx(0.75)
    assert newest.headline["recall@1"] == pytest.approx(0.5)
    assert damaged.name == "mine"
    assert "not a saved run" in damaged.problem
    assert str(tmp_path) not in damaged.problem
    with pytest.raises(QuestionSetError, match="no longer there"):
        shelf.load("../../secret")


def test_two_runs_of_one_second_are_two_files(tmp_path: Path) -> None:
    shelf = RunShelf(tmp_path / "runs")
    run = make_run(make_outcome("a", ["gold"]))
    names = {shelf.save(run) for _ in range(5)}
    assert len(names) == 5
    assert {one.name for one in shelf.list()} == names


def test_runs_over_other_questions_are_not_compared(evaluator: Evaluator) -> None:
    runs = evaluator.runs
    first = runs.save(make_run(make_outcome("a", ["gold"])))
    second = runs.save(make_run(make_outcome("a", ["gold"]), digest="other"))
    with pytest.raises(EvaluationError, match="only runs over the same"):
        evaluator.compare(first, second)
    shown = EvaluateDesk(evaluator).compare(first, second)
    assert "only runs over the same" in (shown.outcome or "")


def test_values_of_the_form_are_read_and_those_out_of_range_refused() -> None:
    served = vary_settings(Settings())
    assert read_variation({}, served) == served
    read = read_variation({"tokens": "0", "candidates": "7", "threshold": "0.25"}, served)
    assert (read.weights.tokens, read.candidates, read.threshold) == (0.0, 7, 0.25)
    assert read.weights.dense == served.weights.dense
    nothing = dict.fromkeys(("dense", "bm25", "sentence", "near", "tokens"), "0")
    refused: Sequence[dict[str, str]] = (
        {"tokens": "-1"},
        {"tokens": "nan"},
        {"tokens": "inf"},
        {"candidates": "2.5"},
        {"candidates": "0"},
        {"finalists": ""},
        {"threshold": "1.01"},
        {"depth": "9"},
        {"depth": "101"},
        nothing,
    )
    for form in refused:
        with pytest.raises(SettingError):
            read_variation(form, served)


def test_failures_hold_the_words_of_the_report_and_where_they_stand(
    evaluator: Evaluator,
) -> None:
    run = evaluator.runs.load(run_set(evaluator, judge_few(evaluator.service.folder.path)))
    failures = gather_failures(run, evaluator.service.searcher.report)
    report = evaluator.service.searcher.report(evaluator.service.searcher.reports()[0].id)
    missed = {one.outcome.id: one for group in failures.values() for one in group}
    right = [one for one in run.outcomes if one.id not in missed]
    assert all(one.rank == 1 and one.answered for one in right if one.answerable)
    assert not any(one.answered for one in right if not one.answerable)
    answerable = [one for one in missed.values() if one.outcome.answerable]
    assert answerable
    for one in answerable:
        for wanted in one.wanted:
            assert wanted.span is not None
            assert wanted.text == report.text[wanted.span.start : wanted.span.end]
            assert report.title in wanted.citation
    assert all(one.wanted == () for one in missed.values() if not one.outcome.answerable)


def test_words_of_a_report_that_was_removed_are_those_of_the_set(evaluator: Evaluator) -> None:
    run = evaluator.runs.load(run_set(evaluator, judge_few(evaluator.service.folder.path)))

    def fetch(name: str) -> Any:
        raise ReportNotFoundError(name)

    for group in gather_failures(run, fetch).values():
        for one in group:
            assert [wanted.text for wanted in one.wanted] == [one.outcome.gold] * (
                one.outcome.answerable
            )
            assert all(wanted.span is None for wanted in one.wanted)


def show_whole(evaluator: Evaluator, run: Run) -> Shown:
    return EvaluateDesk(evaluator).show(evaluator.runs.save(run))


def test_everything_that_is_shown_is_escaped(evaluator: Evaluator) -> None:
    hit = make_outcome("a", ["gold"]).hits[0]
    missed = replace(
        make_outcome("a", ["x", "gold"], question=HOSTILE, gold=HOSTILE),
        id=HOSTILE,
        hits=(replace(hit, text=HOSTILE, citation=HOSTILE, report=HOSTILE, relevant=False),),
    )
    other = make_outcome("b", grades={}, kind=HOSTILE, answered=True, confidence=0.9)
    run = replace(make_run(missed, other), dataset=HOSTILE, settings={HOSTILE: HOSTILE})
    desk = EvaluateDesk(evaluator)
    first, second = (evaluator.runs.save(run) for _ in range(2))
    folder = evaluator.service.folder.path / "questions"
    folder.mkdir()
    (folder / "'\"><img src=x>.jsonl").write_text("not JSON", "utf-8")
    pages = [desk.show(first), desk.compare(first, second), desk.open(), desk.keep(HOSTILE, "x")]
    html = "".join(
        part or "" for page in pages for part in (page.sets, page.job, page.runs, page.outcome)
    )
    assert html.count("&lt;img") > 10
    assert "<img" not in html
    assert "<script" not in html


def test_the_tab_without_any_set_says_how_to_get_one(
    index_dir: Path, tmp_path: Path, service: Service
) -> None:
    class Bare:
        """Another report than the sample."""

        def ask(self, question: str, k: int = 5, scope: Scope = EVERYTHING) -> Answer:
            raise NotImplementedError

        def ask_each(self, question: str, scope: Scope = EVERYTHING) -> dict[str, Answer]:
            raise NotImplementedError

        def reports(self) -> tuple[()]:
            return ()

        def report(self, name: str) -> Any:
            raise ReportNotFoundError(name)

        def refresh(self) -> bool:
            return False

    shelf = SetShelf(tmp_path / "elsewhere")
    assert shelf.list(Bare()) == ()
    desk = EvaluateDesk(Evaluator(replace(service, searcher=Bare())))
    shown = desk.open()
    assert "No question set fits these reports yet" in (shown.sets or "")
    assert "judge its passages" in (shown.sets or "")
    started = desk.start("", {})
    assert "Choose one of the question sets first" in (started.job or "")
    assert not started.running


def test_the_desk_follows_a_run_to_its_results(
    evaluator: Evaluator, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = hold_questions(monkeypatch)
    few = judge_few(evaluator.service.folder.path)
    desk = EvaluateDesk(evaluator)
    started = desk.start(few, {"tokens": "0"})
    assert started.running
    assert 'data-evaluate="cancel"' in (started.job or "")
    assert desk.look().outcome is None
    assert "<progress" in (desk.look().progress or "")
    steps.release(1000)
    wait(evaluator)
    done = desk.look()
    assert not done.running
    assert done.progress == ""
    assert "Results on" in (done.outcome or "")
    assert "tokens 0" in (done.outcome or "")
    assert "recall@1" in (done.outcome or "")
    assert "<svg" in (done.outcome or "")
    assert 'data-evaluate="open"' in (done.runs or "")


def test_no_problem_names_a_folder_of_the_machine(evaluator: Evaluator) -> None:
    (chosen, *_) = evaluator.list_sets()
    told = tell_problem(QuestionSetError(f"{chosen.path}, line 3: wrong"), chosen)
    assert told.advice == f"{chosen.path.name}, line 3: wrong."
