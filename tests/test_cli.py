"""The command as a person or a program calls it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from app.cli import cli, main
from app.payload import SCHEMAS, load_schema
from ingest.errors import ReportQAError
from ingest.sample import sample_reports

REPORTQA = Path(sys.executable).parent / "reportqa"
QUESTION = "What services does the Lighthouse bring together?"


def run(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the installed command in a process of its own."""
    return subprocess.run(
        [REPORTQA, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
        **options,
    )


def call(*arguments: str) -> Result:
    """Run the command in this process, which is quicker."""
    return CliRunner().invoke(cli, arguments)


def ask_json(index: Path, *arguments: str) -> Any:
    result = call("ask", *arguments, "--json", "--index", str(index))
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_a_question_is_answered_in_the_terminal(sample_dir: Path) -> None:
    result = run("ask", QUESTION, "--index", str(sample_dir))
    words = " ".join(result.stdout.split())
    assert result.returncode == 0, result.stderr
    assert "The Lighthouse model provides medical, advocacy, social care" in words
    assert "2. Summary › The role of leaders and leadership" in words
    assert "para 5" in words
    assert result.stderr == ""


def test_json_follows_the_published_schema(sample_dir: Path) -> None:
    for question in (QUESTION, "What is the capital of France?"):
        jsonschema.validate(ask_json(sample_dir, question), load_schema("ask"))


def test_json_quotes_are_slices_of_the_text_that_show_prints(sample_dir: Path) -> None:
    answer = ask_json(sample_dir, QUESTION)
    shown = call("show", answer["hits"][0]["report"], "--text", "--index", str(sample_dir))
    text = shown.output
    for hit in answer["hits"]:
        assert text[hit["start"] : hit["end"]] == hit["text"]
        highlight = hit["highlight"]
        assert text[highlight["start"] : highlight["end"]] == highlight["text"]
    for sentence in answer["answer"]:
        assert text[sentence["start"] : sentence["end"]] == sentence["text"]


def test_k_is_the_number_of_passages(sample_dir: Path) -> None:
    assert len(ask_json(sample_dir, QUESTION, "-k", "2")["hits"]) == 2


def test_a_file_of_questions_gets_a_line_of_json_each(sample_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "questions.txt"
    file.write_text(f"{QUESTION}\n\nWhat are ACEs?\n", encoding="utf-8")
    result = call("ask", "--file", str(file), "--json", "--index", str(sample_dir))
    lines = [json.loads(line) for line in result.output.splitlines()]
    assert [line["question"] for line in lines] == [QUESTION, "What are ACEs?"]


def test_questions_come_from_the_standard_input(sample_dir: Path) -> None:
    result = CliRunner().invoke(
        cli, ["ask", "-f", "-", "--json", "--index", str(sample_dir)], input=f"{QUESTION}\n"
    )
    assert json.loads(result.output)["question"] == QUESTION


def test_ingest_list_show_and_remove_follow_their_schemas(tmp_path: Path) -> None:
    index = str(tmp_path / "index")
    report = tmp_path / "a report.md"
    report.write_text("# Title\n\n## 1. First\n\nOne sentence. Another one.\n", encoding="utf-8")
    for command, arguments in (
        ("ingest", ["ingest", str(report)]),
        ("list", ["list"]),
        ("show", ["show", "a report.md"]),
        ("remove", ["remove", "Title"]),
    ):
        result = call(*arguments, "--json", "--index", index)
        assert result.exit_code == 0, result.output
        jsonschema.validate(json.loads(result.output), load_schema(command))


def test_every_schema_is_printed_and_is_one() -> None:
    for name in SCHEMAS:
        schema = json.loads(call("schema", name).output)
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema == load_schema(name)


def test_one_bad_file_does_not_keep_the_others_out(tmp_path: Path) -> None:
    for at in range(4):
        (tmp_path / f"good{at}.md").write_text(f"# Report {at}\n\nText of {at}.\n", "utf-8")
    (tmp_path / "bad.md").write_bytes(b"%PDF-1.7\n\x00\x01\x02")
    index = tmp_path / "index"
    result = run("ingest", str(tmp_path), "--json", "--index", str(index))
    outcome = json.loads(result.stdout)
    assert result.returncode == 1
    assert len(outcome["added"]) == 4
    assert [Path(failure["path"]).name for failure in outcome["failed"]] == ["bad.md"]
    assert "bad.md" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ask", ""], "the question is empty"),
        (["ask", "   "], "the question is empty"),
        (["ask", "x" * 50_000], "50,000 characters"),
        (["ask"], "--file"),
        (["ask", "police", "--file", "x"], "--file"),
        (["ask", "police", "--index", "/no/such/index"], "reportqa ingest"),
        (["ask", "--file", "/no/such/file"], "/no/such/file"),
        (["ask", "police", "--model", "/no/such/model"], "model"),
        (["list", "--index", "/no/such/index"], "reportqa ingest"),
        (["ingest"], "--sample"),
        (["ingest", "/no/such/report.md"], "/no/such/report.md"),
        (["show", "nothing"], "reportqa list"),
        (["remove", "nothing"], "reportqa list"),
        (["schema", "nothing"], "no schema"),
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
    monkeypatch.setattr(sys, "argv", ["reportqa", *arguments])
    with pytest.raises(SystemExit) as stop:
        main()
    printed = capsys.readouterr()
    assert stop.value.code == 1
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert printed.err.startswith("reportqa: ")
    assert says in printed.err


def test_a_file_name_cannot_speak_to_the_terminal(tmp_path: Path) -> None:
    result = run("ingest", str(tmp_path / "\x1b[31mred.md"), "--index", str(tmp_path / "index"))
    assert "\x1b" not in result.stderr
    assert "\\x1b[31mred.md" in result.stderr


def test_two_runs_at_once_both_get_in(tmp_path: Path) -> None:
    index = tmp_path / "index"
    processes = []
    for at in range(2):
        report = tmp_path / f"r{at}.md"
        report.write_text(f"# Report {at}\n\nWords of report {at}.\n", "utf-8")
        processes.append(
            subprocess.Popen(
                [REPORTQA, "ingest", report, "--index", index],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        )
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    listed = json.loads(call("list", "--json", "--index", str(index)).output)
    assert {report["source"] for report in listed["reports"]} == {"r0.md", "r1.md"}


def test_the_sample_is_indexed_for_whoever_asks_first(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "REPORTQA_INDEX"}
    environment |= {"XDG_DATA_HOME": str(tmp_path)}
    first = run("ask", QUESTION, env=environment)
    second = run("ask", QUESTION, env=environment)
    assert "indexing the sample report" in first.stderr
    assert second.stderr == ""
    assert first.stdout == second.stdout


def test_an_index_from_the_environment_that_is_missing_is_an_error(tmp_path: Path) -> None:
    environment = {**os.environ, "REPORTQA_INDEX": str(tmp_path / "none")}
    assert run("ask", QUESTION, env=environment).returncode == 1


def test_asking_again_after_ingesting_the_same_says_unchanged(tmp_path: Path) -> None:
    index = str(tmp_path / "index")
    sample = str(sample_reports()[0])
    assert call("ingest", sample, "--index", index).output.startswith("added")
    assert call("ingest", sample, "--index", index).output.startswith("unchanged")


def test_errors_in_process_are_of_our_tree(tmp_path: Path) -> None:
    result = call("list", "--index", str(tmp_path / "none"))
    assert isinstance(result.exception, ReportQAError)


def test_a_part_is_shown_by_the_label_that_the_report_prints(tmp_path: Path) -> None:
    index = str(tmp_path / "index")
    report = tmp_path / "r.md"
    report.write_text(
        "# Title\n\n## Findings\n\n4.12 The force improved.\n\n4.13 More is needed.\n\n"
        "## Recommendation 3\n\nTrain everyone.\n\n### When\n\nAt once.\n\n## End\n\nOver.\n",
        "utf-8",
    )
    assert call("ingest", str(report), "--index", index).exit_code == 0
    part = json.loads(
        call("show", "r.md", "--at", "recommendation 3", "--json", "--index", index).output
    )
    jsonschema.validate(part, load_schema("part"))
    assert part["text"] == "Recommendation 3\n\nTrain everyone.\n\nWhen\n\nAt once."
    assert part["section"] == ["Recommendation 3"]
    shown = call("show", "r.md", "--at", "para 4.12", "--index", index).output
    assert "4.12 The force improved." in shown
    assert "4.13" not in shown
    assert call("show", "r.md", "--at", "Box 9", "--index", index).exit_code == 1


def test_a_place_is_cited_in_every_style(sample_dir: Path) -> None:
    name = sample_reports()[0].name
    answer = ask_json(sample_dir, QUESTION)
    first = answer["hits"][0]
    mark = f"{first['start']}:{first['end']}"
    arguments = ("show", name, "--mark", mark, "--index", str(sample_dir), "--cite")
    assert call(*arguments, "text").output.strip() == first["citation"]
    assert "@techreport" in call(*arguments, "bibtex").output
    assert json.loads(call(*arguments, "csl-json").output)["title"] == first["title"]
    whole = call("show", name, "--index", str(sample_dir), "--cite", "text").output
    assert whole.strip() == f"HMICFRS, {first['title']}"


@pytest.mark.parametrize("mark", ["", "5", "9:1", "0:99999999", "-1:4", "a:b", "1:1"])
def test_a_mark_that_is_no_span_is_refused(
    sample_dir: Path, mark: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["show", sample_reports()[0].name, "--mark", mark, "--index", str(sample_dir)]
    monkeypatch.setattr(sys, "argv", ["reportqa", *arguments])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 1
    assert "START:END" in capsys.readouterr().err


def test_a_format_without_pages_cannot_be_drawn(sample_dir: Path, tmp_path: Path) -> None:
    name = sample_reports()[0].name
    target = tmp_path / "page.png"
    result = call("show", name, "--page", "1", "--png", str(target), "--index", str(sample_dir))
    assert "no pages to draw" in str(result.exception)
    assert not target.exists()
