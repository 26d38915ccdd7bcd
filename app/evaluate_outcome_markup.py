"""A run, and a run held against another, as HTML.

Questions, reports and sets are data: every word of them is escaped here and stands in `<bdi>`
or under `dir="auto"`. The plots are those of `eval.plots`, which escapes what it names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from app.evaluate_failures import Failure, Wanted
from app.evaluate_markup import MEASURES
from app.passage_markup import address_place
from eval.comparison import PERMUTATIONS, PRIMARY, Comparison, Difference, Pair
from eval.console import describe_each
from eval.interval import Estimate
from eval.outcome import FoundPassage, Outcome
from eval.plots import draw_bars, draw_curve, draw_histograms
from eval.summary import Summary

_SHOWN = 100
_SHOWN_PAIRS = 25
_SURE = 0.05
_GROUPS = {
    "not found": "Not found",
    "not found, silent": "Not found",
    "found below": "Found, but not first",
    "found below, silent": "Found, but not first, and no answer given",
    "found first, silent": "Found first, but no answer given",
    "false answer": "Answered, though the reports do not",
    "refused": "Could not be asked",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a run besides its figures: its date and settings, both as HTML."""

    date: str
    asked_with: str


def write_summary(summary: Summary, failures: Mapping[str, Sequence[Failure]], told: Told) -> str:
    """Return a run: its measures, how it stays silent, and what it did not get right."""
    return (
        '<article class="rq-measured">'
        f'<h2 class="rq-verdict" tabindex="-1">Results on <bdi>{escape(summary.run.dataset)}</bdi>'
        f"</h2><p>{told.date} · {told.asked_with}</p>"
        f"<p>{_lead(summary)}</p>{_measures(summary)}{_silence(summary)}{_failures(failures)}"
        f"{_settings(summary)}</article>"
    )


def write_comparison(comparison: Comparison, baseline: Told, other: Told) -> str:
    """Return a run against the baseline: differences, then questions lost and won."""
    rows = "".join(_difference(name, one) for name, one in comparison.differences.items())
    missing = (
        f"<p>{comparison.missing:,} questions are in only one of the runs; the other counts 0 for "
        "them.</p>"
        if comparison.missing
        else ""
    )
    return (
        '<article class="rq-measured"><h2 class="rq-verdict" tabindex="-1">Two runs compared</h2>'
        f"<dl><dt>Baseline</dt><dd>{baseline.date} · {baseline.asked_with}</dd>"
        f"<dt>Held against it</dt><dd>{other.date} · {other.asked_with}</dd></dl>"
        f"<p>{_verdict(comparison.differences[PRIMARY])}</p>{missing}"
        '<div class="rq-wide" tabindex="0" role="group" aria-label="Differences"><table><thead>'
        f"<tr>{_heads('Measure', 'Baseline', 'Other', 'Change', '95% interval', 'p')}"
        '<th scope="col" class="rq-figure">Won / tied / lost</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
        f'<p class="rq-note">Intervals: 95%, bootstrap by {escape(comparison.resampled)}. p: '
        f"paired randomisation test, {PERMUTATIONS:,} permutations.</p>"
        f"{_pairs('Questions lost', comparison.lost)}{_pairs('Questions won', comparison.won)}"
        "</article>"
    )


def _lead(summary: Summary) -> str:
    answerable = summary.run.answerable
    others = [one for one in summary.run.outcomes if not one.answerable]
    first = sum(one.rank == 1 for one in answerable)
    lead = (
        f"<strong>{first:,} of {len(answerable):,}</strong> questions with an answer have it in "
        "the first passage."
    )
    if others:
        silent = sum(not one.answered for one in others)
        lead += (
            f" <strong>{silent:,} of {len(others):,}</strong> questions without an answer were "
            "rightly left unanswered."
        )
    latency = summary.latency
    return f"{lead} A question took {latency.p50:.0f} ms; 95% took less than {latency.p95:.0f} ms."


def _measures(summary: Summary) -> str:
    rows = "".join(
        _measure(MEASURES.get(name, name), name, one, summary.counts[name])
        for name, one in summary.measures.items()
    )
    return (
        f'<section><h3>Measures</h3>{_table(rows)}<p class="rq-note">Over the questions with an '
        f"answer. Intervals: 95%, bootstrap by {escape(summary.resampled)}.</p>"
        f"{_figure(draw_bars(summary.measures), 'The same as bars.', 'rq-plot rq-bars')}"
        "</section>"
    )


