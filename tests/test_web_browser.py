"""The interface in a real browser, on the real index of the shipped report."""

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from app.examples import SAMPLE_QUESTIONS
from app.theme import DARK, LIGHT
from index.build import Source, add_reports
from index.folder import IndexFolder
from index.search import Index
from index.settings import Settings
from ingest.registry import read_report
from tests.browser import Site, serve_index

pytestmark = pytest.mark.browser

LIGHTHOUSE = SAMPLE_QUESTIONS[0]
UNANSWERED = "Who won the football world cup in 1998?"
BOX = "#rq-question textarea"
HOSTILE = f"""# Findings `<script>window.hacked = 1</script>`

## "Quotes" & `<img src=x onerror="window.hacked = 2">` {{{{constructor}}}} ${{window.hacked = 3}}

### {"W" * 200}

The lighthouse keeper wrote `<script>window.hacked = 4</script>` and called for
[a click](javascript:window.hacked=5) on the hostile button `" onfocus="window.hacked = 6`.

The hostile word is {"x" * 10_000} and it never ends.

A hostile override \u202etxet desrever\u202c stands here,
and so does `{{{{7*7}}}} ${{window.hacked = 7}}`.
"""


def open_site(page: Page, site: Site, question: str = "", more: str = "") -> None:
    page.goto(f"{site.url}?q={quote(question)}{more}" if question else site.url)
    expect(page.locator(BOX)).to_have_value(question)
    expect(page.locator(".pending")).to_have_count(0)


def ask(page: Page, question: str) -> None:
    page.locator(BOX).fill(question)
    page.locator(BOX).press("Enter")
    expect(page.locator(".rq-results")).to_have_attribute("data-question", question)


def same_text(page: Page, selector: str) -> list[str]:
    """The text as it stands in the document, white space and all."""
    texts: list[str] = page.locator(selector).evaluate_all("all => all.map(e => e.textContent)")
    return texts


def background(page: Page) -> str:
    colour: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", colour)[:3])


def test_a_typed_question_is_answered_word_for_word(
    page: Page, site: Site, sample_index: Index
) -> None:
    open_site(page, site)
    ask(page, LIGHTHOUSE)
    answer = sample_index.ask(LIGHTHOUSE)
    said = page.locator("blockquote p").evaluate_all("all => all.map(e => e.firstChild.data)")
    assert said == [sentence.quote.text for sentence in answer.sentences]
    assert said[0].startswith("The Lighthouse model provides medical, advocacy, social care")
    assert same_text(page, ".rq-text") == [hit.quote.text for hit in answer.hits]
    assert same_text(page, ".rq-text mark") == [hit.highlight.text for hit in answer.hits]
    assert same_text(page, ".rq-cited cite") == [hit.citation for hit in answer.hits]
    expect(page).to_have_title(f"{LIGHTHOUSE} · ReportQA")
    expect(page.locator(BOX)).to_be_focused()


def test_the_address_reproduces_question_and_count(page: Page, site: Site) -> None:
    open_site(page, site)
    page.get_by_role("radio", name="3", exact=True).check()
    ask(page, LIGHTHOUSE)
    expect(page).to_have_url(re.compile(r"\?q=What\+services\+.*&k=3$"))
    first = same_text(page, ".rq-text")
    page.goto(page.url)
    expect(page.locator(".rq-passage")).to_have_count(3)
    expect(page.locator(BOX)).to_have_value(LIGHTHOUSE)
    expect(page.get_by_role("radio", name="3", exact=True)).to_be_checked()
    assert same_text(page, ".rq-text") == first


def test_an_example_asks_itself(page: Page, site: Site) -> None:
    open_site(page, site)
    page.get_by_role("button", name=SAMPLE_QUESTIONS[2]).click()
    expect(page.get_by_role("heading", name="Answer")).to_be_focused()
    expect(page.locator(BOX)).to_have_value(SAMPLE_QUESTIONS[2])
    expect(page.locator("blockquote")).to_contain_text("early intervention isn't consistent")


