"""One evaluation from beginning to end: a dataset is asked of an index and measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from eval.asking import ask_questions
from eval.dataset import Dataset
from eval.fingerprint import hash_code, hash_ids, hash_model
from eval.outcome import Run
from eval.workspace import prepare_index
from index import open_index
from index.build import Watch
from index.search import Index
from index.settings import Settings

SINGLE = 10
# Passages are collapsed to the paragraphs that they come from: ten of those need more hits.
COLLAPSED = 50

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How to evaluate.

    Attributes:
        settings: of the index.
        cache: where indexes of collections are kept.
        progress: called with a stage's name, how much is done, and how much there is.
    """

    settings: Settings
    cache: Path
    progress: Progress


def evaluate_collection(dataset: Dataset, plan: Plan) -> Run:
    """Index the collection that a dataset brings, and ask its questions.

    Raises:
        IndexStoreError: the cache cannot be written.
        EncoderError: the encoder cannot be loaded.
        EvaluationError: no question could be asked.
    """
    settings = plan.settings
    folder = prepare_index(dataset.reports, settings, plan.cache, Watch(on_progress=plan.progress))
    with open_index(folder.path, settings) as opened:
        return evaluate_index(opened, dataset, plan.progress)


def evaluate_index(opened: Index, dataset: Dataset, progress: Progress) -> Run:
    """Ask a dataset's questions of an open index.

    Raises:
        EvaluationError: no question could be asked.
    """

    def advance(done: int, total: int) -> None:
        progress("Asking", done, total)

    cut = opened.settings.passages.method != "section"
    depth = COLLAPSED if cut and dataset.marking.collapses else SINGLE
    outcomes = ask_questions(opened, dataset, depth, advance)
    return Run(dataset.name, dataset.digest, describe_settings(opened, depth), outcomes)


def describe_settings(opened: Index, depth: int) -> Mapping[str, object]:
    """Return what a figure depends on besides the questions."""
    settings = opened.settings
    summaries = opened.reports()
    return {
        **asdict(settings),
        "depth": depth,
        "reports": len(summaries),
        "passages_indexed": sum(one.passages for one in summaries),
        "model_hash": hash_model(settings.model),
        "corpus_hash": hash_ids(one.id for one in summaries),
        "code_hash": hash_code(),
    }
