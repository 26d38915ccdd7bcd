"""The reports, passages and sentences of one generation, in SQLite.

Passages and sentences are numbered from 0 without gaps: the numbers are the rows of the
vector and word indexes beside this file.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.entry import PassageEntry, Place, ReportEntry
from index.scope import Scope
from ingest.errors import IndexCorruptError
from ingest.report import UNREAD, Notice, NoticeKind, Report
from ingest.serial import dump_report, load_report
from ingest.span import Span

_SCHEMA = """
CREATE TABLE reports (
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  path TEXT NOT NULL,
  title TEXT NOT NULL,
  source TEXT NOT NULL,
  pages INTEGER NOT NULL,
  notices TEXT NOT NULL,
  text TEXT NOT NULL,
  document BLOB NOT NULL
);
CREATE TABLE passages (
  row INTEGER PRIMARY KEY,
  report INTEGER NOT NULL REFERENCES reports (position),
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  locator TEXT NOT NULL,
  citation TEXT NOT NULL,
  section TEXT NOT NULL,
  page INTEGER,
  page_label TEXT,
  context TEXT NOT NULL,
  windows TEXT NOT NULL
);
CREATE TABLE sentences (
  row INTEGER PRIMARY KEY,
  passage INTEGER NOT NULL REFERENCES passages (row),
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  locator TEXT NOT NULL,
  citation TEXT NOT NULL
);
CREATE TABLE labels (
  label TEXT NOT NULL,
  precedence INTEGER NOT NULL,
  report INTEGER NOT NULL REFERENCES reports (position),
  passage INTEGER NOT NULL REFERENCES passages (row)
);
CREATE INDEX labels_by_label ON labels (label);
CREATE INDEX passages_by_report ON passages (report);
CREATE INDEX sentences_by_passage ON sentences (passage);
"""


@dataclass(frozen=True, slots=True)
class ReportSummary:
    """One line of the list of reports.

    Attributes:
        id: content hash.
        title: as cited.
        source: file name.
        path: where the file was when it was read.
        pages: 0 where the format has none.
        passages: how many it was cut into.
        notices: what could not be read.
    """

    id: str
    title: str
    source: str
    path: str
    pages: int
    passages: int
    notices: tuple[Notice, ...]

    @property
    def pages_read(self) -> int:
        """How many of the pages gave their text; empty pages have none to give."""
        return self.pages - len({n.page for n in self.notices if n.page and n.kind in UNREAD})


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A passage with the number of its report and of itself."""

    row: int
    report: int
    entry: PassageEntry


