"""Forests: a small one walked by hand, and the shipped ones whole."""

import numpy as np
import pytest

from qa.trees import AT_ONCE, from_json, shipped

# Two trees. The first: a <= 0.5 ? 1 : (b <= 2 ? 10 : 20). The second is a leaf of 0.25.
SMALL = {
    "features": ["a", "b"],
    "roots": [0, 5],
    "depth": 2,
    "feature": [0, 0, 1, 0, 0, 0],
    "threshold": [0.5, 0, 2, 0, 0, 0],
    "left": [1, 1, 3, 3, 4, 5],
    "right": [2, 1, 4, 3, 4, 5],
    "value": [0, 1, 0, 10, 20, 0.25],
}


@pytest.mark.parametrize(
    ("row", "expected"),
    [((0.5, 9), 1.25), ((0.6, 2), 10.25), ((0.6, 2.1), 20.25)],
    ids=["at the threshold: left", "right, then left", "right, then right"],
)
def test_a_forest_by_hand(row, expected):
    assert from_json(SMALL).scores(np.array([row], dtype=np.float32)).tolist() == [expected]


def walked(forest, row):
    """The sum of the trees for one row, node by node."""
    total = 0.0
    for root in forest.roots:
        at = root
        while forest.children[at, 0] != at:
            at = forest.children[at, int(float(row[forest.feature[at]]) > forest.threshold[at])]
        total += forest.value[at]
    return total


@pytest.mark.parametrize("name", ["sentences", "few", "many", "confidence"])
def test_the_leaf_that_is_left_is_the_one_that_a_walk_ends_at(name):
    """Half of the values stand exactly at a threshold, some are no numbers; more rows than are scored at once."""
    forest, chance = shipped(name), np.random.default_rng(3)
    shape = (AT_ONCE + 5, len(forest.names))
    rows = np.where(chance.random(shape) < 0.5, chance.normal(size=shape), chance.choice(forest.threshold, shape))
    rows = rows.astype(np.float32)
    rows[0, :3] = np.nan, np.inf, -np.inf
    found = forest.scores(rows)
    for place in (0, 1, 2, AT_ONCE - 1, AT_ONCE, AT_ONCE + 4):
        assert found[place] == pytest.approx(walked(forest, rows[place]), abs=1e-12)
    assert found[:AT_ONCE].tolist() == forest.scores(rows[:AT_ONCE]).tolist()


def test_a_threshold_between_two_single_numbers_keeps_its_side():
    threshold = float(np.float32(0.1)) - 1e-12
    forest = from_json(SMALL | {"threshold": [threshold, 0, 2, 0, 0, 0]})
    rows = np.array([(0.1, 0), (np.nextafter(np.float32(0.1), np.float32(0)), 0)], dtype=np.float32)
    assert forest.scores(rows).tolist() == [10.25, 1.25]


def test_a_tree_of_too_many_leaves_is_refused():
    """Seventeen leaves in a row: each decision goes left to a leaf."""
    inner = 16
    nodes = range(2 * inner + 1)
    left = [n + 1 if n < 2 * inner and n % 2 == 0 else n for n in nodes]
    right = [n + 2 if n < 2 * inner and n % 2 == 0 else n for n in nodes]
    made = from_json(
        {"features": ["a"], "roots": [0], "depth": inner, "feature": [0] * len(left), "threshold": [0.0] * len(left)}
        | {"left": left, "right": right, "value": [1.0] * len(left)}
    )
    with pytest.raises(ValueError, match="a tree has 17 leaves: at most 16"):
        made.scores(np.zeros((1, 1), np.float32))


def test_rows_do_not_touch_each_other():
    rows = np.array([(0, 0), (1, 1), (1, 3)], dtype=np.float32)
    forest = from_json(SMALL)
    assert forest.scores(rows).tolist() == [1.25, 10.25, 20.25]
    assert forest.scores(rows[:0]).tolist() == []


def test_columns_go_by_name_and_a_missing_one_is_an_error():
    forest = from_json(SMALL)
    b, a = np.array([7.0], np.float32), np.array([0.1], np.float32)
    assert forest.table({"b": b, "c": b, "a": a}).tolist() == [[pytest.approx(0.1), 7.0]]
    with pytest.raises(KeyError):
        forest.table({"a": a})


@pytest.mark.parametrize("name", ["sentences", "few", "many", "confidence"])
def test_a_shipped_forest_is_whole(name):
    """Every node points to nodes that come after it, or it is a leaf that points to itself; every leaf is finite."""
    forest = shipped(name)
    here = np.arange(len(forest.feature))
    leaf = forest.children[:, 0] == here
    assert (forest.children[leaf, 1] == here[leaf]).all()
    assert (forest.children[~leaf] > here[~leaf, None]).all()
    assert forest.children.max() < len(here)
    assert forest.feature.max() < len(forest.names)
    assert np.isfinite(forest.value).all()
    at = forest.roots
    for _ in range(forest.depth):
        at = forest.children[at, 1]
    assert leaf[at].all()
