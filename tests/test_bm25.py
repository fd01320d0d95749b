"""BM25: numbers worked out by hand, and agreement with another library."""

from dataclasses import replace
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa import terms
from qa.bm25 import BM25, PATIENCE, look_up
from qa.errors import BrokenIndex
from qa.inverting import K1, B

STEP = 1 / 255 / 2  # a weight is a part of its idf in 255 steps, and off by half a step at most


def keys(*values):
    return np.array(values, dtype=np.uint64)


def texts(*lists):
    return [keys(*values) for values in lists]


THREE = texts([1, 1, 2], [2, 3], [4])


def test_three_texts_by_hand():
    """3 texts of 3, 2 and 1 keys, 2 on average; k1 = 1.5, b = 0.75.

    idf of a key in one text: ln(1 + 2.5 / 1.5) = 0.98083; in two: ln(1 + 1.5 / 2.5) = 0.47000.
    k1 (1 - b + b length / 2): 1.5 * 1.375 = 2.0625; 1.5 * 1 = 1.5; 1.5 * 0.625 = 0.9375.
    key 1 in text 0: 0.98083 * 2 / (2 + 2.0625) = 0.48287
    key 2 in text 0: 0.47000 / 3.0625 = 0.15347, in text 1: 0.47000 / 2.5 = 0.18800
    key 4 in text 2: 0.98083 / 1.9375 = 0.50624
    """
    assert (K1, B) == (1.5, 0.75)
    index = BM25.build(THREE)
    assert index.scores(keys(1)) == pytest.approx([0.48287, 0, 0], abs=2 * STEP)
    assert index.scores(keys(2)) == pytest.approx([0.15347, 0.18800, 0], abs=2 * STEP)
    assert index.scores(keys(4)) == pytest.approx([0, 0, 0.50624], abs=2 * STEP)
    assert index.scores(keys(1, 2, 4)) == pytest.approx([0.63634, 0.18800, 0.50624], abs=2 * STEP)


def test_a_key_that_is_asked_twice_counts_twice():
    index = BM25.build(THREE)
    assert index.scores(keys(2, 2)) == pytest.approx(2 * index.scores(keys(2)))


def test_weights_are_the_idf_and_an_unknown_key_has_the_highest():
    """In two of three texts ln(1 + 1.5 / 2.5), in one ln(1 + 2.5 / 1.5), in none ln(1 + 3.5 / 0.5) = ln 8."""
    weights = BM25.build(THREE).look_up(keys(2, 4, 9)).idf()
    assert weights == pytest.approx([log(1.6), log(1 + 2.5 / 1.5), log(8)], rel=1e-6)


@pytest.mark.parametrize("query", [keys(9), keys(0), keys(2**64 - 1), keys()], ids=["unknown", "first", "last", "none"])
def test_keys_of_no_text_score_nothing(query):
    assert BM25.build(THREE).scores(query).tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    "collection", [[], texts([]), texts([], [], [])], ids=["no texts", "an empty one", "empty ones"]
)
def test_nothing_to_search(collection):
    index = BM25.build(collection)
    assert index.scores(keys(1)).tolist() == [0.0] * len(collection)
    assert index.look_up(keys(1)).idf().shape == (1,)


def test_an_empty_text_among_others_is_never_found():
    assert BM25.build(texts([1], [], [1])).scores(keys(1))[1] == 0


def test_equal_texts_have_equal_scores():
    scores = BM25.build(texts([1, 2], [3], [2, 1], [1, 2])).scores(keys(1, 2))
    assert scores[0] == scores[2] == scores[3] > scores[1] == 0


def test_postings_of_a_text_that_is_not_there_are_an_error_for_people():
    index = BM25.build(THREE)
    broken = replace(index, postings=index.postings + np.uint8(7))
    with pytest.raises(BrokenIndex, match="qa index --rebuild"):
        broken.scores(keys(1))


@pytest.mark.parametrize("norm", [0, -1, np.nan, np.inf])
def test_a_norm_that_is_none_is_an_error_for_people(norm):
    index = BM25.build(THREE)
    norms = index.norms.copy()
    norms[1] = norm
    with pytest.raises(BrokenIndex, match="qa index --rebuild"):
        replace(index, norms=norms).scores(keys(1))


def allowance(collection, query):
    """How far the sum of rounded weights may be off: half a step of the highest idf for every key asked."""
    return 1e-5 + len(query) * STEP * log(1 + (len(collection) + 0.5) / 0.5)


COLLECTION = st.lists(st.lists(st.integers(0, 12), min_size=1, max_size=15), min_size=1, max_size=12)