def _silence(summary: Summary) -> str:
    abstention, run = summary.abstention, summary.run
    answerable, others = len(run.answerable), len(run.outcomes) - len(run.answerable)
    rows = ""
    for kind, one in abstention.auroc.items():
        asked = others if kind == "all" else sum(each.kind == kind for each in run.outcomes)
        label = "all without an answer" if kind == "all" else f"“{kind}”"
        rows += _measure(f"Told apart from {label}", "AUROC", one, asked + answerable)
    if abstention.false_answer:
        label = "Answered, though there is no answer"
        rows += _measure(label, "lower is better", abstention.false_answer, others)
    if abstention.false_abstain:
        label = "Not answered, though there is an answer"
        rows += _measure(label, "lower is better", abstention.false_abstain, answerable)
    groups: dict[str, list[float]] = {}
    for each in sorted(run.outcomes, key=lambda one: not one.answerable):
        groups.setdefault(each.kind, []).append(each.confidence)
    area = f"Area {abstention.area:.3f}; lower is better."
    curve = "Answering only what the index is surest of, this share is wrong. " + area
    return (
        f'<section><h3>Knowing when not to answer</h3>{_table(rows)}<div class="rq-plots">'
        f"{_figure(draw_curve(abstention.curve), curve)}"
        f"{_figure(draw_histograms(groups), 'Confidence by kind of question.')}</div></section>"
    )


def _failures(failures: Mapping[str, Sequence[Failure]]) -> str:
    heading = "Questions not got right"
    if not failures:
        return f"<section><h3>{heading}</h3><p>Every question was got right.</p></section>"
    total = sum(len(group) for group in failures.values())
    left, parts = _SHOWN, []
    for state in sorted(failures, key=lambda one: [*_GROUPS].index(one) if one in _GROUPS else 99):
        group = failures[state]
        shown = "".join(_failure(one) for one in group[:left])
        left -= min(left, len(group))
        what = escape(_GROUPS.get(state, state))
        parts.append(f'<h4>{what} <span class="rq-sum">{len(group):,}</span></h4>{shown}')
    cut = f"<p>The first {_SHOWN:,} are shown.</p>" if total > _SHOWN else ""
    return (
        f'<section class="rq-misses"><h3>{heading} <span class="rq-sum">{total:,}</span>'
        f"</h3>{cut}{''.join(parts)}</section>"
    )


def _failure(failure: Failure) -> str:
    outcome = failure.outcome
    rank = f"rank {outcome.rank} · " if outcome.rank else ""
    wanted = "".join(_wanted(one) for one in failure.wanted) or _nothing(outcome)
    found = _found(failure.found, outcome)
    return (
        f'<details class="rq-missed"><summary><bdi>{escape(outcome.question)}</bdi>'
        f"<small>{rank}confidence {outcome.confidence:.2f} · <bdi>{escape(outcome.id)}</bdi>"
        f'</small></summary><div class="rq-sides"><div><h5>Wanted</h5>{wanted}</div>'
        f"<div><h5>Found first</h5>{found}</div></div></details>"
    )


def _nothing(outcome: Outcome) -> str:
    return f"<p>Nothing: the reports do not answer this ({escape(outcome.kind)}).</p>"


def _wanted(wanted: Wanted) -> str:
    where = f"passage {wanted.rank}" if wanted.rank else "not among the passages looked at"
    return (
        f'<blockquote class="rq-text" dir="auto">{escape(wanted.text)}</blockquote>'
        f"<p>{_cited(wanted)}{where[:1].upper()}{where[1:]}.</p>"
    )


def _cited(wanted: Wanted) -> str:
    if wanted.span is None:
        return ""
    address = escape(address_place(wanted.report, wanted.span))
    cited = f"<bdi>{escape(wanted.citation)}</bdi>"
    return f'<cite><a href="{address}" target="_blank">{cited}</a></cite>. '


def _found(found: FoundPassage | None, outcome: Outcome) -> str:
    if outcome.error:
        return f"<p><bdi>{escape(outcome.error)}</bdi></p>"
    if found is None:
        return "<p>Nothing.</p>"
    address = escape(address_place(found.report, found.highlight))
    return (
        f'<blockquote class="rq-text" dir="auto">{_mark(found)}</blockquote>'
        f'<p><cite><a href="{address}" target="_blank"><bdi>{escape(found.citation)}</bdi></a>'
        "</cite></p>"
    )


def _mark(found: FoundPassage) -> str:
    start = max(found.highlight.start - found.span.start, 0)
    end = max(found.highlight.end - found.span.start, start)
    text = found.text
    marked = f"<mark>{escape(text[start:end])}</mark>" if text[start:end] else ""
    return escape(text[:start]) + marked + escape(text[end:])


