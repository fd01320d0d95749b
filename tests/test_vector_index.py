"""Nearest vectors: numbers by hand, and the round trip through bytes."""

import numpy as np
import pytest

from embeddings.index import FEW, VectorIndex

VECTORS = np.array([[1, 0], [0.6, 0.8], [0, 1], [0.6, 0.8], [-1, 0]], np.float32)


def test_inner_products_by_hand():
    """(0.8, 0.6) with (1, 0): 0.8; with (0.6, 0.8): 0.48 + 0.48 = 0.96, twice, the smaller number first."""
    numbers, scores = VectorIndex.build(VECTORS).search(np.array([0.8, 0.6], np.float32), 4)
    assert numbers.tolist() == [1, 3, 0, 2]
    assert scores == pytest.approx([0.96, 0.96, 0.8, 0.6])


def test_agrees_with_a_plain_product():
    random = np.random.default_rng(3)
    vectors = random.standard_normal((500, 33)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    query = vectors[17]
    numbers, scores = VectorIndex.build(vectors).search(query, 10)
    assert numbers.tolist() == np.argsort(-(vectors @ query), kind="stable")[:10].tolist()
    assert scores == pytest.approx(np.sort(vectors @ query)[::-1][:10], abs=1e-6)
    assert numbers[0] == 17


def test_bytes_bring_it_back():
    again = VectorIndex(VectorIndex.build(VECTORS).to_bytes())
    assert (len(again), again.dimension) == (5, 2)
    assert np.array_equal(again.take(np.arange(5)), VECTORS)


@pytest.mark.parametrize(
    "data", [b"", b"no index at all", VectorIndex.build(VECTORS).to_bytes()[:-3]], ids=["empty", "text", "cut"]
)
def test_bytes_that_are_no_index(data):
    with pytest.raises(ValueError, match="FAISS"):
        VectorIndex(data)


def test_an_empty_index_finds_nothing():
    empty = VectorIndex.build(np.zeros((0, 4), np.float32))
    numbers, scores = empty.search(np.ones(4, np.float32), 3)
    assert (len(empty), len(numbers), len(scores)) == (0, 0, 0)
    assert empty.take(np.arange(0)).shape == (0, 4)


@pytest.mark.parametrize(("k", "found"), [(0, 0), (-1, 0), (5, 5), (99, 5)])
def test_as_many_as_wanted_and_there(k, found):
    assert len(VectorIndex.build(VECTORS).search(VECTORS[0], k)[0]) == found


def test_means_of_ranges_are_the_same_whenever_they_are_asked_for():
    """Rows 1 and 2 of (1, 0), (0.6, 0.8), (0, 1) have the mean (0.3, 0.9); a range from the same row may end elsewhere."""
    index = VectorIndex.build(VECTORS)
    for _ in range(2):
        assert index.means(np.array([0, 1]), np.array([1, 3])) == pytest.approx(np.array([[1, 0], [0.3, 0.9]]))
        assert index.means(np.array([1]), np.array([2])) == pytest.approx(np.array([[0.6, 0.8]]))


def test_many_are_compared_by_faiss_which_keeps_its_threads_for_others():
    import faiss

    random = np.random.default_rng(5)
    vectors = random.standard_normal((3 * FEW, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    before = faiss.omp_get_max_threads()
    numbers, scores = VectorIndex.build(vectors).search(vectors[4], 100)
    every = vectors @ vectors[4]
    assert numbers.tolist() == np.argsort(-every, kind="stable")[:100].tolist()
    assert scores == pytest.approx(every[numbers], abs=1e-6)
    assert faiss.omp_get_max_threads() == before
