"""The tab that evaluates: its components, and which of them answers which.

Importing this imports Gradio, so only `app.page` does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import gradio as gr

from app.evaluate_desk import EvaluateDesk, Shown
from app.evaluating import Evaluator
from app.service import Service

_TICK = 0.5  # seconds


@dataclass(frozen=True, slots=True)
class EvaluateTab:
    """The components."""

    sets: gr.HTML
    knobs: gr.HTML
    job: gr.HTML
    progress: gr.HTML
    runs: gr.HTML
    outcome: gr.HTML
    timer: gr.Timer

    @property
    def shown(self) -> list[Any]:
        """What an event may change, in the order of `_list_changes`."""
        return [self.sets, self.job, self.progress, self.runs, self.outcome, self.timer]


def build_evaluate_tab(service: Service) -> None:
    """Lay out the tab and connect it; call it inside an open `gr.Tab`."""
    desk = EvaluateDesk(Evaluator(service))
    with gr.Column(elem_id="rq-evaluate"):
        tab = _lay_out(desk)
    _connect(tab, desk)


def _lay_out(desk: EvaluateDesk) -> EvaluateTab:
    _html(desk.write_head(), "rq-evaluate-head")
    return EvaluateTab(
        sets=_html("", "rq-evaluate-sets"),
        knobs=_html(desk.write_knobs(), "rq-evaluate-knobs"),
        job=_html(desk.write_job(), "rq-evaluate-job", "evaluate.js"),
        progress=_html("", "rq-evaluate-progress"),
        runs=_html("", "rq-evaluate-runs"),
        outcome=_html("", "rq-evaluate-outcome", "evaluated.js"),
        timer=gr.Timer(_TICK, active=False),
    )


def _html(value: str, name: str, script: str | None = None) -> gr.HTML:
    run = files("app").joinpath("assets", script).read_text("utf-8") if script else None
    return gr.HTML(value, elem_id=name, js_on_load=run, apply_default_css=False)


def _connect(tab: EvaluateTab, desk: EvaluateDesk) -> None:
    def shown(event: gr.EventData) -> list[Any]:
        return _list_changes(desk.open(bare=bool(event.bare)))

    def start(event: gr.EventData) -> list[Any]:
        return _list_changes(desk.start(str(event.set), dict(event.knobs)))

    def cancel(event: gr.EventData) -> list[Any]:  # noqa: ARG001
        return _list_changes(desk.cancel())

    def remove(event: gr.EventData) -> list[Any]:
        return _list_changes(desk.remove(str(event.what), str(event.name)))

    def tick() -> list[Any]:
        return _list_changes(desk.look())

    events: list[tuple[Any, Callable[..., list[Any]]]] = [
        (tab.job.shown, shown),
        (tab.job.start, start),
        (tab.job.cancel, cancel),
        (tab.job.remove, remove),
        (tab.timer.tick, tick),
    ]
    for event, answer in events:
        event(answer, None, tab.shown, queue=False, show_progress="hidden", **_EVENT)
    _connect_slow(tab, desk)


def _connect_slow(tab: EvaluateTab, desk: EvaluateDesk) -> None:
    """Connect what reads whole reports or draws thousands of samples: no question waits for it.

    The style sheet shows that it is under way.
    """

    def upload(event: gr.EventData) -> list[Any]:
        return _list_changes(desk.keep(str(event.name), str(event.text), str(event.refused)))

    def open_run(event: gr.EventData) -> list[Any]:
        return _list_changes(desk.show(str(event.run)))

    def compare(event: gr.EventData) -> list[Any]:
        return _list_changes(desk.compare(str(event.baseline), str(event.other)))

    events: list[tuple[Any, Callable[..., list[Any]], Any]] = [
        (tab.job.upload, upload, tab.sets),
        (tab.job.open, open_run, tab.outcome),
        (tab.job.compare, compare, tab.outcome),
    ]
    for event, answer, changed in events:
        event(answer, None, tab.shown, show_progress_on=changed, **_SLOW, **_EVENT)


# Events of the page are no endpoints.
_EVENT: dict[str, Any] = {"api_visibility": "private"}
_SLOW: dict[str, Any] = {
    "concurrency_id": "evaluate",
    "concurrency_limit": 2,
    "show_progress": "minimal",
}


def _list_changes(shown: Shown) -> list[Any]:
    parts = (shown.sets, shown.job, shown.progress, shown.runs, shown.outcome)
    timer = gr.Timer(_TICK, active=shown.running)
    return [*(gr.skip() if one is None else one for one in parts), timer]