@pytest.mark.parametrize("clipboard", ["allowed", "refused", "absent"])
def test_a_citation_is_copied_and_says_so(page: Page, site: Site, clipboard: str) -> None:
    stubs = {
        "allowed": "",
        "refused": "navigator.clipboard.writeText = () => Promise.reject(new Error('no'))",
        "absent": "Object.defineProperty(navigator, 'clipboard', {value: undefined})",
    }
    page.add_init_script(stubs[clipboard])
    open_site(page, site, LIGHTHOUSE)
    button = page.locator(".rq-cited .rq-copy").nth(1)
    button.click()
    expect(button).to_have_text("Copied")
    expect(button).to_be_focused()
    expect(page.locator(".rq-results > [role=status]")).to_have_text("Citation copied")
    page.locator(BOX).fill("")
    page.locator(BOX).press("Control+v")
    expect(page.locator(BOX)).to_have_value(same_text(page, ".rq-cited cite")[1])


def test_a_copy_button_can_be_pressed_again(page: Page, site: Site) -> None:
    open_site(page, site, LIGHTHOUSE)
    button = page.locator(".rq-copy").first
    button.click()
    expect(button).to_have_text("Copied")
    expect(button).to_have_text("Copy")


def test_a_question_asked_while_the_page_still_loads_keeps_its_answer(
    page: Page, site: Site
) -> None:
    page.goto(site.url, wait_until="commit")
    ask(page, LIGHTHOUSE)
    expect(page.locator(".pending")).to_have_count(0)
    expect(page.locator(".rq-passage")).to_have_count(5)


def test_another_count_asks_again(page: Page, site: Site) -> None:
    open_site(page, site, LIGHTHOUSE)
    expect(page.locator(".rq-passage")).to_have_count(5)
    page.get_by_role("radio", name="3", exact=True).check()
    expect(page.locator(".rq-passage")).to_have_count(3)


def test_what_the_report_does_not_say_is_said_plainly(page: Page, site: Site) -> None:
    open_site(page, site, UNANSWERED)
    expect(page.get_by_role("heading", name="The report does not say")).to_be_visible()
    expect(page.get_by_role("heading", name="Closest passages")).to_be_visible()
    expect(page.locator("blockquote")).to_have_count(0)
    expect(page.locator(".rq-passage mark")).to_have_count(5)


def test_an_empty_question_gets_a_hint_and_keeps_what_is_there(page: Page, site: Site) -> None:
    open_site(page, site, LIGHTHOUSE)
    before = page.locator("#rq-results").bounding_box()
    page.locator(BOX).fill("   ")
    page.locator(BOX).press("Enter")
    expect(page.get_by_text("Type a question first")).to_be_visible()
    expect(page.locator(".rq-passage")).to_have_count(5)
    assert page.locator("#rq-results").bounding_box() == before
    ask(page, UNANSWERED)
    expect(page.get_by_text("Type a question first")).to_have_count(0)


def test_a_question_that_cannot_be_asked_is_told_why(page: Page, site: Site) -> None:
    open_site(page, site)
    ask(page, "? ! ?")
    expect(page.get_by_role("heading", name="That question could not be asked")).to_be_visible()
    expect(page.locator(".rq-notice")).to_contain_text("no word in it")


def test_a_number_leads_to_its_passage_and_back_leads_to_the_last_question(
    page: Page, site: Site
) -> None:
    open_site(page, site)
    ask(page, UNANSWERED)
    ask(page, LIGHTHOUSE)
    page.get_by_role("link", name="Passage 1").first.click()
    expect(page.locator("#passage-1")).to_be_focused()
    expect(page.locator("#passage-1")).to_be_in_viewport()
    expect(page).to_have_url(re.compile("#passage-1$"))
    page.go_back()
    expect(page.locator(".rq-results")).to_have_attribute("data-question", UNANSWERED)
    expect(page.locator(BOX)).to_have_value(UNANSWERED)
    page.go_back()
    expect(page.locator(".rq-example")).to_have_count(len(SAMPLE_QUESTIONS))
    expect(page.locator(BOX)).to_have_value("")
    page.go_forward()
    expect(page.locator(".rq-results")).to_have_attribute("data-question", UNANSWERED)


def test_an_address_with_a_passage_opens_at_it(page: Page, site: Site) -> None:
    open_site(page, site, LIGHTHOUSE, "#passage-4")
    expect(page.locator("#passage-4")).to_be_focused()
    expect(page.locator("#passage-4")).to_be_in_viewport()


