"""TREC run and qrels files, so that trec_eval and its like can check our figures.

A topic is a need: a question's id, or id/1, id/2 where several quotes answer it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eval.dataset import Ranked
from eval.outcome import Outcome
from eval.source import read_text
from ingest.errors import EvaluationError, QuestionSetError

_QRELS_COLUMNS = 4
_RUN_COLUMNS = 6

Qrels = dict[str, dict[str, int]]
Rankings = dict[str, tuple[Ranked, ...]]


def write_trec(folder: Path, outcomes: Sequence[Outcome], tag: str = "reportqa") -> None:
    """Write `run.txt` and `qrels.txt`.

    Scores in the run fall strictly, in single precision, which is what trec_eval keeps: equal
    ones are set apart by the least possible, so that it reads the order that was shown.

    Raises:
        EvaluationError: the folder cannot be written.
    """
    needs = [need for one in outcomes for need in one.needs]
    qrels = (
        f"{_word(n.need.id)} 0 {_word(document)} {grade}\n"
        for n in needs
        for document, grade in n.need.grades.items()
    )
    run = (
        f"{_word(n.need.id)} Q0 {_word(one.document)} {rank} {one.score:.9g} {_word(tag)}\n"
        for n in needs
        for rank, one in enumerate(part_scores(n.ranking), start=1)
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "qrels.txt").write_text("".join(qrels), encoding="utf-8")
        (folder / "run.txt").write_text("".join(run), encoding="utf-8")
    except OSError as error:
        raise EvaluationError(f"{folder}: cannot be written ({error.strerror})") from error


def part_scores(ranking: Sequence[Ranked]) -> Iterator[Ranked]:
    """Yield a ranking with scores that fall strictly in single precision."""
    before = np.float32(np.inf)
    for one in ranking:
        score = min(np.float32(one.score), np.nextafter(before, np.float32(-np.inf)))
        yield Ranked(one.document, float(score))
        before = score


def read_qrels(path: Path) -> Qrels:
    """Read a qrels file: topic to document to grade.

    Raises:
        QuestionSetError: it cannot be read, or a line is not of that form.
    """
    qrels: Qrels = {}
    for row in _rows(path, _QRELS_COLUMNS):
        topic, _, document, grade = row.cells
        qrels.setdefault(topic, {})[document] = int(row.number(grade))
    return qrels


def read_run(path: Path) -> Rankings:
    """Read a run file: topic to documents, highest score first, ties in order of the file.

    Raises:
        QuestionSetError: it cannot be read, a line is not of that form, or names a document of
            its topic twice.
    """
    found: dict[str, dict[str, Ranked]] = {}
    for row in _rows(path, _RUN_COLUMNS):
        topic, _, document, _, score, _ = row.cells
        ranking = found.setdefault(topic, {})
        if document in ranking:
            raise row.fail(f"document {document!r} is there twice for topic {topic!r}")
        ranking[document] = Ranked(document, row.number(score))
    return {
        topic: tuple(sorted(ranking.values(), key=lambda one: -one.score))
        for topic, ranking in found.items()
    }


@dataclass(frozen=True, slots=True)
class _Row:
    path: Path
    line: int
    cells: list[str]

    def fail(self, reason: str) -> QuestionSetError:
        return QuestionSetError(f"{self.path}, line {self.line}: {reason}")

    def number(self, words: str) -> float:
        try:
            return float(words)
        except ValueError as error:
            raise self.fail(f"{words!r} is not a number") from error


def _rows(path: Path, columns: int) -> Iterator[_Row]:
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        if not line.strip():
            continue
        row = _Row(path, number, line.split())
        if len(row.cells) != columns:
            raise row.fail(f"{len(row.cells)} columns, not {columns}")
        yield row


def _word(name: str) -> str:
    """Return a name without white space, which parts the columns."""
    return "_".join(name.split()) or "_"
