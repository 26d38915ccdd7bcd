"""The Evaluate tab as HTML, but for results: what is asked, with what, how far, what is saved.

Names of sets and words of files are escaped here and stand in `<bdi>`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from itertools import groupby

from app.evaluate_runs import HEADLINE, SavedRun
from app.evaluate_sets import QuestionSet
from app.evaluating import KNOBS, WEIGHTS, Job, State, Variation
from app.problems import Problem

_MISTAKES = 10
_SHOWN_RUNS = 6
MEASURES = {
    "recall@1": "Found first",
    "recall@5": "Found in the first 5",
    "recall@10": "Found in the first 10",
    "mrr@10": "Reciprocal rank",
    "ndcg@10": "Discounted gain",
    "judged@10": "Judged, of the first 10",
    "answer_sentence@1": "Answer in the marked sentence",
    "section@1": "First is of the right section",
    "page@1": "First is on the right page",
    "overlap@5": "Share of the quote in the first 5",
}
_SHORT = {"recall@1": "First", "recall@5": "First 5", "mrr@10": "Reciprocal rank"}
_KNOBS = {
    "dense": "Meaning of the passage",
    "bm25": "Words by rarity",
    "sentence": "Meaning of the best sentence",
    "near": "Words close together",
    "tokens": "Meaning word by word",
    "reranker": "Second reading",
    "candidates": "Candidates from each search",
    "finalists": "Finalists judged by all signals",
    "threshold": "Least confidence of an answer",
    "depth": "Passages looked at",
}
_EXAMPLE = (
    '{"id": "q1", "question": "…?", "answerable": true, "answers": '
    '[{"report": "file name or title", "quote": "words of the report"}]}\n'
    '{"id": "q2", "question": "…?", "answerable": false, "answers": []}'
)


def write_head() -> str:
    """Return what the tab is for."""
    return (
        '<header class="rq-evaluate-head"><h2>How well are questions answered?</h2>'
        "<p>Ask a set of questions with known answers, see how many passages were found and which "
        "were not, change the settings and compare.</p></header>"
        '<dialog class="rq-ask-first" aria-labelledby="rq-evaluate-removal">'
        '<h2 id="rq-evaluate-removal">Remove this?</h2><p><bdi data-removed></bdi></p>'
        "<p>Its file is deleted from the index folder.</p>"
        '<form method="dialog"><button type="submit" value="keep" autofocus>Keep it</button>'
        '<button type="submit" value="remove" class="rq-danger">Remove</button></form></dialog>'
    )


def write_sets(
    sets: Sequence[QuestionSet], *, uploads: bool, chosen: str = "", notice: str = ""
) -> str:
    """Return the question sets to choose from, and where one is uploaded.

    Args:
        sets: what there is.
        uploads: whether sets may be uploaded.
        chosen: the key of the one to choose; else the first that can be asked.
        notice: HTML about an upload.
    """
    fit = [one for one in sets if not one.mistakes]
    first = chosen if chosen in {one.key for one in fit} else next((one.key for one in fit), "")
    choices = "".join(_set(one, chosen=one.key == first, uploads=uploads) for one in sets)
    body = (
        f'<fieldset class="rq-sets"><legend>Question set</legend>{choices}</fieldset>'
        if fit
        else _no_set(uploads=uploads) + f'<div class="rq-sets">{choices}</div>'
    )
    return f'{body}{_upload() if uploads else ""}<div role="status">{notice}</div>'


def write_kept(kept: QuestionSet) -> str:
    """Return that an uploaded set was kept."""
    return (
        f'<p class="rq-hint"><bdi>{escape(kept.name)}</bdi> was added: {count_questions(kept)}.</p>'
    )


def write_refused(refused: QuestionSet) -> str:
    """Return what is wrong with an uploaded set, by line."""
    shown = "".join(f"<li><bdi>{escape(one)}</bdi></li>" for one in refused.mistakes[:_MISTAKES])
    more = len(refused.mistakes) - _MISTAKES
    rest = f"<p>… and {more:,} more.</p>" if more > 0 else ""
    return (
        '<div class="rq-notice rq-notice-problem"><h3>This set was not added</h3>'
        f"<ul>{shown}</ul>{rest}</div>"
    )


def write_notice(problem: Problem) -> str:
    """Return what went wrong."""
    return (
        f'<div class="rq-notice rq-notice-problem"><h3>{escape(problem.heading)}</h3>'
        f"<p><bdi>{escape(problem.advice)}</bdi></p></div>"
    )


def write_knobs(plain: Variation, *, reranker: bool) -> str:
    """Return the settings of a run as a form, folded; `reranker`: whether there is one."""
    values = name_values(plain)
    weights = [name for name in WEIGHTS if reranker or name != "reranker"]
    others = [name for name in KNOBS if name not in WEIGHTS]
    return (
        '<details class="rq-knobs"><summary>Settings of the run</summary>'
        '<form class="rq-knob-form" aria-label="Settings of the run">'
        f"<fieldset><legend>Weights of the signals</legend>{_knobs(weights, values)}</fieldset>"
        f"<fieldset><legend>Search and answer</legend>{_knobs(others, values)}</fieldset>"
        '<p class="rq-filter-hint">They hold for this run only; questions in Ask are answered as '
        "before. Nothing is indexed anew.</p>"
        '<button type="reset" class="rq-tool">Back to how it is served</button>'
        "</form></details>"
    )


def write_job(job: Job) -> str:
    """Return the button that starts or cancels, and what became of the last evaluation."""
    running = job.state is State.RUNNING
    button = (
        '<button type="button" class="rq-tool" data-evaluate="cancel">Cancel</button>'
        if running
        else '<button type="button" class="rq-main" data-evaluate="run">Run</button>'
    )
    told = {
        State.RUNNING: f"Asking <bdi>{escape(job.name)}</bdi>",
        State.DONE: f"Done: <bdi>{escape(job.name)}</bdi> is measured below.",
        State.CANCELLED: "Cancelled; nothing of it was saved.",
    }.get(job.state, "")
    problem = write_notice(job.problem) if job.problem else ""
    return (
        f'<div class="rq-start" data-state="{job.state}">{button}'
        f'<p class="rq-hint" role="status">{told}</p></div>{problem}'
    )


def write_progress(job: Job) -> str:
    """Return the bar of a running evaluation; nothing of height where none runs."""
    if job.state is not State.RUNNING:
        return ""
    if not job.total:
        bar, told = '<progress aria-label="Questions asked"></progress>', "Reading the questions"
    else:
        bar = (
            f'<progress aria-label="Questions asked" max="{job.total}" value="{job.done}">'
            "</progress>"
        )
        told = f"{job.done:,} of {job.total:,} questions"
    return f'<div class="rq-progress">{bar}<span>{told}</span></div>'


def write_runs(runs: Sequence[SavedRun], plain: Variation, *, kept: bool) -> str:
    """Return the saved runs, and the form that compares two.

    Args:
        runs: the newest first.
        plain: what the index is served with; a run shows what it was asked with instead.
        kept: whether runs outlast the server.
    """
    if not runs:
        return ""
    rows = [_run(one, plain, kept=kept) for one in runs]
    more = (
        f"<details><summary>{len(rows) - _SHOWN_RUNS:,} earlier runs</summary>"
        f"{_run_table(rows[_SHOWN_RUNS:])}</details>"
        if len(rows) > _SHOWN_RUNS
        else ""
    )
    lost = "" if kept else "<p>Runs made here are gone when the server ends.</p>"
    return (
        '<section class="rq-runs">'
        f"<h2>Saved runs</h2>{lost}{_run_table(rows[:_SHOWN_RUNS])}{more}"
        f"{_compare_form([one for one in runs if not one.problem], plain)}</section>"
    )


def describe_difference(settings: Mapping[str, object], plain: Variation) -> str:
    """Return what a run was asked with that the index is not served with."""
    weights = settings.get("weights")
    flat = {**(weights if isinstance(weights, Mapping) else {}), **settings}
    values = name_values(plain)
    told = [
        f"{name} {flat[name]:g}"
        for name, value in values.items()
        if isinstance(flat.get(name), (int, float)) and flat[name] != value
    ]
    return ", ".join(told) or "as served"


def name_values(variation: Variation) -> dict[str, float]:
    """Return each value of a variation by the name of its knob."""
    weights = {name: getattr(variation.weights, name) for name in WEIGHTS}
    others = {name: getattr(variation, name) for name in KNOBS if name not in WEIGHTS}
    return {**weights, **others}


def write_date(when: datetime) -> str:
    """Return a moment for people and programs."""
    return f'<time datetime="{when:%Y-%m-%dT%H:%M:%SZ}">{tell_date(when)}</time>'


def tell_date(when: datetime) -> str:
    """Return a moment in plain words, to the second."""
    return f"{when.day} {when:%b %Y, %H:%M:%S} UTC"


def count_questions(one: QuestionSet) -> str:
    """Return how many questions a set has, and how many of them have no answer."""
    plural = "" if one.questions == 1 else "s"
    without = one.questions - one.answerable
    return f"{one.questions:,} question{plural}, {without:,} of them without an answer"


def _set(one: QuestionSet, *, chosen: bool, uploads: bool) -> str:
    remove = _remove("set", one.key, one.name) if uploads and one.uploaded else ""
    if one.mistakes:
        count = len(one.mistakes)
        return (
            f'<div class="rq-set rq-set-broken"><span><bdi>{escape(one.name)}</bdi>'
            f"<small>cannot be asked: {count:,} mistake{'' if count == 1 else 's'}. "
            f"<bdi>{escape(one.mistakes[0])}</bdi></small></span>{remove}</div>"
        )
    return (
        f'<div class="rq-set"><label><input type="radio" name="rq-set" value="{escape(one.key)}"'
        f"{' checked' if chosen else ''}><span><bdi>{escape(one.name)}</bdi>"
        f"<small>{count_questions(one)}</small></span></label>{remove}</div>"
    )


def _remove(kind: str, name: str, told: str) -> str:
    return (
        '<button type="button" class="rq-tool" data-evaluate="remove" '
        f'data-what="{kind}" data-name="{escape(name)}" data-told="{escape(told)}" '
        f'aria-label="Remove {escape(told)}">Remove</button>'
    )


def _no_set(*, uploads: bool) -> str:
    how = " or upload a question set" if uploads else ""
    return (
        '<div class="rq-notice"><h3>No question set fits these reports yet</h3>'
        "<p>Ask a question in Ask and judge its passages: each judgement becomes a line of a "
        f"question set that is offered here{how}.</p></div>"
    )


def _upload() -> str:
    return (
        '<div class="rq-upload"><label class="rq-tool">Upload a question set…'
        '<input type="file" class="rq-unseen" accept=".jsonl,application/jsonl" '
        'data-evaluate="upload"></label>'
        "<details><summary>What it looks like</summary><p>One question a line (JSON Lines), with "
        "the words that answer it as they stand in the report. Each quote has to be in its report "
        f'once.</p><pre tabindex="0" aria-label="Example">{escape(_EXAMPLE)}</pre></details></div>'
    )


def _knobs(names: Iterable[str], values: Mapping[str, float]) -> str:
    return "".join(
        f"<label><span>{_KNOBS[name]}{_code(name)}</span>"
        f'<input type="number" name="{name}" value="{values[name]:g}" min="{KNOBS[name].low:g}" '
        f'max="{KNOBS[name].high:g}" step="{KNOBS[name].step:g}" required></label>'
        for name in names
    )


def _code(name: str) -> str:
    """Return what a weight is called on the command line and in the list of runs."""
    return f" <small>{name}</small>" if name in WEIGHTS else ""


def _run_table(rows: Sequence[str]) -> str:
    heads = "".join(f'<th scope="col" class="rq-figure">{_SHORT[one]}</th>' for one in HEADLINE)
    return (
        '<div class="rq-wide" tabindex="0" role="group" aria-label="Saved runs"><table><thead>'
        f'<tr><th scope="col">Run</th><th scope="col">Asked with</th>{heads}<td></td></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _run(one: SavedRun, plain: Variation, *, kept: bool) -> str:
    when = tell_date(one.saved)
    remove = _remove("run", one.name, f"the run of {when}") if kept else ""
    if one.problem:
        return (
            f'<tr><th scope="row">{write_date(one.saved)}</th><td colspan="{len(HEADLINE) + 1}">'
            f"<bdi>{escape(one.problem)}</bdi></td><td>{remove}</td></tr>"
        )
    figures = "".join(_headline(name, one.headline.get(name)) for name in HEADLINE)
    asked_with = escape(describe_difference(one.settings, plain))
    return (
        f'<tr><th scope="row">{write_date(one.saved)}<small>{one.questions:,} questions of '
        f"<bdi>{escape(one.dataset)}</bdi></small></th>"
        f'<td data-label="Asked with">{asked_with}</td>'
        f'{figures}<td class="rq-does"><button type="button" class="rq-tool" data-evaluate="open" '
        f'data-run="{escape(one.name)}" aria-label="Open the run of {when}">Open</button> '
        f"{remove}</td></tr>"
    )


def _headline(name: str, value: float | None) -> str:
    figure = "–" if value is None else f"{value:.3f}"
    return f'<td class="rq-figure" data-label="{MEASURES[name]}">{figure}</td>'


def _compare_form(runs: Sequence[SavedRun], plain: Variation) -> str:
    if len(runs) < 2:  # noqa: PLR2004
        return ""
    baseline = next((one for one in runs[1:] if one.digest == runs[0].digest), runs[1])
    return (
        '<form class="rq-compare-form" aria-label="Compare two runs"><label>Baseline'
        f'<select name="baseline">{_options(runs, plain, baseline)}</select></label>'
        f'<label>Held against it<select name="other">{_options(runs, plain, runs[0])}</select>'
        '</label><button type="button" class="rq-tool" data-evaluate="compare">Compare</button>'
        "</form>"
    )


def _options(runs: Sequence[SavedRun], plain: Variation, chosen: SavedRun) -> str:
    """Return runs as options, those that can be compared with each other in one group."""
    ordered = sorted(runs, key=lambda one: (one.dataset, one.digest))
    parts: list[str] = []
    for (dataset, _), group in groupby(ordered, key=lambda one: (one.dataset, one.digest)):
        options = "".join(
            f'<option value="{escape(one.name)}"{" selected" if one is chosen else ""}>'
            f"{tell_date(one.saved)}: {escape(describe_difference(one.settings, plain))}</option>"
            for one in sorted(group, key=lambda one: one.saved, reverse=True)
        )
        parts.append(f'<optgroup label="{escape(dataset)}">{options}</optgroup>')
    return "".join(parts)
