"""BEIR folders as judged collections: a document is a report of one section.

Thakur et al., "BEIR: A Heterogeneous Benchmark for Zero-shot Evaluation of Information
Retrieval Models" (2021): `corpus.jsonl`, `queries.jsonl` and `qrels/*.tsv`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from eval.dataset import ANSWERABLE, Dataset, JudgedQuestion, Need
from eval.marking import SectionMarking
from eval.source import Line, read_bytes, read_json_lines, read_text
from ingest.builder import ReportBuilder
from ingest.canonical import canonicalise
from ingest.errors import QuestionSetError
from ingest.report import BlockKind, Report

SPLIT = "test"
_COLUMNS = 3

Judgements = dict[str, dict[str, int]]


def read_beir(folder: Path, split: str = SPLIT) -> Dataset:
    """Read a BEIR folder and one split of its judgements.

    Queries that the split does not judge are not asked; those that it judges all are. A query
    whose judgements are all 0 is left out, as trec_eval does: nothing could be found for it.

    Raises:
        QuestionSetError: a file is missing or broken, or a judgement names an unknown query or
            document.
    """
    files = (folder / "corpus.jsonl", folder / "queries.jsonl", _find_qrels(folder, split))
    reports = dict(_read_corpus(files[0]))
    queries = dict(_read_queries(files[1]))
    judgements = _read_qrels(files[2], reports, queries)
    questions = tuple(
        JudgedQuestion(
            id=query,
            text=queries[query],
            kind=ANSWERABLE,
            cluster=query,
            needs=(Need(query, grades),),
            gold=", ".join(document for document, grade in grades.items() if grade > 0),
        )
        for query, grades in judgements.items()
        if max(grades.values()) > 0
    )
    if not questions:
        raise QuestionSetError(f"{files[2]}: no document is judged relevant to any query")
    return Dataset(
        name=f"{folder.resolve().name}/{split}",
        questions=questions,
        marking=SectionMarking(
            starts={report.id: [0] for report in reports.values()},
            names={report.id: [name] for name, report in reports.items()},
        ),
        digest=_digest(files),
        reports=tuple(reports.values()),
    )


def _find_qrels(folder: Path, split: str) -> Path:
    path = folder / "qrels" / f"{split}.tsv"
    if not path.is_file():
        there = ", ".join(sorted(p.stem for p in (folder / "qrels").glob("*.tsv")))
        others = f"; there are {there}, choose with --split" if there else ""
        raise QuestionSetError(f"{path}: there is no such file{others}")
    return path


def _read_corpus(path: Path) -> Iterator[tuple[str, Report]]:
    seen: set[str] = set()
    for line in read_json_lines(path):
        name = _identify(line, seen)
        text = line.values.get("text", "")
        title = line.values.get("title") or ""
        if not isinstance(text, str) or not isinstance(title, str):
            raise line.fail(f"document {name!r}: 'title' and 'text' are texts")
        words = canonicalise(text) or canonicalise(title)
        if not words:
            raise line.fail(f"document {name!r} is empty")
        builder = ReportBuilder(name)
        builder.add(BlockKind.PARAGRAPH, words)
        # A document without a title has no context: its id would be noise to the encoder.
        yield name, replace(builder.build(title=name), title=canonicalise(title))
    if not seen:
        raise QuestionSetError(f"{path}: there is no document in it")


def _read_queries(path: Path) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for line in read_json_lines(path):
        yield _identify(line, seen), line.words("text")


def _identify(line: Line, seen: set[str]) -> str:
    name = line.values.get("_id")
    if isinstance(name, int):
        name = str(name)
    if not isinstance(name, str) or not name.strip() or any(c.isspace() for c in name):
        raise line.fail("'_id' is missing, or not a text without spaces")
    if name in seen:
        raise line.fail(f"the id {name!r} is there twice")
    seen.add(name)
    return name


def _read_qrels(
    path: Path, reports: Mapping[str, Report], queries: Mapping[str, str]
) -> Judgements:
    judgements: Judgements = {}
    for number, row in enumerate(read_text(path).splitlines(), start=1):
        cells = row.split("\t")
        if not row.strip() or (number == 1 and cells[-1].strip() == "score"):
            continue
        try:
            query, document, grade = _parse_row(cells)
        except ValueError as error:
            raise QuestionSetError(f"{path}, line {number}: {error}") from error
        for what, name, known in (("query", query, queries), ("document", document, reports)):
            if name not in known:
                raise QuestionSetError(f"{path}, line {number}: there is no {what} {name!r}")
        judgements.setdefault(query, {})[document] = grade
    return judgements


def _parse_row(cells: list[str]) -> tuple[str, str, int]:
    if len(cells) != _COLUMNS:
        raise ValueError(f"{len(cells)} columns, not query, document and score")
    query, document, grade = (cell.strip() for cell in cells)
    try:
        return query, document, max(int(grade), 0)
    except ValueError as error:
        raise ValueError(f"the score {grade!r} is not a whole number") from error


def _digest(files: tuple[Path, ...]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(hashlib.sha256(read_bytes(path)).digest())
    return digest.hexdigest()
