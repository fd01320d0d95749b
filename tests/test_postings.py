"""Postings as bytes: what is read is what was written, and what nobody wrote is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import BrokenIndex
from qa.postings import LOWS, decode, decode_each, encode, low_bits


def lists(size):
    """Some keys, each with its texts and how often each of these holds it."""
    return st.lists(st.dictionaries(st.integers(0, size - 1), st.integers(1, 255)), min_size=1, max_size=6)


def written(postings, size):
    """The block of each key, and how often all its texts together hold it."""
    counts = np.array([len(own) for own in postings], np.int64)
    documents = np.array([text for own in postings for text in sorted(own)], np.int64)
    times = np.array([own[text] for own in postings for text in sorted(own)], np.int64)
    posted = encode(documents, times, counts, size)
    ends = np.cumsum(posted.lengths)
    blocks = [posted.blocks[end - length : end] for end, length in zip(ends, posted.lengths, strict=True)]
    return list(zip(blocks, posted.totals.tolist(), strict=True))


def read(block, count, total, size):
    documents, times = decode(np.asarray(block, np.uint8), count, total, size)
    return dict(zip(documents.tolist(), [1] * count if times is None else times.tolist(), strict=True))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([1, 40, 254, 300, 70_000, 5_000_000, 2**31]).flatmap(lambda n: st.tuples(st.just(n), lists(n))))
def test_what_is_read_is_what_was_written(given_):
    size, postings = given_
    for (block, total), posted in zip(written(postings, size), postings, strict=True):
        assert total == sum(posted.values())
        assert read(block, len(posted), total, size) == posted


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([1, 40, 254, 300, 70_000, 5_000_000, 2**31]).flatmap(lambda n: st.tuples(st.just(n), lists(n))))
def test_what_is_read_together_is_what_each_alone_would_be(given_):
    size, postings = given_
    blocks, totals = zip(*written(postings, size), strict=True)
    counts = np.array([len(own) for own in postings], np.int64)
    documents, times = decode_each(blocks, counts, np.array(totals), size)
    assert documents.tolist() == [text for own in postings for text in sorted(own)]
    assert times.tolist() == [own[text] for own in postings for text in sorted(own)]


@pytest.mark.parametrize("value", [0, 1, 2, 128, 255])
def test_a_changed_block_among_others_is_refused_or_tells_other_texts(value):
    """Each byte of each block in turn; the blocks beside it are read as they are."""
    size, postings = 300, [{3: 1, 40: 7, 299: 1}, {5: 1}, {0: 2, 1: 1, 2: 1, 250: 1}]
    blocks, totals = zip(*written(postings, size), strict=True)
    counts = np.array([len(own) for own in postings], np.int64)
    before = decode_each(blocks, counts, np.array(totals), size)
    for number, block in enumerate(blocks):
        for place in range(len(block)):
            changed = [own.copy() for own in blocks]
            if changed[number][place] == value:
                continue
            changed[number][place] = value
            try:
                documents, times = decode_each(changed, counts, np.array(totals), size)
            except BrokenIndex as error:
                assert "--rebuild" in str(error)
                continue
            owners = np.repeat(np.arange(len(postings)), counts)
            same = (documents == before[0]) & (times == before[1])
            assert set(owners[~same].tolist()) <= {number}
            assert 0 <= documents.min() <= documents.max() < size
            assert times.min() > 0


def test_a_block_of_another_length_among_others_is_refused():
    blocks, totals = zip(*written([{3: 1}, {5: 1, 7: 1}], 300), strict=True)
    with pytest.raises(BrokenIndex, match="--rebuild"):
        decode_each([blocks[0][:-1], blocks[1]], np.array([1, 2]), np.array(totals), 300)


def test_a_key_takes_little_more_than_the_bits_that_tell_its_texts_apart():
    """One of 100,000 texts is 17 bits; 1,000 of them are at best 1,000 (log 100 + log e) bits, some 8.1 each."""
    random = np.random.default_rng(3)
    ((block, _),) = written([{99_999: 1}], 100_000)
    assert len(block) == 3
    ((block, _),) = written([dict.fromkeys(random.choice(100_000, 1000, replace=False).tolist(), 1)], 100_000)
    assert len(block) < 1000 * 9.7 / 8
    ((block, _),) = written([dict.fromkeys(range(100_000), 1)], 100_000)
    assert len(block) == 25_000


def test_low_bits_grow_with_the_distance_of_the_texts():
    assert low_bits(np.array([100_000, 40_000, 500, 20, 1]), 100_000).tolist() == [0, 0, 8, 12, 16]


@pytest.mark.parametrize(
    ("block", "count", "total"),
    [
        ([0b101, 0, 0], 2, 2),
        ([0b10101, 0], 2, 2),
        ([0b001, 0], 2, 2),
        ([0b1, 0b1000], 2, 2),
        ([], 1, 1),
        ([0b101, 0, 0b110], 2, 3),
        ([0b101, 0, 0b111], 2, 3),
        ([0b101, 0, 0b1001], 2, 3),
        ([0b101, 0], 2, 3),
    ],
    ids=[
        "too long",
        "more",
        "fewer",
        "past the end",
        "nothing",
        "times late",
        "times more",
        "times past",
        "no times",
    ],
)
def test_what_nobody_wrote_is_refused(block, count, total):
    """Of 8 texts no low bits are kept: two texts are a byte and two bits."""
    assert read([0b101, 0], 2, 2, 8) == {0: 1, 1: 1}
    assert read([0b101, 0, 0b101], 2, 3, 8) == {0: 2, 1: 1}
    with pytest.raises(BrokenIndex, match="--rebuild"):
        read(block, count, total, 8)


def test_a_text_past_the_end_is_refused():
    """Of 1,000 texts one byte of each is low bits: high bits 3 with low bits of 232 on are of none."""
    ((block, _),) = written([{5: 1, 999: 1}], 1000)
    assert read(block, 2, 2, 1000) == {5: 1, 999: 1}
    broken = block.copy()
    broken[1] = 232
    with pytest.raises(BrokenIndex, match="--rebuild"):
        read(broken, 2, 2, 1000)


@pytest.mark.parametrize("size", [1, 2, 300, 100_000, 2**31])
def test_no_other_number_of_low_bits_costs_less(size):
    counts = np.unique(np.geomspace(1, size, 200).astype(np.int64))
    costs = counts[:, None] * (LOWS + 1) + ((size - 1) >> LOWS)
    chosen = low_bits(counts, size)
    assert (counts * (chosen + 1) + ((size - 1) >> chosen) == costs.min(axis=1)).all()


def test_no_postings_are_no_bytes():
    assert decode(np.zeros(0, np.uint8), 0, 0, 8)[0].tolist() == []
