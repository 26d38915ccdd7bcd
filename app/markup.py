"""Answers as HTML. Every word of a report, a title or a file name is escaped here.

Words of reports stand in `<bdi>` or under `dir="auto"`: a right-to-left override in them
ends where they end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from app.problems import Problem
from index.answer import Answer, AnswerSentence, Hit
from index.catalogue import ReportSummary

DEFAULT_COUNT = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the number of passages that was asked for."""

    question: str
    count: int = DEFAULT_COUNT

    @property
    def address(self) -> str:
        """The query string that reproduces the search."""
        count = {} if self.count == DEFAULT_COUNT else {"k": self.count}
        return "?" + urlencode({"q": self.question} | count)


def write_results(answer: Answer, asked: Asked) -> str:
    """Return the answer, or that there is none, and the passages under it."""
    first = _answer(answer, asked) if answer.answered else _no_answer(answer)
    heading = "Passages" if answer.answered else "Closest passages"
    status = _status(answer)
    state = "answered" if answer.answered else "unanswered"
    return _results(state, asked, status, first + _passages(answer.hits, heading))


def write_problem(problem: Problem, asked: Asked) -> str:
    """Return what stands in place of results."""
    body = (
        '<section class="rq-notice rq-notice-problem">'
        f'<h2 class="rq-verdict" tabindex="-1">{escape(problem.heading)}</h2>'
        f"<p>{escape(problem.advice)}</p></section>"
    )
    return _results("problem", asked, problem.heading, body)


def write_start(examples: Sequence[str]) -> str:
    """Return what stands in place of results before the first question."""
    body = _examples(examples) + (
        '<section class="rq-how" aria-label="How it works"><dl>'
        "<div><dt>Word for word</dt><dd>An answer is made of sentences of the report, never"
        " rewritten.</dd></div>"
        "<div><dt>With its place</dt><dd>Each sentence has a number that leads to its passage,"
        " section and page.</dd></div>"
        "<div><dt>Or not at all</dt><dd>Where the report does not say, you are told so and shown"
        " the closest passages.</dd></div></dl></section>"
    )
    return _results("start", Asked(""), "", body)


def write_masthead(summaries: Sequence[ReportSummary]) -> str:
    """Return the name of the product and the list of what is searched."""
    return (
        '<header class="rq-masthead">'
        '<h1 class="rq-name"><a href="./">Report<span>QA</span></a></h1>'
        f'<div class="rq-searched">{_searched(summaries)}</div></header>'
    )


def write_hint(words: str = "", *, urgent: bool = False) -> str:
    """Return the line under the question box; its place is kept free where it is empty."""
    kind = " rq-hint-urgent" if urgent else ""
    return f'<p class="rq-hint{kind}" role="status">{escape(words)}</p>'


def mark_highlight(hit: Hit) -> str:
    """Return the passage with its best sentence in `<mark>`."""
    start = hit.highlight.span.start - hit.quote.span.start
    end = hit.highlight.span.end - hit.quote.span.start
    text = hit.quote.text
    marked = f"<mark>{escape(text[start:end])}</mark>"
    return escape(text[:start]) + marked + escape(text[end:])


def _results(state: str, asked: Asked, status: str, body: str) -> str:
    return (
        f'<div class="rq-results" data-state="{state}" data-question="{escape(asked.question)}"'
        f' data-address="{escape(asked.address if asked.question else "")}">'
        f'<p class="rq-unseen" role="status">{escape(status)}</p>{body}</div>'
    )


def _status(answer: Answer) -> str:
    passages = _count(len(answer.hits), "passage")
    if answer.answered:
        return f"Answered in {_count(len(answer.sentences), 'sentence')}. {passages} below."
    return f"The report does not say. {passages} below."


def _answer(answer: Answer, asked: Asked) -> str:
    sentences = "".join(_sentence(sentence, asked) for sentence in answer.sentences)
    sources = "".join(_source(hit, citation, asked) for hit, citation in _sources(answer.sentences))
    return (
        '<section class="rq-answer" aria-labelledby="rq-answer">'
        '<div class="rq-heading"><h2 id="rq-answer" class="rq-verdict" tabindex="-1">Answer</h2>'
        f"{_confidence(answer)}</div>"
        f'<blockquote>{sentences}</blockquote><ul class="rq-sources">{sources}</ul></section>'
    )


