"""The cache of vectors: what went in comes out, and whatever happens to its file, never a wrong vector."""

import os
import signal
import sqlite3
import subprocess
import sys
import time

import numpy as np
import pytest
from helpers import ROOT, Remainders, environment, python

from embeddings import cache
from embeddings.cache import VectorCache, key_of
from embeddings.caching import CachedEncoder

DIMENSION = 64

# Programs of their own, that write the vectors which `vectors` says, batch after batch.
WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1] + "/tests")
from test_vector_cache import vectors
from embeddings.cache import VectorCache
store = VectorCache(Path(sys.argv[2]))
for n in range(int(sys.argv[3]), int(sys.argv[4])):
    store.put(vectors(n))
    print(n, flush=True)
"""


def vectors(batch, count=50):
    """The keys and vectors of a batch: the same in every program."""
    random = np.random.default_rng(batch)
    return {key_of("m", f"{batch}:{n}"): random.random(DIMENSION, np.float32) for n in range(count)}


def agrees(found, expected):
    """Whether every vector that was found is the one that was put there."""
    return all(np.array_equal(vector, expected[key]) for key, vector in found.items())


@pytest.fixture
def place(tmp_path):
    return tmp_path / "cache" / "vectors.sqlite"


def test_what_went_in_comes_out_bit_for_bit(place):
    expected = vectors(1) | {key_of("m", "odd"): np.array([0, -0.0, 1e-42, -3e38] * 16, np.float32)}
    VectorCache(place).put(expected)
    found = VectorCache(place).get(list(expected), DIMENSION)
    assert found.keys() == expected.keys()
    assert all(found[key].tobytes() == expected[key].tobytes() for key in expected)
    assert found[key_of("m", "odd")].flags.writeable


def test_misses(place):
    store = VectorCache(place)
    assert store.get([key_of("m", "x")], DIMENSION) == {}
    assert not place.exists()
    store.put(vectors(1))
    assert store.get([key_of("m", "x"), key_of("other", "1:0")], DIMENSION) == {}
    assert store.get(list(vectors(1)), DIMENSION + 1) == {}, "another dimension"


def test_more_keys_than_one_select_takes(place):
    expected = vectors(1, 2_100)
    VectorCache(place).put(expected)
    assert VectorCache(place).get(list(expected), DIMENSION).keys() == expected.keys()


@pytest.mark.parametrize("share", [0, 0.001, 0.3, 0.7, 0.999], ids=lambda s: f"cut at {s}")
def test_a_file_cut_off_is_at_most_a_miss_and_works_again(place, share):
    expected = vectors(1, 400)
    store = VectorCache(place)
    store.put(expected)
    content = place.read_bytes()
    place.write_bytes(content[: int(len(content) * share)])
    assert agrees(store.get(list(expected), DIMENSION), expected)
    for _ in range(2):  # the first may only find the damage
        store.put(expected)
    assert store.get(list(expected), DIMENSION).keys() == expected.keys()


@pytest.mark.parametrize("seed", range(12))
def test_flipped_bytes_give_no_wrong_vector(place, seed):
    expected = vectors(1, 400)
    store = VectorCache(place)
    store.put(expected)
    random = np.random.default_rng(seed)
    content = bytearray(place.read_bytes())
    for at in random.integers(0 if seed % 4 == 3 else 4096, len(content), 1 + 20 * (seed % 2)):
        content[at] ^= int(random.integers(1, 256))
    place.write_bytes(content)
    assert agrees(store.get(list(expected), DIMENSION), expected)
    store.put(vectors(2))
    assert agrees(store.get([*expected, *vectors(2)], DIMENSION), expected | vectors(2))


@pytest.mark.parametrize("content", [b"", b"no database", os.urandom(10_000)], ids=["empty", "text", "noise"])
def test_a_file_that_is_no_database_is_made_anew(place, content):
    place.parent.mkdir()
    place.write_bytes(content)
    store = VectorCache(place)
    assert store.get(list(vectors(1)), DIMENSION) == {}
    store.put(vectors(1))
    assert store.get(list(vectors(1)), DIMENSION).keys() == vectors(1).keys()


def test_a_table_of_another_shape_is_made_anew(place):
    place.parent.mkdir()
    with sqlite3.connect(place) as database:
        database.execute("CREATE TABLE vectors (word TEXT)")
    database.close()
    store = VectorCache(place)
    store.put(vectors(1))
    store.put(vectors(1))
    assert store.get(list(vectors(1)), DIMENSION).keys() == vectors(1).keys()


def test_a_place_that_cannot_be_written_is_no_cache(tmp_path):
    (tmp_path / "file").write_text("in the way")
    store = VectorCache(tmp_path / "file" / "vectors.sqlite")
    store.put(vectors(1))
    assert store.get(list(vectors(1)), DIMENSION) == {}


def start_writer(place, first, last):
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(ROOT), str(place), str(first), str(last)],
        stdout=subprocess.PIPE,
        env=environment(PYTHONPATH=str(ROOT)),
    )


@pytest.mark.parametrize("delay", [0.0, 0.003, 0.011])
def test_killed_while_writing(place, delay):
    """What was put before stays, nothing that is found is wrong, and the next program goes on writing."""
    writer = start_writer(place, 0, 100_000)
    with writer:
        for _ in range(5):
            done = int(writer.stdout.readline())
        time.sleep(delay)
        writer.send_signal(signal.SIGKILL)
    expected = {key: vector for n in range(1_000) for key, vector in vectors(n).items()}
    found = VectorCache(place).get(list(expected), DIMENSION)
    assert agrees(found, expected)
    assert {key for n in range(done + 1) for key in vectors(n)} <= found.keys()
    assert python(WRITER, ROOT, place, 5_000, 5_001, cwd=place.parent).stdout == "5000\n"
    assert VectorCache(place).get(list(vectors(5_000)), DIMENSION).keys() == vectors(5_000).keys()


def test_two_programs_write_at_once(place):
    writers = [start_writer(place, 0, 40), start_writer(place, 20, 60)]
    assert [len(w.communicate(timeout=60)[0].split()) for w in writers] == [40, 40]
    expected = {key: vector for n in range(60) for key, vector in vectors(n).items()}
    found = VectorCache(place).get(list(expected), DIMENSION)
    assert found.keys() == expected.keys()
    assert agrees(found, expected)


def test_it_stays_within_its_limit_and_keeps_what_was_used_lately(place, monkeypatch):
    store = VectorCache(place, limit=100_000)  # some 250 vectors
    kept = list(vectors(0))
    for day in range(40):
        monkeypatch.setattr(cache, "today", lambda day=day: day)
        store.put(vectors(day))
        assert store.get(kept, DIMENSION).keys() == set(kept), f"day {day}"
        assert place.stat().st_size < 150_000
    assert store.get(list(vectors(39)), DIMENSION).keys() == vectors(39).keys()
    assert store.get(list(vectors(5)), DIMENSION) == {}


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"QA_CACHE": "/q", "XDG_CACHE_HOME": "/x"}, "/q"),
        ({"XDG_CACHE_HOME": "/x"}, "/x/qa"),
        ({"HOME": "/h"}, "/h/Library/Caches/qa" if sys.platform == "darwin" else "/h/.cache/qa"),
    ],
    ids=["own", "xdg", "platform"],
)
@pytest.mark.skipif(sys.platform == "win32", reason="names of another form")
def test_where_it_is(monkeypatch, variables, expected):
    for name in ("QA_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert str(cache.default_place().parent) == expected


def test_an_encoder_encodes_each_text_once_in_its_life(place):
    texts = ["甲", "乙", "甲", ""]
    first, second = Remainders(), Remainders()
    expected = Remainders().queries(texts)
    assert np.array_equal(CachedEncoder(first, VectorCache(place)).passages(texts), expected)
    assert first.seen == ["甲", "乙", ""]
    again = CachedEncoder(second, VectorCache(place))
    assert np.array_equal(again.passages([*texts, "丙"])[:4], expected)
    assert second.seen == ["丙"]
    assert again.passages([]).shape == (0, 7)


def test_another_model_shares_nothing(place):
    CachedEncoder(Remainders(), VectorCache(place)).passages(["甲"])
    other = Remainders()
    other.fingerprint = "other"
    CachedEncoder(other, VectorCache(place)).passages(["甲"])
    assert other.seen == ["甲"]