def test_everything_works_from_the_keyboard(page: Page, site: Site) -> None:
    open_site(page, site)
    expect(page.locator(BOX)).to_be_focused()
    page.keyboard.type(LIGHTHOUSE)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Ask")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".rq-passage")).to_have_count(5)
    page.keyboard.press("Tab")
    expect(page.get_by_role("radio", name="5", exact=True)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".rq-passage")).to_have_count(3)
    page.keyboard.press("Tab")
    expect(page.locator(".rq-filters > summary")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".rq-history > summary")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Passage 1").first).to_be_focused()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#passage-1")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#passage-2")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#passage-1")).to_be_focused()
    page.keyboard.press("c")
    expect(page.locator("#passage-1 .rq-copy")).to_have_text("Copied")


def test_arrow_down_leads_from_the_question_to_the_passages(page: Page, site: Site) -> None:
    open_site(page, site, LIGHTHOUSE)
    page.locator(BOX).press("End")
    page.locator(BOX).press("ArrowDown")
    expect(page.locator("#passage-1")).to_be_focused()


def test_letters_typed_into_the_question_do_nothing_else(page: Page, site: Site) -> None:
    open_site(page, site, LIGHTHOUSE)
    page.locator(BOX).fill("")
    page.keyboard.type("cok")
    expect(page.locator(BOX)).to_have_value("cok")
    expect(page.locator(".rq-kept")).to_be_hidden()
    expect(page.locator(".rq-reader")).to_be_hidden()


def test_the_text_around_a_passage_is_shown_and_put_away(
    page: Page, site: Site, sample_index: Index
) -> None:
    open_site(page, site, LIGHTHOUSE)
    first = page.locator("#passage-1")
    first.locator(".rq-around").click()
    expect(first.locator(".rq-before")).to_be_visible()
    hit = sample_index.ask(LIGHTHOUSE).hits[0]
    before = first.locator(".rq-before").text_content() or ""
    text = sample_index.report(hit.report).text
    assert before
    assert text[: hit.quote.span.start].rstrip().endswith(before)
    first.locator(".rq-around").click()
    expect(first.locator(".rq-before")).to_be_hidden()


def test_why_a_passage_was_found_is_told_in_numbers(
    page: Page, site: Site, sample_index: Index
) -> None:
    open_site(page, site, LIGHTHOUSE)
    page.locator("#passage-1 .rq-why summary").click()
    shown = page.locator("#passage-1 .rq-why").inner_text()
    for value in sample_index.ask(LIGHTHOUSE).hits[0].signals.values():
        assert f"{value:.2f}" in shown


def test_a_section_filter_narrows_the_search_and_is_in_the_address(
    page: Page, site: Site, sample_index: Index
) -> None:
    section = sample_index.ask(LIGHTHOUSE).hits[0].section
    open_site(page, site, LIGHTHOUSE)
    page.locator(".rq-filters > summary").click()
    page.locator(".rq-section select").select_option(index=1)
    expect(page.locator(".rq-filters > summary")).to_contain_text("section")
    expect(page).to_have_url(re.compile("&section="))
    expect(page.locator(".rq-section select")).to_be_focused()
    page.goto(page.url)
    expect(page.locator(".rq-filters > summary")).to_contain_text("section")
    shown = same_text(page, ".rq-place")
    page.get_by_role("button", name="Search everything").click()
    expect(page.locator(".rq-filters > summary")).to_have_text("Searching everything")
    expect(page).not_to_have_url(re.compile("&section="))
    assert all("Passage" in place for place in shown)
    assert section


def test_earlier_questions_can_be_asked_again(page: Page, site: Site) -> None:
    open_site(page, site, UNANSWERED)
    ask(page, LIGHTHOUSE)
    page.locator(".rq-history summary").click()
    assert same_text(page, ".rq-history a") == [LIGHTHOUSE, UNANSWERED]
    page.locator(".rq-history a").nth(1).click()
    expect(page.locator(".rq-results")).to_have_attribute("data-question", UNANSWERED)
    expect(page.locator(BOX)).to_have_value(UNANSWERED)


def test_results_come_without_moving_what_is_above_them(page: Page, site: Site) -> None:
    open_site(page, site)
    parts = ("#rq-head", "#rq-ask", "#rq-options")
    before = [page.locator(part).bounding_box() for part in parts]
    top = page.locator("#rq-results").bounding_box()
    ask(page, LIGHTHOUSE)
    assert [page.locator(part).bounding_box() for part in parts] == before
    after = page.locator("#rq-results").bounding_box()
    assert top is not None
    assert after is not None
    assert (after["x"], after["y"], after["width"]) == (top["x"], top["y"], top["width"])


