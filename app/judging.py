"""Judgements that people make while they ask, kept as a question set.

`INDEX/judgements.jsonl` lies beside the generations, so that no build touches it. A line is
one question as one assessor judged it, in the format of `eval.questionset`:
```
{"id": "…", "question": "…", "answerable": true, "answers": [{"report": "…", "quote": "…"}],
 "rejected": [{"report": "…", "quote": "…"}], "assessor": "…", "date": "2026-11-23"}
```
`answerable` is null while passages were only rejected: nobody knows yet whether the report
answers. Judgements test retrieval and never change what is found.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from index.question import check_question
from ingest.citation import cite
from ingest.errors import IndexBusyError, IndexStoreError, SettingError
from ingest.quotation import find_quote
from ingest.report import Report
from ingest.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = "judgements.jsonl"
MOST_ASSESSOR = 80
_LOCK = "judgements.lock"
_WAIT_SECONDS = 10.0

Line = dict[str, Any]
Lines = dict[str, Line]


class Verdict(StrEnum):
    """What somebody says of a passage, or of a question as a whole."""

    RELEVANT = "relevant"
    NOT_RELEVANT = "not relevant"
    UNANSWERABLE = "unanswerable"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One judgement.

    Attributes:
        question: as asked.
        verdict: what is said.
        assessor: who says it; may be empty.
        date: ISO 8601.
        passage: what is judged, as an answer of a question set; nothing for the question as a
            whole.
    """

    question: str
    verdict: Verdict
    assessor: str
    date: str
    passage: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        """Raise SettingError where verdict and passage do not go together."""
        if len(self.assessor) > MOST_ASSESSOR:
            raise SettingError(f"an assessor's name has at most {MOST_ASSESSOR} characters")
        about_passage = self.verdict in {Verdict.RELEVANT, Verdict.NOT_RELEVANT}
        if about_passage and self.passage is None:
            raise SettingError(f"{self.verdict.value!r} is said of a passage: name one")
        if self.verdict is Verdict.UNANSWERABLE and self.passage is not None:
            raise SettingError("'unanswerable' is said of the question, not of a passage")

    @property
    def id(self) -> str:
        """The same for one question by one assessor, however it was typed."""
        return identify(self.question, self.assessor)


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of an import: how many lines are new, were there already, replaced older ones."""

    added: int
    known: int
    replaced: int


def identify(question: str, assessor: str) -> str:
    """Return the id of a line: 16 hexadecimal digits."""
    words = f"{' '.join(question.split()).casefold()}\n{assessor.strip().casefold()}"
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def quote_passage(report: Report, span: Span, name: str) -> dict[str, Any]:
    """Return a passage as an answer of a question set: words that are found exactly once.

    Words that stand several times get their page, and where that does not help, what follows
    and precedes them.

    Args:
        report: the report.
        span: the passage.
        name: what the question set calls the report.

    Raises:
        SettingError: the span has no words, or lies beyond the text.
    """
    if span.end > len(report.text) or not span.of(report.text).strip():
        raise SettingError("there is no passage at that place")
    for wider in _widen(report, span):
        quote = wider.of(report.text)
        page = cite(report, wider).page
        found = find_quote(report, quote)
        if len(found) == 1:
            return {"report": name, "quote": quote}
        if sum(cite(report, one).page == page for one in found) == 1:
            return {"report": name, "quote": quote, "page": page}
    raise SettingError("the passage cannot be told from others of the same words")


def apply_judgement(lines: Lines, judgement: Judgement) -> Lines:
    """Return the lines with a judgement in them; what it contradicts is taken back."""
    old = lines.get(judgement.id)
    line = _judge(old or _begin(judgement), judgement)
    kept = {key: value for key, value in lines.items() if key != judgement.id}
    return kept | ({judgement.id: line} if _says_something(line) else {})


def merge_lines(lines: Lines, others: Lines) -> tuple[Lines, Merged]:
    """Return both together; of one question by one assessor the later line counts."""
    new = [key for key in others if key not in lines]
    later = [key for key in others if key in lines and _is_later(others[key], lines[key])]
    merged = lines | {key: others[key] for key in (*new, *later)}
    return merged, Merged(len(new), len(others) - len(new) - len(later), len(later))


@dataclass(frozen=True, slots=True)
class JudgementFile:
    """The judgements of an index folder."""

    folder: Path

    @property
    def path(self) -> Path:
        """The file; it exists once something was judged."""
        return self.folder / FILE

    def read(self) -> Lines:
        """Return its lines by id; none where nothing was judged yet.

        Raises:
            QuestionSetError: the file cannot be read, or a line of it is damaged.
        """
        return read_lines(self.path) if self.path.is_file() else {}

    def judge(self, judgement: Judgement) -> None:
        """Save a judgement.

        Raises:
            QuestionSetError: the file is damaged; it stays as it is.
            IndexBusyError: somebody else keeps it locked.
            IndexStoreError: it cannot be written.
        """
        self._change(lambda lines: apply_judgement(lines, judgement))

    def merge(self, path: Path) -> Merged:
        """Add the lines of another file.

        Raises:
            QuestionSetError: either file is damaged; nothing is changed.
            IndexBusyError: somebody else keeps it locked.
            IndexStoreError: it cannot be written.
        """
        others = read_lines(path)
        outcome: list[Merged] = []

        def join(lines: Lines) -> Lines:
            merged, counted = merge_lines(lines, others)
            outcome.append(counted)
            return merged

        self._change(join)
        return outcome[0]

    def export(self) -> str:
        """Return the file's text.

        Raises:
            QuestionSetError: the file is damaged.
        """
        return _write_lines(self.read())

    def _change(self, change: Callable[[Lines], Lines]) -> None:
        with self._locked():
            text = _write_lines(change(self.read()))
            try:
                _replace(self.path, text)
            except OSError as error:
                reason = f"the judgements cannot be written ({error.strerror})"
                raise IndexStoreError(f"{self.path}: {reason}") from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = FileLock(self.folder / _LOCK, timeout=_WAIT_SECONDS)
        try:
            lock.acquire()
        except Timeout as error:
            raise IndexBusyError(f"{self.path} is being written: try again") from error
        except OSError as error:
            raise IndexStoreError(f"{self.path} cannot be written ({error.strerror})") from error
        try:
            yield
        finally:
            lock.release()


def read_lines(path: Path) -> Lines:
    """Return the lines of a question set by question and assessor; the last one counts.

    Raises:
        QuestionSetError: the file cannot be read, or the first mistake in it, by line.
    """
    from eval.source import read_json_lines

    lines: Lines = {}
    for line in read_json_lines(path):
        question = line.words("question")
        assessor = line.values.get("assessor", "")
        answers, rejected = line.values.get("answers", []), line.values.get("rejected", [])
        if not isinstance(assessor, str) or not (_are_quotes(answers) and _are_quotes(rejected)):
            raise line.fail("'assessor' is not a text, or 'answers' or 'rejected' hold no quotes")
        if line.values.get("answerable", False) not in (True, False, None):
            raise line.fail("'answerable' is not true, false or null")
        key = identify(question, assessor)
        lines[key] = line.values | {"id": key}
    return lines


def _are_quotes(values: object) -> bool:
    return isinstance(values, list) and all(
        isinstance(one, dict) and isinstance(one.get("quote"), str) for one in values
    )


def _widen(report: Report, span: Span) -> Iterator[Span]:
    """Yield the span, then ever more of the blocks around it."""
    yield span
    touched = [at for at, block in enumerate(report.blocks) if block.span.overlaps(span)]
    if not touched:
        return
    first, last = touched[0], touched[-1]
    while first > 0 or last + 1 < len(report.blocks):
        first, last = max(first - 1, 0), min(last + 1, len(report.blocks) - 1)
        yield Span(report.blocks[first].span.start, report.blocks[last].span.end)


def _begin(judgement: Judgement) -> Line:
    return {
        "id": judgement.id,
        "question": check_question(judgement.question),
        "answerable": None,
        "answers": [],
        "rejected": [],
        "assessor": judgement.assessor.strip(),
    }


def _judge(line: Line, judgement: Judgement) -> Line:
    passage = dict(judgement.passage) if judgement.passage else None
    answers = [one for one in line.get("answers", []) if one != passage]
    rejected = [one for one in line.get("rejected", []) if one != passage]
    answerable = line.get("answerable")
    match judgement.verdict:
        case Verdict.RELEVANT:
            answers.append(passage)
        case Verdict.NOT_RELEVANT:
            rejected.append(passage)
        case Verdict.UNANSWERABLE:
            answers, answerable = [], False
        case Verdict.UNDO:
            answerable = answerable if passage else None
    if answers:
        answerable = True
    elif answerable:
        answerable = None
    changed = {"answerable": answerable, "answers": answers, "rejected": rejected}
    return line | changed | {"date": judgement.date}


def _says_something(line: Line) -> bool:
    return bool(line["answers"] or line["rejected"] or line["answerable"] is False)


def _is_later(one: Line, other: Line) -> bool:
    same = {**one, "date": None} == {**other, "date": None}
    return not same and str(one.get("date", "")) >= str(other.get("date", ""))


def _write_lines(lines: Lines) -> str:
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines.values())


def _replace(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(prefix=".judgements-", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def name_report(source: str, report: str, sources: Sequence[str]) -> str:
    """Return what a question set calls a report: its file name, or its id where two share it."""
    return source if sources.count(source) == 1 else report
