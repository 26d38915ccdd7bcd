"""Logging in with a real browser, behind a reverse proxy that shows the server under a path."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.examples import SAMPLE_QUESTIONS
from app.sharing import put_user
from index.folder import IndexFolder
from index.library import list_summaries
from tests.browser import serve_index
from tests.sharing_proxy import run_proxy

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

PASSWORD = "correct horse"  # noqa: S105
PHONE = 360


@pytest.fixture(scope="module")
def url(sample_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address that a team would see."""
    folder = tmp_path_factory.mktemp("team")
    put_user(folder / "users", "anna", PASSWORD)
    options = ("--users", str(folder / "users"), "--root-path", "/team", "--read-only")
    with (
        serve_index(sample_dir, folder, 8901, *options) as site,
        run_proxy(site.url.rstrip("/"), "/team") as shown,
    ):
        yield shown
        assert site.contacted() == set()


@pytest.fixture
def visit(browser: BrowserContext) -> Iterator[Page]:
    """A page without a login; of what it asks for, only a refusal may fail."""
    browser.clear_cookies()
    opened = browser.new_page()
    failed: list[str] = []
    opened.on(
        "response",
        lambda reply: failed.append(reply.url) if reply.status in (404, 500) else None,
    )
    yield opened
    opened.close()
    browser.clear_cookies()
    assert failed == []


def log_in(page: Page, password: str = PASSWORD) -> None:
    page.get_by_label("username").fill("anna")
    page.get_by_label("password").fill(password)
    page.get_by_role("button", name="Login").click()


def test_a_link_to_a_place_leads_through_the_login_to_that_place(
    visit: Page, url: str, sample_dir: Path
) -> None:
    report = list_summaries(IndexFolder(sample_dir))[0].id
    place = f"{url}/reports/{report}?mark=0-8"
    visit.goto(place)
    log_in(visit, "not the password")
    visit.get_by_text("Incorrect Credentials").wait_for()
    log_in(visit)
    visit.wait_for_url(place)
    assert visit.locator("mark").first.is_visible()


def test_a_question_is_asked_and_its_passage_opened_under_the_root_path(
    visit: Page, url: str
) -> None:
    visit.goto(f"{url}/")
    log_in(visit)
    visit.get_by_label("Your question").fill(SAMPLE_QUESTIONS[0])
    visit.get_by_label("Your question").press("Enter")
    link = visit.locator("a[href*='reports/'][href*='mark=']").first
    link.wait_for(state="attached")
    assert str(link.evaluate("link => link.href")).startswith(f"{url}/reports/")
    visit.goto(str(link.evaluate("link => link.href")))
    assert visit.locator("mark").first.is_visible()
    visit.goto(f"{url}/logout")
    visit.get_by_label("password").wait_for()
    assert visit.url == f"{url}/"


def test_the_login_fits_a_phone_and_names_its_fields(visit: Page, url: str) -> None:
    visit.set_viewport_size({"width": PHONE, "height": 740})
    visit.goto(f"{url}/?q=What")
    visit.get_by_label("password").wait_for()
    assert visit.get_by_label("password").get_attribute("type") == "password"
    assert visit.evaluate("document.documentElement.scrollWidth") <= PHONE
    box = visit.get_by_role("button", name="Login").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE
