"""The reader in a real browser: boxes on the very words, keys, zoom, dark, narrow, accessible."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from app.reader import reader_address
from app.theme import DARK, LIGHT
from index import open_index
from index.build import Source, add_reports
from index.folder import IndexFolder
from index.search import Index
from index.settings import Settings
from ingest.citation import cite
from ingest.geometry import boxes_for
from ingest.registry import read_report
from ingest.report import Report
from ingest.span import Span
from tests import pdf_files
from tests.browser import Site, serve_index

pytestmark = pytest.mark.browser

TEXT = "# Two parts\n\n" + "\n\n".join(
    f"## Part {number}\n\n" + f"Words of part {number}, one after another. " * 120
    for number in range(1, 9)
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shelf")
    (folder / "annual.pdf").write_bytes(pdf_files.weasy(pdf_files.noted_content()))
    (folder / "parts.md").write_text(TEXT, "utf-8")
    sources = [Source(read_report(path), str(path)) for path in sorted(folder.iterdir())]
    add_reports(IndexFolder(folder / "index"), sources, Settings())
    return folder / "index"


@pytest.fixture(scope="module")
def reading(shelf: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serve_index(shelf, tmp_path_factory.mktemp("reading"), 7900) as served:
        yield served


@pytest.fixture(scope="module")
def library(shelf: Path) -> Iterator[Index]:
    with open_index(shelf) as opened:
        yield opened


@pytest.fixture
def annual(library: Index) -> Report:
    return library.report("annual.pdf")


def over_two_pages(report: Report) -> Span:
    return next(
        block.span
        for block in report.blocks
        if len({page for page, _ in boxes_for(report, block.span)}) == 2
    )


def read(page: Page, site: Site, report: Report, span: Span | None = None, more: str = "") -> None:
    address = reader_address(report.id, span).removeprefix("./")
    page.goto(site.url + address + more)
    page.wait_for_function("[...document.images].every(image => image.complete)")


def is_seen(page: Page, found: Locator) -> bool:
    box, size = found.bounding_box(), page.viewport_size
    bar = page.locator(".rq-tools").bounding_box()
    assert box is not None
    assert size is not None
    assert bar is not None
    return bar["y"] + bar["height"] <= box["y"] and box["y"] + box["height"] <= size["height"]


def pixels(found: Locator) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    return np.asarray(Image.open(io.BytesIO(found.screenshot())).convert("RGB")).astype(np.int16)


def scheme(page: Page) -> str:
    colour: str = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    return "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", colour)[:3])


def zoom(page: Page) -> str:
    return page.locator(".rq-fit output").inner_text()


def test_boxes_lie_on_the_words_and_leave_them_readable(
    page: Page, reading: Site, annual: Report
) -> None:
    span = over_two_pages(annual)
    read(page, reading, annual, span)
    boxes = page.locator(".rq-box")
    expect(boxes).to_have_count(len(boxes_for(annual, span)))
    assert is_seen(page, boxes.first)
    for at in range(boxes.count()):
        seen = pixels(boxes.nth(at))
        middle = seen[2:-2, 2:-2]
        dark = (middle.max(axis=2) < 110).mean()
        yellow = ((middle[..., 0] - middle[..., 2] > 40) & (middle[..., 0] > 200)).mean()
        assert 0.03 < dark < 0.5, "the words are under the box, and can be read"
        assert yellow > 0.4
    # Without the boxes their places hold letters; right above the first there is none.
    read(page, reading, annual, span)
    page.add_style_tag(content=".rq-box { visibility: hidden }")
    first = boxes.first.bounding_box()
    assert first is not None
    plain = Image.open(io.BytesIO(page.screenshot())).convert("L")
    left, top = first["x"], first["y"]
    right = left + first["width"]
    assert np.asarray(plain.crop((left, top, right, top + first["height"]))).min() < 80
    assert np.asarray(plain.crop((left, top - 4, right, top - 1))).min() > 200


def test_a_mark_over_two_pages_is_seen_on_both(page: Page, reading: Site, annual: Report) -> None:
    read(page, reading, annual, over_two_pages(annual))
    sheets = page.locator(".rq-page")
    expect(sheets).to_have_count(2)
    for at in range(2):
        expect(sheets.nth(at).locator(".rq-box").first).to_be_visible()
    citation = cite(annual, over_two_pages(annual)).text
    expect(page.locator(".rq-cited cite")).to_have_text(citation)
    assert "pp." in citation


def test_arrows_turn_pages_and_leave_the_page_number_alone(
    page: Page, reading: Site, annual: Report
) -> None:
    read(page, reading, annual, more="?page=3")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#page-4")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#page-3")).to_be_visible()
    page.get_by_label("Page", exact=True).fill("4")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator("#page-5")).to_be_visible()
    expect(page.get_by_label("Page", exact=True)).to_have_value("4")
    expect(page.locator("#of")).to_have_text("PDF 5 of 7")


def test_zoom_makes_the_page_larger_and_crisper_and_is_kept(
    page: Page, reading: Site, annual: Report
) -> None:
    read(page, reading, annual, over_two_pages(annual))
    image = page.locator(".rq-page img").first
    fitting = image.bounding_box()
    page.keyboard.press("+")
    expect(page.locator(".rq-fit output")).to_have_text("150 %")
    page.get_by_title("Larger").click()
    page.get_by_title("Larger").click()
    page.get_by_title("Larger").click()
    assert zoom(page) == "300 %"
    page.get_by_title("Larger").click()
    assert zoom(page) == "300 %"
    large = image.bounding_box()
    assert fitting is not None
    assert large is not None
    assert large["width"] == pytest.approx(595.28 * 4 / 3 * 3, abs=2)
    page.wait_for_function("document.images[0].currentSrc.includes('scale=4')")
    first, page_box = page.locator(".rq-box").first.bounding_box(), annual
    at, box = boxes_for(page_box, over_two_pages(annual))[0]
    assert first is not None
    assert first["x"] - large["x"] == pytest.approx((box.x0 - 1) * 4, abs=2)
    assert first["y"] - large["y"] == pytest.approx((box.y0 - 0.5) * 4, abs=2)
    expect(page).to_have_url(re.compile("zoom=300"))
    page.locator(".rq-turn a[rel=next]").click()
    expect(page.locator(f"#page-{at + 2}")).to_be_visible()
    assert zoom(page) == "300 %"
    page.keyboard.press("0")
    assert zoom(page) == "Fit"
    expect(page).not_to_have_url(re.compile("zoom"))


def test_the_text_shows_the_mark_and_the_outline_where_one_is(
    page: Page, reading: Site, library: Index
) -> None:
    report = library.report("parts.md")
    start = report.text.index("Words of part 5") + 100
    span = Span(start, start + 60)
    read(page, reading, report, span)
    expect(page.locator("mark")).to_have_text(span.of(report.text))
    assert is_seen(page, page.locator("mark"))
    expect(page.locator("[aria-current=location]")).to_have_text("Part 5")
    page.get_by_role("link", name="Part 1", exact=True).click()
    expect(page.locator("main h3").first).to_have_text("Part 1")
    assert is_seen(page, page.locator("main h3").first)
    page.keyboard.press("ArrowRight")
    expect(page.locator(".rq-part")).to_have_text(re.compile(r"Part 2 of \d"))


def test_the_citation_is_copied(page: Page, reading: Site, annual: Report) -> None:
    page.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', {value: {writeText: async text => {"
        " window.copied = text; }}})"
    )
    read(page, reading, annual, over_two_pages(annual))
    page.keyboard.press("c")
    expect(page.locator("#status")).to_have_text("Citation copied")
    assert page.evaluate("window.copied") == cite(annual, over_two_pages(annual)).text


def test_it_is_dark_where_the_system_is_unless_told_otherwise(
    page: Page, reading: Site, annual: Report
) -> None:
    for system, theme, seen in (
        ("light", "", LIGHT),
        ("dark", "", DARK),
        ("dark", "&theme=light", LIGHT),
        ("light", "&theme=dark", DARK),
    ):
        page.emulate_media(color_scheme="dark" if system == "dark" else "light")
        read(page, reading, annual, more=f"?page=2{theme}")
        assert scheme(page) == seen.paper


def test_in_a_frame_it_follows_the_page_around_it_and_moves_nothing_there(
    page: Page, reading: Site, annual: Report
) -> None:
    address = reader_address(annual.id, over_two_pages(annual)).removeprefix("./")
    page.goto(reading.url + "reader/reader.js")
    page.set_content(
        f'<base href="{reading.url}"><body class="dark"><div style="height:150vh"></div>'
        f'<iframe title="r" src="{address}&embed=1" style="width:600px;height:500px"></iframe>'
    )
    frame = page.frame_locator("iframe")
    expect(frame.locator(".rq-box").first).to_be_visible()
    root = frame.locator("html")
    expect(root).to_have_attribute("data-theme", "dark")
    page.evaluate("document.body.classList.remove('dark')")
    expect(root).to_have_attribute("data-theme", "light")
    assert page.evaluate("window.scrollY") == 0
    assert page.frames[1].evaluate("window.scrollY") > 0


@pytest.mark.parametrize("more", ["", "?page=2", "?mark=100-3000", "?mark=100-3000&view=text"])
def test_nothing_is_cut_off_on_a_telephone(
    page: Page, reading: Site, annual: Report, more: str
) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    read(page, reading, annual, more=more)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.set_viewport_size({"width": 1280, "height": 800})


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(
    "more", ["", "?page=2", "?mark=100-3000", "?mark=100-3000&view=text", "?page=99"]
)
def test_axe_finds_nothing_that_keeps_anyone_out(
    page: Page, reading: Site, annual: Report, more: str, dark: bool
) -> None:
    page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
    if more != "?page=99":
        read(page, reading, annual, more=more)
    else:
        page.route("**/favicon.ico", lambda route: route.abort())
        page.set_content(page.request.get(f"{reading.url}reports/{annual.id}{more}").text())
    found = Axe().run(page).response["violations"]
    assert [(broken["id"], broken["nodes"][0]["html"]) for broken in found] == []


def test_on_paper_it_is_light_and_has_no_tools(page: Page, reading: Site, annual: Report) -> None:
    read(page, reading, annual, over_two_pages(annual), "&theme=dark&zoom=300")
    page.emulate_media(media="print", color_scheme="dark")
    assert scheme(page) == LIGHT.paper
    expect(page.locator(".rq-tools")).to_be_hidden()
    expect(page.locator(".rq-cited cite")).to_be_visible()
    width = page.locator(".rq-page").first.bounding_box()
    assert width is not None
    assert width["width"] <= 1280
    page.emulate_media(media="screen")


def test_it_works_without_its_script(reading: Site, annual: Report, page: Page) -> None:
    page.route(
        "**/reader.js*", lambda route: route.fulfill(body="", content_type="text/javascript")
    )
    read(page, reading, annual, over_two_pages(annual))
    page.get_by_title("Larger").click()
    expect(page.locator(".rq-fit output")).to_have_text("125 %")
    page.locator(".rq-turn a[rel=next]").click()
    expect(page.locator(".rq-fit output")).to_have_text("125 %")
