"""What goes on around the page while it is open: the index replaced, others asking, a restart."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from gradio_client import Client
from playwright.sync_api import expect

from index.build import Source, add_reports, remove_reports
from index.folder import IndexFolder
from index.settings import Settings
from ingest.registry import read_report
from ingest.sample import sample_reports
from tests.browser import serve_index
from tests.test_web_browser import BOX, LIGHTHOUSE, ask, open_site

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.browser

ACES = "What are ACEs?"
BEACON = "# Beacon\n\n## House\n\nThe Beacon keeps a lamp alight for {} lost sailors every night.\n"


def make_index(folder: Path) -> IndexFolder:
    sources = [Source(read_report(path), str(path)) for path in sample_reports()]
    index = IndexFolder(folder / "index")
    add_reports(index, sources, Settings())
    return index


def add_beacon(index: IndexFolder, folder: Path, number: int) -> str:
    file = folder / "beacon.md"
    file.write_text(BEACON.format(number))
    source = Source(read_report(file), str(file))
    add_reports(index, [source], Settings())
    return source.report.id


def test_questions_are_answered_while_the_index_is_replaced(page: Page, tmp_path: Path) -> None:
    index = make_index(tmp_path)
    replaced = threading.Event()
    answers: list[bool] = []

    def keep_asking(url: str) -> None:
        client = Client(url, verbose=False, analytics_enabled=False)
        while not replaced.is_set():
            answers.append(client.predict(ACES, api_name="/ask")["answered"])
        client.close()

    with serve_index(index.path, tmp_path, 8651) as site:
        asking = threading.Thread(target=keep_asking, args=(site.url,))
        asking.start()
        open_site(page, site, LIGHTHOUSE)
        for number in range(3):
            added = add_beacon(index, tmp_path, number)
            ask(page, f"For how many sailors is the lamp of the Beacon alight, {number}?")
            expect(page.locator(".rq-text").first).to_contain_text(f"for {number} lost sailors")
        remove_reports(index, [added], Settings())
        ask(page, "For how many sailors is the lamp of the Beacon alight?")
        expect(page.locator("#rq-results")).not_to_contain_text("lost sailors")
        replaced.set()
        asking.join()
    assert answers
    assert all(answers)


def test_two_browsers_get_each_their_own_answer(browser: BrowserContext, tmp_path: Path) -> None:
    index = make_index(tmp_path)
    with serve_index(index.path, tmp_path, 8652) as site:
        pages = [browser.new_page(), browser.new_page()]
        for one in pages:
            open_site(one, site)
        for one, question in zip(pages, (ACES, LIGHTHOUSE), strict=True):
            one.locator(BOX).fill(question)
        for one in pages:
            one.locator("#rq-button").click()
        for one, question in zip(pages, (ACES, LIGHTHOUSE), strict=True):
            expect(one.locator(".rq-results")).to_have_attribute("data-question", question)
            one.close()


def test_a_question_asked_while_the_server_restarts_is_answered_after_it(
    browser: BrowserContext, tmp_path: Path
) -> None:
    index = make_index(tmp_path)
    page = browser.new_page()
    with serve_index(index.path, tmp_path, 8653) as site:
        open_site(page, site, ACES, "&k=3")
        page.locator("#passage-1 .rq-keep").click()
        site.stop()
        page.locator(BOX).fill(LIGHTHOUSE)
        page.locator(BOX).press("Enter")
        expect(page.get_by_text("Connection to the server was lost")).to_be_visible()
        expect(page.locator(".rq-results")).to_have_attribute("data-question", ACES)
    with serve_index(index.path, tmp_path, 8653):
        expect(page.locator(".rq-results")).to_have_attribute("data-question", LIGHTHOUSE)
        expect(page.locator(BOX)).to_have_value(LIGHTHOUSE)
        expect(page.locator(".rq-passage")).to_have_count(3)
        expect(page.locator(".rq-kept-count")).to_have_text("1 passage kept")
    page.close()
