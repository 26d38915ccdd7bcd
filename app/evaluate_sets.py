"""The question sets that can be asked of an index: shipped, judged in Ask, or uploaded."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from app.service import Searcher
from eval.questionset import Library, check_question_set, sample_questions
from eval.record import write_whole
from eval.source import read_json_lines
from ingest.errors import EvaluationError, QuestionSetError

JUDGEMENTS = "judgements.jsonl"
LARGEST = 8 * 1024 * 1024
MOST = 200
_LONGEST_NAME = 80
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A file of questions, held against the reports that are indexed.

    Attributes:
        key: what the page calls it by.
        name: what people call it by.
        path: the file.
        questions: how many questions it has.
        answerable: how many of them the reports answer.
        uploaded: whether it was uploaded, and can be removed.
        mistakes: what keeps it from being asked, a line each; none where it can be.
    """

    key: str
    name: str
    path: Path
    questions: int = 0
    answerable: int = 0
    uploaded: bool = False
    mistakes: tuple[str, ...] = ()


class SetShelf:
    """The question sets beside an index; each is checked again only after it or the index changed.

    Uploaded sets are kept in `questions/` of the index folder, under their names.
    """

    def __init__(self, folder: Path) -> None:
        """Name the index folder; nothing is read or made yet."""
        self._folder = folder
        self._checked: dict[Path, tuple[tuple[object, ...], QuestionSet]] = {}

    def list(self, searcher: Searcher) -> tuple[QuestionSet, ...]:
        """Return the sets: those that can be asked, and those that could be but for a mistake.

        The shipped set is there only where the shipped report is indexed.
        """
        library = _library_of(searcher)
        return tuple(self._list(library))

    def find(self, key: str, searcher: Searcher) -> QuestionSet:
        """Return a set that can be asked.

        Raises:
            QuestionSetError: there is no such set any more, or a mistake in it.
        """
        found = next((one for one in self.list(searcher) if one.key == key), None)
        if found is None:
            raise QuestionSetError("choose one of the question sets first")
        if found.mistakes:
            raise QuestionSetError(found.mistakes[0])
        return found

    def keep(self, name: str, text: str, searcher: Searcher) -> QuestionSet:
        """Check a set and, where it has no mistake, keep it.

        Args:
            name: of the file that it came from; nothing of it but a plain file name is used.
            text: its lines.
            searcher: the reports that its quotes have to stand in.

        Returns:
            The set. One with mistakes was not kept.

        Raises:
            QuestionSetError: it is too large, or there are too many already.
            EvaluationError: the index folder cannot be written.
        """
        content = text.encode("utf-8", "replace")
        if len(content) > LARGEST:
            raise QuestionSetError(f"{name}: larger than {LARGEST // 1024**2} MB: split it")
        plain = _plain_name(name)
        found = _check_text(plain, text, _library_of(searcher))
        if found.mistakes:
            return found
        path = self._place(plain, content)
        write_whole(path, text)
        return replace(found, key=f"questions/{path.name}", name=path.name, path=path)

    def remove(self, key: str) -> None:
        """Delete an uploaded set; where it is gone already, nothing is done.

        Raises:
            EvaluationError: the index folder cannot be written.
        """
        there = {f"questions/{path.name}": path for path in self._uploaded.glob("*.jsonl")}
        delete_file(there.get(key))

    def _list(self, library: Library) -> Iterator[QuestionSet]:
        shipped = self._check("sample", sample_questions(), library)
        if not shipped.mistakes:
            yield replace(shipped, name="Shipped questions on the sample report")
        judged = self._folder / JUDGEMENTS
        if judged.is_file():
            yield replace(self._check("judged", judged, library), name="Judged in Ask")
        for path in sorted(self._uploaded.glob("*.jsonl")):
            yield replace(self._check(f"questions/{path.name}", path, library), uploaded=True)

    @property
    def _uploaded(self) -> Path:
        return self._folder / "questions"

    def _check(self, key: str, path: Path, library: Library) -> QuestionSet:
        stamp = (*_stamp(path), *(one.id for one in library.summaries))
        known = self._checked.get(path)
        if known is None or known[0] != stamp:
            known = self._checked[path] = (stamp, _check_file(key, path, library))
        return known[1]

    def _place(self, name: str, content: bytes) -> Path:
        """Return where to keep a set: where the same one is already, or under a free name."""
        there = {path.name: path for path in self._uploaded.glob("*.jsonl")}
        mark = hashlib.sha256(content).digest()
        stem = name.removesuffix(".jsonl")
        for number in range(1, MOST + 1):
            tried = name if number == 1 else f"{stem}-{number}.jsonl"
            path = there.get(tried)
            if path is None or hashlib.sha256(path.read_bytes()).digest() == mark:
                if path is None and len(there) >= MOST:
                    break
                return self._uploaded / tried
        raise QuestionSetError(f"{name}: there are {MOST} question sets already: remove one first")


def delete_file(path: Path | None) -> None:
    """Delete a file, if there is one.

    Raises:
        EvaluationError: it cannot be deleted; the message has no folder in it.
    """
    if path is None:
        return
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise EvaluationError(f"{path.name}: cannot be removed ({error.strerror})") from error


def tell_without_path(error: Exception | str, path: Path) -> str:
    """Return a message about a file without the folders that it lies in."""
    return str(error).replace(str(path), path.name)


def _library_of(searcher: Searcher) -> Library:
    # A set asks for the same report line after line, and reading a long one takes a while.
    return Library(searcher.reports(), lru_cache(maxsize=4)(searcher.report))


def _check_text(name: str, text: str, library: Library) -> QuestionSet:
    try:
        with tempfile.TemporaryDirectory(prefix="reportqa-") as folder:
            path = Path(folder) / name
            path.write_text(text, encoding="utf-8", errors="replace")
            return _check_file(name, path, library)
    except OSError as error:
        raise EvaluationError(f"{name}: cannot be checked ({error.strerror})") from error


def _check_file(key: str, path: Path, library: Library) -> QuestionSet:
    try:
        mistakes = check_question_set(path, library)
        judged = [line.values.get("answerable") is True for line in read_json_lines(path)]
    except QuestionSetError as error:
        mistakes, judged = [str(error)], []
    told = tuple(tell_without_path(one, path) for one in mistakes)
    return QuestionSet(key, path.name, path, len(judged), sum(judged), mistakes=told)


def _plain_name(name: str) -> str:
    """Return a file name that is safe on every platform, ending in ".jsonl"."""
    last = re.split(r"[/\\]", name)[-1].removesuffix(".jsonl")
    stem = _UNFIT.sub("-", last).strip(".-")[:_LONGEST_NAME]
    return f"{stem or 'questions'}.jsonl"


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size