def _settings(summary: Summary) -> str:
    rows = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>"
        for name, value in describe_each(summary.run.settings).items()
    )
    return (
        f"<details><summary>Measured with</summary><dl>{rows}<dt>digest</dt>"
        f"<dd>{escape(summary.run.digest)}</dd></dl></details>"
    )


def _table(rows: str) -> str:
    heads = _heads("Measure", "Value", "95% interval", "Questions")
    return (
        '<div class="rq-wide" tabindex="0" role="group" aria-label="Measures"><table><thead>'
        f"<tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _heads(first: str, *others: str) -> str:
    rest = "".join(f'<th scope="col" class="rq-figure">{one}</th>' for one in others)
    return f'<th scope="col">{first}</th>{rest}'


def _measure(label: str, name: str, one: Estimate, questions: int) -> str:
    short = f"<small>{escape(name)}</small>" if name and name != label else ""
    return (
        f'<tr><th scope="row"><bdi>{escape(label)}</bdi>{short}</th>'
        f'<td class="rq-figure">{one.value:.3f}</td>'
        f'<td class="rq-figure">{one.low:.3f} to {one.high:.3f}</td>'
        f'<td class="rq-figure">{questions:,}</td></tr>'
    )


def _figure(plot: str, caption: str, kind: str = "rq-plot") -> str:
    # The plots bear class names of their own, which the style sheet colours in here.
    return (
        f'<figure class="{kind}"><div class="rq-wide" tabindex="0" role="group" '
        f'aria-label="Plot">{plot}</div><figcaption>{escape(caption)}</figcaption></figure>'
    )


def _verdict(one: Difference) -> str:
    change = one.change
    if change.value == 0 and change.low == change.high:
        return "The two runs are equal on every question."
    way = "better" if change.value > 0 else "worse"
    chance = "hardly by chance" if one.p < _SURE else "chance alone could do that"
    return (
        f"By reciprocal rank the other run is <strong>{abs(change.value):.3f} {way}</strong> "
        f"({_signed(change.low)} to {_signed(change.high)}, {_tell_p(one.p)}): {chance}. It won "
        f"{one.wins:,} questions, tied {one.ties:,}, lost {one.losses:,}."
    )


def _signed(change: float) -> str:
    """Return a change with its sign; nothing that rounds to none has one."""
    told = f"{change:+.3f}"
    return "0.000" if float(told) == 0 else told.replace("-", "\N{MINUS SIGN}")


def _tell_p(p: float) -> str:
    return f"p = {p:.3f}" if p >= 0.001 else "p &lt; 0.001"  # noqa: PLR2004


def _difference(name: str, one: Difference) -> str:
    change = one.change
    figures = (
        f"{one.baseline:.3f}",
        f"{one.other:.3f}",
        _signed(change.value),
        f"{_signed(change.low)} to {_signed(change.high)}",
        f"{one.p:.3f}" if one.p >= 0.001 else "&lt; 0.001",  # noqa: PLR2004
        f"{one.wins:,} / {one.ties:,} / {one.losses:,}",
    )
    cells = "".join(f'<td class="rq-figure">{one}</td>' for one in figures)
    label = escape(MEASURES.get(name, name))
    return f'<tr><th scope="row">{label}<small>{escape(name)}</small></th>{cells}</tr>'


def _pairs(title: str, pairs: Sequence[Pair]) -> str:
    shown = "".join(_pair(one) for one in pairs[:_SHOWN_PAIRS])
    cut = f"<p>The first {_SHOWN_PAIRS} are shown.</p>" if len(pairs) > _SHOWN_PAIRS else ""
    return (
        f'<section class="rq-misses"><h3>{title} <span class="rq-sum">{len(pairs):,}</span>'
        f"</h3>{cut}{shown or '<p>None.</p>'}</section>"
    )


def _pair(pair: Pair) -> str:
    question = pair.question
    return (
        f'<details class="rq-missed"><summary><bdi>{escape(question.question)}</bdi>'
        f"<small>{_rank(pair.baseline)} → {_rank(pair.other)} · <bdi>{escape(question.id)}</bdi>"
        f'</small></summary><p>Wanted: <q dir="auto">{escape(question.gold)}</q></p>'
        f'<div class="rq-sides"><div><h5>Baseline</h5>{_side(pair.baseline)}</div>'
        f"<div><h5>Other</h5>{_side(pair.other)}</div></div></details>"
    )


def _side(outcome: Outcome | None) -> str:
    if outcome is None:
        return "<p>Not asked.</p>"
    return _found(outcome.hits[0] if outcome.hits else None, outcome)


def _rank(outcome: Outcome | None) -> str:
    if outcome is None:
        return "not asked"
    return f"rank {outcome.rank}" if outcome.rank else "not found"
