"""Which keys an index holds, in some three bytes each: groups of neighbours, written as the steps between them.

A group is, in varints (7 bits a byte, the last one below 128): the number of its keys; the step from each key to the
next; how many texts hold each key, less one, doubled, and one more where some hold it repeatedly; and for these keys how
often, beyond once a text. A table has each group's first key, and where its varints and its postings begin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa.errors import BrokenIndex
from qa.inverting import MOST, is_common
from qa.postings import DAMAGED, Bytes, Ints, layout

Keys = NDArray[np.uint64]

GROUP = 32  # keys of a group
KEPT = 1 << 16  # keys whose entries are remembered: those of questions come again
LONGEST = 9  # bytes of a varint: 63 bits
FIRST, VARINTS = range(2)  # columns of the table


class Entry(NamedTuple):
    """A key of the index: how many texts hold it, how often all together, and the bytes of its postings."""

    texts: int
    total: int
    begin: int
    end: int


ABSENT = Entry(0, 0, 0, 0)


class Every(NamedTuple):
    """The ascending keys of an index, and their entries as columns."""

    keys: Keys
    texts: Ints
    totals: Ints
    begins: Ints
    ends: Ints


def varints(values: Keys) -> tuple[Bytes, Ints]:
    """Numbers below 2**63 as varints, and the bytes of each."""
    lengths = np.ones(len(values), np.int64)
    for more in range(1, LONGEST):
        lengths += values >> np.uint64(7 * more) > 0
    begins = np.cumsum(lengths) - lengths
    out = np.zeros(int(lengths.sum()), np.uint8)
    for number in range(int(lengths.max(initial=0))):
        has = lengths > number
        going_on = np.where(lengths[has] > number + 1, 128, 0)
        out[begins[has] + number] = (values[has] >> np.uint64(7 * number) & np.uint64(127)).astype(np.int64) | going_on
    return out, lengths


def numbers(some: Bytes) -> Keys:
    """The numbers that `varints` wrote; raises BrokenIndex."""
    ends = np.flatnonzero(some < 128)
    begins = np.concatenate([[0], ends[:-1] + 1])[: len(ends)]
    lengths = ends - begins + 1
    if not len(ends) or ends[-1] != len(some) - 1 or lengths.max() > LONGEST:
        raise BrokenIndex(DAMAGED)
    shifts = 7 * (np.arange(len(some)) - np.repeat(begins, lengths))
    found: Keys = np.add.reduceat((some & 127).astype(np.uint64) << shifts.astype(np.uint64), begins)
    return found


@dataclass(frozen=True, slots=True)
class Packed:
    """Groups of keys: the varints, and the table's rows uint64 (groups, 3)."""

    varints: Bytes
    rows: Keys


def pack(keys: Keys, counts: Ints, totals: Ints, lengths: Ints, varints_at: int, postings_at: int) -> Packed:
    """Ascending keys in groups; `lengths` are the bytes of their postings, `*_at` where the first of them begin."""
    groups = -(-len(keys) // GROUP)
    group, column = np.divmod(np.arange(len(keys)), GROUP)
    own = np.bincount(group, minlength=groups)
    steps = np.diff(keys, prepend=keys[:1])
    steps[::GROUP] = own
    more = totals - counts
    repeated = np.flatnonzero(more > 0)
    extra = np.bincount(group[repeated], minlength=groups)
    sizes = 2 * own + extra
    begins = np.cumsum(sizes) - sizes
    values = np.zeros(int(sizes.sum()), np.uint64)
    values[begins[group] + column] = steps
    values[begins[group] + own[group] + column] = 2 * (counts - 1) + (more > 0)
    rank = np.arange(len(repeated)) - (np.cumsum(extra) - extra)[group[repeated]]
    values[(begins + 2 * own)[group[repeated]] + rank] = more[repeated]
    written, bytes_of = varints(values)
    ends = np.concatenate([[0], np.cumsum(bytes_of)])
    places = np.concatenate([[0], np.cumsum(lengths)])
    rows = [keys[::GROUP], ends[begins] + varints_at, places[:-1:GROUP] + postings_at]
    return Packed(written, np.stack([np.asarray(row, np.uint64) for row in rows], axis=1))


@dataclass(frozen=True)
class Entries:
    """The keys of an index of `size` texts; the table ends with a row of the ends."""

    varints: Bytes
    table: Keys
    size: int
    known: dict[int, Entry] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, keys: Keys, counts: Ints, totals: Ints, lengths: Ints, size: int) -> Entries:
        """The entries of ascending keys."""
        packed = pack(keys, counts, totals, lengths, 0, 0)
        end = np.array([[0, len(packed.varints), int(lengths.sum())]], np.uint64)
        return cls(packed.varints, np.concatenate([packed.rows, end]), size)

    @classmethod
    def checked(cls, varints: Bytes, table: Keys, size: int, postings: int) -> Entries:
        """Those of files; raises ValueError where they do not fit together, or not to so many bytes of postings."""
        if table.shape[1:] != (3,) or not len(table):
            raise ValueError("the table of the keys is none")
        at = table[:, VARINTS:]
        if at[0].any() or at[-1].tolist() != [len(varints), postings] or (at[1:] < at[:-1]).any():
            raise ValueError("the table of the keys does not fit")
        if (table[1:-1, FIRST] <= table[:-2, FIRST]).any():
            raise ValueError("the table of the keys is in no order")
        return cls(varints, table, size)

    def every(self) -> Every:
        """All keys."""
        groups = np.arange(len(self.table) - 1)
        if not len(groups):
            none = np.zeros(0, np.int64)
            return Every(none.astype(np.uint64), none, none, none, none)
        read = _read([(self, groups)], self.size)
        counts, totals, begins, ends = (
            column[read.held] for column in (read.counts, read.totals, read.ends - read.lengths, read.ends)
        )
        return Every(read.keys[read.held], counts, totals, begins, ends)

    def unknown(self, keys: Sequence[int]) -> list[int]:
        """Which of the keys are to be read: those not remembered, all of them where too many would be."""
        fresh = [key for key in dict.fromkeys(keys) if key not in self.known]
        if len(self.known) + len(fresh) > KEPT:
            self.known.clear()
            fresh = list(dict.fromkeys(keys))
        if len(self.table) == 1:  # an index without keys
            self.known.update(dict.fromkeys(fresh, ABSENT))
            return []
        return fresh


