"""Quotations are checked in a real browser, on the real index of the shipped report."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from index.build import Source, add_reports
from index.folder import IndexFolder
from index.settings import Settings
from ingest.registry import read_report
from ingest.sample import sample_reports
from tests.browser import Site, serve_index

pytestmark = pytest.mark.browser

BOX = "#rq-quotations textarea"
EXACT = "the model has the needs of children at its heart"
DIFFERS = "the model has the needs of boys at its heart"
ABSENT = "Colourless green ideas sleep furiously"
EVIL = '<img src=x onerror="window.hacked = 1">'


def open_tab(page: Page, site: Site) -> None:
    page.goto(f"{site.url}?tab=verify")
    expect(page.locator(BOX)).to_be_visible()


def check(page: Page, text: str, state: str = "checked") -> None:
    page.locator(BOX).fill(text)
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator(".rq-verification")).to_have_attribute("data-state", state)


def texts(page: Page, selector: str) -> list[str]:
    found: list[str] = page.locator(selector).evaluate_all("all => all.map(e => e.textContent)")
    return found


def test_quotations_get_their_verdicts_in_words(page: Page, site: Site) -> None:
    open_tab(page, site)
    check(page, f"{EXACT}\n{EXACT.upper()}\n{DIFFERS}\n{ABSENT}")
    assert texts(page, ".rq-quotation h3") == [
        "Exact",
        "Exact but for capitals",
        "Differs in words",
        "Not in these reports",
    ]
    summary = "2 of 4 quotations stand in these reports"
    expect(page.locator(".rq-verification .rq-verdict")).to_have_text(summary)
    expect(page.locator(".rq-verification > [role=status]")).to_have_text(summary)
    expect(page.locator(".rq-quotation del")).to_have_text("[in the quotation: boys]")
    expect(page.locator(".rq-quotation ins")).to_have_text("[in the report: children]")


def test_the_keyboard_is_enough(page: Page, site: Site) -> None:
    open_tab(page, site)
    page.locator(BOX).fill(EXACT)
    page.locator(BOX).press("Control+Enter")
    expect(page.locator(".rq-quotation h3")).to_have_text("Exact")
    expect(page.locator(BOX)).to_be_focused()
    page.locator(BOX).press("Tab")
    expect(page.get_by_role("button", name="Check", exact=True)).to_be_focused()


def test_a_place_opens_in_the_reader(page: Page, site: Site) -> None:
    open_tab(page, site)
    check(page, EXACT)
    link = page.locator(".rq-quoted cite a")
    address = link.get_attribute("href")
    assert address is not None
    assert re.fullmatch(r"\./reports/[0-9a-f]{16}\?mark=\d+-\d+", address)
    page.goto(site.url + address.removeprefix("./"))
    assert " ".join(" ".join(texts(page, "mark")).split()) == EXACT


def test_a_citation_is_copied(page: Page, site: Site) -> None:
    open_tab(page, site)
    check(page, EXACT)
    button = page.locator(".rq-quoted .rq-copy")
    button.click()
    expect(button).to_have_text("Copied")
    expect(button).to_be_focused()
    page.locator(BOX).fill("")
    page.locator(BOX).press("Control+v")
    expect(page.locator(BOX)).to_have_value(texts(page, ".rq-quoted cite")[0])


def test_nothing_and_nonsense_are_met_with_advice(page: Page, site: Site) -> None:
    open_tab(page, site)
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator("#rq-verify-hint")).to_have_text("Paste a quotation first.")
    expect(page.locator(".rq-verification")).to_have_attribute("data-state", "start")
    check(page, "???", "problem")
    expect(page.locator(".rq-verification")).to_contain_text("The quotation holds no word.")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("hostile")
    made = folder / "hostile.md"
    made.write_text(
        f"# Findings `{EVIL}`\n\nThe keeper wrote `{EVIL}` on the wall of the lighthouse. "
        f"An override \u202etxet desrever\u202c stood there. It was {'x' * 3000} long.\n"
    )
    index = folder / "index"
    paths = [made, *sample_reports()]
    add_reports(IndexFolder(index), [Source(read_report(p), str(p)) for p in paths], Settings())
    (folder / "site").mkdir()
    with serve_index(index, folder / "site", 7960) as served:
        yield served
        assert served.contacted() == set()


def test_hostile_words_stay_words(page: Page, hostile: Site) -> None:
    open_tab(page, hostile)
    check(page, f"The keeper wrote {EVIL} on the wall of this lighthouse{EVIL}")
    expect(page.locator(".rq-quotation h3")).to_have_text("Differs in words")
    expect(page.locator(".rq-quotation .rq-text")).to_contain_text(EVIL)
    check(page, f"{ABSENT}\n{'x' * 3000}")
    width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert width <= 0
    assert page.evaluate("window.hacked") is None
    assert page.locator("#rq-verification img").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_verdicts_are_accessible(page: Page, site: Site, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    open_tab(page, site)
    check(page, f"{EXACT}\n{DIFFERS}\n{ABSENT}\nthe model has […] children at its heart")
    expect(page.locator(".pending")).to_have_count(0)
    page.wait_for_timeout(400)  # the results fade in
    found = Axe().run(page, context="#rq-verification").response["violations"]
    assert [rule["id"] for rule in found] == []


def test_a_phone_shows_all_of_it(page: Page, site: Site) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    open_tab(page, site)
    check(page, f"{EXACT}\n{DIFFERS}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
