"""`reportqa verify`, as a person or a program calls it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from app.cli import cli
from app.payload import load_schema
from app.verifying import Asked, read_claims
from ingest.errors import QuotationError, ReadError, SettingError
from ingest.registry import read_report
from ingest.sample import sample_reports

REPORTQA = Path(sys.executable).parent / "reportqa"
EXACT = "the model has the needs of children at its heart"
TYPED = "THE MODEL  has the needs of children at its heart"
EDITED = "the model has the needs […] at its heart"
DIFFERS = "the model has the needs of boys at its heart"
ABSENT = "Colourless green ideas sleep furiously"


def verify(index: Path, *arguments: str, **options: Any) -> Result:
    return CliRunner().invoke(cli, ["verify", *arguments, "--index", str(index)], **options)


@pytest.mark.parametrize(
    ("quote", "said", "status"),
    [
        (EXACT, "Exact", 0),
        (TYPED, "Exact but for white space, capitals", 0),
        (EDITED, "Edited, and marked so", 0),
        (DIFFERS, "Differs in words", 1),
        (ABSENT, "Not in these reports", 1),
    ],
)
def test_the_exit_status_is_the_verdict(
    sample_dir: Path, quote: str, said: str, status: int
) -> None:
    result = verify(sample_dir, quote)
    assert result.exit_code == status, result.output
    assert result.output.splitlines()[0] == said


def test_a_difference_is_shown_in_the_reports_own_words(sample_dir: Path) -> None:
    said = " ".join(verify(sample_dir, DIFFERS).output.split())
    assert "the model has the needs of [-boys-]{+children+} at its heart" in said
    assert "children, para 5" in said


def test_json_follows_the_published_schema(sample_dir: Path) -> None:
    report = read_report(sample_reports()[0])
    for quote in (EXACT, TYPED, EDITED, DIFFERS, ABSENT):
        document = json.loads(verify(sample_dir, quote, "--json").output)
        jsonschema.validate(document, load_schema("verify"))
        (found,) = document["quotations"]
        assert (found["quote"], found["where"]) == (quote, None)
        for place in found["places"]:
            assert place["text"] == report.text[place["start"] : place["end"]]
            assert "".join(piece["printed"] for piece in place["pieces"]) == place["text"]
            assert "".join(piece["quoted"] for piece in place["pieces"]) == quote


def test_a_file_is_checked_line_by_line(sample_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "quotations.txt"
    file.write_text(f"\ufeff{EXACT}\n\n{ABSENT}\n", encoding="utf-8")
    result = verify(sample_dir, "--file", str(file), "--json")
    document = json.loads(result.output)
    assert result.exit_code == 1
    assert (document["checked"], document["wrong"]) == (2, 1)
    assert [(q["line"], q["verdict"]) for q in document["quotations"]] == [
        (1, "exact"),
        (3, "absent"),
    ]
    piped = verify(sample_dir, "-f", "-", input=f"{EXACT}\n{TYPED}\n")
    assert piped.exit_code == 0
    assert "2 quotations, 0 absent or different in words." in piped.output


def test_a_document_is_checked_by_what_it_quotes(sample_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "briefing.md"
    file.write_text(f"# Briefing\n\nAs “{EXACT}”.\n\n> {DIFFERS}\n\nWe agree.\n", encoding="utf-8")
    result = verify(sample_dir, "--document", str(file), "--json")
    document = json.loads(result.output)
    jsonschema.validate(document, load_schema("verify"))
    assert result.exit_code == 1
    assert [(q["where"], q["line"], q["verdict"]) for q in document["quotations"]] == [
        ("para 1", 3, "exact"),
        ("para 2", 5, "differs"),
    ]


def test_what_cannot_be_checked_is_said(tmp_path: Path) -> None:
    for asked in (Asked(), Asked(quote="a", file=Path("b"))):
        with pytest.raises(SettingError, match="--document"):
            read_claims(asked)
    (tmp_path / "empty.txt").write_text(" \n")
    (tmp_path / "plain.md").write_text("It quotes nobody.")
    (tmp_path / "odd.txt").write_bytes(b"\xff\xfe\xfa")
    for asked, said in (
        (Asked(file=tmp_path / "gone.txt"), "cannot be read"),
        (Asked(file=tmp_path / "odd.txt"), "cannot be read"),
        (Asked(file=tmp_path / "empty.txt"), "no quotation"),
        (Asked(document=tmp_path / "plain.md"), "quotes nothing"),
        (Asked(document=tmp_path / "gone.md"), "gone.md"),
    ):
        with pytest.raises(ReadError, match=said):
            read_claims(asked)


def test_the_line_that_is_no_quotation_is_named(sample_dir: Path) -> None:
    result = verify(sample_dir, "-f", "-", input=f"{EXACT}\n???\n")
    assert isinstance(result.exception, QuotationError)
    assert str(result.exception) == "line 2: the quotation holds no word"


def test_the_installed_command_loads_no_encoder(sample_dir: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-X", "importtime", REPORTQA, "verify", EXACT, "--index", sample_dir],
        capture_output=True,
        text=True,
        check=True,
    )
    heavy = {"torch", "transformers", "onnxruntime", "gradio", "tokenizers"}
    loaded = {line.rpartition("|")[2].strip() for line in told.stderr.splitlines()}
    assert told.stdout.startswith("Exact")
    assert "index.verification" in loaded
    assert not heavy & loaded
