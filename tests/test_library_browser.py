"""The library in a real browser: files are dropped, asked, told about and removed."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page, expect

from app.examples import SAMPLE_QUESTIONS
from index.build import Source, add_reports, remove_reports
from index.folder import IndexFolder
from index.library import list_summaries
from index.settings import Settings
from ingest.registry import read_report
from ingest.sample import sample_reports
from tests import pdf_pages
from tests.browser import Site, serve_index

pytestmark = pytest.mark.browser

LIGHTHOUSE = SAMPLE_QUESTIONS[0]
HERRING = "How deep is the harbour of Whitby?"
HARBOUR = "# Harbours of the coast\n\nThe harbour of Whitby is seven fathoms deep.\n"
EVIL = '<img src=x onerror="window.hacked = 1">'
BOX = "#rq-question textarea"
SLOWLY = 60_000  # milliseconds: reading and embedding take as long as the machine does


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the shipped report, which tests change."""
    folder = tmp_path_factory.mktemp("library") / "index"
    add_reports(IndexFolder(folder), read_samples(), Settings())
    return folder


@pytest.fixture(scope="module")
def served(index: Path) -> Iterator[Site]:
    """That index, served."""
    with serve_index(index, index.parent, 7900) as site:
        yield site
        assert site.contacted() == set()


@pytest.fixture
def library(served: Site, index: Path) -> Iterator[Site]:
    """That site; after the test its index holds the shipped report alone again."""
    yield served
    folder = IndexFolder(index)
    change = add_reports(folder, read_samples(), Settings())
    ours = (*change.added, *change.unchanged)
    others = [summary.id for summary in list_summaries(folder) if summary.id not in ours]
    remove_reports(folder, others, Settings())
    for kept in (index / "files").glob("*/*.*"):
        kept.unlink()


def read_samples() -> list[Source]:
    return [Source(read_report(path), str(path)) for path in sample_reports()]


def begin(page: Page, site: Site) -> None:
    """Open the library without what earlier tests did in it."""
    open_library(page, site)
    clear = page.get_by_role("button", name="Clear what is done")
    if clear.count():
        clear.click()
        expect(page.locator(".rq-job")).to_have_count(0)


def open_library(page: Page, site: Site, more: str = "") -> None:
    page.goto(f"{site.url}?tab=library{more}")
    expect(page.locator(".rq-shelf h2")).to_be_visible(timeout=SLOWLY)


def send(page: Page, files: list[Path], button: str = "Choose files") -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=button).click()
    chooser.value.set_files([str(file) for file in files])


def write(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def job(page: Page, name: str) -> Locator:
    exact = re.compile(f"^{re.escape(name)}$")
    return page.locator(".rq-job").filter(has=page.locator(".rq-file", has_text=exact))


def report(page: Page, title: str) -> Locator:
    return page.locator(".rq-report").filter(has_text=title)


def ask(page: Page, question: str) -> None:
    page.locator(BOX).fill(question)
    page.locator(BOX).press("Enter")
    results = page.locator(".rq-results")
    expect(results).to_have_attribute("data-question", question, timeout=SLOWLY)


def find_violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in serious]


def make_files(folder: Path) -> list[Path]:
    folder.mkdir()
    big = folder / "big.pdf"
    with big.open("wb") as file:
        file.truncate(300 * 2**20)
    return [
        write(folder, "harbours.md", HARBOUR),
        write(folder, "numbered.pdf", pdf_pages.numbered_pages(40)),
        write(folder, "copy.md", sample_reports()[0].read_bytes()),
        write(folder, "liar.pdf", "hello"),
        write(folder, "locked.pdf", pdf_pages.locked_file("secret")),
        write(folder, "empty.md", ""),
        write(folder, "sheet.xlsx", b"PK\x03\x04"),
        write(folder, "files.zip", b"PK\x03\x04"),
        big,
    ]


