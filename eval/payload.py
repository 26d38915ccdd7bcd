"""The JSON of `reportqa eval --json`; its schema is in `eval/schemas`, and only ever grows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from eval.abstention import Abstention
from eval.comparison import PERMUTATIONS, Comparison, Difference, Pair
from eval.interval import Estimate
from eval.outcome import Outcome, Run
from eval.summary import Summary

SCHEMA_VERSION = 1
_DIGITS = 6


def summary_to_json(summary: Summary) -> dict[str, Any]:
    """Return the document of `reportqa eval --json`."""
    run = summary.run
    measures = dict(summary.measures)
    if "all" in summary.abstention.auroc:
        measures["abstention_auroc"] = summary.abstention.auroc["all"]
    counts = {**summary.counts, "abstention_auroc": len(run.outcomes)}
    return {
        "schema": SCHEMA_VERSION,
        "dataset": run.dataset,
        "digest": run.digest,
        "questions": len(run.answerable),
        "unanswerable": len(run.outcomes) - len(run.answerable),
        "resampled_by": summary.resampled,
        "settings": dict(run.settings),
        "measures": {
            name: {**estimate_to_json(one), "questions": counts[name]}
            for name, one in measures.items()
        },
        "abstention": _abstention(summary.abstention),
        "latency_ms": {
            "p50": round(summary.latency.p50, 2),
            "p95": round(summary.latency.p95, 2),
        },
        "failures": [_failure(one) for one in summary.failures],
        "refused": [{"id": one.id, "reason": one.error} for one in run.outcomes if one.error],
    }


def estimate_to_json(estimate: Estimate) -> dict[str, Any]:
    """Return a figure with its interval."""
    return {
        "value": round(estimate.value, _DIGITS),
        "ci95": [round(estimate.low, _DIGITS), round(estimate.high, _DIGITS)],
    }


def comparison_to_json(baseline: Run, comparisons: Sequence[Comparison]) -> dict[str, Any]:
    """Return the document of `reportqa eval compare --json`."""
    return {
        "schema": SCHEMA_VERSION,
        "dataset": baseline.dataset,
        "digest": baseline.digest,
        "questions": len(baseline.answerable),
        "permutations": PERMUTATIONS,
        "baseline_settings": dict(baseline.settings),
        "comparisons": [
            {
                "run": one.name,
                "resampled_by": one.resampled,
                "missing": one.missing,
                "differences": {
                    name: difference_to_json(found) for name, found in one.differences.items()
                },
                "won": [_pair(pair) for pair in one.won],
                "lost": [_pair(pair) for pair in one.lost],
            }
            for one in comparisons
        ],
    }


def difference_to_json(difference: Difference) -> dict[str, Any]:
    """Return one measure of one run against the baseline."""
    effect = difference.effect
    return {
        "baseline": round(difference.baseline, _DIGITS),
        "run": round(difference.other, _DIGITS),
        "difference": estimate_to_json(difference.change),
        "p": round(difference.p, _DIGITS),
        "effect": None if effect is None else round(effect, 4),
        "wins": difference.wins,
        "ties": difference.ties,
        "losses": difference.losses,
    }


def load_schema() -> dict[str, Any]:
    """Return the JSON Schema of `reportqa eval --json`."""
    text = files("eval").joinpath("schemas", "eval.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _abstention(abstention: Abstention) -> dict[str, Any]:
    rates = {"false_answer": abstention.false_answer, "false_abstain": abstention.false_abstain}
    return {
        "auroc": {kind: estimate_to_json(one) for kind, one in abstention.auroc.items()},
        **{name: estimate_to_json(rate) if rate else None for name, rate in rates.items()},
        "area_under_risk_coverage": round(abstention.area, _DIGITS),
        "risk_coverage": [
            [round(point.coverage, 4), round(point.risk, 4), round(point.threshold, 4)]
            for point in abstention.curve
        ],
    }


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "id": pair.question.id,
        "question": pair.question.question,
        "gold": pair.question.gold,
        "baseline": _side(pair.baseline),
        "run": _side(pair.other),
    }


def _side(outcome: Outcome | None) -> dict[str, Any] | None:
    if outcome is None:
        return None
    return {"rank": outcome.rank, "top": outcome.hits[0].text if outcome.hits else ""}


def _failure(outcome: Outcome) -> dict[str, Any]:
    return {
        "id": outcome.id,
        "question": outcome.question,
        "gold": outcome.gold,
        "rank": outcome.rank,
        "top": outcome.hits[0].text if outcome.hits else "",
    }
