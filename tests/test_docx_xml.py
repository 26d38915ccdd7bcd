"""What the XML of a Word document becomes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.docx import read_docx
from ingest.docx_numbering import format_number
from ingest.report import BlockKind, NoticeKind, Report
from ingest.source import ReadOptions

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="{_OFFICE}" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
    'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:dcterms="http://purl.org/dc/terms/">{}</cp:coreProperties>'
)


def make_docx(body: str, *, core: str = "", **parts: str) -> bytes:
    """A DOCX file with this body and these properties, and the inner XML of further parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("_rels/.rels", _relations({"officeDocument": "word/document.xml"}))
        archive.writestr("word/_rels/document.xml.rels", _relations({p: f"{p}.xml" for p in parts}))
        archive.writestr("docProps/core.xml", _CORE.format(core))
        archive.writestr("word/document.xml", _part("document", f"<w:body>{body}</w:body>"))
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", _part(name, content))
    return target.getvalue()


def _relations(targets: dict[str, str]) -> str:
    lines = (
        f'<Relationship Id="r{i}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(targets.items())
    )
    return f'<Relationships xmlns="{_RELATIONS}">{"".join(lines)}</Relationships>'


def _part(name: str, content: str) -> str:
    return f"<w:{name} {_NAMESPACES}>{content}</w:{name}>"


def _read_bytes(tmp_path: Path, content: bytes) -> Report:
    path = tmp_path / "report.docx"
    path.write_bytes(content)
    return read_docx(path, ReadOptions())


def _read(tmp_path: Path, body: str, **parts: str) -> Report:
    return _read_bytes(tmp_path, make_docx(body, **parts))


def _blocks(report: Report) -> list[tuple[str, str]]:
    return [(block.kind.value, block.span.of(report.text)) for block in report.blocks]


def p(words: str, properties: str = "") -> str:
    """A paragraph of one run."""
    return f"<w:p><w:pPr>{properties}</w:pPr>{r(words)}</w:p>"


def r(words: str) -> str:
    """A run."""
    return f'<w:r><w:t xml:space="preserve">{words}</w:t></w:r>'


def numbered(words: str, list_id: int, level: int = 0, more: str = "") -> str:
    """A paragraph of a list."""
    return p(
        words, f'{more}<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'
    )


def style(key: str, name: str, inner: str = "", based_on: str = "", kind: str = "paragraph") -> str:
    """A style."""
    base = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    return (
        f'<w:style w:type="{kind}" w:styleId="{key}"><w:name w:val="{name}"/>{base}'
        f"<w:pPr>{inner}</w:pPr></w:style>"
    )


def styled(key: str) -> str:
    """The property that gives a paragraph a style."""
    return f'<w:pStyle w:val="{key}"/>'


def level(at: int, form: str, template: str, start: int = 1, more: str = "") -> str:
    """A level of a list."""
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>{more}'
        f'<w:lvlText w:val="{template}"/></w:lvl>'
    )


def abstract(key: int, *levels: str) -> str:
    """An abstract list."""
    return f'<w:abstractNum w:abstractNumId="{key}">{"".join(levels)}</w:abstractNum>'


def num(key: int, abstract_key: int, more: str = "") -> str:
    """A list."""
    return f'<w:num w:numId="{key}"><w:abstractNumId w:val="{abstract_key}"/>{more}</w:num>'


LEGAL = abstract(
    0,
    level(0, "decimal", "%1."),
    level(1, "decimal", "%1.%2"),
    level(2, "lowerLetter", "(%3)"),
    level(3, "lowerRoman", "%4."),
) + num(1, 0)


CHOICES = f"<mc:Choice>{r('new')}</mc:Choice><mc:Fallback>{r('old')}</mc:Fallback>"


