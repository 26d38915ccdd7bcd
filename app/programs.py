"""The endpoints that programs call, by Gradio's API.

Importing this imports Gradio, so only `app.page` does.
"""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio.events import api

from app.asked import DEFAULT_COUNT
from app.payload import answer_to_json
from app.problems import describe_problem
from app.service import Service


def connect_programs(service: Service) -> None:
    """Name the endpoints; call it inside `gr.Blocks`, before anything else is connected."""

    def ask(question: str, k: int = DEFAULT_COUNT) -> dict[str, Any]:
        """Answer a question from the reports, in their own words.

        Args:
            question: in plain English, at most 2,000 characters.
            k: how many passages, from 1 to 100.

        Returns:
            The document that `reportqa ask --json` prints; `reportqa schema ask` describes it.
        """
        try:
            service.refresh()
            return answer_to_json(service.searcher.ask(question, k))
        except Exception as error:  # noqa: BLE001  (the boundary, as in app.desk)
            problem = describe_problem(error)
            words = f"{problem.heading}. {problem.advice}"
            raise gr.Error(words, print_exception=False) from None

    api(ask, api_name="ask")
