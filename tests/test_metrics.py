"""Confidence's measure by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.metrics import auroc


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


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_auroc_of_the_two_swapped_is_the_rest_to_one(one, other):
    assert auroc(one, other) + auroc(other, one) == pytest.approx(1)