def test_good_and_bad_files_are_taken_while_somebody_asks(
    browser: BrowserContext, library: Site, page: Page, tmp_path: Path
) -> None:
    asking = browser.new_page()
    asking.goto(f"{library.url}?q={quote(HERRING)}")
    unanswered = asking.get_by_role("heading", name="The report does not say")
    expect(unanswered).to_be_visible(timeout=SLOWLY)
    begin(page, library)
    send(page, make_files(tmp_path / "files"))
    expect(page.locator(".rq-job").first).to_be_visible()
    ask(asking, LIGHTHOUSE)
    expect(asking.get_by_role("heading", name="Answer", exact=True)).to_be_visible()

    expect(page.locator(".rq-tally")).to_have_text("9 of 9 done, 6 not added", timeout=SLOWLY)
    expect(job(page, "harbours.md")).to_contain_text("Harbours of the coast · 1 passage")
    expect(job(page, "numbered.pdf")).to_contain_text("40 pages")
    expect(job(page, "copy.md")).to_contain_text("The same words are already here as")
    expect(job(page, "liar.pdf")).to_contain_text("Named as PDF, but it holds text")
    expect(job(page, "locked.pdf")).to_contain_text("It is encrypted")
    expect(job(page, "empty.md")).to_contain_text("The file is empty")
    expect(job(page, "sheet.xlsx")).to_contain_text(".xlsx files are not read")
    expect(job(page, "files.zip")).to_contain_text("Archives are not unpacked")
    expect(job(page, "big.pdf")).to_contain_text("300 MiB, more than the limit of 64 MiB")
    expect(page.locator(".rq-report")).to_have_count(3)
    assert str(tmp_path) not in page.content()

    ask(asking, HERRING)
    expect(asking.locator("blockquote")).to_contain_text("seven fathoms deep")
    asking.reload()
    expect(asking.locator(".rq-searched")).to_contain_text("Searching 3 reports")
    asking.close()


def test_each_stage_is_shown_and_another_page_sees_it_too(
    browser: BrowserContext, library: Site, page: Page, tmp_path: Path
) -> None:
    words = "".join(f"Buoy {n} lies {n} miles off the coast of Fife.\n\n" for n in range(600))
    begin(page, library)
    page.evaluate(
        """() => {
            window.seen = new Set();
            const note = () => document.querySelectorAll(".rq-state").forEach(
                (state) => window.seen.add(state.textContent.replace(/[0-9,]+/g, "N")));
            new MutationObserver(note).observe(document.body,
                { childList: true, subtree: true, characterData: true });
        }"""
    )
    send(
        page, [write(tmp_path, "buoys.md", f"# Buoys\n\n{words}"), write(tmp_path, "b.md", HARBOUR)]
    )
    bar = page.locator(".rq-job progress[value]")
    expect(bar).to_have_attribute("max", re.compile(r"\d{2,}"), timeout=SLOWLY)
    other = browser.new_page()
    open_library(other, library)
    expect(other.locator(".rq-job")).to_have_count(2)
    other.close()
    expect(page.locator(".rq-tally")).to_have_text("2 of 2 done", timeout=2 * SLOWLY)
    assert {"Waiting", "Embedding N of N", "Added"} <= set(page.evaluate("[...window.seen]"))
    page.reload()
    expect(page.locator(".rq-tally")).to_have_text("2 of 2 done")
    page.get_by_role("button", name="Clear what is done").click()
    expect(page.locator(".rq-job")).to_have_count(0)
    expect(page.locator(".rq-report")).to_have_count(3)


def test_nothing_is_asked_of_the_server_while_nothing_is_to_be_done(
    library: Site, page: Page, tmp_path: Path
) -> None:
    begin(page, library)
    send(page, [write(tmp_path, "a.md", HARBOUR)])
    expect(page.locator(".rq-tally")).to_have_text("1 of 1 done", timeout=SLOWLY)
    page.wait_for_timeout(1500)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(3000)
    assert asked == []


def test_a_report_is_removed_from_the_keyboard_only_after_a_question(
    library: Site, page: Page, index: Path, tmp_path: Path
) -> None:
    begin(page, library)
    send(page, [write(tmp_path, "harbours.md", HARBOUR)])
    remove = page.get_by_role("button", name="Remove Harbours of the coast")
    remove.focus()
    page.keyboard.press("Enter")
    question = page.get_by_role("dialog", name="Remove this report?")
    expect(question).to_contain_text("Harbours of the coast")
    expect(question.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    expect(remove).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(question).to_be_hidden()
    assert len(list_summaries(IndexFolder(index))) == 2
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(question.get_by_role("button", name="Remove")).to_be_focused()
    page.keyboard.press("Enter")
    expect(report(page, "Harbours of the coast")).to_have_count(0, timeout=SLOWLY)
    expect(page.locator(".rq-shelf h2")).to_be_focused()
    assert len(list_summaries(IndexFolder(index))) == 1
    assert not list((index / "files").glob("*/*.md"))


def test_the_last_report_gone_says_so_and_the_first_one_is_taken_again(
    browser: BrowserContext, library: Site, page: Page, tmp_path: Path
) -> None:
    begin(page, library)
    page.get_by_role("button", name="Remove National").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("heading", name="No reports yet")).to_be_visible(timeout=SLOWLY)
    asking = browser.new_page()
    asking.goto(f"{library.url}?q={quote(LIGHTHOUSE)}")
    expect(asking.get_by_role("heading", name="There is no index yet")).to_be_visible(
        timeout=SLOWLY
    )
    send(page, [write(tmp_path, "harbours.md", HARBOUR)])
    expect(report(page, "Harbours of the coast")).to_be_visible(timeout=SLOWLY)
    ask(asking, HERRING)
    expect(asking.locator("blockquote")).to_contain_text("seven fathoms deep")
    asking.close()


