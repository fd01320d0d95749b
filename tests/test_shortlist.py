"""Which candidates are read: so many by the forest, a few more by a plain sum, all where there are few."""

import numpy as np
import pytest

from qa.retrieval import Candidates
from qa.shortlist import OWN, PLAIN, READ, SUM, columns, shortlist, summed, taken


def candidates(count, seed=5):
    """Candidates whose features are drawn by chance."""
    random = np.random.default_rng(seed)
    features = {name: random.random(count, dtype=np.float32) for name in OWN}
    return Candidates(np.arange(0, 3 * count, 3), features, {}, 10_000)


@pytest.mark.parametrize("count", [0, 1, READ, READ + PLAIN])
def test_few_are_all_read(count):
    assert shortlist(candidates(count)).tolist() == list(range(count))


@pytest.mark.parametrize("wanted", [0, 5, READ, READ + 1, 60, 1000])
def test_as_many_are_read_as_are_wanted(wanted):
    places = shortlist(candidates(200), wanted)
    assert len(places) == min(200, max(READ, wanted) + PLAIN)
    assert (np.diff(places) > 0).all()


def test_what_is_best_by_the_plain_sum_is_read_whatever_the_forest_says():
    found = candidates(200)
    for name in SUM:
        found.features[name][77] = 2.0
    last = np.append(np.delete(np.arange(200), 77), 77)  # the forest's order
    assert 77 in taken(last, summed(found), READ).nonzero()[0]
    assert 77 in shortlist(found)


def test_equals_are_read_by_number():
    features = {name: np.full(100, 0.5, np.float32) for name in OWN}
    found = Candidates(np.arange(100), features, {}, 10_000)
    assert shortlist(found).tolist() == list(range(READ + PLAIN))


def test_the_forest_sees_how_far_each_falls_behind_the_best():
    found = candidates(30)
    seen = columns(found)
    words = found.features["words"]
    assert seen["behind words"].max() == 0
    assert seen["behind words"] == pytest.approx(words - words.max())
    assert seen["size"] == pytest.approx(np.full(30, np.log(10_000)))
    assert all(len(column) == 30 for column in seen.values())
