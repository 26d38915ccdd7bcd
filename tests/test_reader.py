"""The reader's pages: right words, right place, nothing hostile, nothing of the machine."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs

import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from selectolax.lexbor import LexborHTMLParser, LexborNode
from starlette.testclient import TestClient

from app.reader import make_reader_router, reader_address
from app.reader_outline import Entry, choose_entries
from app.reader_pictures import Latest
from app.reader_text import find_leaf, part_text
from app.service import Searcher, Service
from index.catalogue import ReportSummary
from index.folder import IndexFolder
from index.settings import Settings
from ingest.builder import ReportBuilder
from ingest.citation import cite
from ingest.drawing import draw_page
from ingest.errors import IndexCorruptError
from ingest.geometry import boxes_for
from ingest.markdown import parse_markdown
from ingest.registry import read_report
from ingest.report import BlockKind, Metadata, Notice, NoticeKind, Page, Report
from ingest.source import ReadOptions
from ingest.span import Span
from tests import pdf_files, pdf_pages
from tests.reader_service import FakeSearcher

Get = Callable[..., Any]
HOSTILE = """# <script>alert(1)</script> & "title" ' onload=x

## <img src=x onerror=alert(2)> › [x](javascript:alert(3))

`<script>alert(4)</script>` and `</mark></p><iframe src="//evil.example">` \u202etxet\u202c

- `<b onmouseover="alert(5)">item`

