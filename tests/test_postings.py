"""Postings as bytes: what is read is what was written, and what nobody wrote is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import BrokenIndex
from qa.postings import decode, encode, widths


def lists(size):
    return st.lists(st.lists(st.integers(0, size - 1), unique=True).map(sorted), min_size=1, max_size=6)


def written(postings, size):
    counts = np.array([len(p) for p in postings], np.int64)
    documents = np.array([d for p in postings for d in p], np.int64)
    codes = (documents % 255 + 1).astype(np.uint8)
    posted = encode(documents, codes, counts, size)
    ends = np.cumsum(posted.lengths)
    return [posted.blocks[end - length : end] for end, length in zip(ends, posted.lengths, strict=True)]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([1, 40, 254, 255, 300, 70_000, 5_000_000]).flatmap(lambda n: st.tuples(st.just(n), lists(n))))
def test_what_is_read_is_what_was_written(given_):
    size, postings = given_
    for block, posted in zip(written(postings, size), postings, strict=True):
        documents, codes = decode(block, len(posted), size)
        assert documents.tolist() == posted
        assert codes.tolist() == [d % 255 + 1 for d in posted]


def test_a_gap_longer_than_a_step_is_bridged():
    """Half of 100,000 texts hold the key, so a step has one byte; between two of them lie 49,000."""
    posted = [*range(25_000), *range(74_000, 99_000)]
    (block,) = written([posted], 100_000)
    assert widths(np.array([len(posted)]), 100_000).tolist() == [1]
    assert decode(block, len(posted), 100_000)[0].tolist() == posted
    assert len(block) == 2 * (len(posted) + 49_000 // 255)


def test_steps_are_as_wide_as_the_texts_are_apart():
    assert widths(np.array([1]), 200).tolist() == [1]
    assert widths(np.array([50_000, 1_000, 3]), 1_000_000).tolist() == [1, 2, 4]


@pytest.mark.parametrize(
    ("block", "count"),
    [([3, 9, 1], 1), ([9, 9], 1), ([3, 3, 9, 9], 1), ([3, 9], 2), ([0, 9], 1), ([200, 200, 9, 9], 2), ([], 1)],
    ids=["odd", "past the end", "more than counted", "fewer", "only a skip", "past the end twice", "nothing"],
)
def test_what_nobody_wrote_is_refused(block, count):
    with pytest.raises(BrokenIndex, match="--rebuild"):
        decode(np.array(block, np.uint8), count, 8)


def test_no_postings_are_no_bytes():
    assert decode(np.zeros(0, np.uint8), 0, 8)[0].tolist() == []
