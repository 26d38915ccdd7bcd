"""The page: a masthead over one tab for each thing that can be done.

Importing this imports Gradio, so only `app.web` does, and only when a page is wanted.
"""

from __future__ import annotations

import gradio as gr

from app.ask_tab import build_ask_tab
from app.desk import Desk
from app.evaluate_tab import build_evaluate_tab
from app.library_tab import build_library_tab
from app.programs import connect_programs
from app.service import Service
from app.verify_tab import build_verify_tab


def build_page(service: Service, questions: tuple[str, ...] = ()) -> gr.Blocks:
    """Return the page with its events; `app.theme.make_theme` makes it look as meant."""
    desk = Desk(service.searcher, questions, judging=not service.read_only)
    blocks = gr.Blocks(title="ReportQA", analytics_enabled=False, fill_width=True)
    with blocks:
        connect_programs(service)  # first, so that no event of the page takes an endpoint's name
        masthead = gr.HTML(desk.write_masthead(), elem_id="rq-head", apply_default_css=False)
        blocks.load(desk.write_masthead, None, masthead, api_visibility="private", queue=False)
        with gr.Tabs(elem_id="rq-tabs") as tabs:
            with gr.Tab("Ask", id="ask"):
                build_ask_tab(blocks, desk)
            with gr.Tab("Verify", id="verify"):
                build_verify_tab(service)
            with gr.Tab("Library", id="library"):
                build_library_tab(service)
            with gr.Tab("Evaluate", id="evaluate"):
                build_evaluate_tab(service)
        blocks.load(_choose_tab, None, tabs, api_visibility="private", queue=False)
    return blocks


def _choose_tab(request: gr.Request) -> gr.Tabs:
    """Open the tab that the address names: `?tab=library`."""
    return gr.Tabs(selected=request.query_params.get("tab", "ask"))