class Catalogue:
    """Reads the reports, passages and sentences of a generation."""

    def __init__(self, path: Path) -> None:
        """Open the file read-only; it stays readable after it has been deleted.

        Raises:
            IndexCorruptError: it is missing or damaged.
        """
        self._path = path
        # The file never changes, and every question asks for these.
        self._summaries: tuple[ReportSummary, ...] | None = None
        try:
            # Readers in several threads: SQLite itself serialises them.
            self._database = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
            self._fetch("SELECT count(*) FROM reports")
        except sqlite3.Error as error:
            raise IndexCorruptError(f"the catalogue {path} is missing or damaged") from error

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def summaries(self) -> tuple[ReportSummary, ...]:
        """Return the reports in the order in which they came."""
        if self._summaries is None:
            self._summaries = self._read_summaries()
        return self._summaries

    def _read_summaries(self) -> tuple[ReportSummary, ...]:
        rows = self._fetch(
            "SELECT id, title, source, path, pages, notices,"
            " (SELECT count(*) FROM passages WHERE report = position)"
            " FROM reports ORDER BY position"
        )
        return tuple(
            ReportSummary(report_id, title, source, path, pages, passages, _load_notices(notices))
            for report_id, title, source, path, pages, notices, passages in rows
        )

    def report(self, report_id: str) -> Report:
        """Return a whole report by its full id.

        Raises:
            KeyError: there is none.
            IndexCorruptError: what is stored is not a report.
        """
        rows = self._fetch("SELECT document FROM reports WHERE id = ?", report_id)
        if not rows:
            raise KeyError(report_id)
        try:
            return load_report(zlib.decompress(rows[0][0]).decode())
        except (ValueError, zlib.error) as error:
            raise IndexCorruptError(f"report {report_id} in {self._path} is damaged") from error

    def text(self, position: int) -> str:
        """Return the canonical text of the report with that number."""
        text: str = self._fetch("SELECT text FROM reports WHERE position = ?", position)[0][0]
        return text

    def passages(self, rows: Sequence[int]) -> list[PassageRow]:
        """Return those passages in the order asked for."""
        return [self._passage(row) for row in rows]

    def owners(self) -> npt.NDArray[np.int64]:
        """Return the passage that each sentence stands in: int64, shape (sentences,)."""
        rows = self._fetch("SELECT passage FROM sentences ORDER BY row")
        return np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))

    def rows_within(self, scope: Scope) -> npt.NDArray[np.int64]:
        """Return the passages inside a scope: int64, ascending."""
        rows = self._fetch(
            "SELECT row, id, section FROM passages JOIN reports ON report = position ORDER BY row"
        )
        depth = len(scope.section)
        inside = [
            row
            for row, report, section in rows
            if (not scope.reports or report in scope.reports)
            and (not depth or tuple(json.loads(section)[:depth]) == scope.section)
        ]
        return np.asarray(inside, dtype=np.int64)

    def rows_named(self, label: str) -> npt.NDArray[np.int64]:
        """Return the passage that a label leads to in each report that prints it: ascending.

        Args:
            label: as `ingest.labels.fold_label` spells it.
        """
        rows = self._fetch(
            "SELECT passage, min(precedence * 1000000000 + passage) FROM labels"
            " WHERE label = ? GROUP BY report ORDER BY passage",
            label,
        )
        return np.asarray([row[0] for row in rows], dtype=np.int64)

    def entries(self) -> Iterator[ReportEntry]:
        """Yield every report with its passages, in order."""
        for position, report_id, path in self._fetch(
            "SELECT position, id, path FROM reports ORDER BY position"
        ):
            rows = self._fetch("SELECT row FROM passages WHERE report = ? ORDER BY row", position)
            passages = tuple(self._passage(row[0]).entry for row in rows)
            yield ReportEntry(self.report(report_id), path, passages)

    def _passage(self, row: int) -> PassageRow:
        found = self._fetch(
            'SELECT report, start, "end", locator, citation, section, page, page_label,'
            " context, windows FROM passages WHERE row = ?",
            row,
        )
        if not found:
            raise IndexCorruptError(f"the catalogue {self._path} has no passage {row}")
        report, start, end, locator, citation, section, page, label, context, windows = found[0]
        entry = PassageEntry(
            place=Place(Span(start, end), locator, citation),
            section=tuple(json.loads(section)),
            page=page,
            page_label=label,
            context=context,
            sentences=self._sentences(row),
            windows=tuple(Span(*pair) for pair in json.loads(windows)),
        )
        return PassageRow(row, report, entry)

    def _sentences(self, passage: int) -> tuple[Place, ...]:
        rows = self._fetch(
            'SELECT start, "end", locator, citation FROM sentences WHERE passage = ? ORDER BY row',
            passage,
        )
        return tuple(Place(Span(start, end), *words) for start, end, *words in rows)

    def _fetch(self, query: str, *values: object) -> list[Any]:
        try:
            return self._database.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise IndexCorruptError(f"the catalogue {self._path} is damaged: {error}") from error


def write_catalogue(path: Path, entries: Iterable[ReportEntry]) -> None:
    """Write the reports in the order given.

    Raises:
        sqlite3.Error: the disk is full or cannot be written.
    """
    database = sqlite3.connect(path)
    try:
        # Nobody reads the file before it is whole, and it is synced as a whole.
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        database.executescript(_SCHEMA)
        for position, entry in enumerate(entries):
            _insert_report(database, position, entry)
        database.commit()
    finally:
        database.close()


def _insert_report(database: sqlite3.Connection, position: int, entry: ReportEntry) -> None:
    report = entry.report
    notices = json.dumps([[n.kind, n.message, n.page] for n in report.notices])
    document = zlib.compress(dump_report(report).encode())
    database.execute(
        "INSERT INTO reports VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (position, report.id, entry.path, report.title, report.source, len(report.pages), notices,
         report.text, document),
    )  # fmt: skip
    first = _next_row(database, "passages")
    for passage in entry.passages:
        _insert_passage(database, position, passage)
    database.executemany(
        "INSERT INTO labels VALUES (?, ?, ?, ?)",
        ((n.label, n.precedence, position, first + n.passage) for n in entry.named()),
    )


def _insert_passage(database: sqlite3.Connection, report: int, entry: PassageEntry) -> None:
    place = entry.place
    windows = json.dumps([[span.start, span.end] for span in entry.windows])
    row = _next_row(database, "passages")
    database.execute(
        "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (row, report, place.span.start, place.span.end, place.locator, place.citation,
         json.dumps(entry.section), entry.page, entry.page_label, entry.context, windows),
    )  # fmt: skip
    first = _next_row(database, "sentences")
    database.executemany(
        "INSERT INTO sentences VALUES (?, ?, ?, ?, ?, ?)",
        (
            (first + at, row, s.span.start, s.span.end, s.locator, s.citation)
            for at, s in enumerate(entry.sentences)
        ),
    )


def _next_row(database: sqlite3.Connection, table: str) -> int:
    highest = database.execute(f"SELECT max(row) FROM {table}").fetchone()[0]  # noqa: S608
    return 0 if highest is None else int(highest) + 1


def _load_notices(stored: str) -> tuple[Notice, ...]:
    return tuple(Notice(NoticeKind(kind), words, page) for kind, words, page in json.loads(stored))
