"""Several reports in the browser: filters, each report by itself, keeping and judging."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.pack_check import State, check_items, read_pack_items
from index.build import Source, add_reports
from index.folder import IndexFolder
from index.library import StoredReports
from index.settings import Settings
from ingest.registry import read_report
from ingest.sample import sample_reports
from tests.browser import Site, serve_index
from tests.test_web_browser import LIGHTHOUSE, open_site, same_text, violations

pytestmark = pytest.mark.browser

POLICE = """# Local police review 2021

## 1. Services

The Beacon project brings together nurses, officers and teachers in one house.

## 2. Leaders

Senior leaders visit each team twice a year.
"""
SOIL = "# Soil survey\n\n## Findings\n\nClay soils drain slowly and need lime every third year.\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("three reports")
    for name, text in (("police.md", POLICE), ("soil.md", SOIL)):
        (made / name).write_text(text)
    paths = [*sample_reports(), made / "police.md", made / "soil.md"]
    sources = [Source(read_report(path), str(path)) for path in paths]
    add_reports(IndexFolder(made / "index"), sources, Settings())
    return made


@pytest.fixture(scope="module")
def reports(folder: Path) -> Iterator[Site]:
    with serve_index(folder / "index", folder, 8631) as served:
        yield served


def narrow(page: Page, title: str) -> None:
    if not page.locator(".rq-filters").evaluate("e => e.open"):
        page.locator(".rq-filters > summary").click()
    page.get_by_role("checkbox", name=title).check()


def test_a_report_is_searched_alone_and_the_address_says_so(page: Page, reports: Site) -> None:
    open_site(page, reports, LIGHTHOUSE)
    narrow(page, "Local police review 2021")
    expect(page.locator(".rq-filters > summary")).to_have_text("Searching Local police review 2021")
    expect(page).to_have_url(re.compile("&report=[0-9a-f]+$"))
    shown = same_text(page, ".rq-cited cite")
    assert shown
    assert all(citation.startswith("Local police review 2021") for citation in shown)
    page.goto(page.url)
    expect(page.get_by_role("checkbox", name="Local police review 2021")).to_be_checked()
    assert same_text(page, ".rq-cited cite") == shown


def test_a_section_of_the_report_chosen_is_searched_alone(page: Page, reports: Site) -> None:
    open_site(page, reports, LIGHTHOUSE)
    narrow(page, "Local police review 2021")
    page.locator(".rq-section select").select_option(label="2. Leaders")
    expect(page.locator(".rq-passage")).to_have_count(1)
    expect(page.locator(".rq-text")).to_contain_text("twice a year")
    page.get_by_role("checkbox", name="Soil survey").check()
    expect(page.locator(".rq-section")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("section="))


def test_each_report_gives_its_best_passage_and_none_drowns(page: Page, reports: Site) -> None:
    open_site(page, reports, LIGHTHOUSE)
    page.locator(".rq-filters > summary").click()
    page.get_by_role("checkbox", name="The best passage of each report").check()
    expect(page.locator(".rq-grid tbody tr")).to_have_count(3)
    expect(page.locator(".rq-grid tbody tr").last).to_contain_text("Soil survey")
    expect(page.locator(".rq-grid tbody tr").last).to_contain_text("Does not say")
    expect(page).to_have_url(re.compile("&each=1$"))
    page.emulate_media(reduced_motion="reduce")
    assert violations(page) == []
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_what_no_report_says_is_told_of_all_of_them(page: Page, reports: Site) -> None:
    open_site(page, reports, "Who won the football world cup in 1998?")
    expect(page.get_by_role("heading", name="These reports do not say")).to_be_visible()
    expect(page.locator(".rq-notice")).to_contain_text("Searched: 3 reports")


def test_kept_passages_become_a_pack_of_verbatim_words(
    page: Page, reports: Site, folder: Path, tmp_path: Path
) -> None:
    open_site(page, reports, LIGHTHOUSE)
    for rank in (1, 2):
        page.locator(f"#passage-{rank} .rq-keep").click()
    expect(page.locator(".rq-kept-count")).to_have_text("2 passages kept")
    words = same_text(page, ".rq-text")[:2]
    page.locator(".rq-kept select").select_option("json")
    with page.expect_download() as started:
        page.locator(".rq-kept-save").click()
    target = tmp_path / "pack.json"
    started.value.save_as(target)
    pack = json.loads(target.read_text("utf-8"))
    assert [item["text"] for item in pack["items"]] == words
    assert {item["question"] for item in pack["items"]} == {LIGHTHOUSE}
    stored = StoredReports(IndexFolder(folder / "index"))
    checked = check_items(read_pack_items(target), stored)
    assert [one.state for one in checked] == [State.UNCHANGED, State.UNCHANGED]
    page.locator(".rq-kept-clear").click()
    expect(page.locator(".rq-kept")).to_be_hidden()
    expect(page.locator("#passage-1 .rq-keep")).to_have_attribute("aria-pressed", "false")


def test_what_is_kept_stays_through_other_questions(page: Page, reports: Site) -> None:
    open_site(page, reports, LIGHTHOUSE)
    page.locator("#passage-1 .rq-keep").click()
    page.locator("#rq-question textarea").fill("How often do leaders visit?")
    page.keyboard.press("Enter")
    expect(page.locator(".rq-results")).to_have_attribute(
        "data-question", "How often do leaders visit?"
    )
    expect(page.locator(".rq-kept-count")).to_have_text("1 passage kept")
    expect(page.locator('.rq-keep[aria-pressed="true"]')).to_have_count(0)
    page.go_back()
    expect(page.locator("#passage-1 .rq-keep")).to_have_attribute("aria-pressed", "true")


def test_a_judgement_becomes_a_line_of_the_question_set(
    page: Page, reports: Site, folder: Path
) -> None:
    open_site(page, reports, LIGHTHOUSE)
    page.locator("[name=assessor]").fill("A. Analyst")
    button = page.locator("#passage-2 [data-verdict=relevant]")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    lines = (folder / "index" / "judgements.jsonl").read_text("utf-8").splitlines()
    line = next(json.loads(one) for one in lines if LIGHTHOUSE in one)
    assert line["assessor"] == "A. Analyst"
    assert line["answers"][0]["quote"] in same_text(page, ".rq-text")[1]
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert LIGHTHOUSE not in (folder / "index" / "judgements.jsonl").read_text("utf-8")


def test_a_passage_opens_in_the_report_beside_it_and_closes_again(
    page: Page, reports: Site
) -> None:
    open_site(page, reports, LIGHTHOUSE)
    link = page.locator("#passage-1 .rq-tools .rq-open")
    link.click()
    frame = page.frame_locator(".rq-reader-frame")
    marked = page.locator("#passage-1 mark").text_content() or ""
    expect(frame.locator("mark").first).to_be_visible()
    assert "".join(frame.locator("mark").all_text_contents()).strip() == marked
    page.mouse.wheel(0, 600)
    expect(page.locator(".rq-reader-bar")).to_be_in_viewport()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(".rq-reader")).to_be_hidden()
    expect(link).to_be_focused()
