"""Answers as HTML: what a report says, verbatim and inert."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.asked import Asked, read_address, read_asked
from app.filter_markup import write_filters
from app.markup import (
    Searched,
    write_each,
    write_hint,
    write_masthead,
    write_problem,
    write_results,
    write_start,
)
from app.passage_markup import mark_highlight
from app.problems import Problem
from index.answer import Answer, AnswerSentence, Hit, Quote
from index.catalogue import ReportSummary
from index.scope import Scope
from ingest.span import Span

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "javascript:alert(1)",
    "<a href='javascript:alert(1)'>click</a>",
    "</article></main><style>*{display:none}</style>",
    "{{constructor.constructor('alert(1)')()}} ${alert(1)} `",
    "\u202egnirts desrever\u202c \u2066isolate",
    "&lt;b&gt; &amp; &#x3c;",
    "<!-- ]]> -->",
)
# What elements and attributes this module ever writes; hostile text must add none.
TAGS = {
    *("a", "article", "blockquote", "bdi", "button", "cite", "details", "div", "footer", "h1"),
    *("h2", "h3", "header", "li", "mark", "ol", "p", "section", "span", "summary", "sup", "ul"),
    *("dl", "dt", "dd", "form", "fieldset", "legend", "label", "input", "select", "option"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td"),
}
NAMES = {
    *("aria-hidden", "aria-label", "aria-labelledby", "class", "data-address", "data-copy"),
    *("data-passage", "data-question", "data-state", "dir", "href", "id", "role", "tabindex"),
    *(
        "title",
        "type",
        "data-report",
        "data-start",
        "data-end",
        "data-verdict",
        "data-narrowing",
        "aria-pressed",
    ),
    *("target", "hidden", "style", "scope", "name", "value", "checked", "selected", "disabled"),
    *("open", "download", "maxlength", "autocomplete"),
}


class Reader(HTMLParser):
    """Reads HTML back: the text, the marked text, and every tag and attribute."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.marked = ""
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag != "input":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, f"</{tag}> closes nothing that is open"

    def handle_data(self, data: str) -> None:
        self.text += data
        if "mark" in self._open:
            self.marked += data

    def values(self, name: str) -> list[str]:
        return [attributes[name] for _, attributes in self.tags if name in attributes]


def make_hit(text: str, best: tuple[int, int] | None = None, rank: int = 1) -> Hit:
    start, end = best or (0, len(text))
    return Hit(
        rank=rank,
        score=1.0,
        signals={"dense": 0.5},
        report="r1",
        title="A report",
        source="a.md",
        section=("1. Beginning", "Detail"),
        page=None,
        page_label=None,
        locator="para 2",
        quote=Quote(Span(100, 100 + len(text)), text),
        highlight=Quote(Span(100 + start, 100 + end), text[start:end]),
        citation="A report, 1. Beginning › Detail, para 2",
    )


def make_answer(*hits: Hit, answered: bool = True) -> Answer:
    sentences = tuple(AnswerSentence(hit.highlight, hit.rank, hit.citation) for hit in hits[:3])
    return Answer("What?", answered, 0.9 if answered else 0.1, sentences if answered else (), hits)


def hostile_page(words: str) -> str:
    hit = replace(
        make_hit(words),
        title=words,
        source=words,
        section=(words, words),
        locator=words,
        citation=words,
    )
    other = replace(hit, rank=2, report="r2")
    summary = ReportSummary("r1", words, words, words, 0, 3, ())
    return (
        write_masthead((summary,))
        + write_masthead((summary, summary))
        + write_hint(words)
        + write_start((words,))
        + write_results(make_answer(hit, other), Asked(words))
        + write_results(make_answer(hit, answered=False), Asked(words))
        + write_each({"r1": make_answer(hit)}, (summary,), Asked(words, each=True))
        + write_filters(Asked(words, scope=Scope(("r1",), (words,))), (summary,) * 2, [(words,)])
        + write_problem(Problem(words, words), Asked(words))
    )


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_are_shown_and_do_nothing(words: str) -> None:
    read = Reader(hostile_page(words))
    assert read.text.count(words) >= 10
    assert {tag for tag, _ in read.tags} <= TAGS
    assert {name for _, attributes in read.tags for name in attributes} <= NAMES
    for address in read.values("href"):
        assert address.startswith(("?q=", "./"))


