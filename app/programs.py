"""The endpoints that programs call, by Gradio's API.

Importing this imports Gradio, so only `app.page` does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr
from gradio.events import api

from app import offering
from app.asked import DEFAULT_COUNT
from app.offering import Where
from app.service import Service

Document = dict[str, Any]


def connect_programs(service: Service) -> None:
    """Name the endpoints; call it inside `gr.Blocks`, before anything else is connected."""

    def ask(
        question: str,
        k: int = DEFAULT_COUNT,
        reports: list[str] | None = None,
        section: str = "",
    ) -> Document:
        """Answer a question from the reports, in their own words.

        Args:
            question: in plain English, at most 2,000 characters.
            k: how many passages, from 1 to 100.
            reports: ids, titles or file names of the reports to search; all where not given.
            section: the section to search, outermost heading first, parted by " › ".

        Returns:
            The document that `reportqa ask --json` prints; `reportqa schema ask` describes it.
        """
        where = Where(reports or (), section)
        return _offer(service, lambda: offering.ask(service, question, k, where))

    def ask_each(question: str, reports: list[str] | None = None, section: str = "") -> Document:
        """Put a question to each report by itself.

        Args:
            question: in plain English, at most 2,000 characters.
            reports: ids, titles or file names of the reports to ask; all where not given.
            section: the section to search in each.

        Returns:
            The best passage of each report; `reportqa schema ask-each` describes it.
        """
        where = Where(reports or (), section)
        return _offer(service, lambda: offering.ask_each(service, question, where))

    def list_reports() -> Document:
        """List the reports, and what of them could not be read."""
        return _offer(service, lambda: offering.list_reports(service))

    def show(report: str, label: str = "", span: str = "") -> Document:
        """Give one part of a report, word for word, with its citation.

        Args:
            report: its id, title or file name.
            label: as the report prints it: "Recommendation 3", "4.12", "Box 2".
            span: or code points of the report's text: "10234:10988".

        Returns:
            The document that `reportqa schema part` describes.
        """
        return _offer(service, lambda: offering.show_part(service, report, label, span))

    def verify(quote: str, reports: list[str] | None = None) -> Document:
        """Say whether a quotation stands in the reports, where, and what differs.

        Args:
            quote: the words, at most 10,000 characters.
            reports: ids, titles or file names of the reports to search; all where not given.

        Returns:
            The verdict (exact, typography, edited, differs or absent) and every place.
        """
        where = Where(reports or ())
        return _offer(service, lambda: offering.verify_quotation(service, quote, where))

    for endpoint in (ask, ask_each, list_reports, show, verify):
        api(endpoint, api_name=endpoint.__name__)


def _offer(service: Service, make: Callable[[], Document]) -> Document:
    try:
        service.refresh()
        return make()
    except Exception as error:  # noqa: BLE001  (the boundary, as in app.desk)
        raise gr.Error(offering.explain(error), print_exception=False) from None
