"""Grouped vectors: packed without drift, searched as exactly as was measured, and checked before they are used."""

import numpy as np
import pytest

from embeddings import clusters, grouping
from embeddings.clusters import ClusterIndex


@pytest.fixture(scope="module")
def vectors():
    random = np.random.default_rng(11)
    centres = random.standard_normal((40, 32))
    found = centres[random.integers(0, 40, 3000)] + 0.7 * random.standard_normal((3000, 32))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def built(vectors):
    return grouping.build(clusters.quantise(vectors), vectors[::60])


def test_packing_is_within_half_a_step_and_the_second_time_changes_nothing(vectors):
    codes = clusters.quantise(vectors)
    assert (np.abs(clusters.decoded(codes) - vectors) <= clusters.step_of(32) * 0.501).all()
    assert np.array_equal(clusters.quantise(clusters.decoded(codes)), codes)


def test_the_more_numbers_a_vector_has_the_finer_are_the_steps():
    one = np.eye(1, 8, dtype=np.float32)
    assert clusters.quantise(one)[0, 0] == clusters.STEPS
    assert clusters.step_of(256) < clusters.step_of(128) < clusters.step_of(8)
    long = np.full((1, 256), 1 / 16, np.float32)
    assert np.abs(clusters.decoded(clusters.quantise(long)) - long).max() < 0.002


def test_what_lies_beyond_the_steps_is_as_large_as_they_go():
    sparse = np.eye(1, 256, dtype=np.float32)
    assert clusters.quantise(sparse)[0, 0] == clusters.STEPS
    assert clusters.quantise(-sparse)[0, 0] == -clusters.STEPS


def test_a_vector_of_zeros_stays_one():
    assert not clusters.decoded(clusters.quantise(np.zeros((2, 5), np.float32))).any()
    assert not clusters.whole_numbers(np.zeros(5, np.float32)).any()


def test_sums_of_a_query_in_steps_are_exact_in_single_precision():
    for numbers in (3, 256, 3000):
        steps = clusters.whole_numbers(np.random.default_rng(2).standard_normal(numbers).astype(np.float32))
        assert np.array_equal(steps, np.rint(steps))
        assert clusters.STEPS * np.abs(steps).sum() <= 1 << 24


def test_what_is_found_is_what_was_measured(vectors, built):
    arrays, reach = built
    probes, reached = reach.probes, reach.recall
    index = ClusterIndex.of(arrays, probes)
    assert reached >= grouping.WANTED
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
    arrays, reach = grouping.build(clusters.quantise(same), same[:1])
    assert ClusterIndex.of(arrays, reach.probes).search(same[0], 5)[0].tolist() == [0, 1, 2, 3, 4]


def test_two_builds_are_the_same_bytes(vectors, built):
    again, reach = grouping.build(clusters.quantise(vectors), vectors[::60])
    assert reach == built[1]
    assert all(np.array_equal(again[name], built[0][name]) for name in again)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("centroids", lambda a: np.where(a == a.max(), np.float32(np.nan), a)),
        ("order", lambda a: np.zeros_like(a)),
        ("order", lambda a: a + 1),
        ("order", lambda a: a - 1),
        ("starts", lambda a: a[::-1].copy()),
        ("starts", lambda a: a + 1),
        ("starts", lambda a: a[:-1]),
        ("codes", lambda a: a[:-1]),
        ("codes", lambda a: a[:, :-1]),
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
    arrays, reach = grouping.build(clusters.quantise(vectors[:n]), vectors[:n])
    index = ClusterIndex.of(arrays, reach.probes)
    assert reach.recall == 1
    assert [index.search(v, 1)[0].tolist() for v in vectors[:n]] == [[i] for i in range(n)]


@pytest.fixture(scope="module")
def ordered(vectors):
    """The same vectors and 96 numbers more that hold little, and what the whole ones find."""
    more = np.random.default_rng(5).standard_normal((len(vectors), 96)).astype(np.float32)
    found = np.hstack([vectors @ np.diag(np.linspace(2, 1, 32, dtype=np.float32)), 0.02 * more])
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_a_glance_at_the_first_numbers_finds_what_the_whole_ones_do(ordered, monkeypatch):
    monkeypatch.setattr(clusters, "CLOSER", 60)
    monkeypatch.setattr(clusters, "EACH", 2)
    arrays, reach = grouping.build(clusters.quantise(ordered), ordered[::60], ordered=True)
    assert reach.glance == 64
    assert reach.recall >= grouping.WANTED
    index, whole = ClusterIndex.of(arrays, reach.probes, reach.glance), ClusterIndex.of(arrays, reach.probes)
    same = [index.search(q, 10)[0].tolist() == whole.search(q, 10)[0].tolist() for q in ordered[30::97]]
    assert np.mean(same) > 0.95
    assert index.search(ordered[7], 1)[1] == pytest.approx(
        whole.search(ordered[7], 1)[1]
    )  # scores are of whole vectors


def test_no_glance_where_the_first_numbers_say_nothing(ordered, monkeypatch):
    monkeypatch.setattr(clusters, "CLOSER", 60)
    monkeypatch.setattr(clusters, "EACH", 2)
    turned = np.ascontiguousarray(ordered[:, ::-1])
    _, reach = grouping.build(clusters.quantise(turned), turned[::60], ordered=True)
    assert reach.glance in (0, 128)
    assert grouping.build(clusters.quantise(ordered), ordered[::60])[1].glance == 128


def test_faiss_glances_at_what_numpy_does(ordered, monkeypatch):
    monkeypatch.setattr(clusters, "CLOSER", 60)
    monkeypatch.setattr(clusters, "EACH", 2)
    arrays, reach = grouping.build(clusters.quantise(ordered), ordered[::60], ordered=True)
    index = ClusterIndex.of(arrays, reach.probes, reach.glance)
    queries = ordered[11::53]
    by_numpy = [index.glances(index.near(q), clusters.whole_numbers(q), [reach.glance], 60)[0] for q in queries]
    found = [index.glanced(index.near(q), q, 60) for q in queries]
    assert "_scanner" in vars(index)  # the first few did not ask FAISS
    assert list(map(list, found)) == list(map(list, by_numpy))
    assert all(0 < len(rows) < 60 for rows in found)
    steps = [clusters.whole_numbers(q)[: reach.glance] for q in queries]
    enough = [len(index._scanner.search(s, index.near(q), 60)[0]) > 60 for s, q in zip(steps, queries, strict=True)]
    assert np.mean(enough) > 0.8  # else numpy does it all


def test_where_all_are_alike_none_is_lost_by_a_glance(monkeypatch):
    monkeypatch.setattr(clusters, "CLOSER", 5)
    monkeypatch.setattr(clusters, "EACH", 1)
    same = np.tile(np.eye(1, 8, dtype=np.float32), (50, 1))
    arrays, reach = grouping.build(clusters.quantise(same), same[:1])
    index = ClusterIndex.of(arrays, reach.probes, 8)
    assert {tuple(index.search(same[0], 5)[0].tolist()) for _ in range(clusters.PATIENCE + 3)} == {(0, 1, 2, 3, 4)}


def test_a_glance_beyond_the_vectors_is_refused(built):
    with pytest.raises(ValueError, match="vectors: a glance"):
        ClusterIndex.of(built[0], 3, 33)
