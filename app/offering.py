"""What programs are offered: plain functions over a `Service` that return JSON documents.

Gradio's endpoints (`app.programs`) and the MCP tools (`app.mcp_server`) wrap them, so that
both give the same. No document names a folder of this machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.asked import DEFAULT_COUNT
from app.payload import SCHEMA_VERSION, answer_to_json, part_to_json, summary_to_json
from app.problems import describe_problem
from app.service import Service
from app.showing import find_place
from app.verifying import verification_to_json
from index.answer import Answer
from index.catalogue import ReportSummary
from index.library import find_summary
from index.scope import Scope
from index.verification import verify_stored
from ingest.errors import ReportQAError, SettingError
from ingest.report import PATH_SEPARATOR

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Where:
    """Where to look.

    Attributes:
        reports: ids or the beginnings of them, titles or file names; all where empty.
        section: the beginning of a section path, "2. Summary › Leadership"; all where empty.
    """

    reports: Sequence[str] = ()
    section: str = ""


def ask(
    service: Service, question: str, k: int = DEFAULT_COUNT, where: Where | None = None
) -> Document:
    """Return the document of `reportqa ask --json`.

    Raises:
        ReportQAError: the question cannot be asked, or there is no such report.
    """
    return answer_to_json(service.searcher.ask(question, k, _scope(service, where)))


def ask_each(service: Service, question: str, where: Where | None = None) -> Document:
    """Return the best passage of each report, as `reportqa schema ask-each` describes it.

    Raises:
        ReportQAError: the question cannot be asked, or there is no such report.
    """
    answers = service.searcher.ask_each(question, _scope(service, where))
    return each_to_json(question, answers, service.searcher.reports())


def list_reports(service: Service) -> Document:
    """Return what `reportqa list --json` gives, without the folders of this machine."""
    summaries = (summary_to_json(summary) for summary in service.searcher.reports())
    kept = [{name: one[name] for name in one if name != "path"} for one in summaries]
    return {"schema": SCHEMA_VERSION, "reports": kept}


def show_part(service: Service, report: str, label: str = "", span: str = "") -> Document:
    """Return the document of `reportqa show REPORT --at LABEL --json`.

    Args:
        service: what is served.
        report: id or the beginning of it, title or file name.
        label: as printed: "Recommendation 3", "4.12"; or else
        span: code points of the canonical text, "10234:10988".

    Raises:
        ReportQAError: there is no such report or part.
    """
    found = service.searcher.report(report)
    part = find_place(found, label=label or None, mark=span or None)
    if part is None:
        raise SettingError("name a part by its label or by its span")
    return part_to_json(found, part)


def verify_quotation(service: Service, quote: str, where: Where | None = None) -> Document:
    """Return whether and where a quotation stands in the reports.

    Raises:
        ReportQAError: it holds no word or too many, or there is no such report.
    """
    (found,) = verify_stored(service.folder, [quote], _scope(service, where))
    return {"schema": SCHEMA_VERSION, **verification_to_json(found)}


def explain(error: Exception) -> str:
    """Return an error in one line that names nothing of this machine, and log the rest."""
    problem = describe_problem(error)
    told = isinstance(error, ReportQAError) and problem.heading.startswith("That question")
    return problem.advice if told else f"{problem.heading}. {problem.advice}"


def find_scope(summaries: Sequence[ReportSummary], where: Where) -> Scope:
    """Return the reports and the section that are meant.

    Raises:
        ReportNotFoundError: there is no such report.
        ConflictError: several go by that name.
    """
    ids = (find_summary(summaries, name).id for name in where.reports)
    steps = (step.strip() for step in where.section.split(PATH_SEPARATOR.strip()))
    return Scope(tuple(dict.fromkeys(ids)), tuple(step for step in steps if step))


def each_to_json(
    question: str, answers: Mapping[str, Answer], summaries: Sequence[ReportSummary]
) -> Document:
    """Return the document of `reportqa ask --each --json`."""
    titles = {summary.id: summary.title for summary in summaries}
    return {
        "schema": SCHEMA_VERSION,
        "question": question,
        "reports": [
            {"report": one, "title": titles[one], "answer": answer_to_json(answer)}
            for one, answer in answers.items()
        ],
    }


def _scope(service: Service, where: Where | None) -> Scope:
    return find_scope(service.searcher.reports(), where or Where())
