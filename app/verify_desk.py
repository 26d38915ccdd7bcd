"""What the page shows for quotations to check: every way that it can go, as HTML."""

from __future__ import annotations

from dataclasses import dataclass

from app.problems import Problem, describe_problem
from app.service import Service
from app.verify_markup import Looked, write_checked, write_trouble
from app.verifying import check_paste, split_lines
from index.library import list_summaries
from ingest.errors import QuotationError

# A page is not a batch: `reportqa verify --file` takes any number.
MOST_CODE_POINTS = 50_000
MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class VerifyDesk:
    """Takes quotations. Whatever goes wrong becomes a part of the page as well."""

    service: Service

    def check(self, text: str) -> str | None:
        """Return the verdicts; nothing where there is nothing to check."""
        if not text.strip():
            return None
        try:
            return self._check(text)
        except QuotationError as error:
            words = str(error)
            return write_trouble(
                Problem("This cannot be checked", f"{words[:1].upper()}{words[1:]}.")
            )
        except Exception as error:  # noqa: BLE001  (the boundary: no trace reaches the page)
            return write_trouble(describe_problem(error))

    def _check(self, text: str) -> str:
        _require_few(text)
        checked = check_paste(self.service.folder, text)
        summaries = list_summaries(self.service.folder)
        looked = Looked(
            reports=len(summaries),
            pages=sum(one.pages for one in summaries),
            pages_read=sum(one.pages_read for one in summaries),
        )
        return write_checked(checked, looked)


def _require_few(text: str) -> None:
    lines = len(split_lines(text))
    if len(text) > MOST_CODE_POINTS or lines > MOST_LINES:
        raise QuotationError(
            f"the text has {len(text):,} characters in {lines:,} lines; {MOST_CODE_POINTS:,} in "
            f"{MOST_LINES} are the most here, and “reportqa verify --file” takes any number"
        )
