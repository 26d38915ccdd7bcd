"""What the elements of a page become."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.canonical import canonicalise
from ingest.errors import EmptyReportError
from ingest.html import parse_html
from ingest.report import BlockKind, Report


def _read(body: str, head: str = "") -> Report:
    return parse_html(f"<!doctype html><head>{head}</head><body><main>{body}", "page.html")


def _blocks(body: str) -> list[tuple[str, str]]:
    report = _read(body)
    return [(block.kind.value, block.span.of(report.text)) for block in report.blocks]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<p>H<sub>2</sub>O and CO<sub>2</sub></p>", "H2O and CO2"),
        ("<p>un<b>believ</b>able</p>", "unbelievable"),
        ("<p>one<br>two</p>", "one two"),
        ("<p>a&nbsp;b &amp; c &mdash; &hellip; &#8217;</p>", "a b & c — … ’"),
        ("<p>child&shy;ren</p>", "children"),
        ("<p>super<wbr>calif</p>", "supercalif"),
        ("<p>said <q>so</q></p>", "said “so”"),
        ("<p>in <ins>new</ins><del>old</del> words</p>", "in new words"),
        ("<p>  many \n\n spaces\t</p>", "many spaces"),
        ("<p>kept <span>apart</span> <em>words</em></p>", "kept apart words"),
        ("<p>a<!-- comment -->b</p>", "ab"),
        ("<p>x<script>var y</script>z</p>", "xz"),
        ("<p>漢<ruby>字<rp>(</rp><rt>じ</rt><rp>)</rp></ruby></p>", "漢字"),
        ("<p>e&#x301;t&eacute;</p>", "été"),
    ],
)
def test_inline_elements_neither_add_nor_take_words(body: str, words: str) -> None:
    assert _blocks(body) == [("paragraph", words)]


@pytest.mark.parametrize(
    "body",
    [
        "<p>one</p><p>two</p>",
        "<p>one<p>two",
        "<div>one</div>two",
        "one<div>two</div>",
        "<div>one<div>two</div></div>",
        "one<br><br>two",
        "one<br> <br/>\n two",
        "<span>one<p>two</p></span>",
        "<section>one</section><section>two</section>",
        "<b>one<div>two</b></div>",
        "one<hr>two",
        "<dl><dt>one<dd>two</dl>",
        "<details><summary>one</summary>two</details>",
        '<span style="display:block">one</span><span>two</span>',
        '<div hidden="until-found">one</div><p>two',
        "<table><tr><td>one</table><p>two",
    ],
)
def test_block_elements_part_paragraphs(body: str) -> None:
    assert _blocks(body) == [("paragraph", "one"), ("paragraph", "two")]


@pytest.mark.parametrize(
    ("body", "items"),
    [
        ("<ul><li>one<li>two</ul>", ["one", "two"]),
        ("<ol><li>one<li>two</ol>", ["1. one", "2. two"]),
        ("<ol start=3><li>one<li>two</ol>", ["3. one", "4. two"]),
        ("<ol><li value=7>one<li>two</ol>", ["7. one", "8. two"]),
        ("<ol reversed><li>one<li>two</ol>", ["2. one", "1. two"]),
        ("<ol type=a><li>one<li>two</ol>", ["a. one", "b. two"]),
        ("<ol type=I start=4><li>one</ol>", ["IV. one"]),
        ('<ol style="list-style-type:lower-roman" start=9><li>one</ol>', ["ix. one"]),
        ('<ol style="list-style: none"><li>one</ol>', ["one"]),
        ('<ol class="legislative-list"><li>(a) one<li>(b) two</ol>', ["(a) one", "(b) two"]),
        ("<ol><li>1. one<li>2. two</ol>", ["1. one", "2. two"]),
        ("<ol><li>4.12 One<li>4.13 Two</ol>", ["4.12 One", "4.13 Two"]),
        ("<ol start=26 type=a><li>y<li>z</ol>", ["z. y", "aa. z"]),
        ("<ul><li>one<ol><li>in<li>side</ol><li>two</ul>", ["one", "1. in", "2. side", "two"]),
        ("<ol><li><p>one</p><p>more</p><li>two</ol>", ["1. one", "more", "2. two"]),
        ("<ol><li>one<ul><li>in</ul><li>two</ol>", ["1. one", "in", "2. two"]),
    ],
)
def test_lists_keep_the_numbers_that_a_browser_prints(body: str, items: list[str]) -> None:
    assert _blocks(body) == [("list_item", item) for item in items]


def test_tables_become_rows_with_their_header_and_caption() -> None:
    body = """<table><caption>Table 2: Cases</caption>
      <thead><tr><th>Force<th colspan=2>Cases</thead>
      <tr><td>Kent<td>1<td>2 <tr><td rowspan=2>Essex<td>3<td><p>4</p><p>5</p><tr><td>6<td>
    </table>"""
    assert _blocks(body) == [
        ("caption", "Table 2: Cases"),
        ("table_row", "Force | Cases"),
        ("table_row", "Kent | 1 | 2"),
        ("table_row", "Essex | 3 | 4 5"),
        ("table_row", "6 |"),
    ]


def test_a_table_inside_a_cell_follows_the_row_that_holds_it() -> None:
    body = "<table><tr><td>a<table><tr><td>in<td>side</table><td>b<tr><td>c<td>d</table>"
    assert [words for _, words in _blocks(body)] == ["a | b", "in | side", "c | d"]


@pytest.mark.parametrize(
    "table",
    [
        "<table role=presentation><tr><td><p>one</p><td><p>two</p></table>",
        "<table><tr><td><p>one</p><tr><td><p>two</p></table>",
    ],
)
def test_a_table_that_only_places_things_is_no_table(table: str) -> None:
    assert _blocks(table) == [("paragraph", "one"), ("paragraph", "two")]


def test_a_box_made_of_a_table_heads_a_section() -> None:
    report = _read("<h2>A</h2><table><tr><td><h3>Box 2</h3><p>Words.</table><h2>B</h2><p>x")
    assert report.sections[1].path == ("A", "Box 2")
    assert report.blocks[1].label == "Box 2"


def test_headings_make_section_paths_and_the_nearest_anchor() -> None:
    report = _read(
        "<h1>Report</h1><section id=s1><h2>One</h2><p>a</section>"
        "<h2><span id=s2></span>Two</h2><h3>Three</h3><p>b<h2 id=s3>Four</h2><p>c"
    )
    assert report.title == "Report"
    assert [(s.path, s.anchor) for s in report.sections] == [
        ((), None),
        (("One",), "s1"),
        (("Two",), "s2"),
        (("Two", "Three"), "s2"),
        (("Four",), "s3"),
    ]


def test_figures_have_captions_and_lone_pictures_their_description() -> None:
    body = """<figure><img alt="Bar chart of cases"><figcaption>Figure 7: Cases</figcaption>
      </figure>
      <p>Text <img alt=icon> on.</p><p class="table-caption">Table 1: Forces</p>"""
    assert _blocks(body) == [
        ("caption", "Bar chart of cases"),
        ("caption", "Figure 7: Cases"),
        ("paragraph", "Text on."),
        ("caption", "Table 1: Forces"),
    ]


def test_preformatted_text_keeps_its_lines() -> None:
    assert _blocks("<pre>one\n  two\n\nthree</pre>") == [("paragraph", "one\ntwo\nthree")]


PANDOC = """<h2>A</h2><p>Words.<a href="#fn1" class="footnote-ref" id="fnref1" role="doc-noteref">
  <sup>1</sup></a> More.</p><h2>B</h2><p>End.</p>
  <section id="footnotes" class="footnotes" role="doc-endnotes"><hr><ol>
  <li id="fn1"><p>The note.<a href="#fnref1" class="footnote-back" role="doc-backlink">↩︎</a></p>
  </li></ol></section>"""
GOVUK = """<h2>A</h2><p>Words.<sup id="fnref:1"><a href="#fn:1" class="govuk-link" rel="footnote">
  [footnote 1]</a></sup> More.</p><h2>B</h2><p>End.</p><div class="footnotes" role="doc-endnotes">
  <ol><li id="fn:1" role="doc-endnote"><p>The note. <a href="#fnref:1">↩</a></p></li></ol></div>"""
WORD = """<h2>A</h2><p>Words.<a href="#_ftn1" name="_ftnref1"><span>[1]</span></a> More.</p>
  <h2>B</h2><p>End.</p><div id="ftn1"><p><a href="#_ftnref1" name="_ftn1">[1]</a> The note.</p>
  </div>"""
DOCUTILS = """<h2>A</h2><p>Words.<a class="footnote-reference brackets" href="#id2" id="id1"
  role="doc-noteref"><span class="fn-bracket">[</span>1<span class="fn-bracket">]</span></a> More.
  </p><h2>B</h2><p>End.</p><aside class="footnote brackets" id="id2" role="doc-footnote">
  <span class="label"><span class="fn-bracket">[</span><a role="doc-backlink" href="#id1">1</a>
  <span class="fn-bracket">]</span></span><p>The note.</p></aside>"""
TEXINFO = """<h2>A</h2><p>Words.<a class="footnote" id="DOCF1" href="#FOOT1"><sup>1</sup></a> More.
  </p><h2>B</h2><p>End.</p><div class="footnote"><hr>
  <h5><a id="FOOT1" href="#DOCF1">(1)</a></h5><p>The note.</p></div>"""
WIKI = """<h2>A</h2><p>Words.<sup id="cite_ref-1"><a href="#cite_note-1">[1]</a></sup> More.</p>
  <h2>B</h2><p>End.</p><ol class="references"><li id="cite_note-1"><a href="#cite_ref-1">↑</a>
  The note.</li></ol>"""


@pytest.mark.parametrize(
    "body", [PANDOC, GOVUK, WORD, DOCUTILS, TEXINFO, WIKI], ids=lambda body: str(len(body))
)
def test_footnotes_stand_apart_in_the_section_that_refers_to_them(body: str) -> None:
    report = _read(body)
    found = [
        (b.kind, b.span.of(report.text), report.sections[b.section].path) for b in report.blocks
    ]
    assert found == [
        (BlockKind.HEADING, "A", ("A",)),
        (BlockKind.PARAGRAPH, "Words.[1] More.", ("A",)),
        (BlockKind.FOOTNOTE, "The note.", ("A",)),
        (BlockKind.HEADING, "B", ("B",)),
        (BlockKind.PARAGRAPH, "End.", ("B",)),
    ]
    assert report.blocks[2].label == "1"


@pytest.mark.parametrize(
    "link",
    [
        '<a href="#s2">section 2</a>',
        '<sup><a href="http://x/#fn1">1</a></sup>',
        '<a href="#fn-reporting">fn</a>',
        "10<sup>2</sup>",
        '<a href="note1.html">1</a>',
    ],
)
def test_what_only_resembles_a_footnote_reference_stays(link: str) -> None:
    report = _read(f"<p>See {link}.")
    assert "[" not in report.text
    assert report.text.startswith("See ") or report.text.startswith("See 10")


def test_a_page_without_words_is_an_empty_report() -> None:
    with pytest.raises(EmptyReportError, match=r"page\.html"):
        _read("<p> &nbsp; </p><script>x</script>")


def test_nesting_without_end_is_read_and_not_recursed_into() -> None:
    report = _read("<div>" * 5_000 + "deep" + "<b>" * 5_000 + "er")
    assert "deep" in report.text


_WORDS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs", "Cc")), max_size=30
)
_TAGS = st.sampled_from(
    (
        *("p", "div", "b", "ul", "ol", "li", "table", "tr", "td", "th", "h2", "caption", "pre"),
        *("a", "sup", "figure", "figcaption", "dl", "dt", "blockquote", "section", "span", "q"),
        *("main", "aside"),
    )
)
_SOUP = st.lists(
    st.one_of(
        _WORDS,
        _TAGS.map(lambda tag: f"<{tag}>"),
        _TAGS.map(lambda tag: f"</{tag}>"),
        st.sampled_from(
            ['<li id="fn1">', '<a href="#fn1">', "<br>", "&amp;", "<!--", "<td", "]]>"]
        ),
    ),
    max_size=40,
)


@given(_SOUP)
def test_any_tag_soup_gives_a_sound_report_or_an_empty_one(soup: list[str]) -> None:
    try:
        report = parse_html("".join(soup), "soup.html")
    except EmptyReportError:
        return
    for block in report.blocks:
        words = block.span.of(report.text)
        assert words
        assert words == canonicalise(words) or "\n" in words


@given(st.lists(_WORDS.map(canonicalise).filter(bool), min_size=1, max_size=8))
def test_the_words_of_paragraphs_come_back_exactly(paragraphs: list[str]) -> None:
    from html import escape

    body = "".join(f"<p>{escape(words)}</p>" for words in paragraphs)
    assert [words for _, words in _blocks(body)] == paragraphs