@pytest.mark.parametrize(
    ("runs", "words"),
    [
        (r("one ") + r("two"), "one two"),
        (r("H") + "<w:r><w:rPr/><w:t>2</w:t></w:r>" + r("O"), "H2O"),
        (r("a") + "<w:r><w:tab/></w:r>" + r("b"), "a b"),
        (r("a") + "<w:r><w:br/></w:r>" + r("b"), "a b"),
        (r("child") + "<w:r><w:softHyphen/></w:r>" + r("ren"), "children"),
        (r("child") + "<w:r><w:noBreakHyphen/></w:r>" + r("centred"), "child-centred"),
        (r("a") + '<w:r><w:sym w:font="Arial" w:char="2013"/></w:r>' + r("b"), "a–b"),
        (r("kept ") + f'<w:ins w:id="1">{r("new ")}</w:ins>' + r("end"), "kept new end"),
        (r("a") + '<w:del w:id="1"><w:r><w:delText>old</w:delText></w:r></w:del>' + r("b"), "ab"),
        (f'<w:moveFrom w:id="1">{r("away")}</w:moveFrom>' + r("stay"), "stay"),
        (f'<w:moveTo w:id="1">{r("here")}</w:moveTo>', "here"),
        (f'<w:ins w:id="1"><w:del w:id="2">{r("gone")}</w:del></w:ins>' + r("b"), "b"),
        (f'<w:hyperlink r:id="x">{r("link")}</w:hyperlink>' + r(" text"), "link text"),
        (f"<w:smartTag>{r('London')}</w:smartTag>", "London"),
        (f"<w:sdt><w:sdtPr/><w:sdtContent>{r('control')}</w:sdtContent></w:sdt>", "control"),
        (f'<w:fldSimple w:instr="PAGE">{r("7")}</w:fldSimple>' + r(" b"), "7 b"),
        (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>SEQ</w:instrText>'
            '</w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
            + r("7")
            + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
            + r(" end"),
            "7 end",
        ),
        (r("a") + '<w:commentRangeStart w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>', "a"),
        (r("a") + "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>", "a"),
        (r("a") + '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>b</w:t></w:r>', "ab"),
        ("<m:oMath><m:r><m:t>E=mc</m:t></m:r></m:oMath>", "E=mc"),
        (r("a") + "<w:r><w:lastRenderedPageBreak/></w:r>" + r("b"), "ab"),
        (
            f"<mc:AlternateContent>{CHOICES}</mc:AlternateContent>",
            "new",
        ),
    ],
)
def test_a_paragraph_says_what_word_prints(tmp_path: Path, runs: str, words: str) -> None:
    report = _read(tmp_path, f"<w:p>{runs}</w:p>")
    assert _blocks(report) == [("paragraph", words)]


def test_a_deleted_paragraph_end_joins_two_paragraphs(tmp_path: Path) -> None:
    deleted = '<w:rPr><w:del w:id="1"/></w:rPr>'
    report = _read(tmp_path, p("one ", deleted) + p("two") + p("three ", deleted))
    assert _blocks(report) == [("paragraph", "one two"), ("paragraph", "three")]


STYLES = (
    '<w:style w:type="paragraph" w:default="1" w:styleId="Body"><w:name w:val="Normal"/></w:style>'
    + style("Heading1", "heading 1", '<w:outlineLvl w:val="0"/>')
    + style("berschrift2", "heading 2")
    + style("Titre3", "Titre 3")
    + style("Chapter", "Chapter heading", based_on="Heading1")
    + style("Plain", "Unheading", '<w:outlineLvl w:val="9"/>', based_on="Heading1")
    + style("Loop", "Loop", based_on="Loop2")
    + style("Loop2", "Loop2", based_on="Loop")
    + style("Title", "Title")
    + style("Subtitle", "Subtitle")
    + style("Caption", "caption")
    + style("TOC1", "toc 1")
)


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        (styled("Heading1"), 1),
        (styled("berschrift2"), 2),
        (styled("Titre3"), 3),
        (styled("Chapter"), 1),
        (styled("Plain"), None),
        (styled("Loop"), None),
        (styled("NoSuchStyle"), None),
        ('<w:outlineLvl w:val="3"/>', 4),
        ('<w:outlineLvl w:val="8"/>', 6),
        (styled("Heading1") + '<w:outlineLvl w:val="9"/>', None),
        ("", None),
    ],
)
def test_headings_are_known_by_style_inheritance_and_outline_level(
    tmp_path: Path, properties: str, expected: int | None
) -> None:
    report = _read(tmp_path, p("Words", properties), styles=STYLES)
    assert report.blocks[0].level == expected


