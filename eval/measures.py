"""Measures of ranking, through ir-measures, which calls trec_eval's own code.

MacAvaney, Macdonald and Ounis, "Streamlining Evaluation with ir-measures" (2022).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from eval.dataset import Need, Ranked
from eval.outcome import Outcome

RANKING = ("recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10", "judged@10")
MARKS = ("answer_sentence@1", "section@1", "page@1", "overlap@5")
DEPTH = 10

Values = dict[str, dict[str, float]]


@lru_cache(maxsize=1)
def _library_measures() -> Mapping[str, Any]:
    import ir_measures

    wanted = ("R@1", "R@5", "R@10", "RR@10", "nDCG@10", "Judged@10")
    parsed = (ir_measures.parse_measure(name) for name in wanted)
    return dict(zip(RANKING, parsed, strict=True))


def measure_rankings(
    needs: Sequence[Need], rankings: Mapping[str, Sequence[Ranked]]
) -> dict[str, dict[str, float]]:
    """Return each measure of each need, 0 for a need without a ranking.

    The order of a ranking is its order, equal scores included: trec_eval would order ties by
    document id, which is not what anybody was shown.

    Args:
        needs: what was to be found.
        rankings: need id to documents, best first.

    Returns:
        Measure name to need id to value.
    """
    import ir_measures

    measures = _library_measures()
    names = {measure: name for name, measure in measures.items()}
    qrels = {need.id: dict(need.grades) for need in needs}
    run = {
        need.id: {one.document: -float(rank) for rank, one in enumerate(rankings.get(need.id, ()))}
        for need in needs
    }
    values: Values = {name: {need.id: 0.0 for need in needs} for name in RANKING}
    asked = {need: ranking for need, ranking in run.items() if ranking}
    for metric in ir_measures.iter_calc(list(measures.values()), qrels, asked):
        values[names[metric.measure]][metric.query_id] = float(metric.value)
    return values


def measure_outcomes(outcomes: Sequence[Outcome]) -> Values:
    """Return each measure of each answerable question.

    A question with several needs has the mean over them, but its reciprocal rank is that of
    the first hit that meets any.

    Returns:
        Measure name to question id to value; a measure that applies to no question is left out.
    """
    asked = [one for one in outcomes if one.answerable]
    needs = [need.need for one in asked for need in one.needs]
    rankings = {need.need.id: need.ranking for one in asked for need in one.needs}
    by_need = measure_rankings(needs, rankings)
    values: Values = {}
    for name, found in by_need.items():
        values[name] = {
            one.id: _join(name, [found[need.need.id] for need in one.needs]) for one in asked
        }
    for name in MARKS:
        marked = {one.id: one.marks[name] for one in asked if name in one.marks}
        if marked:
            values[name] = marked
    return values


def _join(name: str, values: Sequence[float]) -> float:
    return max(values) if name.startswith("mrr") else sum(values) / len(values)
