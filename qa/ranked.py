"""Ranked lists of units against graded judgements, by ir_measures (trec_eval's own code below it).

A unit is whatever the judgements name. Here are names and inputs alone; no measure is computed by us.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

# Our names, as reports print and gates take them, and ir_measures' own.
MEASURES = {
    "recall@1": "R@1",
    "recall@5": "R@5",
    "recall@10": "R@10",
    "success@1": "Success@1",
    "success@5": "Success@5",
    "success@10": "Success@10",
    "mrr@10": "RR@10",
    "ndcg@10": "nDCG@10",
}
# With one relevant unit a question, success is recall: it is told only where there may be several.
OF_ONE = tuple(name for name in MEASURES if not name.startswith("success"))
OF_MANY = tuple(MEASURES)


def score(
    rankings: Mapping[str, Sequence[str]], qrels: Mapping[str, Mapping[str, int]], names: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Measures of each judged question; one without a ranking gets 0 for all. Larger is better.

    >>> score({"q": ["a", "b"]}, {"q": {"b": 1}}, ["mrr@10"])
    {'q': {'mrr@10': 0.5}}
    """
    import ir_measures

    ours = {ir_measures.parse_measure(MEASURES[name]): name for name in names}
    # The places as scores: no two are equal, so that the order is ours and no library's rule for ties.
    run = {question: {unit: float(-place) for place, unit in enumerate(units)} for question, units in rankings.items()}
    out: dict[str, dict[str, float]] = {question: dict.fromkeys(names, 0.0) for question in qrels}
    for found in ir_measures.iter_calc(list(ours), {q: dict(units) for q, units in qrels.items()}, run):
        out[found.query_id][ours[found.measure]] = float(found.value)
    return out
