"""A whole page: its main content, what it says of itself, its encoding."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from ingest.errors import ReadError, TooLargeError, UnsupportedFormatError
from ingest.html import parse_html, read_html
from ingest.report import NoticeKind, Report
from ingest.source import ReadOptions

# The shape of a report on GOV.UK, with what stands around and inside its words.
PAGE = """<!DOCTYPE html>
<html lang="en-GB" class="govuk-template">
<head><meta charset="utf-8">
<title>National Child Protection Inspections: 2019 thematic report - GOV.UK</title>
<meta property="og:site_name" content="GOV.UK">
<meta property="article:published_time" content="2020-02-27T09:30:00+00:00">
<link rel="canonical" href="https://www.gov.uk/government/publications/ncpi">
<script type="application/ld+json">{"@context":"http://schema.org","@type":"Article",
 "author":{"@type":"Organization","name":"HMICFRS"},"datePublished":"2020-02-27"}</script>
<style>p { color: red }</style></head>
<body class="js-enabled"><script>document.body.className += ' js'</script>
<div id="global-cookie-message" class="gem-c-cookie-banner">Tell us whether you accept cookies</div>
<a href="#content" class="govuk-skip-link">Skip to main content</a>
<header role="banner"><nav aria-label="menu"><ul><li><a href="/">Home</a></li></ul></nav></header>
<div class="govuk-breadcrumbs"><ol><li><a href="/">Home</a></li></ol></div>
<main id="content" role="main">
 <header><p class="publication-header">Research and analysis</p>
 <h1>National Child Protection Inspections: 2019 thematic report</h1></header>
 <nav role="navigation" class="gem-c-contents-list"><h2>Contents</h2>
  <ol><li><a href="#summary">2. Summary</a></li></ol></nav>
 <div class="govspeak">
 <h2 id="summary">2. Summary</h2>
 <h3 id="leaders">The role of leaders</h3>
 <p>4.1 Nationally, the police&rsquo;s <strong>senior</strong> leaders are committed.</p>
 <ul><li>first <a href="/x">point</a></li><li>second point</li></ul>
 <form><label>Search</label><input value="x"><button>Go</button></form>
 <aside class="related"><a href="/a">Related</a> <a href="/b">Other page</a></aside>
 <aside class="callout"><p>Case study: the Lighthouse brings services together.</p></aside>
 <p hidden>Hidden words</p><p aria-hidden="true">More hidden</p>
 <p style="color:red; display: none">Unseen</p>
 <p>Read <span class="govuk-visually-hidden">about this</span>on.</p>
 <noscript>Turn on JavaScript</noscript><template><p>Template</p></template>
 <details><summary>More detail</summary><p>Inside.</p></details>
 </div>
 <footer><a href="#top">Back to top</a></footer>
