"""Answers as HTML. Every word of a report, a title or a file name is escaped here.

Words of reports stand in `<bdi>` or under `dir="auto"`: a right-to-left override in them
ends where they end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from app.asked import Asked
from app.grid_markup import count_answering, write_grid
from app.passage_markup import (
    Frame,
    address_place,
    find_largest,
    write_citation,
    write_passage,
)
from app.problems import Problem
from index.answer import Answer, AnswerSentence, Hit
from index.catalogue import ReportSummary

PACK_FORMATS = (
    ("docx", "Word"),
    ("md", "Markdown"),
    ("csv", "CSV"),
    ("json", "JSON"),
    ("bib", "BibTeX"),
    ("csl.json", "CSL-JSON"),
)


@dataclass(frozen=True, slots=True)
class Searched:
    """What a question was put to, and what the page offers beside the answer.

    Attributes:
        reports: how many reports.
        pages: how many pages they have, 0 where the formats have none.
        pages_read: how many of these gave their text.
        judging: whether passages can be judged here.
    """

    reports: int = 1
    pages: int = 0
    pages_read: int = 0
    judging: bool = True

    @property
    def subject(self) -> str:
        """Who says or does not say something."""
        return "The report does" if self.reports == 1 else "These reports do"


def write_results(answer: Answer, asked: Asked, searched: Searched = Searched()) -> str:
    """Return the answer, or that there is none, and the passages under it."""
    first = _answer(answer, asked) if answer.answered else _no_answer(answer, searched)
    heading = "Passages" if answer.answered else "Closest passages"
    status = _status(answer, searched)
    state = "answered" if answer.answered else "unanswered"
    body = first + _passages(answer.hits, heading, searched)
    return _results(state, asked, status, body + _judging(searched))


def write_each(
    answers: Mapping[str, Answer], summaries: Sequence[ReportSummary], asked: Asked
) -> str:
    """Return what each report says by itself."""
    answering = count_answering(answers)
    verdict = f"{answering:,} of {_count(len(answers), 'report')} answer{'s' * (answering == 1)}"
    body = (
        '<section class="rq-answer" aria-labelledby="rq-answer">'
        f'<h2 id="rq-answer" class="rq-verdict" tabindex="-1">{verdict}</h2>'
        f"{write_grid(answers, summaries)}</section>"
    )
    return _results("each", asked, verdict, body)


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


def write_reader() -> str:
    """Return the place beside the passages where a page of a report opens, at first unseen."""
    return (
        '<aside class="rq-reader" aria-label="Page of the report" hidden>'
        '<div class="rq-reader-bar"><h2 class="rq-reader-title" tabindex="-1">In the report</h2>'
        '<a class="rq-tool rq-reader-apart" target="_blank" href="./">Open by itself</a>'
        '<button type="button" class="rq-tool rq-reader-close">Close</button></div>'
        '<iframe class="rq-reader-frame" title="Page of the report"></iframe></aside>'
    )


def write_kept() -> str:
    """Return the bar that shows how many passages are kept, at first unseen."""
    options = "".join(f'<option value="{kind}">{name}</option>' for kind, name in PACK_FORMATS)
    return (
        '<section class="rq-kept" aria-label="Evidence pack" hidden>'
        '<p class="rq-kept-count" role="status"></p>'
        f'<label>as <select name="format">{options}</select></label>'
        '<button type="button" class="rq-kept-save">Download evidence</button>'
        '<button type="button" class="rq-tool rq-kept-clear">Clear</button></section>'
    )


def _results(state: str, asked: Asked, status: str, body: str) -> str:
    return (
        f'<div class="rq-results" data-state="{state}" data-question="{escape(asked.question)}"'
        f' data-address="{escape(asked.address if asked.question else "")}">'
        f'<p class="rq-unseen" role="status">{escape(status)}</p>{body}</div>'
    )


def _status(answer: Answer, searched: Searched) -> str:
    passages = _count(len(answer.hits), "passage")
    if answer.answered:
        return f"Answered in {_count(len(answer.sentences), 'sentence')}. {passages} below."
    return f"{_name_silence(answer, searched)}. {passages} below."


def _answer(answer: Answer, asked: Asked) -> str:
    sentences = "".join(_sentence(sentence, asked) for sentence in answer.sentences)
    sources = "".join(_source(sentence, answer, asked) for sentence in _cited(answer.sentences))
    return (
        '<section class="rq-answer" aria-labelledby="rq-answer">'
        '<div class="rq-heading"><h2 id="rq-answer" class="rq-verdict" tabindex="-1">Answer</h2>'
        f"{_confidence(answer)}</div>"
        f'<blockquote>{sentences}</blockquote><ul class="rq-sources">{sources}</ul></section>'
    )


def _no_answer(answer: Answer, searched: Searched) -> str:
    return (
        '<section class="rq-notice">'
        f'<h2 class="rq-verdict" tabindex="-1">{_name_silence(answer, searched)}</h2>'
        f"<p>{_explain_silence(answer)}</p><p>{_scope(searched)}</p></section>"
    )


def _name_silence(answer: Answer, searched: Searched) -> str:
    return "No clear answer" if answer.is_doubtful else f"{searched.subject} not say"


def _explain_silence(answer: Answer) -> str:
    if not answer.hits:
        return "Nothing in what is indexed has to do with this question."
    if answer.is_doubtful:
        return (
            "A passage below may hold the answer, but not clearly enough to quote it as one"
            f" (confidence {answer.confidence:.0%}). Judge it yourself."
        )
    return (
        "No passage answers this question clearly enough to quote it as the answer."
        " The closest ones are below; judge them yourself."
    )


def _scope(searched: Searched) -> str:
    where = f"Searched: {_count(searched.reports, 'report')}"
    if not searched.pages:
        return f"{where}."
    read = f"{searched.pages_read:,} of {_count(searched.pages, 'page')}"
    return f"{where}; {read} were readable."


def _judging(searched: Searched) -> str:
    if not searched.judging:
        return ""
    return (
        '<section class="rq-judging" aria-labelledby="rq-judging"><h2 id="rq-judging">Judge</h2>'
        "<p>What you mark as relevant or not is kept as a question set, to test retrieval with."
        " It never changes what is found.</p>"
        '<div class="rq-tools"><button type="button" class="rq-tool rq-judge" aria-pressed="false"'
        f' data-verdict="unanswerable">{searched.subject} not answer this</button>'
        '<label class="rq-assessor">Your name'
        ' <input type="text" name="assessor" maxlength="80" autocomplete="name"></label>'
        '<a class="rq-tool" href="./judgements" download>Export judgements</a></div></section>'
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


def _cited(sentences: Iterable[AnswerSentence]) -> list[AnswerSentence]:
    """Return the first sentence of each citation."""
    firsts: dict[tuple[int, str], AnswerSentence] = {}
    for sentence in sentences:
        firsts.setdefault((sentence.hit, sentence.citation), sentence)
    return list(firsts.values())


def _source(sentence: AnswerSentence, answer: Answer, asked: Asked) -> str:
    hit = sentence.hit
    address = address_place(answer.hits[hit - 1].report, sentence.quote.span)
    return (
        f'<li><a class="rq-number" {_to_passage(hit, asked)} aria-label="Passage {hit}">{hit}</a>'
        f"{write_citation(sentence.citation, address)}</li>"
    )


def _to_passage(rank: int, asked: Asked) -> str:
    return f'href="{escape(asked.address)}#passage-{rank}" data-passage="{rank}"'


def _passages(hits: tuple[Hit, ...], heading: str, searched: Searched) -> str:
    if not hits:
        return ""
    several = len({hit.report for hit in hits}) > 1
    frame = Frame(several, searched.judging, find_largest(hits))
    items = "".join(write_passage(hit, frame) for hit in hits)
    return (
        '<section class="rq-passages" aria-labelledby="rq-passages">'
        f'<h2 id="rq-passages">{heading}</h2><ol>{items}</ol></section>'
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
        return "<p>Nothing is indexed yet: add a report in the Library.</p>"
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
