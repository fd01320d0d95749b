"""The library's numbers against numbers by hand, and against ten slow lines."""

from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.ranked import OF_MANY, OF_ONE, score

TEN = list("abcdefghijkl")  # twelve units, best first


@pytest.mark.parametrize(
    ("relevant", "expected"),
    [
        ({"a": 1}, {"recall@1": 1, "success@1": 1, "mrr@10": 1, "ndcg@10": 1}),
        ({"b": 1}, {"recall@1": 0, "recall@5": 1, "mrr@10": 1 / 2, "ndcg@10": 1 / log2(3)}),
        ({"j": 1}, {"recall@5": 0, "recall@10": 1, "mrr@10": 1 / 10, "ndcg@10": 1 / log2(11)}),
        ({"k": 1}, {"recall@10": 0, "success@10": 0, "mrr@10": 0, "ndcg@10": 0}),
        ({"zz": 1}, {"recall@10": 0, "success@10": 0, "mrr@10": 0, "ndcg@10": 0}),
        # Two of four relevant units in the first five: recall 2/4, success 1.
        ({"b": 1, "d": 1, "y": 1, "z": 1}, {"recall@5": 1 / 2, "success@5": 1, "success@1": 0, "mrr@10": 1 / 2}),
        # Gains are the grades: 1/log2(2) + 3/log2(3) against the best order 3/log2(2) + 1/log2(3).
        ({"a": 1, "b": 3}, {"ndcg@10": (1 + 3 / log2(3)) / (3 + 1 / log2(3))}),
    ],
    ids=["first", "second", "tenth", "eleventh", "missed", "two of four", "grades"],
)
def test_by_hand(relevant, expected):
    found = score({"q": TEN}, {"q": relevant}, OF_MANY)["q"]
    assert {name: found[name] for name in expected} == pytest.approx(expected)


def test_a_judged_question_without_a_ranking_has_zeros_and_others_are_left_out():
    found = score(
        {"q": ["a"], "stranger": ["a"], "empty": []}, {"q": {"a": 1}, "r": {"a": 1}, "empty": {"a": 1}}, OF_ONE
    )
    zeros = dict.fromkeys(OF_ONE, 0)
    assert found == {"q": dict.fromkeys(OF_ONE, 1), "r": zeros, "empty": zeros}


def slow(ranking, relevant):
    """The measures from their definitions."""
    places = [n for n, unit in enumerate(ranking, start=1) if unit in relevant]
    gains = [relevant.get(unit, 0) / log2(n + 1) for n, unit in enumerate(ranking[:10], start=1)]
    best = [grade / log2(n + 1) for n, grade in enumerate(sorted(relevant.values(), reverse=True)[:10], start=1)]
    out = {"mrr@10": next((1 / n for n in places if n <= 10), 0), "ndcg@10": sum(gains) / sum(best)}
    for k in (1, 5, 10):
        within = sum(n <= k for n in places)
        out |= {f"recall@{k}": within / len(relevant), f"success@{k}": float(within > 0)}
    return out


@given(
    st.lists(st.sampled_from(TEN), unique=True),
    st.dictionaries(st.sampled_from(TEN), st.integers(1, 3), min_size=1),
)
def test_the_library_and_the_definitions_agree(ranking, relevant):
    assert score({"q": ranking}, {"q": relevant}, OF_MANY)["q"] == pytest.approx(slow(ranking, relevant))