@given(st.text(min_size=1), st.data())
def test_the_marked_passage_is_the_quoted_text_and_the_mark_is_its_best_sentence(
    text: str, data: st.DataObject
) -> None:
    text = text.replace("\r", "")  # the canonical text of a report has none
    start = data.draw(st.integers(0, len(text)))
    hit = make_hit(text, (start, data.draw(st.integers(start, len(text)))))
    read = Reader(mark_highlight(hit))
    assert read.text == hit.quote.text
    assert read.marked == hit.highlight.text


def test_an_answer_is_its_sentences_and_each_links_to_its_passage() -> None:
    hits = make_hit("First. Second.", (7, 14)), make_hit("Third. Fourth.", (0, 6), rank=2)
    html = write_results(make_answer(*hits), Asked("What?"))
    read = Reader(html)
    assert "Second." in read.text.split("Passages")[0]
    assert read.values("data-passage") == ["1", "2", "1", "2"]
    assert "./reports/r1?mark=107-114" in read.values("href")
    for rank in (1, 2):
        assert f"passage-{rank}" in read.values("id")
        assert f"?q=What%3F#passage-{rank}" in read.values("href")


def test_sentences_of_one_place_share_one_source() -> None:
    hit = make_hit("First. Second.", (0, 6))
    second = AnswerSentence(Quote(Span(107, 114), "Second."), 1, hit.citation)
    first = AnswerSentence(hit.highlight, 1, hit.citation)
    html = write_results(Answer("What?", True, 0.9, (first, second), (hit,)), Asked("What?"))
    sources = html.split('<ul class="rq-sources">')[1].split("</ul>")[0]
    assert sources.count("<li>") == 1


def test_without_an_answer_the_passages_are_the_closest_ones_and_nothing_is_quoted_as_one() -> None:
    read = Reader(write_results(make_answer(make_hit("Words."), answered=False), Asked("What?")))
    assert "The report does not say" in read.text
    assert "Closest passages" in read.text
    assert "blockquote" not in {tag for tag, _ in read.tags}
    assert read.marked == "Words."


def test_where_a_passage_may_answer_nobody_is_told_that_the_report_does_not_say() -> None:
    doubtful = replace(make_answer(make_hit("Words."), answered=False), confidence=0.3)
    read = Reader(write_results(doubtful, Asked("What?")))
    assert "No clear answer" in read.text
    assert "confidence 30%" in read.text
    assert "not say" not in read.text
    silent = replace(doubtful, confidence=0.14)
    assert "not say" in Reader(write_results(silent, Asked("What?"))).text


def test_several_reports_do_not_say_and_what_was_searched_is_told() -> None:
    searched = Searched(reports=2, pages=230, pages_read=212)
    html = write_results(make_answer(make_hit("W."), answered=False), Asked("What?"), searched)
    read = Reader(html)
    assert "These reports do not say" in read.text
    assert "Searched: 2 reports; 212 of 230 pages were readable." in read.text


def test_only_where_judging_is_possible_it_is_offered() -> None:
    answer = make_answer(make_hit("Words."))
    offered = Reader(write_results(answer, Asked("What?"), Searched(judging=True)))
    assert offered.values("data-verdict") == ["relevant", "not relevant", "unanswerable"]
    refused = Reader(write_results(answer, Asked("What?"), Searched(judging=False)))
    assert refused.values("data-verdict") == []


def test_every_signal_has_a_bar_within_its_bounds() -> None:
    signals = {"dense": 0.5, "sentence": -0.2, "bm25": 12.0, "near": 3.0}
    hit = replace(make_hit("Words."), signals=signals)
    read = Reader(write_results(make_answer(hit), Asked("What?")))
    assert read.values("style") == ["width:50%", "width:0%", "width:100%", "width:100%"]
    for value in ("0.50", "-0.20", "12.00", "3.00"):
        assert value in read.text


