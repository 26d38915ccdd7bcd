"""Question sets: JSON lines, each a question with the quotes that answer it.

```
{"id": "q1", "question": "…", "answerable": true, "answers": [{"report": "…", "quote": "…"}]}
{"id": "q2", "question": "…", "answerable": false, "kind": "near miss", "answers": []}
```
Several answers are several things to find. `page` beside a quote is the physical page; it
tells two places of the same words apart. A set that was made by judging passages also has
`assessor`, `date` and `rejected`; where passages were only rejected, `answerable` is null, and
the question is not asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from eval.dataset import ANSWERABLE, Dataset, Gold, JudgedQuestion, Need
from eval.marking import QuoteMarking
from eval.source import Line, read_bytes, read_json_lines
from index.catalogue import ReportSummary
from index.library import find_summary
from index.question import check_question
from index.search import Index
from ingest.citation import cite
from ingest.errors import ConflictError, QuestionError, QuestionSetError, ReportNotFoundError
from ingest.quotation import find_quote
from ingest.report import Report
from ingest.span import Span

UNANSWERABLE = "unanswerable"
_KEYS = {
    *("id", "question", "answers", "answerable", "kind", "report", "note"),
    *("rejected", "assessor", "date"),
}
_ANSWER_KEYS = {"report", "quote", "page"}


@dataclass(frozen=True, slots=True)
class Library:
    """The reports that a set refers to.

    Attributes:
        summaries: what there is.
        fetch: a whole report by its id.
    """

    summaries: Sequence[ReportSummary]
    fetch: Callable[[str], Report]


def library_of(opened: Index) -> Library:
    """Return the reports of an open index."""
    return Library(opened.reports(), opened.report)


def shelve_reports(reports: Sequence[Report]) -> Library:
    """Return reports that no index holds yet."""
    summaries = [ReportSummary(r.id, r.title, r.source, r.source, 0, 0, ()) for r in reports]
    by_id = {report.id: report for report in reports}
    return Library(summaries, by_id.__getitem__)


def sample_questions() -> Path:
    """Return the question set over the shipped report."""
    folder = Path(str(files("eval"))) / "questions"
    return folder / "national-child-protection-inspections-2019.jsonl"


def read_question_set(path: Path, library: Library) -> Dataset:
    """Read a question set and find every quote of it.

    Raises:
        QuestionSetError: the file cannot be read, or the first mistake in it, by line.
    """
    questions: list[JudgedQuestion] = []
    golds: dict[str, Gold] = {}
    seen: dict[str, int] = {}
    for line in read_json_lines(path):
        if _is_undecided(line):
            continue
        read = _read_question(line, library)
        _require_new(line, read.id, seen)
        questions.append(_judge(read, golds))
    if not questions:
        raise QuestionSetError(f"{path}: there is no question in it")
    return Dataset(path.name, tuple(questions), QuoteMarking(golds), _digest(path, library))


def check_question_set(path: Path, library: Library) -> list[str]:
    """Return every mistake in a question set, a line each; none where it can be used.

    Raises:
        QuestionSetError: the file cannot be read, or a line of it is not JSON.
    """
    mistakes: list[str] = []
    seen: dict[str, int] = {}
    count = answerable = 0
    for line in read_json_lines(path):
        count += 1
        if _is_undecided(line):
            continue
        try:
            read = _read_question(line, library)
            answerable += bool(read.golds)
            _require_new(line, read.id, seen)
        except QuestionSetError as error:
            mistakes.append(str(error))
    if not count:
        mistakes.append(f"{path}: there is no question in it")
    elif not answerable and not mistakes:
        mistakes.append(f"{path}: no question in it is answerable")
    return mistakes


def _is_undecided(line: Line) -> bool:
    """Tell whether passages were only rejected: nobody knows whether the reports answer."""
    rejected, answers = line.values.get("rejected"), line.values.get("answers")
    return line.values.get("answerable", 0) is None and bool(rejected) and not answers


@dataclass(frozen=True, slots=True)
class _Read:
    """A question as a line of the file has it, its quotes found."""

    id: str
    text: str
    kind: str
    cluster: str
    golds: tuple[Gold, ...]
    quotes: tuple[str, ...]


def _read_question(line: Line, library: Library) -> _Read:
    identity = line.words("id")
    _refuse_unknown(line, line.values, _KEYS)
    try:
        text = check_question(line.words("question"))
    except QuestionError as error:
        raise line.fail(f"question {identity!r}: {error}") from error
    answers = _answers(line, identity)
    golds = tuple(_find(line, identity, answer, library) for answer in answers)
    kind = ANSWERABLE if golds else str(line.values.get("kind") or UNANSWERABLE)
    about = line.values.get("report")
    cluster = golds[0].report if golds else str(about or identity)
    quotes = tuple(str(answer["quote"]) for answer in answers)
    return _Read(identity, text, kind, cluster, golds, quotes)


def _answers(line: Line, identity: str) -> list[dict[str, Any]]:
    answerable = line.values.get("answerable")
    answers = line.values.get("answers", [])
    if not isinstance(answerable, bool):
        raise line.fail(f"question {identity!r}: 'answerable' is missing, or not true or false")
    if not isinstance(answers, list) or not all(isinstance(one, dict) for one in answers):
        raise line.fail(f"question {identity!r}: 'answers' is not a list of objects")
    if answerable != bool(answers):
        said = "answerable and has no answer" if answerable else "not answerable and has answers"
        raise line.fail(f"question {identity!r} is {said}")
    if line.values.get("kind") == ANSWERABLE and not answerable:
        raise line.fail(f"question {identity!r}: its kind contradicts 'answerable'")
    return answers


def _find(line: Line, identity: str, answer: dict[str, Any], library: Library) -> Gold:
    _refuse_unknown(line, answer, _ANSWER_KEYS)
    name, quote, page = answer.get("report"), answer.get("quote"), answer.get("page")
    if not isinstance(name, str) or not isinstance(quote, str) or not quote.strip():
        raise line.fail(f"question {identity!r}: an answer needs 'report' and 'quote', both texts")
    if page is not None and (not isinstance(page, int) or isinstance(page, bool)):
        raise line.fail(f"question {identity!r}: 'page' is not a number")
    try:
        report = library.fetch(find_summary(library.summaries, name).id)
    except (ReportNotFoundError, ConflictError) as error:
        raise line.fail(f"question {identity!r}: {error}") from error
    places = [_place(report, span) for span in find_quote(report, quote)]
    found = [gold for gold in places if page is None or gold.page == page]
    if len(found) != 1:
        raise line.fail(f"question {identity!r}: {_miscounted(quote, page, places, found)}")
    return found[0]


def _miscounted(quote: str, page: int | None, places: Sequence[Gold], found: Sequence[Gold]) -> str:
    short = quote if len(quote) <= 60 else f"{quote[:57]}…"  # noqa: PLR2004
    if found:
        where = "on that page" if page else "in the report"
        return f"the quote {short!r} is found {len(found)} times {where}: quote more of it"
    if places:
        pages = ", ".join(str(gold.page) for gold in places)
        return f"the quote {short!r} is not on page {page} but on {pages}"
    return f"the quote {short!r} is not in the report"


def _place(report: Report, span: Span) -> Gold:
    holding = [s.span for s in report.sections if s.span.start <= span.start < s.span.end]
    return Gold(report.id, span, holding[0] if holding else span, cite(report, span).page)


def _judge(read: _Read, golds: dict[str, Gold]) -> JudgedQuestion:
    needs: list[Need] = []
    for number, gold in enumerate(read.golds, start=1):
        document = f"{gold.report}:{gold.span.start}-{gold.span.end}:quote"
        golds[document] = gold
        name = read.id if len(read.golds) == 1 else f"{read.id}/{number}"
        needs.append(Need(name, {document: 1}))
    return JudgedQuestion(
        id=read.id,
        text=read.text,
        kind=read.kind,
        cluster=read.cluster,
        needs=tuple(needs),
        answers=read.golds,
        gold=" … ".join(read.quotes),
    )


def _require_new(line: Line, identity: str, seen: dict[str, int]) -> None:
    if identity in seen:
        raise line.fail(f"the id {identity!r} is that of line {seen[identity]} already")
    seen[identity] = line.number


def _refuse_unknown(line: Line, values: dict[str, Any], known: set[str]) -> None:
    unknown = sorted(set(values) - known)
    if unknown:
        raise line.fail(f"unknown property {unknown[0]!r}; known are {', '.join(sorted(known))}")


def _digest(path: Path, library: Library) -> str:
    ids = "\n".join(sorted(one.id for one in library.summaries))
    return hashlib.sha256(read_bytes(path) + ids.encode()).hexdigest()