@given(COLLECTION, st.lists(st.integers(0, 14), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_agrees_with_bm25s(collection, query):
    import bm25s

    other = bm25s.BM25(method="lucene", k1=K1, b=B)
    other.index([[str(key) for key in text] for text in collection], show_progress=False)
    known = {key for text in collection for key in text}
    expected = np.zeros(len(collection))
    for key in query:
        if key in known:
            expected += other.get_scores([str(key)])
    assert BM25.build(texts(*collection)).scores(keys(*query)) == pytest.approx(
        expected, abs=allowance(collection, query)
    )


@given(COLLECTION, st.lists(st.integers(0, 14), max_size=6))
@settings(max_examples=60, deadline=None)
def test_agrees_with_ten_slow_lines(collection, query):
    mean = sum(map(len, collection)) / len(collection)
    expected = []
    for text in collection:
        score = 0.0
        for key in query:
            frequency = sum(key in other for other in collection)
            idf = log(1 + (len(collection) - frequency + 0.5) / (frequency + 0.5))
            score += idf * text.count(key) / (text.count(key) + K1 * (1 - B + B * len(text) / mean))
        expected.append(score)
    assert BM25.build(texts(*collection)).scores(keys(*query)) == pytest.approx(
        expected, abs=allowance(collection, query)
    )


def test_how_many_texts_of_a_range_hold_each_key():
    """Key 2 is in texts 0 and 1, key 4 in text 2, key 9 in none."""
    found = BM25.build(THREE).look_up(keys(2, 4, 9)).within(np.array([0, 1, 2]), np.array([3, 2, 3]))
    assert found.tolist() == [[2, 1, 0], [1, 0, 0], [0, 1, 0]]


def test_views_that_are_looked_up_together_say_what_each_says_alone():
    random = np.random.default_rng(7)
    views = [BM25.build([random.integers(0, most, 40).astype(np.uint64) for _ in range(1200)]) for most in (9, 300)]
    wanted = [keys(*range(0, 12)), keys(*range(0, 330, 3))]
    apart = [
        BM25(view.entries, view.postings, view.norms).look_up(own) for view, own in zip(views, wanted, strict=True)
    ]
    for _ in range(2):  # read, and remembered
        for one, other in zip(look_up(list(zip(views, wanted, strict=True))), apart, strict=True):
            assert one.counts.tolist() == other.counts.tolist()
            assert one.scores(np.ones(len(one.counts))).tolist() == other.scores(np.ones(len(other.counts))).tolist()


def test_postings_that_are_held_are_bounded(monkeypatch):
    monkeypatch.setattr(terms, "KEPT", 10)
    recent = terms.Recent()
    for key in range(6):
        recent.keep(key, terms.Posted.of(np.arange(4, dtype=np.int32), np.ones(4, np.uint8), 0.5))
    assert [key for key in range(6) if recent.get(key)] == [4, 5]


def test_a_small_index_that_is_read_whole_says_the_same():
    random = np.random.default_rng(9)
    lists = [random.integers(0, 400, 60).astype(np.uint64) for _ in range(90)]
    index, wanted = BM25.build(lists), keys(*range(0, 450, 7))
    assert index.whole() is None
    before = index.look_up(wanted)
    for _ in range(PATIENCE):
        index.look_up(wanted)
    whole = index.whole()
    assert whole is not None
    after = whole.look_up(wanted)
    assert (after.counts.tolist(), after.named.tolist()) == (before.counts.tolist(), before.named.tolist())
    assert after.scores(np.ones(len(wanted))).tolist() == before.scores(np.ones(len(wanted))).tolist()
    ranges = np.arange(0, 80), np.arange(5, 85)
    assert after.within(*ranges).tolist() == before.within(*ranges).tolist()
    assert not whole.look_up(keys()).posted
    assert not whole.look_up(keys(2**64 - 1)).counts.any()


def test_an_index_of_which_a_part_is_damaged_is_not_read_whole():
    index = BM25.build(texts(*([n, n + 1] for n in range(100))))
    broken = replace(index, postings=index.postings[:-1])
    for _ in range(PATIENCE + 2):
        assert broken.look_up(keys(3)).counts.tolist() == [2]
    with pytest.raises(BrokenIndex):
        broken.look_up(keys(100))


@given(st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0, -1.0]), max_size=30), st.integers(1, 12))
def test_the_best_are_those_of_a_full_sort(scores, k):
    """Only positive scores count; ties at the edge go to the smaller numbers."""
    ranked = sorted((n for n, s in enumerate(scores) if s > 0), key=lambda n: (-scores[n], n))
    assert sorted(terms.best(np.array(scores, np.float32), k).tolist()) == sorted(ranked[:k])


@pytest.mark.parametrize("kinds", [3, 50, 100_000], ids=["nearly all alike", "many ties", "hardly a tie"])
@pytest.mark.parametrize("held", [0.0001, 0.01, 0.9], ids=["fewer than asked", "some", "most"])
def test_the_best_of_very_many_scores_are_those_of_a_full_sort(kinds, held):
    chance = np.random.default_rng(kinds)
    scores = chance.integers(1, kinds, 200_000) * (chance.random(200_000) < held)
    scores = scores.astype(np.float32)
    ranked = np.lexsort((np.arange(len(scores)), -scores))[:100]
    assert sorted(terms.best(scores, 100).tolist()) == sorted(n for n in ranked.tolist() if scores[n] > 0)


@pytest.mark.parametrize("common", [2, 40, 3000], ids=["keys of nearly all", "keys of some", "keys of few"])
@pytest.mark.parametrize("k", [1, 7, 100, 5000])
def test_the_best_texts_are_found_where_they_can_be(monkeypatch, common, k):
    """As among all scores, though many texts have the same and keys differ in how much they give."""
    monkeypatch.setattr(terms, "MANY", 0)
    chance = np.random.default_rng(common)
    index = BM25.build([chance.zipf(1.3, 6).clip(max=common).astype(np.uint64) for _ in range(3000)])
    for _ in range(20):
        wanted, times = np.unique(chance.zipf(1.2, 8).clip(max=common).astype(np.uint64), return_counts=True)
        found, times = index.look_up(wanted), times.astype(np.float32)
        scores = found.scores(times)
        assert sorted(found.best(times, scores, k).tolist()) == sorted(terms.best(scores, k).tolist())


def test_keys_that_give_little_are_not_looked_at(monkeypatch):
    """Ten texts hold a key of their own, all of them one that tells nothing."""
    monkeypatch.setattr(terms, "MANY", 0)
    index = BM25.build(texts(*([1, 2] if n < 10 else [1] for n in range(1000))))
    found, times = index.look_up(keys(1, 2)), np.ones(2, np.float32)
    assert sorted(found._likely(times, found.scores(times), 5).tolist()) == list(range(10))