def _no_answer(answer: Answer) -> str:
    found = (
        "No passage answers this question clearly enough to quote it as the answer."
        " The closest ones are below; judge them yourself."
        if answer.hits
        else "Nothing in what is indexed has to do with this question."
    )
    return (
        '<section class="rq-notice">'
        '<h2 class="rq-verdict" tabindex="-1">The report does not say</h2>'
        f"<p>{found}</p></section>"
    )


def _confidence(answer: Answer) -> str:
    percent = round(answer.confidence * 100)
    return (
        '<p class="rq-confidence" title="How likely it is that the first passage answers the'
        f' question"><span>Confidence</span> {percent}&thinsp;%</p>'
    )


def _sentence(sentence: AnswerSentence, asked: Asked) -> str:
    return (
        f'<p dir="auto">{escape(sentence.quote.text)}'
        f'<sup class="rq-ref"><a {_to_passage(sentence.hit, asked)}'
        f' aria-label="Passage {sentence.hit}">{sentence.hit}</a></sup></p>'
    )


def _sources(sentences: Iterable[AnswerSentence]) -> list[tuple[int, str]]:
    return list(dict.fromkeys((sentence.hit, sentence.citation) for sentence in sentences))


def _source(hit: int, citation: str, asked: Asked) -> str:
    return (
        f'<li><a class="rq-number" {_to_passage(hit, asked)} aria-label="Passage {hit}">{hit}</a>'
        f"{_citation(citation)}</li>"
    )


def _to_passage(rank: int, asked: Asked) -> str:
    return f'href="{escape(asked.address)}#passage-{rank}" data-passage="{rank}"'


def _passages(hits: Sequence[Hit], heading: str) -> str:
    if not hits:
        return ""
    several = len({hit.report for hit in hits}) > 1
    items = "".join(_passage(hit, titled=several) for hit in hits)
    return (
        '<section class="rq-passages" aria-labelledby="rq-passages">'
        f'<h2 id="rq-passages">{heading}</h2><ol>{items}</ol></section>'
    )


def _passage(hit: Hit, *, titled: bool) -> str:
    locator = f'<p class="rq-locator"><bdi>{escape(hit.locator)}</bdi></p>' if hit.locator else ""
    return (
        f'<li><article id="passage-{hit.rank}" class="rq-passage" tabindex="-1"'
        f' aria-labelledby="place-{hit.rank}">'
        f'<div class="rq-margin"><span class="rq-number" aria-hidden="true">{hit.rank}</span>'
        f"{locator}</div>"
        f'<div class="rq-body">{_place(hit, titled=titled)}'
        f'<p class="rq-text" dir="auto">{mark_highlight(hit)}</p>'
        f'<footer class="rq-cited">{_citation(hit.citation)}</footer></div></article></li>'
    )


def _place(hit: Hit, *, titled: bool) -> str:
    path = (hit.title, *hit.section) if titled or not hit.section else hit.section
    *parents, last = (f"<bdi>{escape(step)}</bdi>" for step in path)
    trail = "".join(f"{step} › " for step in parents)
    return (
        f'<h3 class="rq-place" id="place-{hit.rank}"><span class="rq-unseen">'
        f'Passage {hit.rank}: </span>{trail}<span class="rq-here">{last}</span></h3>'
    )


def _citation(citation: str) -> str:
    text = escape(citation)
    return (
        f'<cite><bdi>{text}</bdi></cite><button type="button" class="rq-copy" data-copy="{text}"'
        f' aria-label="Copy citation: {text}"><span aria-hidden="true">Copy</span></button>'
    )


def _examples(examples: Sequence[str]) -> str:
    if not examples:
        return ""
    items = "".join(
        f'<li><button type="button" class="rq-example" data-question="{escape(question)}">'
        f"<bdi>{escape(question)}</bdi></button></li>"
        for question in examples
    )
    return (
        '<section class="rq-examples" aria-labelledby="rq-examples">'
        f'<h2 id="rq-examples">Questions to begin with</h2><ul>{items}</ul></section>'
    )


def _searched(summaries: Sequence[ReportSummary]) -> str:
    passages = _count(sum(summary.passages for summary in summaries), "passage")
    if not summaries:
        return "<p>Nothing is indexed yet: add a report with “reportqa ingest FILE”.</p>"
    if len(summaries) == 1:
        title = escape(summaries[0].title)
        return f"<p>Searching <cite><bdi>{title}</bdi></cite> · {passages}</p>"
    titles = "".join(f"<li><bdi>{escape(summary.title)}</bdi></li>" for summary in summaries)
    return (
        f"<details><summary>Searching {len(summaries):,} reports · {passages}</summary>"
        f"<ul>{titles}</ul></details>"
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