| `"><svg onload=alert(6)>` | two |
|---|---|
| `&lt;script&gt;` | `{{7*7}}` |
"""


def make_client(searcher: FakeSearcher) -> TestClient:
    app = FastAPI()
    service = Service(cast("Searcher", searcher), IndexFolder(Path("nowhere")), Settings())
    app.include_router(make_reader_router(service))
    return TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)


def hold(*held: tuple[Report, Path]) -> TestClient:
    return make_client(FakeSearcher(list(held)))


def parse(response: Any) -> LexborHTMLParser:
    assert response.headers["content-type"].startswith("text/html")
    return LexborHTMLParser(response.text)


def texts(page: LexborHTMLParser, selector: str) -> list[str]:
    return [node.text() for node in page.css(selector)]


def first(page: LexborHTMLParser, selector: str) -> LexborNode:
    found = page.css_first(selector)
    assert found is not None, selector
    return found


def attribute(page: LexborHTMLParser, selector: str, name: str) -> str:
    return first(page, selector).attributes.get(name) or ""


def marked(page: LexborHTMLParser) -> str:
    return "".join(texts(page, "mark"))


def over_two_pages(report: Report) -> Span:
    return next(
        block.span
        for block in report.blocks
        if len({page for page, _ in boxes_for(report, block.span)}) == 2
    )


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Path]:
    path = tmp_path_factory.mktemp("reports") / "annual.pdf"
    path.write_bytes(pdf_files.weasy(pdf_files.noted_content()))
    return read_report(path), path


@pytest.fixture
def client(printed: tuple[Report, Path]) -> TestClient:
    return hold(printed)


def test_the_page_of_a_mark_shows_its_boxes_and_its_citation(
    client: TestClient, printed: tuple[Report, Path]
) -> None:
    report, _ = printed
    block = next(b for b in report.blocks if b.kind is BlockKind.PARAGRAPH)
    shown = parse(client.get(reader_address(report.id, block.span)[1:]))
    boxes = boxes_for(report, block.span)
    assert len(shown.css(".rq-box")) == len(boxes)
    assert attribute(shown, ".rq-page", "data-page") == str(boxes[0][0])
    assert texts(shown, ".rq-cited cite") == [cite(report, block.span).text]
    assert texts(shown, ".rq-page > .rq-unseen") == [f"Marked: “{block.span.of(report.text)}”"]
    style = attribute(shown, ".rq-box", "style")
    left, top, width, height = (float(number) for number in re.findall(r"[\d.]+(?=%)", style))
    page, box = report.pages[boxes[0][0] - 1], boxes[0][1]
    assert left / 100 * page.width <= box.x0 < box.x1 <= (left + width) / 100 * page.width
    assert top / 100 * page.height <= box.y0 < box.y1 <= (top + height) / 100 * page.height


def test_a_mark_over_two_pages_is_boxed_on_both(
    client: TestClient, printed: tuple[Report, Path]
) -> None:
    report, _ = printed
    span = over_two_pages(report)
    shown = parse(client.get(reader_address(report.id, span)[1:]))
    pages = sorted({page for page, _ in boxes_for(report, span)})
    assert [node.attributes["data-page"] for node in shown.css(".rq-page")] == list(map(str, pages))
    assert all(node.css(".rq-box") for node in shown.css(".rq-page"))


def test_a_page_beside_the_mark_says_where_the_mark_is(
    client: TestClient, printed: tuple[Report, Path]
) -> None:
    report, _ = printed
    span = over_two_pages(report)
    shown = parse(client.get(f"{reader_address(report.id, span)[1:]}&page=7"))
    assert not shown.css(".rq-box")
    assert "Words are marked on" in first(shown, ".rq-rest").text()
    back = attribute(shown, ".rq-rest a", "href")
    assert parse(client.get(f"/reports/{report.id}{back}")).css(".rq-box")


def test_pages_are_turned_with_what_is_marked_kept(
    client: TestClient, printed: tuple[Report, Path]
) -> None:
    report, _ = printed
    shown = parse(client.get(f"/reports/{report.id}?mark=0-5&page=3&zoom=150&theme=dark&embed=1"))
    following = attribute(shown, ".rq-turn a[rel=next]", "href")
    assert parse_qs(following.removeprefix("?")) == {
        "mark": ["0-5"],
        "page": ["4"],
        "zoom": ["150"],
        "theme": ["dark"],
        "embed": ["1"],
    }
    first = parse(client.get(f"/reports/{report.id}?page=1"))
    assert not first.css(".rq-turn a[rel=prev]")


@pytest.mark.parametrize(
    ("typed", "page"), [("3", "4"), ("PDF 3", "3"), (" pdf 5 ", "5"), ("7", "7")]
)
def test_a_typed_page_number_is_the_printed_one_first(
    client: TestClient, printed: tuple[Report, Path], typed: str, page: str
) -> None:
    report, _ = printed
    assert report.pages[3].label == "3"
    response = client.get(f"/reports/{report.id}", params={"go": typed, "page": 1})
    assert response.status_code == 303
    assert parse_qs(response.headers["location"].removeprefix("?"))["page"] == [page]


def test_a_page_number_that_is_not_there_names_those_that_are(
    client: TestClient, printed: tuple[Report, Path]
) -> None:
    response = client.get(f"/reports/{printed[0].id}", params={"go": "<99>", "page": 1})
    assert response.status_code == 404
    assert first(parse(response), "h1").text() == "There is no page <99> in this report"
    assert "PDF 1 to 7" in response.text


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_the_text_marks_the_words_of_any_span_and_no_others(
    printed: tuple[Report, Path], data: st.DataObject
) -> None:
    report = data.draw(st.sampled_from([printed[0], parse_markdown(HOSTILE, "hostile.md")]))
    start = data.draw(st.integers(0, len(report.text) - 1))
    end = data.draw(st.integers(start + 1, min(len(report.text), start + 6_000)))
    client = hold((report, printed[1]))
    shown = parse(client.get(f"/reports/{report.id}?mark={start}-{end}&view=text"))
    assert marked(shown) == report.text[start:end].replace("\n", "")


def test_the_text_of_a_report_is_all_there_and_structured(printed: tuple[Report, Path]) -> None:
    source = (
        "# T\n\n## One\n\nPara.[^1]\n\n- a\n- b\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\n[^1]: Note."
    )
    report = parse_markdown(source, "all.md")
    shown = parse(hold((report, printed[1])).get(f"/reports/{report.id}?at=0"))
    words = first(shown, "main")
    assert texts(shown, "main h2, main h3") == ["T", "One"]
    assert texts(shown, "main li") == ["a", "b"]
    assert texts(shown, "main tr") == ["A | B", "1 | 2"]
    assert texts(shown, "main .rq-footnote") == ["1 Note."]
    assert texts(shown, "nav li [aria-current=location]") == ["Beginning"]
    squeezed = "".join(words.text().split())
    assert all("".join(b.span.of(report.text).split()) in squeezed for b in report.blocks)


def test_hostile_reports_are_words_and_nothing_else(tmp_path: Path) -> None:
    name = '"><script>alert(9)</script> ü.md'
    report = parse_markdown(HOSTILE, name)
    metadata = Metadata(creator="<b>me</b>", url="javascript:alert(8)", licence="<i>free</i>")
    builder = ReportBuilder(name)
    for block in report.blocks:
        builder.add(block.kind, block.span.of(report.text), level=block.level)
    report = builder.build(metadata=metadata)
    client = hold((report, tmp_path / name))
    for query in ("", f"?mark=0-{len(report.text)}", "?view=text", "?view=overview&embed=1"):
        shown = parse(client.get(f"/reports/{report.id}{query}"))
        assert [node.attributes["src"] for node in shown.css("script")] == [
            attribute(shown, "script", "src")
        ]
        assert not shown.css("iframe, svg, main img, b, i, [onload], [onerror], [onmouseover]")
        addresses = [node.attributes["href"] or "" for node in shown.css("a")]
        assert all(address.startswith(("?", "#", "../")) for address in addresses), addresses
    assert texts(shown, "h1") == [report.title]


def test_only_web_addresses_become_links(tmp_path: Path) -> None:
    builder = ReportBuilder("a.md")
    builder.add(BlockKind.PARAGRAPH, "Words.")
    for address, links in (
        ("https://x.example/a?b&c", 1),
        ("data:text/html,x", 0),
        ("http://[", 0),
    ):
        report = builder.build(metadata=Metadata(url=address))
        shown = parse(hold((report, tmp_path)).get(f"/reports/{report.id}"))
        assert address in texts(shown, ".rq-facts dd")
        assert len(shown.css(".rq-facts a")) == links


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/reports/0123456789abcdef", 404),
        ("/reports/0123456789ABCDEF", 400),
        ("/reports/..%5c..%5cetc", 400),
        ("/reports/%00", 400),
        ("/reports/{id}?mark=5-5", 400),
        ("/reports/{id}?mark=9-3", 400),
        ("/reports/{id}?mark=-1-3", 400),
        ("/reports/{id}?mark=0-999999999", 404),
        ("/reports/{id}?mark=0-9999999999999999999999", 400),
        ("/reports/{id}?mark=%D9%A1-%D9%A9", 400),
        ("/reports/{id}?mark=%3Cscript%3E", 400),
        ("/reports/{id}?page=0", 400),
        ("/reports/{id}?page=8", 404),
        ("/reports/{id}?page=x", 400),
        ("/reports/{id}?at=999999999", 404),
        ("/reports/{id}?view=source", 400),
        ("/reports/{id}?mark=0-999999999&theme=dark&embed=1", 404),
    ],
)
def test_an_address_that_leads_nowhere_says_so_calmly(
    client: TestClient, printed: tuple[Report, Path], address: str, status: int
) -> None:
    response = client.get(address.replace("{id}", printed[0].id))
    assert response.status_code == status
    shown = parse(response)
    assert first(shown, "h1").text()
    assert ("dark" in attribute(shown, "html", "data-theme")) == ("dark" in address)
    assert str(printed[1].parent) not in response.text
    assert "Traceback" not in response.text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/reports/0123456789abcdef/pages/1.png", 404),
        ("/reports/x/pages/1.png", 400),
        ("/reports/{id}/pages/0.png", 400),
        ("/reports/{id}/pages/99.png", 404),
        ("/reports/{id}/pages/%D9%A1.png", 400),
        ("/reports/{id}/pages/1.png?mark=1", 400),
        ("/reports/{id}/pages/1.png?mark=0-999999999", 404),
    ],
)
def test_a_picture_that_is_not_there_is_a_line_of_text(
    client: TestClient, printed: tuple[Report, Path], address: str, status: int
) -> None:
    response = client.get(address.replace("{id}", printed[0].id))
    assert response.status_code == status
    assert response.headers["content-type"].startswith("text/plain")
    assert str(printed[1].parent) not in response.text


def picture(client: TestClient, address: str) -> Image.Image:
    response = client.get(address)
    assert response.headers["content-type"] == "image/png"
    assert "private" in response.headers["cache-control"]
    return Image.open(io.BytesIO(response.content)).convert("RGB")


@pytest.mark.parametrize(
    ("asked", "drawn"),
    [("1", 1), ("1.2", 1.5), ("3", 3), ("1e9", 6), ("-3", 2), ("nan", 2), ("x", 2)],
)
def test_pictures_are_drawn_in_a_few_sizes(
    client: TestClient, printed: tuple[Report, Path], asked: str, drawn: float
) -> None:
    page = printed[0].pages[1]
    found = picture(client, f"/reports/{printed[0].id}/pages/2.png?scale={asked}")
    assert found.width == pytest.approx(page.width * drawn, abs=1.5)


def test_a_marked_picture_has_boxes_in_it(client: TestClient, printed: tuple[Report, Path]) -> None:
    report, _ = printed
    span = over_two_pages(report)
    plain, boxed = (
        picture(client, f"/reports/{report.id}/pages/2.png?scale=1{mark}")
        for mark in ("", f"&mark={span.start}-{span.end}")
    )
    assert plain.size == boxed.size
    assert plain.tobytes() != boxed.tobytes()


def test_a_picture_is_drawn_once_and_sent_once(
    printed: tuple[Report, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    at_once: list[int] = []

    def count(*args: Any) -> bytes:
        at_once.append(1)
        assert len(at_once) == 1, "two pages are drawn at the same time"
        calls.append(args[2])
        drawn = draw_page(*args)
        at_once.pop()
        return drawn

    monkeypatch.setattr("app.reader_pictures.draw_page", count)
    client = hold(printed)
    address = f"/reports/{printed[0].id}/pages/{{}}.png?scale=1"
    threads = [
        threading.Thread(target=client.get, args=(address.format(at % 3 + 1),)) for at in range(9)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(calls) == [1, 2, 3]
    tag = client.get(address.format(1)).headers["etag"]
    again = client.get(address.format(1), headers={"if-none-match": tag})
    assert (again.status_code, again.content, sorted(calls)) == (304, b"", [1, 2, 3])
    assert client.get(address.format(2)).headers["etag"] != tag


def test_a_file_that_is_gone_or_changed_gives_its_text_and_no_picture(tmp_path: Path) -> None:
    path = tmp_path / "annual.pdf"
    path.write_bytes(pdf_files.weasy(pdf_files.plain_content()))
    report = read_report(path)
    client = hold((report, path))
    block = report.blocks[20].span
    address = reader_address(report.id, block)[1:]
    image = f"/reports/{report.id}/pages/2.png"
    assert parse(client.get(address)).css(".rq-box")
    tag = client.get(image).headers["etag"]

    path.write_bytes(pdf_files.weasy(pdf_files.plain_content(9)))
    changed = parse(client.get(address))
    assert "has changed since it was read" in texts(changed, ".rq-notices")[0]
    assert not changed.css("img")
    assert marked(changed) == block.of(report.text)
    assert client.get(image, headers={"if-none-match": tag}).status_code == 410

    path.unlink()
    gone = client.get(address)
    assert "no longer where it was" in texts(parse(gone), ".rq-notices")[0]
    assert str(tmp_path) not in gone.text
    assert client.get(image).status_code == 404

    path.write_bytes(b"%PDF-1.7 no more than that")
    assert "cannot be opened" in texts(parse(client.get(address)), ".rq-notices")[0]
    assert client.get(image).status_code == 422

    path.write_bytes(pdf_files.weasy(pdf_files.plain_content()))
    assert parse(client.get(address)).css(".rq-box")
    assert client.get(image).status_code == 200


def test_a_locked_file_says_so_and_gives_its_text(tmp_path: Path) -> None:
    path = tmp_path / "locked.pdf"
    path.write_bytes(pdf_pages.locked_file("secret"))
    report = read_report(path, ReadOptions(password="secret"))  # noqa: S106 - a test's own
    client = hold((report, path))
    shown = parse(client.get(f"/reports/{report.id}?mark=0-40"))
    assert "opens with a password only" in texts(shown, ".rq-notices")[0]
    assert marked(shown) == report.text[:40]
    assert client.get(f"/reports/{report.id}/pages/1.png").status_code == 403


def test_a_page_without_text_says_so_where_it_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    buffer = io.BytesIO()
    Image.new("L", (300, 400), 200).save(buffer, "PNG")
    path.write_bytes(pdf_pages.scanned_pages(buffer.getvalue()))
    report = read_report(path)
    client = hold((report, path))
    shown = parse(client.get(f"/reports/{report.id}?page=2"))
    assert "has no text layer" in texts(shown, ".rq-page .rq-notices")[0]
    assert shown.css(".rq-page img")
    overview = texts(parse(client.get(f"/reports/{report.id}")), ".rq-notices li")
    assert overview == ["PDF page 2: without a text layer, not read.", "PDF page 3: empty."]
    assert "3, 2 of them read" in client.get(f"/reports/{report.id}").text


def test_the_overview_names_what_is_known_and_leads_to_every_section(
    client: TestClient, printed: tuple[Report, Path]
) -> None:
    report, _ = printed
    shown = parse(client.get(f"/reports/{report.id}"))
    assert "annual.pdf" in texts(shown, ".rq-facts dd")
    links = [node.attributes["href"] for node in shown.css(".rq-outline a")]
    assert len(links) == len(report.sections)
    for section, link in zip(report.sections, links, strict=True):
        words = " ".join(texts(parse(client.get(f"/reports/{report.id}{link}&view=text")), "main"))
        assert not section.path or section.path[-1] in words


def test_two_reports_of_one_title_are_told_apart_in_their_citations(
    printed: tuple[Report, Path], tmp_path: Path
) -> None:
    copy = tmp_path / "copy.pdf"
    copy.write_bytes(printed[1].read_bytes())
    client = hold(printed, (read_report(copy), copy))
    shown = parse(client.get(f"/reports/{printed[0].id}?mark=0-5"))
    assert texts(shown, ".rq-cited cite")[0].endswith(" [annual.pdf]")


def long_report(paragraph: str, sections: int, title: str = "Section") -> Report:
    builder = ReportBuilder("long.md")
    builder.add(BlockKind.HEADING, "A long report", level=1)
    for number in range(sections):
        builder.add(BlockKind.HEADING, f"{title} {number}", level=2 + number % 3)
        builder.add(BlockKind.PARAGRAPH, paragraph)
    return builder.build()


@pytest.mark.parametrize(
    "report",
    [
        long_report("Words of a report & more. " * 40, 1_500),
        long_report("&" * 3_000_000, 1),
        long_report("&<>\"'" * 200, 900, "&" * 5_000),
        long_report("x", 12_000),
    ],
    ids=["long", "endless", "escaped", "crumbs"],
)
def test_every_page_of_a_long_report_stays_small(report: Report, tmp_path: Path) -> None:
    client = hold((report, tmp_path / "long.md"))
    middle, length = len(report.text) // 2, len(report.text)
    for query in (
        "",
        "?at=0",
        f"?at={middle}",
        f"?mark={middle}-{middle + 400}",
        f"?at={length - 1}",
    ):
        response = client.get(f"/reports/{report.id}{query}")
        assert response.status_code == 200
        assert len(response.content) < 300_000, query
    whole = client.get(f"/reports/{report.id}?mark=0-{length}")
    assert len(whole.content) < 600_000
    assert "The mark goes on" in whole.text


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(BlockKind), st.integers(1, 60_000)), min_size=1, max_size=30)
)
def test_leaves_hold_every_word_once(shape: list[tuple[BlockKind, int]]) -> None:
    builder = ReportBuilder("a.md")
    for kind, length in shape:
        level = 2 if kind is BlockKind.HEADING else None
        builder.add(kind, ("word " * length)[:length].strip() or "w", level=level)
    report = builder.build()
    leaves = part_text(report)
    pieces = [piece for leaf in leaves for piece in leaf.pieces]
    assert "".join(p.span.of(report.text) for p in pieces) == "".join(
        b.span.of(report.text) for b in report.blocks
    )
    assert all(len(leaf.span) <= 25_000 for leaf in leaves)
    for number, leaf in enumerate(leaves):
        assert find_leaf(leaves, leaf.span.start) == number
        assert find_leaf(leaves, leaf.span.end - 1) == number


def test_parts_of_a_long_text_lead_to_each_other(tmp_path: Path) -> None:
    report = long_report("Words of a report. " * 60, 60)
    client = hold((report, tmp_path / "long.md"))
    seen = ""
    address: str | None = "?at=0"
    while address:
        shown = parse(client.get(f"/reports/{report.id}{address}"))
        seen += "".join(
            texts(shown, "main > p[data-para], main > h2, main > h3, main > h4, main > h5")
        )
        following = shown.css_first(".rq-turn a[rel=next]")
        address = following.attributes["href"] if following else None
    assert seen == report.text.replace("\n", "")


@given(
    depths=st.lists(st.integers(1, 5), min_size=1, max_size=120),
    limit=st.integers(1, 150),
    data=st.data(),
)
def test_an_outline_is_no_longer_than_wanted_and_whole_where_it_can_be(
    depths: list[int], limit: int, data: st.DataObject
) -> None:
    entries = [Entry("x", depth, at, None) for at, depth in enumerate(depths)]
    here = data.draw(st.none() | st.integers(0, len(entries) - 1))
    chosen = choose_entries(entries, here, limit)
    assert 0 < len(chosen) <= limit
    assert list(chosen) == sorted(set(chosen))
    if len(entries) <= limit:
        assert list(chosen) == list(range(len(entries)))


def test_many_notices_are_said_in_a_few_lines(tmp_path: Path) -> None:
    builder = ReportBuilder("a.pdf")
    builder.add(BlockKind.PARAGRAPH, "Words.")
    notices = [Notice(NoticeKind.NO_TEXT_LAYER, "page: scanned", page) for page in range(1, 301)]
    notices += [Notice(NoticeKind.LEFT_OUT, f"a.pdf: thing {at}") for at in range(100)]
    report = builder.build(
        pages=[Page(at, str(at), 100, 100) for at in range(1, 302)], notices=notices
    )
    shown = parse(hold((report, tmp_path / "a.pdf")).get(f"/reports/{report.id}"))
    lines = texts(shown, ".rq-notices li")
    assert lines[0] == "PDF pages 1–300: without a text layer, not read."
    assert (len(lines), lines[-1]) == (42, "60 more.")


def test_an_index_that_cannot_be_read_is_said_without_its_place(
    printed: tuple[Report, Path],
) -> None:
    class Broken(FakeSearcher):
        def reports(self) -> Sequence[ReportSummary]:
            raise IndexCorruptError("the catalogue /secret/place is damaged")

    client = make_client(Broken())
    for address in ("", "/pages/1.png"):
        response = client.get(f"/reports/{printed[0].id}{address}")
        assert response.status_code == 503
        assert "The index could not be read" in response.text
        assert "secret" not in response.text


def test_what_is_kept_weighs_no_more_than_it_may() -> None:
    kept: Latest[bytes] = Latest(10, len)
    for key, value in (("a", b"1234"), ("b", b"1234"), ("a", b"12"), ("c", b"1234")):
        kept.put(key, value)
    assert [kept.get(key) for key in "abc"] == [b"12", b"1234", b"1234"]
    kept.get("a")
    kept.put("d", b"1234")
    assert [kept.get(key) for key in "abcd"] == [b"12", None, b"1234", b"1234"]
    kept.put("e", b"x" * 11)
    assert [kept.get(key) for key in "acde"] == [None] * 4


@pytest.mark.parametrize("name", ["reader.css", "reader.js"])
def test_sheet_and_script_are_sent_once_for_each_version(client: TestClient, name: str) -> None:
    response = client.get(f"/reader/{name}")
    assert response.status_code == 200
    assert "//" not in re.sub(
        r"/\*.*?\*/|^\s*//.*$", "", response.text, flags=re.DOTALL | re.MULTILINE
    )
    tag = {"if-none-match": response.headers["etag"]}
    assert client.get(f"/reader/{name}", headers=tag).status_code == 304


def test_a_head_request_is_answered(client: TestClient, printed: tuple[Report, Path]) -> None:
    assert client.head(f"/reports/{printed[0].id}?page=2").status_code == 200