def find(wanted: Sequence[tuple[Entries, Sequence[int]]]) -> list[list[Entry]]:
    """The entries of keys in indexes of as many texts, for each its own keys, read together; raises BrokenIndex.

    That of a key that no text holds is ABSENT.
    """
    sought = [(entries, fresh) for entries, keys in wanted if (fresh := entries.unknown(keys))]
    found = iter(_look(sought))
    for entries, fresh in sought:
        entries.known.update((key, next(found)) for key in fresh)
    return [[entries.known[key] for key in keys] for entries, keys in wanted]


def _look(sought: Sequence[tuple[Entries, Sequence[int]]]) -> list[Entry]:
    """The entry of each key, read from the groups that may have them."""
    if not sought:
        return []
    keys = [np.array(own, np.uint64) for _, own in sought]
    groups = [
        (entries, np.maximum(entries.table[:-1, FIRST].searchsorted(own, side="right") - 1, 0))
        for (entries, _), own in zip(sought, keys, strict=True)
    ]
    read = _read(groups, sought[0][0].size)
    same = (read.keys == np.concatenate(keys)[:, None]) & read.held
    rows, columns = np.arange(len(same)), same.argmax(axis=1)
    columns_of = (read.counts, read.totals, read.ends - read.lengths, read.ends)
    found = zip(*(table[rows, columns].tolist() for table in columns_of), strict=True)
    return [Entry(*row) if there else ABSENT for row, there in zip(found, same[rows, columns].tolist(), strict=True)]


def _read(sought: Sequence[tuple[Entries, Ints]], size: int) -> _Read:
    """Groups of indexes of `size` texts, at least one, read together; raises BrokenIndex."""
    table = np.concatenate([entries.table[groups] for entries, groups in sought]).astype(np.int64)
    ends = np.concatenate([entries.table[groups + 1, VARINTS:] for entries, groups in sought]).astype(np.int64)
    (first, begin, at), (end, stop) = table.T, ends.T
    if (end <= begin).any():
        raise BrokenIndex(DAMAGED)
    varints = chain.from_iterable(repeat(entries.varints, len(groups)) for entries, groups in sought)
    some = np.concatenate([own[b:e] for own, b, e in zip(varints, begin.tolist(), end.tolist(), strict=True)])
    last = np.cumsum(end - begin)
    ended = np.concatenate([[0], np.cumsum(some < 128)])[last]  # numbers that end before each group's end
    values = numbers(some).astype(np.int64)
    starts = np.concatenate([[0], ended[:-1]])
    if (some[last - 1] > 127).any():
        raise BrokenIndex(DAMAGED)
    own = values[starts][:, None]
    if own.min() < 1 or own.max() > GROUP or (starts + 2 * own[:, 0] > ended).any():
        raise BrokenIndex(DAMAGED)
    columns = np.arange(GROUP)
    held = columns < own
    places = starts[:, None] + np.minimum(columns, own - 1)
    steps = np.where(held & (columns > 0), values[places], 0)
    keys = first[:, None] + np.cumsum(steps, axis=1)
    coded = values[places + own]
    counts = np.where(held, (coded >> 1) + 1, 0)
    repeated = held & (coded & 1 > 0)
    if (repeated.sum(axis=1) != ended - starts - 2 * own[:, 0]).any():
        raise BrokenIndex(DAMAGED)
    rank = np.cumsum(repeated, axis=1) - 1
    totals = counts.copy()
    totals[repeated] += values[(starts[:, None] + 2 * own + rank)[repeated]]
    sound = (counts <= size) & (totals >= counts) & (totals <= MOST * counts)
    if not sound.all() or not (steps[held & (columns > 0)] > 0).all() or (keys < first[:, None]).any():
        raise BrokenIndex(DAMAGED)
    kept = np.where(is_common(counts, size), 0, counts)
    lengths = layout(kept.ravel(), np.where(kept > 0, totals, 0).ravel(), size).lengths.reshape(kept.shape)
    ends = at[:, None] + np.cumsum(lengths, axis=1)
    if (ends[:, -1] != stop).any():
        raise BrokenIndex(DAMAGED)
    return _Read(keys.astype(np.uint64), held, counts, totals, lengths, ends)


@dataclass(frozen=True, slots=True)
class _Read:
    """Groups (groups, GROUP): their keys and which of these are any; counts, totals; the bytes of postings, and their ends."""

    keys: Keys
    held: NDArray[np.bool_]
    counts: Ints
    totals: Ints
    lengths: Ints
    ends: Ints
