"""Keys in groups: each is found with what was said of it, others are not, and what nobody wrote is refused."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa import entries
from qa.entries import ABSENT, GROUP, Entries, find
from qa.errors import BrokenIndex
from qa.postings import layout

SIZE = 1000
KEYS = st.dictionaries(
    st.integers(0, 2**43 - 1) | st.integers(0, 99),
    st.integers(1, SIZE).flatmap(lambda n: st.tuples(st.just(n), st.integers(n, 3 * n))),
    max_size=100,
)


def made(held):
    keys = np.array(sorted(held), np.uint64)
    counts, totals = (np.array([held[key][n] for key in sorted(held)], np.int64) for n in (0, 1))
    return Entries.of(keys, counts, totals, layout(counts, totals, SIZE).lengths, SIZE)


@settings(max_examples=60, deadline=None)
@given(KEYS, st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 99), max_size=9))
def test_every_key_is_found_and_no_other(held, others):
    index = made(held)
    assert index.every().keys.tolist() == sorted(held)
    end = 0
    for key, entry in zip(sorted(held), find([(index, sorted(held))])[0], strict=True):
        assert (entry.texts, entry.total, entry.begin) == (*held[key], end)
        end = entry.end
    assert end == index.table[-1, 2]
    for key, entry in zip(others, find([(index, others)])[0], strict=True):
        assert (entry is ABSENT) == (key not in held)


def test_a_key_of_a_text_takes_few_bytes():
    """Neighbours a step of two bytes apart, in one text each: a byte says so."""
    index = made({300 * n: (1, 1) for n in range(GROUP * 100)})
    assert len(index.varints) == GROUP * 100 * 3 - 100


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr(entries, "KEPT", 10)
    index = made({n: (n + 1, n + 1) for n in range(50)})
    assert [find([(index, [n, n + 1])])[0][1].texts for n in range(49)] == list(range(2, 51))
    assert len(index.known) <= 10


@pytest.mark.parametrize("place", range(2 * GROUP + 4))
def test_whatever_byte_is_changed_is_refused_or_is_another_key(place):
    """Of a group whose every number is one byte, and whose last key stands repeatedly in its texts."""
    index = made({2 * n: (5, 5) for n in range(GROUP - 1)} | {2 * GROUP: (5, 9)})
    for value in (0, 1, 127, 128, 255):
        varints = index.varints.copy()
        if place >= len(varints):
            varints = np.append(varints, np.uint8(value))
        elif varints[place] == value:
            continue
        else:
            varints[place] = value
        table = index.table.copy()
        table[-1, 1] = len(varints)
        broken = Entries(varints, table, SIZE)
        try:
            assert broken.every().keys.tolist() != index.every().keys.tolist()
        except BrokenIndex as error:
            assert "--rebuild" in str(error)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda t: t[:, :2], "none"),
        (lambda t: t[:0], "none"),
        (lambda t: t[:-1], "fit"),
        (lambda t: t + np.uint64(1), "fit"),
        (lambda t: t[[1, 0, 2]], "fit"),
        (lambda t: np.where(np.arange(3)[:, None] == 1, t * np.array([0, 1, 1], np.uint64), t), "order"),
    ],
    ids=["columns", "nothing", "its end is gone", "elsewhere", "crossed", "keys in no order"],
)
def test_tables_that_do_not_fit_are_refused(change, why):
    index = made({n: (1, 1) for n in range(GROUP + 1)})
    ends = index.table[-1].tolist()
    assert len(Entries.checked(index.varints, index.table, SIZE, ends[2]).every().keys) == GROUP + 1
    with pytest.raises(ValueError, match=why):
        Entries.checked(index.varints, change(index.table), SIZE, ends[2])


def test_nothing_is_held():
    index = made({})
    assert find([(index, [1, 2])])[0] == [ABSENT, ABSENT]
    assert replace(index, size=0).every().keys.tolist() == []