def test_every_report_has_a_row_and_those_that_answer_come_first() -> None:
    summaries = [ReportSummary(one, f"Title {one}", "", "", 0, 1, ()) for one in "abc"]
    answers = {
        "a": make_answer(answered=False),
        "b": make_answer(make_hit("Closest."), answered=False),
        "c": make_answer(make_hit("Words.")),
    }
    text = Reader(write_each(answers, summaries, Asked("What?", each=True))).text
    assert "1 of 3 reports answers" in text
    assert text.index("Title c") < text.index("Title b") < text.index("Title a")
    assert "Nothing found" in text.split("Title a")[1]
    assert "Closest passage" in text.split("Title b")[1]


def test_sections_can_be_chosen_where_one_report_is_searched() -> None:
    summary = ReportSummary("r1", "One", "one.md", "one.md", 0, 1, ())
    path = ("1. Beginning", "Detail & more")
    asked = Asked("", scope=Scope((), path))
    read = Reader(write_filters(asked, (summary,), [path[:1], path]))
    chosen = [attributes["value"] for _, attributes in read.tags if "selected" in attributes]
    assert [read_address(f"?{value}").scope.section for value in chosen] == [path]
    assert "Searching everything, section Detail & more" in read.text


def test_without_any_passage_there_is_no_empty_list() -> None:
    html = write_results(make_answer(answered=False), Asked("What?"))
    assert "<ol>" not in html
    assert "Nothing in what is indexed" in html


def test_titles_are_told_only_where_passages_come_from_several_reports() -> None:
    one = make_hit("Words.")
    other = replace(one, rank=2, report="r2", title="Another report")
    alone = Reader(write_results(make_answer(one), Asked("What?"))).text
    both = Reader(write_results(make_answer(one, other), Asked("What?"))).text
    assert "Passage 1: 1. Beginning › Detail" in alone
    assert "Passage 1: A report › 1. Beginning › Detail" in both
    assert "Passage 2: Another report › 1. Beginning › Detail" in both


def test_a_passage_before_the_first_heading_goes_by_the_title() -> None:
    read = Reader(
        write_results(make_answer(replace(make_hit("Words."), section=())), Asked("What?"))
    )
    assert "Passage 1: A report" in read.text


def test_the_copy_button_holds_the_citation_as_it_is() -> None:
    citation = 'A "report" & more, p. 7 (PDF 9)'
    hit = replace(make_hit("Words."), citation=citation)
    read = Reader(write_results(make_answer(hit), Asked("What?")))
    assert read.values("data-copy") == [citation, citation]


def test_every_control_has_a_name_that_is_read_out() -> None:
    read = Reader(write_results(make_answer(make_hit("Words.")), Asked("What?")))
    controls = [attributes for tag, attributes in read.tags if tag in ("a", "button")]
    nameless = [one for one in controls if not one.get("aria-label", "").strip()]
    assert {one.get("class", "").split()[0] for one in nameless} == {"rq-open", "rq-tool"}


def test_the_head_counts_what_is_searched() -> None:
    def summary(title: str, passages: int) -> ReportSummary:
        return ReportSummary(title, title, "a.md", "/a.md", 0, passages, ())

    assert "Nothing is indexed yet" in write_masthead(())
    one = Reader(write_masthead((summary("One", 1),))).text
    assert "Searching One · 1 passage" in one
    assert "1 passages" not in one
    two = Reader(write_masthead((summary("One", 1), summary("Two", 2_000)))).text
    assert "Searching 2 reports · 2,001 passages" in two
    assert two.endswith("OneTwo")


WORDS = st.text(min_size=1)


@given(st.text(), st.sampled_from((3, 5, 10, 20)), st.lists(WORDS), st.lists(WORDS), st.booleans())
def test_an_address_reproduces_the_search(
    question: str, count: int, reports: list[str], section: list[str], each: bool
) -> None:
    scope = Scope(tuple(dict.fromkeys(reports)), tuple(section))
    asked = Asked(" ".join(question.split()), count, scope, each)
    assert read_address(asked.address) == asked
    assert read_asked(question, count, asked.narrowing) == asked


@pytest.mark.parametrize(
    ("given_count", "used"),
    [
        (None, 5),
        ("", 5),
        ("7", 5),
        ("8", 10),
        ("1000", 20),
        ("-1", 3),
        ("x", 5),
        ("nan", 5),
        (20, 20),
    ],
)
def test_a_count_that_is_not_on_offer_becomes_the_nearest_one(
    given_count: int | str | None, used: int
) -> None:
    assert read_asked("What?", given_count).count == used