</main>
<footer role="contentinfo">All content is available under the Open Government Licence</footer>
<div class="modal" role="dialog">Was this page useful?</div>
</body></html>"""


def _read(tmp_path: Path, content: bytes, options: ReadOptions | None = None) -> Report:
    path = tmp_path / "page.html"
    path.write_bytes(content)
    return read_html(path, options or ReadOptions())


def test_only_the_main_content_of_a_page_is_the_report() -> None:
    report = parse_html(PAGE, "page.html")
    assert [block.span.of(report.text) for block in report.blocks] == [
        "Research and analysis",
        "National Child Protection Inspections: 2019 thematic report",
        "2. Summary",
        "The role of leaders",
        "4.1 Nationally, the police’s senior leaders are committed.",
        "first point",
        "second point",
        "Case study: the Lighthouse brings services together.",
        "Read on.",
        "More detail",
        "Inside.",
    ]


def test_a_page_says_title_creator_date_and_address_of_the_report() -> None:
    report = parse_html(PAGE, "page.html")
    assert report.title == "National Child Protection Inspections: 2019 thematic report"
    assert report.metadata.creator == "HMICFRS"
    assert report.metadata.date == "2020-02-27"
    assert report.metadata.url == "https://www.gov.uk/government/publications/ncpi"
    assert report.metadata.language == "en"
    assert report.sections[-1].path == ("2. Summary", "The role of leaders")
    assert report.sections[-1].anchor == "leaders"


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Annual report | Ofsted</title>", "<p>x", "Annual report"),
        (
            "<title>Annual report - Ofsted</title><meta property=og:site_name content=Ofsted>",
            "<p>x",
            "Annual report",
        ),
        (
            "<title>Inspections - 2019 thematic report</title>",
            "<p>x",
            "Inspections - 2019 thematic report",
        ),
        (
            '<title>Report – GOV.UK</title><link rel=canonical href="https://www.gov.uk/r">',
            "<p>x",
            "Report",
        ),
        ("<title>Site</title><meta property=og:title content='The report'>", "<p>x", "The report"),
        ("<title>Something else</title>", "<h1>The report</h1><h2>A</h2><p>x", "The report"),
        ("<title>B - Site</title>", "<p>cover</p><h1>The report</h1><h2>A</h2><p>x", "The report"),
        ("<title>The report</title>", "<h1>The report</h1><p>x<h1>Part 1</h1><p>y", "The report"),
        ("<title>Book</title>", "<h1>Part 1</h1><p>x<h1>Part 2</h1><p>y", "Book"),
        ("", "<p>x", "page"),
    ],
)
def test_the_title_is_the_heading_or_the_head_without_the_site(
    head: str, body: str, title: str
) -> None:
    report = parse_html(f"<head>{head}</head><body><main>{body}</main>", "page.html")
    assert report.title == title
    assert (title,) not in {section.path for section in report.sections}


@pytest.mark.parametrize(
    "linked_data",
    ["{", "[]", "null", '"x"', '{"author": 7}', '{"@graph": 3}', '[{"author":[{"name":["x"]}]}]'],
)
def test_linked_data_may_be_anything(linked_data: str) -> None:
    head = f"<script type='application/ld+json'>{linked_data}</script>"
    report = parse_html(f"<head>{head}</head><p>Words.", "page.html")
    assert report.metadata.creator is None


def test_an_address_that_is_none_is_not_taken() -> None:
    head = "<link rel=canonical href='javascript:alert(1)'>"
    assert parse_html(f"<head>{head}</head><p>Words.", "page.html").metadata.url is None


def test_a_page_saved_by_a_browser_knows_where_it_is_from() -> None:
    text = "<!-- saved from url=(0024)https://example.org/r.html --><p>Words."
    assert parse_html(text, "page.html").metadata.url == "https://example.org/r.html"


@pytest.mark.parametrize(
    "wrapped",
    [
        "<div><article><h1>T</h1><p>{0}</p></article></div><div class=menu><a href=x>y</a></div>",
        "<div id=content><h1>T</h1><p>{0}</p></div><ul><li><a href=a>a</a><li>b<li>c</ul>",
        "<header><h1>T</h1></header><p>{0}</p><aside>Aside</aside><footer>Foot</footer>",
        "<form id=aspnetForm><div><h1>T</h1><p>{0}</p></div><input type=hidden></form>",
    ],
)
def test_pages_without_main_lose_only_what_stands_around(wrapped: str) -> None:
    words = "The report itself, which is long enough to be told from its surroundings."
    report = parse_html(f"<body>{wrapped.format(words)}", "page.html")
    assert [block.span.of(report.text) for block in report.blocks] == ["T", words]


def test_many_hidden_words_are_noted() -> None:
    report = parse_html(f"<p>Shown.</p><div hidden>{'word ' * 200}</div>", "page.html")
    assert [notice.kind for notice in report.notices] == [NoticeKind.LEFT_OUT]
    assert "200 words that the page hides" in report.notices[0].message


WORDS = "Café — “naïve” £5"


@pytest.mark.parametrize(
    ("declared", "encoding", "noted"),
    [
        ("utf-8", "utf-8", False),
        ("", "utf-8", False),
        ("windows-1252", "cp1252", False),
        ("iso-8859-1", "cp1252", False),
        ("utf-8", "cp1252", True),
        ("iso-8859-1", "utf-8", True),
        ("", "cp1252", True),
        ("utf-16", "utf-8", False),
        ("x-no-such-thing", "utf-8", False),
        ("rot13", "utf-8", False),
        ("utf-7", "utf-8", False),
    ],
)
def test_the_encoding_is_found_whatever_is_declared(
    tmp_path: Path, declared: str, encoding: str, noted: bool
) -> None:
    meta = f'<meta charset="{declared}">' if declared else ""
    report = _read(tmp_path, f"<html><head>{meta}</head><body><p>{WORDS}</p>".encode(encoding))
    assert report.text == WORDS
    kinds = [notice.kind for notice in report.notices]
    assert kinds == ([NoticeKind.BAD_ENCODING] if noted else [])


@pytest.mark.parametrize(
    ("bom", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
)
def test_a_byte_order_mark_goes_before_the_declaration(
    tmp_path: Path, bom: bytes, encoding: str
) -> None:
    page = f"<html><meta charset=windows-1252><p>{WORDS}</p>"
    report = _read(tmp_path, bom + page.encode(encoding))
    assert (report.text, report.notices) == (WORDS, ())


@pytest.mark.parametrize(
    ("label", "words"),
    [("shift_jis", "報告書"), ("gb2312", "报告"), ("koi8-r", "Отчёт"), ("euc-kr", "보고서")],
)
def test_legacy_encodings_are_read_as_declared(tmp_path: Path, label: str, words: str) -> None:
    content = f"<meta charset={label}><p>{words}</p>".encode(label)
    assert _read(tmp_path, content).text == words


def test_xhtml_declares_its_encoding_in_the_first_line(tmp_path: Path) -> None:
    page = f'<?xml version="1.0" encoding="windows-1252"?><html><body><p>{WORDS}</p></body></html>'
    assert _read(tmp_path, page.encode("cp1252")).text == WORDS


@pytest.mark.parametrize("content", [b"%PDF-1.7 x", b"PK\x03\x04rest", b"<p>\x00\x01\x02</p>"])
def test_what_is_no_page_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnsupportedFormatError, match=r"page\.html: not an HTML page"):
        _read(tmp_path, content)


def test_a_page_over_the_limit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TooLargeError):
        _read(tmp_path, b"<p>" + b"x" * 100, ReadOptions(max_bytes=50))


def test_a_missing_page_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no such file"):
        read_html(tmp_path / "none.html", ReadOptions())