def test_a_title_goes_above_the_first_headings(tmp_path: Path) -> None:
    body = (
        p("National Child", styled("Title"))
        + p("Protection Inspections", styled("Title"))
        + p("2019 thematic report", styled("Subtitle"))
        + p("Summary", styled("Heading1"))
        + p("Words.")
    )
    report = _read(tmp_path, body, styles=STYLES)
    assert report.title == "National Child Protection Inspections: 2019 thematic report"
    assert [block.level for block in report.blocks] == [1, 2, 2, None]
    assert report.sections[-1].path == ("Summary",)


def test_a_cover_line_above_the_title_does_not_hide_it(tmp_path: Path) -> None:
    body = p("HMICFRS") + p("The report", styled("Title")) + p("Summary", styled("Heading1"))
    report = _read(tmp_path, body, styles=STYLES)
    assert report.title == "The report"
    assert report.sections[-1].path == ("Summary",)


@pytest.mark.parametrize(
    ("core", "title"),
    [
        ("<dc:title>The report of 2020</dc:title>", "The report of 2020"),
        ("<dc:title>Summary - Site</dc:title>", "Summary"),
        ("<dc:title>Microsoft Word - Document1</dc:title>", "report"),
        ("<dc:title>draft.docx</dc:title>", "report"),
        ("<dc:title/>", "report"),
        ("", "report"),
    ],
)
def test_the_title_of_the_properties_counts_where_no_heading_is_one(
    tmp_path: Path, core: str, title: str
) -> None:
    body = p("Cover") + p("Summary", styled("Heading1")) + p("Words.")
    assert _read(tmp_path, body, core=core, styles=STYLES).title == title


def test_the_properties_say_creator_date_and_language(tmp_path: Path) -> None:
    core = (
        "<dc:creator>HMICFRS</dc:creator><dc:language>en-GB</dc:language>"
        "<dcterms:created>2020-01-02T09:00:00Z</dcterms:created>"
        "<dcterms:modified>2020-02-27T09:00:00Z</dcterms:modified>"
    )
    metadata = _read(tmp_path, p("Words."), core=core).metadata
    assert (metadata.creator, metadata.date, metadata.language) == ("HMICFRS", "2020-02-27", "en")
    nobody = _read(tmp_path, p("Words."), core="<dc:creator>python-docx</dc:creator>").metadata
    assert (nobody.creator, nobody.date) == (None, None)


def test_contents_and_captions_are_known_by_their_style(tmp_path: Path) -> None:
    body = (
        p("Summary 7", styled("TOC1"))
        + '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/>'
        f"</w:docPartObj></w:sdtPr><w:sdtContent>{p('Contents')}</w:sdtContent></w:sdt>"
        + '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC</w:instrText>'
        f'</w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>{r("One 3")}</w:p>'
        + p("Two 4")
        + f'<w:p>{r("x")}<w:r><w:fldChar w:fldCharType="end"/></w:r>{r("After")}</w:p>'
        + p("Figure 7: Cases", styled("Caption"))
    )
    report = _read(tmp_path, body, styles=STYLES)
    assert _blocks(report) == [("paragraph", "After"), ("caption", "Figure 7: Cases")]


def test_numbers_of_many_levels_print_as_in_word(tmp_path: Path) -> None:
    levels = [0, 1, 1, 2, 2, 3, 1, 2, 0, 1]
    report = _read(tmp_path, "".join(numbered("Words", 1, at) for at in levels), numbering=LEGAL)
    printed = [words.removesuffix(" Words") for _, words in _blocks(report)]
    assert printed == ["1.", "1.1", "1.2", "(a)", "(b)", "i.", "1.3", "(a)", "2.", "2.1"]


def test_a_level_that_is_passed_over_counts_as_begun(tmp_path: Path) -> None:
    body = "".join(numbered("W", 1, at) for at in (1, 0, 2))
    report = _read(tmp_path, body, numbering=LEGAL)
    assert [w.removesuffix(" W") for _, w in _blocks(report)] == ["1.1", "2.", "(a)"]


def test_numbered_paragraphs_bear_their_number_as_label(tmp_path: Path) -> None:
    body = numbered("Part", 1) + numbered("We found", 1, 1) + numbered("and this", 1, 2)
    report = _read(tmp_path, body, numbering=LEGAL)
    found = [(block.kind, block.label) for block in report.blocks]
    assert found == [
        (BlockKind.LIST_ITEM, "1"),
        (BlockKind.PARAGRAPH, "1.1"),
        (BlockKind.LIST_ITEM, "(a)"),
    ]


def test_numbers_that_run_on_beyond_headings_number_paragraphs(tmp_path: Path) -> None:
    body = (
        p("A", styled("Heading1"))
        + numbered("First", 1)
        + p("B", styled("Heading1"))
        + numbered("Second", 1)
        + numbered("Listed", 2)
    )
    lists = LEGAL + abstract(1, level(0, "decimal", "%1)")) + num(2, 1)
    report = _read(tmp_path, body, styles=STYLES, numbering=lists)
    assert _blocks(report)[1::2] == [("paragraph", "1. First"), ("paragraph", "2. Second")]
    assert _blocks(report)[-1] == ("list_item", "1) Listed")


@pytest.mark.parametrize(
    ("lists", "printed"),
    [
        (LEGAL + num(2, 0), ["1.", "2.", "3.", "4."]),
        (
            LEGAL
            + num(2, 0, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'),
            ["1.", "2.", "1.", "2."],
        ),
        (
            LEGAL
            + num(2, 0, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride>'),
            ["1.", "2.", "7.", "8."],
        ),
        (
            LEGAL
            + num(
                2, 0, f'<w:lvlOverride w:ilvl="0">{level(0, "upperRoman", "%1 –")}</w:lvlOverride>'
            ),
            ["1.", "2.", "III –", "IV –"],
        ),
    ],
)
def test_lists_of_one_kind_go_on_counting_unless_told_to_restart(
    tmp_path: Path, lists: str, printed: list[str]
) -> None:
    body = numbered("W", 1) + numbered("W", 1) + numbered("W", 2) + numbered("W", 2)
    report = _read(tmp_path, body, numbering=lists)
    assert [words.removesuffix(" W") for _, words in _blocks(report)] == printed


def test_a_level_restarts_only_after_the_level_it_names(tmp_path: Path) -> None:
    never = abstract(
        0, level(0, "decimal", "%1."), level(1, "decimal", "%2)", more='<w:lvlRestart w:val="0"/>')
    ) + num(1, 0)
    body = "".join(numbered("W", 1, at) for at in (0, 1, 1, 0, 1))
    report = _read(tmp_path, body, numbering=never)
    assert [w.removesuffix(" W") for _, w in _blocks(report)] == ["1.", "1)", "2)", "2.", "3)"]


@pytest.mark.parametrize(
    ("form", "template", "printed"),
    [
        ("decimal", "Recommendation %1:", "Recommendation 1: W"),
        ("decimalZero", "%1", "01 W"),
        ("upperLetter", "Annex %1 –", "Annex A – W"),
        ("ordinal", "%1", "1st W"),
        ("cardinalText", "Chapter %1", "Chapter One W"),
        ("bullet", "\uf0b7", "W"),
        ("none", "", "W"),
        ("upperRoman", "Part %1", "Part I W"),
    ],
)
def test_every_form_of_number_prints(
    tmp_path: Path, form: str, template: str, printed: str
) -> None:
    lists = abstract(0, level(0, form, template)) + num(1, 0)
    report = _read(tmp_path, numbered("W", 1), numbering=lists)
    assert report.text == printed


def test_legal_numbering_prints_figures_for_outer_levels(tmp_path: Path) -> None:
    lists = abstract(
        0, level(0, "upperRoman", "%1."), level(1, "decimal", "%1.%2", more="<w:isLgl/>")
    ) + num(1, 0)
    report = _read(tmp_path, numbered("W", 1) + numbered("W", 1, 1), numbering=lists)
    assert report.text.split("\n") == ["I. W", "", "1.1 W"]


def test_headings_are_numbered_through_their_styles(tmp_path: Path) -> None:
    styles = (
        style("Heading1", "heading 1", '<w:numPr><w:numId w:val="1"/></w:numPr>')
        + style("Heading2", "heading 2", '<w:numPr><w:numId w:val="1"/></w:numPr>')
        + style(
            "Body", "Numbered body", '<w:numPr><w:ilvl w:val="2"/><w:numId w:val="1"/></w:numPr>'
        )
        + style("Unnumbered", "Foreword", '<w:numPr><w:numId w:val="0"/></w:numPr>', "Heading1")
    )
    lists = abstract(
        0,
        level(0, "decimal", "%1", more='<w:pStyle w:val="Heading1"/>'),
        level(1, "decimal", "%1.%2", more='<w:pStyle w:val="Heading2"/>'),
        level(2, "decimal", "%1.%2.%3", more='<w:pStyle w:val="Body"/>'),
    ) + num(1, 0)
    body = "".join(
        p("W", styled(key)) for key in ("Unnumbered", "Heading1", "Heading2", "Body", "Heading2")
    )
    report = _read(tmp_path, body, styles=styles, numbering=lists)
    assert [words for _, words in _blocks(report)] == ["W", "1 W", "1.1 W", "1.1.1 W", "1.2 W"]
    assert [block.level for block in report.blocks] == [1, 1, 2, None, 2]


def test_a_list_linked_by_a_numbering_style_is_found(tmp_path: Path) -> None:
    styles = style(
        "Bullets", "My list", '<w:numPr><w:numId w:val="2"/></w:numPr>', kind="numbering"
    )
    lists = (
        '<w:abstractNum w:abstractNumId="5"><w:numStyleLink w:val="Bullets"/></w:abstractNum>'
        + abstract(6, level(0, "lowerLetter", "%1)"))
        + num(1, 5)
        + num(2, 6)
    )
    report = _read(tmp_path, numbered("W", 1), styles=styles, numbering=lists)
    assert report.text == "a) W"


def test_deleted_and_merged_away_paragraphs_are_not_counted(tmp_path: Path) -> None:
    gone = '<w:rPr><w:del w:id="1"/></w:rPr>'
    deleted = (
        numbered("", 1, more=gone).replace("<w:t ", "<w:delText ").replace("/w:t>", "/w:delText>")
    )
    report = _read(tmp_path, numbered("W", 1) + deleted + numbered("W", 1), numbering=LEGAL)
    assert [words for _, words in _blocks(report)] == ["1. W", "2. W"]


MERGED = '<w:vMerge w:val="restart"/>'


def _cell(words: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{words}</w:tc>"


def test_tables_become_rows_and_inner_tables_follow_their_row(tmp_path: Path) -> None:
    inner = f"<w:tbl><w:tr>{_cell(p('in'))}{_cell(p('side'))}</w:tr></w:tbl>"
    body = f"""<w:tbl>
      <w:tr>{_cell(p("a") + inner)}{_cell(p("b") + p("c"))}</w:tr>
      <w:tr>{_cell(p("d"), '<w:gridSpan w:val="2"/>' + MERGED)}{_cell(p("e"))}</w:tr>
      <w:tr>{_cell(p(""), "<w:vMerge/>")}{_cell(p("f"))}</w:tr>
      <w:tr><w:trPr><w:del w:id="1"/></w:trPr>{_cell(p("x"))}{_cell(p("y"))}</w:tr>
      <w:sdt><w:sdtContent><w:tr>{_cell(p("g"))}{_cell(p("h"))}</w:tr></w:sdtContent></w:sdt>
    </w:tbl>"""
    rows = ["a | b c", "in | side", "d | e", "f", "g | h"]
    assert _blocks(_read(tmp_path, body)) == [("table_row", row) for row in rows]


def test_a_box_made_of_one_cell_heads_a_section(tmp_path: Path) -> None:
    body = f"<w:tbl><w:tr>{_cell(p('Box 2', styled('Heading1')) + p('Words.'))}</w:tr></w:tbl>"
    report = _read(tmp_path, p("A", styled("Heading1")) + p("x") + body, styles=STYLES)
    assert report.sections[-1].path == ("Box 2",)
    assert _blocks(report)[-1] == ("paragraph", "Words.")


NOTES = "".join(
    f'<w:footnote w:id="{key}"{kind}>{p(words)}</w:footnote>'
    for key, kind, words in (
        (-1, ' w:type="separator"', "separator"),
        (1, "", "Second note."),
        (2, "", "First note."),
        (3, "", "Nobody refers to this."),
    )
)


def _reference(key: int) -> str:
    return f'<w:r><w:footnoteReference w:id="{key}"/></w:r>'


def test_footnotes_are_numbered_in_the_order_of_their_references(tmp_path: Path) -> None:
    body = (
        p("A", styled("Heading1"))
        + f"<w:p>{r('One')}{_reference(2)}{r(' more.')}</w:p>"
        + p("B", styled("Heading1"))
        + f"<w:p>{r('Two.')}{_reference(1)}<w:del>{_reference(3)}</w:del></w:p>"
    )
    report = _read(tmp_path, body, styles=STYLES, footnotes=NOTES)
    assert _blocks(report) == [
        ("heading", "A"),
        ("paragraph", "One[1] more."),
        ("footnote", "First note."),
        ("heading", "B"),
        ("paragraph", "Two.[2]"),
        ("footnote", "Second note."),
    ]
    assert [b.label for b in report.blocks if b.kind is BlockKind.FOOTNOTE] == ["1", "2"]


def test_endnotes_have_roman_numbers_unless_told_otherwise(tmp_path: Path) -> None:
    body = f'<w:p>{r("One")}<w:r><w:endnoteReference w:id="1"/></w:r></w:p>'
    notes = f'<w:endnote w:id="1">{p("The end.")}</w:endnote>'
    assert _read(tmp_path, body, endnotes=notes).text == "One[i]\n\nThe end."
    settings = '<w:endnotePr><w:numFmt w:val="decimal"/></w:endnotePr>'
    assert _read(tmp_path, body, endnotes=notes, settings=settings).text == "One[1]\n\nThe end."


def test_a_text_box_is_read_once_after_its_paragraph(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{p('In the box.')}</w:txbxContent>"
    body = (
        f"<w:p>{r('Before')}<w:r><mc:AlternateContent>"
        f"<mc:Choice><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
        f"</mc:AlternateContent></w:r>{r(' and after.')}</w:p>"
    )
    report = _read(tmp_path, body)
    assert _blocks(report) == [("paragraph", "Before and after."), ("paragraph", "In the box.")]


def test_what_has_no_words_is_noted(tmp_path: Path) -> None:
    body = (
        f"<w:p>{r('Words')}<w:r><w:drawing/></w:r>"
        '<w:r><w:sym w:font="House Symbols" w:char="F0FC"/></w:r>'
        '<w:r><w:rPr><w:vanish/></w:rPr><w:t>two words</w:t></w:r></w:p><w:altChunk r:id="x"/>'
    )
    report = _read(tmp_path, body)
    assert {notice.kind for notice in report.notices} == {NoticeKind.LEFT_OUT}
    said = " ".join(notice.message for notice in report.notices)
    assert "1 pictures" in said
    assert "1 characters of symbol fonts" in said
    assert "2 hidden words" in said
    assert "1 embedded files" in said


def test_words_that_a_style_hides_are_left_out(tmp_path: Path) -> None:
    vanish, show = "<w:rPr><w:vanish/></w:rPr>", '<w:rPr><w:vanish w:val="0"/></w:rPr>'
    styles = (
        f'<w:style w:type="paragraph" w:styleId="Base">{vanish}</w:style>'
        '<w:style w:type="paragraph" w:styleId="Hid"><w:basedOn w:val="Base"/></w:style>'
        f'<w:style w:type="paragraph" w:styleId="Seen"><w:basedOn w:val="Base"/>{show}</w:style>'
        f'<w:style w:type="character" w:styleId="hid">{vanish}</w:style>'
    )
    hid, seen = '<w:pStyle w:val="Hid"/>', '<w:pStyle w:val="Seen"/>'
    styled = '<w:r><w:rPr><w:rStyle w:val="hid"/></w:rPr><w:t>run</w:t></w:r>'
    shown = f"<w:r>{show}<w:t>Shown </w:t></w:r>"
    body = (
        p("Top of Form", hid)
        + p("Seen", seen)
        + f"<w:p>{r('Words')}{styled}</w:p>"
        + f"<w:p><w:pPr>{hid}</w:pPr>{r('hidden')}{shown}{styled}</w:p>"
    )
    report = _read(tmp_path, body, styles=styles)
    # A style of the paragraph and one of the run that both hide take each other back (17.7.3).
    assert report.text == "Seen\n\nWords\n\nShown run"
    assert "5 hidden words" in report.notices[0].message


@pytest.mark.parametrize(
    ("font", "code", "character"),
    [
        ("Symbol", "F06D", "μ"),
        ("Symbol", "006D", "μ"),
        ("symbol", "F0B3", "≥"),
        ("Wingdings", "F0FC", "✓"),
        ("Wingdings 2", "F052", "☑"),
        ("Cambria Math", "2264", "≤"),
        ("House Symbols", "F06D", ""),
        ("Symbol", "F094", ""),
        ("Symbol", "0094", ""),
        ("Symbol", "FFFFFFFF", ""),
        ("Symbol", "m", ""),
    ],
)
def test_a_character_of_a_symbol_font_is_read_as_what_it_draws(
    tmp_path: Path, font: str, code: str, character: str
) -> None:
    symbol = f'<w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>'
    report = _read(tmp_path, f"<w:p>{r('5 ')}{symbol}{r('m')}</w:p>")
    assert report.text == f"5 {character}m"


def test_codes_of_a_symbol_font_in_a_run_are_read_as_what_they_draw(tmp_path: Path) -> None:
    fonts = '<w:rPr><w:rFonts w:ascii="Symbol" w:hAnsi="Symbol"/></w:rPr>'
    run = f"<w:r>{fonts}<w:t>\uf061\uf0b3\uf094</w:t></w:r><w:r><w:t>\uf061</w:t></w:r>"
    assert _read(tmp_path, f"<w:p>{run}</w:p>").text == "\u03b1≥\uf094\uf061"


_ENTRIES = '<w:listEntry w:val="Yes"/><w:listEntry w:val="No"/>'


def _control(content: str, result: str = "") -> str:
    """A field of a form, with a result that Word does not print."""
    begin = f'<w:fldChar w:fldCharType="begin"><w:ffData>{content}</w:ffData></w:fldChar>'
    marks = [f'<w:fldChar w:fldCharType="{kind}"/>' for kind in ("separate", "end")]
    code = "<w:instrText>FORMSOMETHING</w:instrText>"
    return f"<w:r>{begin}{code}{marks[0]}</w:r>{r(result)}<w:r>{marks[1]}</w:r>"


@pytest.mark.parametrize(
    ("control", "printed"),
    [
        ("<w:checkBox/>", "☐"),
        ('<w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox>', "☒"),
        ('<w:checkBox><w:default w:val="1"/></w:checkBox>', "☒"),
        ('<w:checkBox><w:default w:val="1"/><w:checked w:val="0"/></w:checkBox>', "☐"),
        (f"<w:ddList>{_ENTRIES}</w:ddList>", "Yes"),
        (
            f'<w:ddList><w:result w:val="1"/><w:default w:val="0"/>{_ENTRIES}</w:ddList>',
            "No",
        ),
        ('<w:ddList><w:result w:val="7"/><w:listEntry w:val="Yes"/></w:ddList>', ""),
        ('<w:ddList><w:result w:val="-1"/><w:listEntry w:val="Yes"/></w:ddList>', ""),
        ("<w:textInput/>", "result"),
    ],
)
def test_a_control_of_a_form_reads_as_it_prints(tmp_path: Path, control: str, printed: str) -> None:
    report = _read(tmp_path, f"<w:p>{r('Agreed: ')}{_control(control, 'result')}{r('.')}</w:p>")
    assert report.text == f"Agreed: {printed}."


@pytest.mark.parametrize(("place", "text"), [("drop", "Drop."), ("margin", "Drop.")])
def test_a_drop_cap_belongs_to_the_word_that_it_begins(
    tmp_path: Path, place: str, text: str
) -> None:
    cap = p("D", f'<w:framePr w:dropCap="{place}" w:lines="3"/>')
    assert _blocks(_read(tmp_path, cap + p("rop.") + p("Next."))) == [
        ("paragraph", text),
        ("paragraph", "Next."),
    ]
    assert _read(tmp_path, p("Before.") + cap).text == "Before.\n\nD"


def test_a_frame_that_is_no_drop_cap_is_a_paragraph(tmp_path: Path) -> None:
    framed = p("Framed.", '<w:framePr w:wrap="around"/>') + p("D.", '<w:framePr w:dropCap="none"/>')
    assert _read(tmp_path, framed + p("Next.")).text == "Framed.\n\nD.\n\nNext."


def test_a_document_has_no_pages(tmp_path: Path) -> None:
    report = _read(tmp_path, p("One") + '<w:p><w:r><w:br w:type="page"/></w:r></w:p>' + p("Two"))
    assert (report.pages, report.regions) == ((), ())


def test_strict_open_xml_is_read_too(tmp_path: Path) -> None:
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(make_docx(p("Words.")))) as source,
        zipfile.ZipFile(content, "w") as target,
    ):
        for name in source.namelist():
            part = source.read(name)
            part = part.replace(W.encode(), b"http://purl.oclc.org/ooxml/wordprocessingml/main")
            target.writestr(name, part)
    assert _read_bytes(tmp_path, content.getvalue()).text == "Words."


def test_a_dangling_relation_does_no_harm(tmp_path: Path) -> None:
    content = io.BytesIO(make_docx(p("Words."), numbering="", image="x"))
    kept = io.BytesIO()
    with zipfile.ZipFile(content) as source, zipfile.ZipFile(kept, "w") as target:
        for name in source.namelist():
            if name not in {"word/image.xml", "word/numbering.xml"}:
                target.writestr(name, source.read(name))
    assert _read_bytes(tmp_path, kept.getvalue()).text == "Words."


@given(st.integers(0, 5000), st.sampled_from(["decimal", "lowerRoman", "upperLetter", "ordinal"]))
def test_every_number_prints_as_something(number: int, form: str) -> None:
    assert format_number(number, form).strip()
