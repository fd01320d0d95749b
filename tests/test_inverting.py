"""Inverting in files and ranges: the same postings as all at once, whatever the memory."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qa import inverting
from qa.bm25 import BM25
from qa.entries import find
from qa.inverting import Inverted, Inverter, gathered

NAMES = ("keys", "counts", "totals", "lengths", "postings")
COLLECTION = st.lists(st.lists(st.integers(0, 2**42 - 1) | st.integers(0, 9), max_size=12), max_size=30)


def filled(collection, folder=None):
    """An inverter of texts that came in lots of three."""
    inverter = Inverter(folder)
    for begin in range(0, len(collection), 3):
        some = collection[begin : begin + 3]
        lengths = np.array([len(text) for text in some], np.int64)
        inverter.add(gathered(np.array([key for text in some for key in text], np.uint64), lengths), lengths)
    return inverter


def whole(inverter):
    parts = [bucket.inverted() for bucket in inverter.buckets()]
    return Inverted(*(np.concatenate([getattr(part, name) for part in parts]) for name in NAMES))


def index_of(collection):
    inverter = filled(collection)
    return BM25.of(whole(inverter), inverter.norms())


@settings(max_examples=80, deadline=None)
@given(COLLECTION)
def test_counts_are_those_of_a_plain_look(collection):
    made = whole(filled(collection))
    expected = sorted({key for text in collection for key in text})
    assert made.keys.tolist() == expected
    assert made.counts.tolist() == [sum(key in text for text in collection) for key in expected]
    assert made.totals.tolist() == [sum(text.count(key) for text in collection) for key in expected]


def test_files_and_ranges_give_the_same_bytes(tmp_path, monkeypatch):
    random = np.random.default_rng(5)
    collection = [random.zipf(1.3, size=random.integers(0, 30)).clip(0, 500).tolist() for _ in range(200)]
    at_once = whole(filled(collection))
    for name, few in (("GATHERED", 20), ("RANGE", 50), ("SAMPLE", 2), ("EPOCH", 70)):
        monkeypatch.setattr(inverting, name, few)
    inverter = filled(collection, tmp_path)
    buckets = list(inverter.buckets())
    assert len(buckets) > 5
    assert max(len(bucket.pieces) for bucket in buckets) == 3
    assert len(list(tmp_path.iterdir())) > 10
    in_files = whole(inverter)
    inverter.done()
    assert list(tmp_path.iterdir()) == []
    assert all(np.array_equal(getattr(in_files, name), getattr(at_once, name)) for name in NAMES)


def test_a_large_index_leaves_out_what_stands_everywhere(monkeypatch):
    monkeypatch.setattr(inverting, "LARGE", 10)
    index = index_of([[1, 2 + n % 4, 100 + n] for n in range(40)])
    assert index.look_up(np.array([1, 107, 9], np.uint64)).within(np.array([0, 7]), np.array([3, 8])).tolist() == [
        [3, 0, 0],
        [1, 1, 0],
    ]
    assert not index.scores(np.array([1, 2], np.uint64)).any()
    assert np.flatnonzero(index.scores(np.array([107, 1], np.uint64))).tolist() == [7]
    assert find([(index.entries, [1])])[0][0].texts == 40


def test_a_key_repeated_without_end_counts_up_to_a_limit():
    index = index_of([[7] * 1000, [8]])
    assert 0 < index.scores(np.array([7], np.uint64))[0] < index.look_up(np.array([7], np.uint64)).idf()[0]
    assert find([(index.entries, [7])])[0][0].total == 255
