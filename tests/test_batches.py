"""Batches of like length: every text once, bounded, and the same whatever the order of the input."""

import random

from hypothesis import given
from hypothesis import strategies as st

from embeddings.batches import batches, ordered


def test_by_hand():
    """At most 3 texts and 12 tokens: 4 and 4 make 8 (a third makes 12), 5 with 5 makes 10, 20 alone is over all."""
    assert list(batches([4, 4, 4, 5, 5, 20], 3, 12)) == [(0, 3), (3, 5), (5, 6)]
    assert list(batches([1, 1, 1, 1], 3, 12)) == [(0, 3), (3, 4)]
    assert list(batches([])) == []


@given(st.lists(st.integers(0, 100)), st.integers(1, 8), st.integers(1, 300))
def test_every_text_is_in_one_batch_that_fits(lengths, most_texts, most_tokens):
    lengths = sorted(lengths)
    ranges = list(batches(lengths, most_texts, most_tokens))
    assert [n for begin, end in ranges for n in range(begin, end)] == list(range(len(lengths)))
    for begin, end in ranges:
        assert 1 <= end - begin <= most_texts
        assert end - begin == 1 or (end - begin) * lengths[end - 1] <= most_tokens


@given(st.lists(st.text(max_size=4)))
def test_the_order_is_that_of_the_texts_alone(texts):
    shuffled = random.Random(1).sample(texts, len(texts))
    one, two = ([t[n] for n in ordered(t, [len(x) for x in t])] for t in (texts, shuffled))
    assert one == two
    assert [len(t) for t in one] == sorted(len(t) for t in texts)
