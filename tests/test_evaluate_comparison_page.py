"""The page of `reportqa eval compare --html`."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import cli
from eval.comparison import compare_runs
from eval.comparison_page import render_comparison
from eval.interval import Estimate
from eval.outcome import Run
from eval.plots import draw_changes
from eval.record import save_run
from tests.eval_data import make_outcome, make_run

HOSTILE = "</summary><script>hacked()</script>"


def baseline_and_other() -> tuple[Run, Run]:
    """Of three questions the second run loses the first, wins the second, ties the third."""
    first = make_run(
        make_outcome("one", ["gold"]),
        make_outcome("two", ["n", "gold"]),
        make_outcome("three", ["gold"]),
    )
    second = make_run(
        make_outcome("one", ["n", "m"]),
        make_outcome("two", ["gold"]),
        make_outcome("three", ["gold"]),
    )
    return first, replace(second, settings={"model": "other"})


def render(first: Run, second: Run) -> str:
    comparisons = compare_runs(first, {"b.json": second})
    return render_comparison(("a.json", first), {"b.json": second}, comparisons)


def test_the_page_has_the_figures_and_the_questions_won_and_lost() -> None:
    first, second = baseline_and_other()
    page = render(first, second)
    (found,) = compare_runs(first, {"b.json": second})
    one = found.differences["mrr@10"]
    for figure in (f"{one.change.value:+.4f}", f"{one.change.low:+.4f}", f"{one.p:.3f}", "1/1/1"):
        assert figure in page
    assert "b.json against a.json" in page
    lost, won = page.split("<h3>Won: 1</h3>")
    assert re.search(r"Question one\?.*?rank 1 → not found", lost.split("<h3>Lost: 1</h3>")[1])
    assert re.search(r"Question two\?.*?rank 2 → rank 1", won)
    assert "Question three?" not in page
    assert re.search(r"<td>model</td><td>none</td><td>other</td>", page)


def test_runs_that_are_equal_have_no_questions_and_no_settings_to_show() -> None:
    first, _ = baseline_and_other()
    page = render(first, first)
    assert "<h3>Lost: 0</h3>" in page
    assert "<h3>Won: 0</h3>" in page
    assert "None." in page


def test_whatever_a_run_holds_is_escaped_and_nothing_is_fetched() -> None:
    first, second = baseline_and_other()
    worst = replace(
        first.outcomes[0],
        question=HOSTILE,
        gold=HOSTILE,
        hits=(replace(first.outcomes[0].hits[0], text=HOSTILE, citation=HOSTILE),),
    )
    hostile = replace(
        first,
        dataset=HOSTILE,
        settings={HOSTILE: HOSTILE},
        outcomes=(worst, *first.outcomes[1:]),
    )
    page = render(hostile, second)
    assert "<script>" not in page
    assert page.count("&lt;script&gt;") >= 5
    assert not re.search(r"""(src|href)=|url\(""", page)
    assert "default-src 'none'" in page


def test_the_command_writes_it_and_refuses_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    paths = []
    for name, run in zip("ab", baseline_and_other(), strict=True):
        paths.append(str(tmp_path / f"{name}.json"))
        save_run(tmp_path / f"{name}.json", run)
    page = tmp_path / "pages" / "page.html"
    result = CliRunner().invoke(cli, ["eval", "compare", *paths, "--html", str(page)])
    assert result.exit_code == 0, result.output
    assert "Runs compared on made" in page.read_text("utf-8")
    result = CliRunner().invoke(cli, ["eval", "compare", *paths, "--html", str(tmp_path)])
    assert "cannot be written" in str(result.exception)


def test_changes_stand_right_of_the_line_where_they_are_better() -> None:
    plot = draw_changes({"up": Estimate(0.1, 0.0, 0.2), "down": Estimate(-0.1, -0.2, 0.0)})
    (line,) = re.findall(r'class="axis" d="M([\d.]+) ', plot)
    up, down = re.findall(r'<circle class="\w+" cx="([\d.]+)"', plot)
    assert float(up) > float(line) > float(down)
    assert float(up) - float(line) == pytest.approx(float(line) - float(down), abs=0.11)
    assert "nan" not in draw_changes({"none": Estimate(0.0, 0.0, 0.0)})
