"""The paired randomisation test by hand and against scipy's."""

import numpy as np
import pytest

from qa.significance import EXACT, p_value


@pytest.mark.parametrize(
    ("differences", "expected"),
    [
        ([], 1),
        ([0, 0], 1),
        ([1], 1),
        ([1, 1], 2 / 4),
        ([1, 1, 1, 0, 0], 2 / 8),
        ([-1] * 10, 2 / 1024),
        ([1, -1], 1),
        # Sums of ±3 ±1 ±1: |5| twice, |3| four times, |1| twice of 8. Observed 3 + 1 - 1 = 3: 6 of 8.
        ([3, 1, -1], 6 / 8),
        ([0.1, 0.2, 0.3], 2 / 8),
    ],
    ids=["nothing", "no difference", "one", "two", "three and ties", "ten", "even", "by sizes", "tenths"],
)
def test_by_hand(differences, expected):
    assert p_value(differences) == pytest.approx(expected)


def test_more_than_can_be_counted_is_drawn_and_the_same_each_time():
    """20 of 25 questions better by as much as 5 are worse: p is the two-sided sign test's, 0.0041 (binomial tail)."""
    differences = [0.5] * 20 + [-0.5] * 5
    assert len(differences) > EXACT
    first = p_value(differences)
    assert first == p_value(differences)
    assert first == pytest.approx(0.0041, abs=0.001)


@pytest.mark.parametrize("count", [8, 40], ids=["exact", "drawn"])
def test_as_scipy_has_it(count):
    stats = pytest.importorskip("scipy.stats")
    deltas = np.random.default_rng(count).normal(0.2, 1, count)
    theirs = stats.permutation_test((deltas,), np.mean, permutation_type="samples", n_resamples=20_000, rng=1).pvalue
    assert p_value(list(deltas)) == pytest.approx(theirs, abs=1e-9 if count == 8 else 0.02)