def test_the_page_follows_the_scheme_of_the_system(page: Page, site: Site) -> None:
    page.emulate_media(color_scheme="dark")
    open_site(page, site)
    assert background(page) == DARK.paper
    page.emulate_media(color_scheme="light")
    expect(page.locator("body")).not_to_have_class(re.compile("dark"))
    assert background(page) == LIGHT.paper


def test_who_wants_less_motion_gets_none(page: Page, site: Site) -> None:
    page.emulate_media(reduced_motion="reduce")
    open_site(page, site, LIGHTHOUSE)
    moving = page.evaluate(
        "[...document.querySelectorAll('.gradio-container *')].filter(e => {"
        " const {transitionDuration, animationDuration} = getComputedStyle(e);"
        " return Math.max(parseFloat(transitionDuration), parseFloat(animationDuration)) > 0.001"
        "}).length"
    )
    assert moving == 0
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


@pytest.mark.parametrize("question", ["", LIGHTHOUSE, UNANSWERED])
def test_no_width_needs_sideways_scrolling(page: Page, site: Site, question: str) -> None:
    open_site(page, site, question)
    for width in (320, 360, 390, 768, 3840):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("question", ["", LIGHTHOUSE, UNANSWERED, "???"])
def test_axe_finds_nothing_that_keeps_anyone_out(page: Page, site: Site, question: str) -> None:
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    open_site(page, site, question)
    assert violations(page) == []
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    expect(page.locator("body")).to_have_class(re.compile("dark"))
    assert violations(page) == []


def violations(page: Page) -> list[tuple[str, str, str]]:
    """Every rule of axe-core that the page breaks, of whatever impact."""
    found = Axe().run(page).response["violations"]
    return [(one["id"], one["impact"], one["nodes"][0]["html"]) for one in found]


def test_nothing_of_gradio_is_left_to_see(page: Page, site: Site) -> None:
    open_site(page, site)
    expect(page).to_have_title("ReportQA")
    expect(page.locator("footer")).to_have_count(0)
    assert "gradio" not in page.locator("body").inner_text().casefold()
    assert "ReportQA" in page.locator("h1").inner_text()


def test_a_taken_port_is_told_and_the_address_is_the_next_one(site: Site) -> None:
    told = re.search(r"Port (\d+) is in use; taking (\d+)\.", site.said)
    assert told is not None
    assert int(told[2]) > int(told[1])
    assert site.url == f"http://127.0.0.1:{told[2]}/"


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("hostile")
    file = folder / '<img src=x onerror="window.hacked = 8">.md'
    file.write_text(HOSTILE)
    other = folder / "second.md"
    other.write_text(HOSTILE.replace("Findings", "Other findings"))
    sources = [Source(read_report(path), str(path)) for path in (file, other)]
    add_reports(IndexFolder(folder / "index"), sources, Settings())
    with serve_index(folder / "index", folder, 8601) as served:
        yield served


def test_hostile_text_is_shown_and_does_nothing(page: Page, hostile_site: Site) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    open_site(page, hostile_site, "What did the lighthouse keeper write?", "&k=20")
    page.locator(".rq-searched summary").click()
    shown = page.locator("#rq-results").inner_text()
    assert "<script>window.hacked = 4</script>" in shown
    assert "{{7*7}} ${window.hacked = 7}" in shown
    assert "x" * 300 in shown
    assert "W" * 200 in shown
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert "<script>" in page.locator(".rq-masthead").inner_text()
    for link in page.locator("#rq-results a").all():
        assert (link.get_attribute("href") or "").startswith(("?q=", "./reports/", "./judgements"))
    for copy in page.locator(".rq-copy").all():
        copy.focus()
    assert page.evaluate("window.hacked") is None
    assert page.locator("#rq-results :is(script, img, iframe, style)").count() == 0


def test_ctrl_c_ends_the_server_in_good_order(hostile_site: Site) -> None:
    status, errors = hostile_site.stop()
    assert status == 0
    assert "Traceback" not in errors
    assert hostile_site.contacted() == set()


def test_the_server_has_contacted_no_other_machine(page: Page, site: Site) -> None:
    open_site(page, site, LIGHTHOUSE)
    assert site.contacted() == set()
