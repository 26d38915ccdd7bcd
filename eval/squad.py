"""SQuAD 2.0 as a judged collection: an article is a report, a paragraph one of its sections.

Rajpurkar, Jia and Liang, "Know What You Don't Know: Unanswerable Questions for SQuAD" (2018).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from eval.dataset import ANSWERABLE, Dataset, Gold, JudgedQuestion, Need
from eval.marking import SectionMarking
from eval.source import read_bytes
from index.scope import Scope
from ingest.canonical import canonicalise
from ingest.errors import QuestionSetError
from ingest.report import Block, BlockKind, Report, Section
from ingest.span import Span

ADVERSARIAL = "adversarial"
FOREIGN = "foreign"


class Negatives(StrEnum):
    """Which questions that have no answer are asked besides those that have one.

    ADVERSARIAL are SQuAD's own, written to look answerable; FOREIGN are the answerable
    questions put to all articles but their own.
    """

    NONE = "none"
    ADVERSARIAL = "adversarial"
    FOREIGN = "foreign"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph at its place in a report; `offset` is where its text starts there."""

    name: str
    raw: str
    offset: int
    questions: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class _Article:
    report: Report
    paragraphs: tuple[_Paragraph, ...]


def read_squad(path: Path, negatives: Negatives = Negatives.NONE) -> Dataset:
    """Read a SQuAD 2.0 file.

    Each paragraph is a section without a heading, so that the article's title is all that its
    passages have as context. The paragraph that a question was written for is the only one
    that is relevant.

    Raises:
        QuestionSetError: the file is not there, is not SQuAD, or an answer is not where it says.
    """
    content = read_bytes(path)
    try:
        articles = [_read_article(path, one) for one in json.loads(content)["data"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise QuestionSetError(f"{path}: not a SQuAD 2.0 file ({_explain(error)})") from error
    everything = [question for one in articles for question in _read_questions(path, one)]
    asked = [q for q in everything if q.answerable or negatives in (Negatives.ADVERSARIAL, "all")]
    if negatives in (Negatives.FOREIGN, Negatives.ALL):
        asked += _estrange(everything, [one.report.id for one in articles])
    return Dataset(
        name=path.name,
        questions=tuple(asked),
        marking=_mark(articles),
        digest=hashlib.sha256(content + negatives.encode()).hexdigest(),
        reports=tuple(one.report for one in articles),
    )


def _explain(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"line {error.lineno}: {error.msg}"
    return f"missing {error}" if isinstance(error, KeyError) else str(error)


def _read_article(path: Path, stored: Mapping[str, Any]) -> _Article:
    title = canonicalise(stored["title"].replace("_", " "))
    texts: list[str] = []
    paragraphs: list[_Paragraph] = []
    offset = 0
    for number, one in enumerate(stored["paragraphs"], start=1):
        text = canonicalise(one["context"])
        if not text:
            raise QuestionSetError(f"{path}: paragraph {number} of {title!r} is empty")
        name = f"{stored['title']}/{number}".replace(" ", "_")
        paragraphs.append(_Paragraph(name, one["context"], offset, one["qas"]))
        texts.append(text)
        offset += len(text) + 2
    if not texts:
        raise QuestionSetError(f"{path}: article {title!r} has no paragraph")
    return _Article(_make_report(path, title, texts), tuple(paragraphs))


def _make_report(path: Path, title: str, texts: Sequence[str]) -> Report:
    blocks: list[Block] = []
    start = 0
    for number, text in enumerate(texts):
        span = Span(start, start + len(text))
        blocks.append(Block(BlockKind.PARAGRAPH, span, section=number, number=1))
        start = span.end + 2
    return Report(
        title=title,
        source=path.name,
        text="\n\n".join(texts),
        blocks=tuple(blocks),
        sections=tuple(Section((), block.span) for block in blocks),
    )


def _read_questions(path: Path, article: _Article) -> Iterator[JudgedQuestion]:
    for number, paragraph in enumerate(article.paragraphs):
        for stored in paragraph.questions:
            try:
                yield _read_question(article, number, stored)
            except (KeyError, TypeError, ValueError) as error:
                name = stored.get("id", "?") if isinstance(stored, dict) else "?"
                raise QuestionSetError(
                    f"{path}: question {name!r} of {paragraph.name}: {_explain(error)}"
                ) from error


def _read_question(article: _Article, number: int, stored: Mapping[str, Any]) -> JudgedQuestion:
    paragraph = article.paragraphs[number]
    identity = str(stored["id"])
    cluster = article.report.title
    if stored.get("is_impossible", False):
        return JudgedQuestion(identity, stored["question"], ADVERSARIAL, cluster)
    section = article.report.sections[number].span
    spans = {_find_answer(article, paragraph, answer) for answer in stored["answers"]}
    if not spans:
        raise ValueError("it is answerable and has no answer")
    return JudgedQuestion(
        id=identity,
        text=stored["question"],
        kind=ANSWERABLE,
        cluster=cluster,
        needs=(Need(identity, {paragraph.name: 1}),),
        answers=tuple(Gold(article.report.id, span, section) for span in sorted(spans)),
        gold=str(stored["answers"][0]["text"]),
    )


def _find_answer(article: _Article, paragraph: _Paragraph, answer: Mapping[str, Any]) -> Span:
    start, words = int(answer["answer_start"]), str(answer["text"])
    if paragraph.raw[start : start + len(words)] != words:
        raise ValueError(f"its answer {words!r} is not at character {start}")
    # The canonical text can be shorter than the file's: what stands before says by how much.
    wanted = canonicalise(words)
    before = len(canonicalise(paragraph.raw[:start]))
    text = article.report.text
    found = text.find(wanted, paragraph.offset + before) if wanted else -1
    if found < 0:
        raise ValueError(f"its answer {words!r} has no letter in it")
    return Span(found, found + len(wanted))


def _estrange(
    questions: Sequence[JudgedQuestion], reports: Sequence[str]
) -> Iterator[JudgedQuestion]:
    for question in questions:
        others = tuple(one for one in reports if one != _home(question))
        if question.answerable and others:
            scope = Scope(reports=others)
            yield JudgedQuestion(
                f"{question.id}:foreign", question.text, FOREIGN, question.cluster, scope=scope
            )


def _home(question: JudgedQuestion) -> str | None:
    return question.answers[0].report if question.answers else None


def _mark(articles: Sequence[_Article]) -> SectionMarking:
    return SectionMarking(
        starts={one.report.id: [p.offset for p in one.paragraphs] for one in articles},
        names={one.report.id: [p.name for p in one.paragraphs] for one in articles},
    )
