"""`reportqa eval` as a person or a program calls it, and what it shows and writes."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from rich.console import Console
from syrupy.assertion import SnapshotAssertion
from typer.testing import CliRunner, Result

from app.cli import cli, main
from eval.compare_console import print_comparison
from eval.comparison import compare_runs
from eval.console import print_summary
from eval.page import render_summary
from eval.payload import load_schema
from eval.questionset import sample_questions
from eval.summary import summarise
from eval.trec import read_qrels, read_run
from tests.eval_data import make_outcome, make_run, write_beir, write_squad


def call(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["eval", *map(str, arguments)])


def call_json(*arguments: object) -> Any:
    result = call(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def squad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_squad(tmp_path_factory.mktemp("squad") / "small.json")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def evaluation(sample_dir: Path) -> Any:
    """The document of the shipped questions, asked once."""
    return call_json(sample_questions(), "--index", sample_dir)


def test_a_question_set_is_asked_of_the_index(evaluation: Any) -> None:
    jsonschema.validate(evaluation, load_schema())
    assert evaluation["questions"] >= 28
    assert evaluation["unanswerable"] >= 12
    assert evaluation["measures"]["recall@5"]["value"] > 0.9
    assert set(evaluation["abstention"]["auroc"]) == {"all", "near miss", "off topic"}
    assert evaluation["measures"]["abstention_auroc"]["questions"] >= 40
    settings = evaluation["settings"]
    assert settings["passages"]["size"] == 128
    assert all(len(settings[name]) == 64 for name in ("model_hash", "corpus_hash", "code_hash"))


def test_failures_are_those_not_found_first(evaluation: Any) -> None:
    lost = (1 - evaluation["measures"]["recall@1"]["value"]) * evaluation["questions"]
    assert 0 < len(evaluation["failures"]) <= lost + 1e-6
    assert all(one["rank"] is None or one["rank"] > 1 for one in evaluation["failures"])


def test_squad_is_indexed_and_asked(squad: Path, cache: Path) -> None:
    document = call_json("--squad", squad, "--cache", cache, "--negatives", "adversarial")
    jsonschema.validate(document, load_schema())
    assert (document["dataset"], document["questions"]) == ("small.json", 4)
    assert document["measures"]["recall@1"]["value"] == 1.0
    assert document["settings"]["passages"]["method"] == "section"
    cut = call_json("--squad", squad, "--cache", cache, "--size", 16)
    assert cut["settings"]["passages"] == {"size": 16, "overlap": 0, "method": "paragraph"}
    assert cut["settings"]["passages_indexed"] > 4


def test_beir_is_indexed_and_asked(tmp_path: Path, cache: Path) -> None:
    document = call_json("--beir", write_beir(tmp_path / "small"), "--cache", cache)
    jsonschema.validate(document, load_schema())
    assert (document["dataset"], document["questions"]) == ("small/test", 2)


def test_the_sample_can_be_asked_without_an_index(cache: Path) -> None:
    result = call("--sample", "--cache", cache, "--size", 64)
    assert result.exit_code == 0, result.output
    assert "recall@1" in result.stdout
    assert "AUROC against near miss" in result.stdout


def test_runs_are_saved_compared_and_written_for_others(
    squad: Path, cache: Path, tmp_path: Path
) -> None:
    for name, weights in (("a", "dense=1"), ("b", "bm25=1")):
        extra = ("--trec", tmp_path / "trec", "--html", tmp_path / "page.html")
        made = ("--squad", squad, "--cache", cache, "--weights", weights)
        assert call(*made, "--save", tmp_path / f"{name}.json", *extra).exit_code == 0
    assert set(read_qrels(tmp_path / "trec" / "qrels.txt")) == {"q1", "q2", "q3", "q4"}
    assert len(read_run(tmp_path / "trec" / "run.txt")["q1"]) == 4
    assert "What is glass made of?" in (tmp_path / "page.html").read_text()
    document = call_json("compare", tmp_path / "a.json", tmp_path / "b.json")
    (found,) = document["comparisons"]
    one = found["differences"]["mrr@10"]
    assert one["wins"] + one["ties"] + one["losses"] == document["questions"] == 4
    shown = call("compare", tmp_path / "a.json", tmp_path / "b.json")
    assert "paired randomisation test" in " ".join(shown.stdout.split())


def test_a_sweep_keeps_a_record_and_a_plot(squad: Path, cache: Path, tmp_path: Path) -> None:
    swept = ("sweep", "--squad", squad, "--cache", cache, "--out", tmp_path / "sweep")
    document = call_json(*swept, "--size", "16,64", "--weights", "dense=1,bm25=0")
    assert len(document["tried"]) == 6
    assert document["parted_by"] == "report"
    assert json.loads((tmp_path / "sweep" / "sweep.json").read_text()) == document
    assert "<svg" in (tmp_path / "sweep" / "sweep.html").read_text()


def test_a_sweep_with_an_arm_that_fails_says_so_in_its_status(squad: Path, cache: Path) -> None:
    result = call("sweep", "--squad", squad, "--cache", cache, "--model", "/no/such/model")
    assert result.exit_code == 1
    assert "failed" in result.stdout


def test_a_good_set_is_found_good(sample_dir: Path) -> None:
    result = call("check", sample_questions(), "--index", sample_dir)
    assert result.exit_code == 0, result.output
    assert "every quote is in its report, once" in result.stdout


def test_checking_lists_every_mistake(sample_dir: Path, tmp_path: Path) -> None:
    line = {"id": "a", "question": "Why?", "answerable": True}
    answers = [{"report": "national-child-protection-inspections-2019-extract.md", "quote": "xyz"}]
    path = tmp_path / "set.jsonl"
    path.write_text("\n".join(json.dumps({**line, "id": i, "answers": answers}) for i in "ab"))
    document = json.loads(call("check", path, "--index", sample_dir, "--json").stdout)
    assert len(document["mistakes"]) == 2
    assert "line 2: question 'b': the quote 'xyz' is not in the report" in document["mistakes"][1]


def test_the_schema_is_printed_and_is_one() -> None:
    schema = json.loads(call("schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema == load_schema()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["/no/such/set.jsonl"], "/no/such/set.jsonl: cannot be read"),
        (["run", "/no/such/set.jsonl"], "/no/such/set.jsonl: cannot be read"),
        (["--json"], "name one thing to ask"),
        (["set.jsonl", "--sample"], "name one thing to ask"),
        (["set.jsonl", "--size", "64"], "reportqa eval sweep"),
        (["--squad", "/no/such/file"], "/no/such/file: cannot be read"),
        (["--squad", "x", "--negatives", "some"], "--negatives is one of"),
        (["--beir", "/no/such/dir"], "/no/such/dir/qrels/test.tsv: there is no such file"),
        (["--sample", "--weights", "dense"], "NAME=NUMBER"),
        (["--sample", "--save", "/proc/no/run.json"], "/proc/no/run.json: cannot be written"),
        (["--sample", "--html", "/proc"], "/proc: cannot be written"),
        (["compare", "one.json"], "at least two runs"),
        (["compare", "/no/a.json", "/no/b.json"], "/no/a.json: cannot be read"),
        (["check", "/no/such/set.jsonl"], "/no/such/set.jsonl: cannot be read"),
        (["sweep", "--sample"], "nothing to try"),
        (["sweep", "--sample", "--size", "many"], "--size takes numbers"),
        (["set.jsonl", "--index", "/no/such/index"], "reportqa ingest"),
    ],
)
def test_a_mistake_gets_one_line_and_a_status(
    sample_dir: Path,
    arguments: list[str],
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("REPORTQA_INDEX", str(sample_dir))
    monkeypatch.setattr(sys, "argv", ["reportqa", "eval", *arguments])
    with pytest.raises(SystemExit) as stop:
        main()
    printed = capsys.readouterr()
    assert stop.value.code == 1
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert printed.err.startswith("reportqa: ")
    assert says in printed.err


def test_a_set_of_unanswerables_gets_one_line(
    sample_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text('{"id": "a", "question": "Why?", "answerable": false, "answers": []}')
    command = ["reportqa", "eval", str(path), "--index", str(sample_dir), "--json"]
    monkeypatch.setattr(sys, "argv", command)
    with pytest.raises(SystemExit):
        main()
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "no question in it is answerable" in printed.err


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",)])
def test_help_names_the_commands(arguments: tuple[str, ...]) -> None:
    output = call(*arguments).output
    for name in ("run", "check", "compare", "sweep", "schema"):
        assert name in output


HOSTILE = "<script>alert(1)</script> [bold]x[/bold] \x1b[31m"
RUN = make_run(
    make_outcome("a", ["gold"], confidence=0.9, answered=True),
    make_outcome("b", ["n", "gold"], confidence=0.6, answered=True, question=HOSTILE),
    make_outcome("c", error="it is too long", question="A long one?"),
    make_outcome("d", ["n"], {}, kind="near miss", confidence=0.3),
)
OTHER = make_run(
    make_outcome("a", ["n", "gold"]),
    make_outcome("b", ["gold"]),
    make_outcome("c", ["n"]),
    make_outcome("d", ["n"], {}, kind="near miss"),
)


def printed_by(print_it: Any) -> str:
    console = Console(file=io.StringIO(), width=88, highlight=False)
    print_it(console)
    output = console.file
    assert isinstance(output, io.StringIO)
    return output.getvalue()


def test_a_summary_in_the_terminal(snapshot: SnapshotAssertion) -> None:
    assert printed_by(lambda console: print_summary(console, summarise(RUN))) == snapshot


def test_a_comparison_in_the_terminal(snapshot: SnapshotAssertion) -> None:
    compared = compare_runs(RUN, {"other.json": OTHER})
    shown = printed_by(lambda console: print_comparison(console, "a.json", compared, 1))
    assert shown == snapshot


def test_report_text_cannot_speak_to_the_page_or_the_terminal() -> None:
    page = render_summary(summarise(RUN))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "Text &lt;b&gt;x" in page
    shown = printed_by(lambda console: print_summary(console, summarise(RUN)))
    assert "[bold]x[/bold]" in shown
    assert "\x1b" not in shown


def test_the_page_needs_nothing_from_elsewhere() -> None:
    page = render_summary(summarise(RUN))
    for reference in ("src=", "http:", "https:", "url(", "@import", "<link"):
        assert reference not in page
    assert "default-src 'none'" in page


def test_the_page_links_every_question_to_its_passages() -> None:
    page = render_summary(summarise(RUN))
    assert page.count("<tr data-state") == len(RUN.outcomes)
    assert 'href="#p1"' in page
    assert '<article id="p1">' in page
