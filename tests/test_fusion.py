"""Fused scores: more of anything is never worth less."""

import numpy as np
import pytest

from qa.fusion import WEIGHTS, fuse


def features(**changes):
    plain = {name: np.full(3, 0.5, np.float32) for name in WEIGHTS}
    return plain | {name: np.array(values, np.float32) for name, values in changes.items()}


@pytest.mark.parametrize("name", sorted(WEIGHTS))
def test_more_of_one_view_is_more_in_all(name):
    one, two, three = fuse(features(**{name: [0.1, 0.5, 0.9]}))
    assert one < two < three


def test_scores_are_a_number_for_each_candidate():
    found = fuse(features())
    assert (found.shape, found.dtype) == ((3,), np.float32)
    assert len(set(found.tolist())) == 1


def test_no_candidates():
    assert fuse({name: np.zeros(0, np.float32) for name in WEIGHTS}).shape == (0,)
