"""Which candidates are read: those near the best by the forest, a few more by a plain sum, all where there are few."""

import numpy as np
import pytest

from qa.retrieval import Candidates
from qa.shortlist import LEAST, MARGIN, MOST, OWN, PLAIN, SUM, columns, near_the_best, shortlist, summed, taken


def candidates(count, seed=5):
    """Candidates whose features are drawn by chance."""
    random = np.random.default_rng(seed)
    features = {name: random.random(count, dtype=np.float32) for name in OWN}
    return Candidates(np.arange(0, 3 * count, 3), features, {}, 10_000)


@pytest.mark.parametrize("count", [0, 1, LEAST, LEAST + PLAIN])
def test_few_are_all_read(count):
    assert shortlist(candidates(count)).tolist() == list(range(count))


@pytest.mark.parametrize("wanted", [0, 5, LEAST, MOST, MOST + 1, 60, 1000])
def test_as_many_are_read_as_are_wanted(wanted):
    places = shortlist(candidates(200), wanted)
    assert min(200, max(LEAST, wanted) + PLAIN) <= len(places) <= min(200, max(MOST, wanted) + PLAIN)
    assert (np.diff(places) > 0).all()


@pytest.mark.parametrize(
    ("near", "wanted", "expected"),
    [(1, 0, LEAST), (LEAST + 5, 0, LEAST + 5), (100, 0, MOST), (1, 20, 20), (100, 50, 50)],
    ids=["one stands out", "some lie close", "all lie close", "more are wanted", "more than are read else"],
)
def test_more_are_read_where_more_lie_near_the_best(near, wanted, expected):
    scores = np.append(7 - np.linspace(0, 0.9 * MARGIN, near), np.full(100, 7 - 1.1 * MARGIN))
    assert near_the_best(scores, wanted) == expected


def test_what_is_best_by_the_plain_sum_is_read_whatever_the_forest_says():
    found = candidates(200)
    for name in SUM:
        found.features[name][77] = 2.0
    last = np.append(np.delete(np.arange(200), 77), 77)  # the forest's order
    assert 77 in taken(last, summed(found), LEAST).nonzero()[0]
    assert 77 in shortlist(found)


def test_equals_are_read_by_number():
    features = {name: np.full(100, 0.5, np.float32) for name in OWN}
    found = Candidates(np.arange(100), features, {}, 10_000)
    assert shortlist(found).tolist() == list(range(MOST + PLAIN))


def test_the_forest_sees_how_far_each_falls_behind_the_best():
    found = candidates(30)
    seen = columns(found)
    words = found.features["words"]
    assert seen["behind words"].max() == 0
    assert seen["behind words"] == pytest.approx(words - words.max())
    assert seen["size"] == pytest.approx(np.full(30, np.log(10_000)))
    assert all(len(column) == 30 for column in seen.values())
