"""Measures by hand; ranks count from 0."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.metrics import MISS, auroc, recall, reciprocal_rank

RANKS = st.lists(st.integers(0, 30) | st.just(MISS), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("ranks", "k", "expected"),
    [([0], 1, 1), ([1], 1, 0), ([1, 4, 5, MISS], 5, 0.5), ([MISS], 10, 0), ([], 5, 0)],
    ids=["first", "second is too late", "two of four", "missed", "no questions"],
)
def test_recall(ranks, k, expected):
    assert recall(ranks, k) == expected


@pytest.mark.parametrize(
    ("ranks", "expected"),
    [([0, 1, 3], (1 + 1 / 2 + 1 / 4) / 3), ([9], 1 / 10), ([10], 0), ([0, MISS], 1 / 2), ([], 0)],
    ids=["three", "the tenth place counts", "the eleventh does not", "silence does not raise the mean", "none"],
)
def test_reciprocal_rank(ranks, expected):
    assert reciprocal_rank(ranks) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("positive", "negative", "expected"),
    [
        ([0.9, 0.8], [0.1], 1),
        ([0.1], [0.9], 0),
        ([0.5], [0.5], 0.5),
        ([0.9, 0.2], [0.3, 0.1], 3 / 4),
        ([], [0.5], 0),
        ([0.5], [], 0),
    ],
    ids=["all above", "below", "a tie is half", "three pairs of four", "nothing answerable", "nothing unanswerable"],
)
def test_auroc(positive, negative, expected):
    assert auroc(positive, negative) == expected


@given(RANKS, st.integers(1, 20))
def test_a_larger_k_finds_no_less(ranks, k):
    assert 0 <= recall(ranks, k) <= recall(ranks, k + 1) <= 1
    assert recall(ranks, 1) <= reciprocal_rank(ranks) <= recall(ranks, 10)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_auroc_of_the_two_swapped_is_the_rest_to_one(one, other):
    assert auroc(one, other) + auroc(other, one) == pytest.approx(1)
