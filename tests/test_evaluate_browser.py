"""The Evaluate tab in a real browser: run, see, change, compare; sets refused; asking meanwhile."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from eval.questionset import sample_questions
from eval.record import load_run
from eval.summary import summarise
from index.build import Source, add_reports
from index.folder import IndexFolder
from index.settings import Settings
from ingest.registry import read_report
from tests.browser import Site, serve_index
from tests.test_evaluating import BROKEN, HOSTILE, shipped_lines

pytestmark = pytest.mark.browser

LONG = 60_000  # milliseconds that a run may take on a busy machine


@pytest.fixture(scope="module")
def index_dir(sample_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(sample_dir, tmp_path_factory.mktemp("evaluated") / "index"))


@pytest.fixture(scope="module")
def served(index_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serve_index(index_dir, tmp_path_factory.mktemp("evaluate site"), 8621) as site:
        yield site


def open_tab(page: Page, site: Site) -> None:
    page.goto(f"{site.url}?tab=evaluate")
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_visible()
    expect(page.locator("#rq-evaluate-sets > *")).not_to_have_count(0)


def upload(page: Page, name: str, text: bytes | str) -> None:
    content = text if isinstance(text, bytes) else text.encode()
    file = {"name": name, "mimeType": "application/jsonl", "buffer": content}
    page.locator("#rq-evaluate input[type=file]").set_input_files(file)  # type: ignore[arg-type]


def run(page: Page) -> None:
    """Press Run and wait until the results of that run are shown."""
    before = page.locator(".rq-measured time").all_inner_texts()
    page.get_by_role("button", name="Run", exact=True).click()
    if before:
        expect(page.locator(".rq-measured time").first).not_to_have_text(before[0], timeout=LONG)
    expect(page.get_by_role("heading", name="Results on")).to_be_visible(timeout=LONG)


def violations(page: Page) -> list[tuple[str, str, str]]:
    found = Axe().run(page).response["violations"]
    return [(one["id"], one["impact"], one["nodes"][0]["html"]) for one in found]


def test_the_shipped_set_is_run_changed_run_again_and_compared(
    page: Page, served: Site, index_dir: Path
) -> None:
    open_tab(page, served)
    expect(page.get_by_role("radio", name="Shipped questions")).to_be_checked()
    run(page)
    expect(page.get_by_role("heading", name="Results on")).to_be_focused()
    saved = sorted((index_dir / "runs").glob("*.json"))
    summary = summarise(load_run(saved[-1]))
    found = summary.measures["recall@1"]
    row = page.get_by_role("row", name=re.compile("^Found first recall@1"))
    expect(row).to_contain_text(f"{found.value:.3f}")
    expect(row).to_contain_text(f"{found.low:.3f} to {found.high:.3f}")
    expect(page.locator(".rq-measured svg")).to_have_count(3)

    missed = summary.failures[0]
    entry = page.locator(".rq-missed", has_text=missed.question).first
    entry.locator("summary").click()
    sides = entry.locator("blockquote")
    shown = sides.evaluate_all("all => all.map(e => e.textContent)")
    assert shown == [missed.gold, missed.hits[0].text]
    left, right = (sides.nth(at).bounding_box() for at in (0, 1))
    assert left is not None
    assert right is not None
    assert left["x"] + left["width"] <= right["x"]
    links = entry.locator("cite a").evaluate_all("all => all.map(e => e.getAttribute('href'))")
    assert all(re.fullmatch(r"\./reports/[0-9a-f]+\?mark=\d+-\d+", link) for link in links)
    assert len(links) == 2

    page.get_by_text("Settings of the run").click()
    page.get_by_label("Meaning word by word").fill("0")
    page.get_by_label("Words close together").fill("0")
    run(page)
    expect(page.locator(".rq-measured > p").first).to_contain_text("near 0, tokens 0")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="Two runs compared")).to_be_focused(timeout=LONG)
    expect(page.locator(".rq-measured dd").first).to_contain_text("as served")
    expect(page.locator(".rq-measured dd").nth(1)).to_contain_text("near 0, tokens 0")
    row = page.get_by_role("row", name=re.compile("^Reciprocal rank mrr@10"))
    expect(row).to_contain_text(re.compile(r"\d+ / \d+ / \d+"))
    lost = page.locator(".rq-misses", has_text="Questions lost").locator(".rq-missed")
    lost.first.locator("summary").click()
    expect(lost.first.locator("blockquote")).to_have_count(2)

    page.get_by_role("button", name="Open the run of").last.click()
    expect(page.locator(".rq-measured > p").first).to_contain_text("as served")


def test_a_set_of_ones_own_is_added_and_a_broken_one_refused_by_line(
    page: Page, served: Site, index_dir: Path
) -> None:
    open_tab(page, served)
    upload(page, "broken.jsonl", BROKEN)
    notice = page.locator("#rq-evaluate-sets .rq-notice")
    expect(notice).to_contain_text("This set was not added")
    expect(notice).to_contain_text("broken.jsonl, line 2: question 'wrong'")
    expect(notice).to_contain_text("broken.jsonl, line 3")
    assert str(index_dir) not in page.content()
    upload(page, "latin.jsonl", b"\xff\xfe")
    expect(notice).to_contain_text("not UTF-8")
    upload(page, f"{HOSTILE}.jsonl", "not JSON")
    expect(notice).to_contain_text("line 1: not JSON")
    upload(page, "three.jsonl", shipped_lines("committed", "progress", "any-worse"))
    expect(page.locator("#rq-evaluate-sets")).to_contain_text("three.jsonl was added: 3 questions")
    expect(page.get_by_role("radio", name="three.jsonl")).to_be_checked()
    run(page)
    expect(page.get_by_role("heading", name="Results on")).to_have_text("Results on three.jsonl")
    expect(page.locator("#rq-evaluate-sets img")).to_have_count(0)


def test_a_set_and_a_run_are_removed_after_asking(
    page: Page, served: Site, index_dir: Path
) -> None:
    open_tab(page, served)
    upload(page, "gone.jsonl", shipped_lines("committed"))
    expect(page.get_by_role("radio", name="gone.jsonl")).to_be_checked()
    run(page)
    runs = page.get_by_role("button", name="Remove the run of")
    expect(runs.first).to_be_visible()
    kept = sorted((index_dir / "runs").glob("*.json"))
    runs.first.click()
    page.get_by_role("button", name="Keep it").click()
    assert sorted((index_dir / "runs").glob("*.json")) == kept
    runs.first.click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("button", name="Open the run of")).to_have_count(len(kept) - 1)
    assert sorted((index_dir / "runs").glob("*.json")) == kept[:-1]
    page.get_by_role("button", name="Remove gone.jsonl").click()
    expect(page.get_by_role("dialog")).to_contain_text("gone.jsonl")
    assert violations(page) == []
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("radio", name="gone.jsonl")).to_have_count(0)
    assert not (index_dir / "questions" / "gone.jsonl").exists()


def test_questions_are_answered_while_a_long_run_goes_on_and_it_can_be_cancelled(
    page: Page, served: Site, index_dir: Path
) -> None:
    questions = [json.loads(line) for line in shipped_lines().splitlines()]
    many = [{**one, "id": f"{one['id']}-{at}"} for at in range(100) for one in questions]
    open_tab(page, served)
    upload(page, "many.jsonl", "".join(f"{json.dumps(one)}\n" for one in many))
    expect(page.get_by_role("radio", name="many.jsonl")).to_be_checked(timeout=LONG)
    kept = sorted((index_dir / "runs").glob("*.json"))
    page.get_by_role("button", name="Run", exact=True).click()
    cancel = page.get_by_role("button", name="Cancel")
    expect(cancel).to_be_focused()
    bar = page.get_by_role("progressbar", name="Questions asked")
    expect(bar).to_have_attribute("max", str(len(many)), timeout=LONG)
    first = bar.get_attribute("value")
    expect(bar).not_to_have_attribute("value", str(first))
    expect(cancel).to_be_focused()
    page.get_by_role("tab", name="Ask").click()
    page.locator("#rq-question textarea").fill("What is the Lighthouse?")
    page.locator("#rq-question textarea").press("Enter")
    expect(page.locator(".rq-passage")).to_have_count(5)
    page.get_by_role("tab", name="Evaluate").click()
    expect(bar).to_be_visible()
    page.reload()
    page.get_by_role("tab", name="Evaluate").click()
    expect(bar).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled; nothing of it was saved.")).to_be_visible()
    expect(bar).to_have_count(0)
    assert sorted((index_dir / "runs").glob("*.json")) == kept


def test_a_value_out_of_range_is_not_sent(page: Page, served: Site) -> None:
    open_tab(page, served)
    page.get_by_text("Settings of the run").click()
    page.get_by_label("Least confidence of an answer").fill("2")
    page.get_by_text("Settings of the run").click()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_label("Least confidence of an answer")).to_be_focused()
    expect(page.locator(".rq-measured")).to_have_count(0)
    page.get_by_role("button", name="Back to how it is served").click()
    expect(page.get_by_label("Least confidence of an answer")).to_have_value("0.5")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_and_narrow_widths_find_nothing_wrong(page: Page, served: Site, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    open_tab(page, served)
    assert violations(page) == []
    page.get_by_text("Settings of the run").click()
    page.get_by_text("What it looks like").click()
    run(page)
    for entry in page.locator(".rq-missed summary").all()[:3]:
        entry.click()
    assert violations(page) == []
    for width in (320, 360, 768, 3840):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1280, "height": 800})
    run(page)
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="Two runs compared")).to_be_visible(timeout=LONG)
    assert violations(page) == []
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert violations(page) == []


def test_another_report_has_no_set_until_one_is_made(
    page: Page, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path / "other.md"
    file.write_text("# Wool\n\nWool comes from sheep. It is shorn in spring.\n", "utf-8")
    folder = tmp_path_factory.mktemp("other")
    source = Source(read_report(file), str(file))
    add_reports(IndexFolder(folder / "index"), [source], Settings())
    with serve_index(folder / "index", folder, 8641) as site:
        open_tab(page, site)
        expect(page.get_by_text("No question set fits these reports yet")).to_be_visible()
        assert violations(page) == []
        page.get_by_role("button", name="Run", exact=True).click()
        expect(page.get_by_text("Choose one of the question sets first")).to_be_visible()
        upload(page, "shipped.jsonl", sample_questions().read_bytes())
        expect(page.locator("#rq-evaluate-sets [role=status]")).to_contain_text("and 27 more")
        line = {"id": "w", "question": "Where does wool come from?", "answerable": True}
        answer = {"report": "other.md", "quote": "Wool comes from sheep."}
        upload(page, "wool.jsonl", json.dumps({**line, "answers": [answer]}))
        expect(page.get_by_role("radio", name="wool.jsonl")).to_be_checked()
        run(page)
        expect(page.locator(".rq-measured")).to_contain_text("1 of 1 questions with an answer")
