"""Questions to begin with."""

from __future__ import annotations

from collections.abc import Sequence

from index.catalogue import ReportSummary
from ingest.sample import sample_reports

SAMPLE_QUESTIONS = (
    "What services does the Lighthouse bring together?",
    "What are ACEs?",
    "Is the approach to early intervention consistent in England?",
    "How committed are senior police leaders to protecting children?",
)


def choose_questions(summaries: Sequence[ReportSummary]) -> tuple[str, ...]:
    """Return questions about the shipped report where it is indexed, otherwise none."""
    shipped = {path.name for path in sample_reports()}
    indexed = {summary.source for summary in summaries}
    return SAMPLE_QUESTIONS if shipped & indexed else ()
