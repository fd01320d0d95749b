"""Inverting in runs and ranges: the same postings as all at once, whatever the memory."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa import inverting
from qa.bm25 import BM25
from qa.inverting import Inverter

COLLECTION = st.lists(st.lists(st.integers(0, 2**42 - 1) | st.integers(0, 9), max_size=12), max_size=30)


def whole(collection, folder=None):
    inverter = Inverter(folder)
    for text in collection:
        inverter.add(np.array(text, np.uint64), np.array([len(text)]))
    return inverter.whole()


def same(one, other):
    names = ("keys", "counts", "starts", "postings")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)


@pytest.fixture
def small(monkeypatch):
    """Runs and ranges of a handful."""
    monkeypatch.setattr(inverting, "RUN", 20)
    monkeypatch.setattr(inverting, "RANGE", 8)
    monkeypatch.setattr(inverting, "SAMPLE", 2)


@settings(max_examples=80, deadline=None)
@given(COLLECTION)
def test_counts_are_those_of_a_plain_look(collection):
    made = whole(collection)
    expected = sorted({key for text in collection for key in text})
    assert made.keys.tolist() == expected
    assert made.counts.tolist() == [sum(key in text for text in collection) for key in expected]


def test_runs_and_ranges_give_the_same_bytes(tmp_path, small):
    random = np.random.default_rng(5)
    collection = [random.zipf(1.3, size=random.integers(0, 30)).clip(0, 500).tolist() for _ in range(200)]
    inverter = Inverter(tmp_path)
    for text in collection:
        inverter.add(np.array(text, np.uint64), np.array([len(text)]))
    assert len(list(tmp_path.iterdir())) > 10
    assert len(list(inverter._ranges())) > 5
    in_runs = inverter.whole()
    assert list(tmp_path.iterdir()) == []
    assert same(in_runs, whole(collection))


def test_a_large_index_leaves_out_what_stands_everywhere(monkeypatch):
    monkeypatch.setattr(inverting, "LARGE", 10)
    texts = [[1, 2 + n % 4, 100 + n] for n in range(40)]
    index = BM25.of(whole(texts), len(texts))
    assert index.look_up(np.array([1, 107, 9], np.uint64)).within(np.array([0, 7]), np.array([3, 8])).tolist() == [
        [3, 0, 0],
        [1, 1, 0],
    ]
    assert not index.scores(np.array([1, 2], np.uint64)).any()
    assert np.flatnonzero(index.scores(np.array([107, 1], np.uint64))).tolist() == [7]
    assert index.counts[index.keys == 1].tolist() == [40]


def test_a_key_repeated_without_end_counts_up_to_a_limit():
    index = BM25.of(whole([[7] * 1000, [8]]), 2)
    assert 0 < index.scores(np.array([7], np.uint64))[0] < index.look_up(np.array([7], np.uint64)).idf()[0]
