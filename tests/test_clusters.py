"""Grouped vectors: packed without drift, searched as exactly as was measured, and checked before they are used."""

import numpy as np
import pytest

from embeddings import clusters
from embeddings.clusters import ClusterIndex


@pytest.fixture(scope="module")
def vectors():
    random = np.random.default_rng(11)
    centres = random.standard_normal((40, 32))
    found = centres[random.integers(0, 40, 3000)] + 0.7 * random.standard_normal((3000, 32))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def built(vectors):
    return clusters.build(*clusters.quantise(vectors), vectors[::60])


def test_packing_is_within_half_a_step_and_the_second_time_changes_nothing(vectors):
    codes, scales = clusters.quantise(vectors)
    assert (np.abs(clusters.decoded(codes, scales) - vectors) <= scales[:, None] * 0.501).all()
    again = clusters.quantise(clusters.decoded(codes, scales))
    assert np.array_equal(again[0], codes)
    assert np.array_equal(again[1], scales)


def test_a_vector_of_zeros_stays_one():
    codes, scales = clusters.quantise(np.zeros((2, 5), np.float32))
    assert not clusters.decoded(codes, scales).any()


def test_what_is_found_is_what_was_measured(vectors, built):
    arrays, probes, reached = built
    index = ClusterIndex.of(arrays, probes)
    assert reached >= clusters.WANTED
    assert probes < len(arrays["centroids"])  # else nothing was won
    queries = vectors[30::97]
    hits = [len(set(index.search(q, 10)[0]) & set(np.argsort(-(vectors @ q))[:10])) for q in queries]
    assert np.mean(hits) / 10 > 0.93


def test_reading_every_group_is_exact_search(vectors, built):
    index = ClusterIndex.of(built[0], 10_000)
    every = index.take(np.arange(len(index)))
    for query in vectors[:20]:
        numbers, scores = index.search(query, 7)
        expected = np.lexsort((np.arange(len(every)), -(every @ query)))[:7]
        assert scores == pytest.approx(every[expected] @ query, abs=1e-5)
        assert set(numbers[:5]) <= set(expected)


def test_equal_vectors_come_by_number():
    same = np.tile(np.eye(1, 8, dtype=np.float32), (50, 1))
    arrays, probes, _ = clusters.build(*clusters.quantise(same), same[:1])
    assert ClusterIndex.of(arrays, probes).search(same[0], 5)[0].tolist() == [0, 1, 2, 3, 4]


def test_two_builds_are_the_same_bytes(vectors, built):
    again, probes, reached = clusters.build(*clusters.quantise(vectors), vectors[::60])
    assert (probes, reached) == built[1:]
    assert all(np.array_equal(again[name], built[0][name]) for name in again)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("order", lambda a: np.zeros_like(a)),
        ("order", lambda a: a + 1),
        ("order", lambda a: a - 1),
        ("starts", lambda a: a[::-1].copy()),
        ("starts", lambda a: a + 1),
        ("starts", lambda a: a[:-1]),
        ("codes", lambda a: a[:-1]),
        ("codes", lambda a: a[:, :-1]),
        ("scales", lambda a: a[:-1]),
    ],
)
def test_arrays_that_do_not_fit_are_refused(built, name, change):
    with pytest.raises(ValueError, match="vectors:"):
        ClusterIndex.of(built[0] | {name: change(built[0][name])}, 3)


def test_nothing_to_search(built):
    index = ClusterIndex.of(built[0], 3)
    assert len(index.search(np.zeros(32, np.float32), 0)[0]) == 0


@pytest.mark.parametrize("n", [1, 2, 3, 8])
def test_a_handful_of_vectors_can_be_grouped(vectors, n):
    arrays, probes, reached = clusters.build(*clusters.quantise(vectors[:n]), vectors[:n])
    index = ClusterIndex.of(arrays, probes)
    assert reached == 1
    assert [index.search(v, 1)[0].tolist() for v in vectors[:n]] == [[i] for i in range(n)]