def test_a_dropped_folder_is_read_to_the_bottom(library: Site, page: Page, tmp_path: Path) -> None:
    deep = tmp_path / "reports" / "2019" / "north"
    deep.mkdir(parents=True)
    write(deep, "harbours.md", HARBOUR)
    write(deep, ".hidden.md", HARBOUR)
    write(tmp_path / "reports", "sheet.ods", "PK")
    begin(page, library)
    send(page, [tmp_path / "reports"], "Choose a folder")
    expect(job(page, "reports/2019/north/harbours.md")).to_contain_text("Added", timeout=SLOWLY)
    expect(job(page, "reports/sheet.ods")).to_contain_text(".ods files are not read")
    expect(page.locator(".rq-job")).to_have_count(2)
    expect(report(page, "harbours.md")).to_be_visible()


def test_files_dropped_beside_the_place_for_them_are_taken_too(library: Site, page: Page) -> None:
    begin(page, library)
    page.evaluate(
        """(words) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([words], "dropped.md"));
            const happen = (name) => document.querySelector("h1").dispatchEvent(
                new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: transfer }));
            happen("dragover");
            window.washed = document.querySelector(".rq-drop").classList.contains("rq-over");
            happen("drop");
        }""",
        HARBOUR,
    )
    assert page.evaluate("window.washed")
    expect(job(page, "dropped.md")).to_contain_text("Added", timeout=SLOWLY)


def test_hostile_names_and_titles_are_only_words(library: Site, page: Page, tmp_path: Path) -> None:
    title = f"`{EVIL}` and `<script>window.hacked = 2</script>`"
    names = ["\u202egnp.md", f"{'w' * 250}.md", "<img src=x onerror=hacked=3>.md", "🚢 & “x”.md"]
    files = [
        write(tmp_path, name, f"# {number} {title}\n\nThe sea is {number} miles wide.\n")
        for number, name in enumerate(names)
    ]
    begin(page, library)
    send(page, files)
    expect(page.locator(".rq-tally")).to_have_text("4 of 4 done", timeout=SLOWLY)
    expect(page.locator(".rq-report")).to_have_count(5)
    for name in names:
        expect(job(page, name)).to_have_count(1)
    page.get_by_role("button", name="Remove 2").click()
    expect(page.get_by_role("dialog")).to_contain_text(EVIL)
    page.keyboard.press("Escape")
    assert page.evaluate("window.hacked") is None
    assert page.locator(".rq-jobs img, .rq-shelf img, .rq-jobs script").count() == 0


def test_the_library_is_accessible_and_fits(library: Site, page: Page, tmp_path: Path) -> None:
    begin(page, library)
    files = [
        write(tmp_path, f"{'w' * 200}.md", HARBOUR),
        write(tmp_path, "bad.pdf", "x"),
        write(tmp_path, "turned.pdf", pdf_pages.turned_pages()[0]),
    ]
    send(page, files)
    expect(page.locator(".rq-tally")).to_have_text("3 of 3 done, 1 not added", timeout=SLOWLY)
    for theme in ("light", "dark"):
        for width in (360, 1280, 3840):
            page.set_viewport_size({"width": width, "height": 800})
            open_library(page, library, f"&__theme={theme}")
            expect(page.locator(".rq-job")).to_have_count(3)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            page.get_by_role("button", name="Remove Harbours").click()
            expect(page.get_by_role("dialog")).to_be_visible()
            if width == 360:
                assert find_violations(page) == []
                page.keyboard.press("Escape")
                assert find_violations(page) == []
