"""Postings as bytes: the texts that hold a key, and how often each does.

The number of a text is parted in two (Elias, 1974; Fano, 1971): its low bits, a multiple of four, stand as they are, a
plane of half bytes and planes of bytes; its high bits are a step up from those of the text before, and steps are bits:
a 0 for each step, a 1 for each text. Where a text holds the key more than once, such bits follow for the times too: a 1
where a text begins, a 0 for each further time. The length of a block follows from three numbers: how many texts there
are, how many of them hold the key, and how often all of them together do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from qa.errors import REBUILD, BrokenIndex

Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]

LOWS = np.arange(0, 32, 4)  # numbers of low bits
DAMAGED = f"the word index is damaged: {REBUILD}"


def low_bits(counts: Ints, size: int) -> Ints:
    """How many low bits cost least for keys that stand in so many of `size` texts."""
    cheapest: Ints = LOWS[len(LOWS) - 1 - _fewest(size).searchsorted(counts, side="right")]
    return cheapest


@lru_cache(maxsize=64)
def _fewest(size: int) -> Ints:
    """Ascending: of so many texts on, what has a step fewer of LOWS costs no more, which is bits saved for bits added."""
    saved = np.diff(max(size - 1, 0) >> LOWS[::-1])
    return -(-saved // np.diff(LOWS)[::-1])


@lru_cache(maxsize=32)
def _ascending(power: int) -> Ints:
    return np.arange(1 << power)


def ascending(count: int) -> Ints:
    """The numbers from 0, not to be changed."""
    return _ascending(max(16, count.bit_length()))[:count]


@dataclass(frozen=True, slots=True)
class Layout:
    """Of each block: its low bits, and the bytes of its half bytes, its planes of bytes, its high bits and its times."""

    low: Ints
    halves: Ints
    planes: Ints
    high: Ints
    times: Ints

    @property
    def lengths(self) -> Ints:
        """Bytes of each block."""
        return self.halves + self.planes + self.high + self.times


def layout(counts: Ints, totals: Ints, size: int) -> Layout:
    """The blocks of keys that `counts` of `size` texts hold `totals` times; of a key without texts it is empty."""
    low = low_bits(counts, size)
    halves = np.where(low % 8 > 0, (counts + 1) // 2, 0)
    high = np.where(counts > 0, (counts + (max(size - 1, 0) >> low) + 7) // 8, 0)
    return Layout(low, halves, low // 8 * counts, high, np.where(totals > counts, (totals + 7) // 8, 0))


def _layout_of(count: int, total: int, size: int) -> tuple[int, int, int, int]:
    """`layout` of one block, without its planes: numpy takes ten times as long for one."""
    last = max(size - 1, 0)
    low = min(range(0, 32, 4), key=lambda bits: count * (bits + 1) + (last >> bits))
    halves = (count + 1) // 2 if low % 8 else 0
    high = (count + (last >> low) + 7) // 8 if count else 0
    return low, halves, high, (total + 7) // 8 if total > count else 0


@dataclass(frozen=True, slots=True)
class Posted:
    """Blocks one after the other: `blocks`, the length of each in bytes, and how often texts hold each key."""

    blocks: Bytes
    lengths: Ints
    totals: Ints


def encode(documents: Ints, times: Ints, counts: Ints, size: int) -> Posted:
    """Write the postings of some keys: key i has the next `counts[i]` of the ascending `documents` and of `times`."""
    firsts = np.cumsum(counts) - counts
    within = np.arange(len(documents)) - np.repeat(firsts, counts)
    sums = np.concatenate([[0], np.cumsum(times)])
    totals = sums[firsts + counts] - sums[firsts]
    form = layout(counts, totals, size)
    ends = np.cumsum(form.lengths)
    begins = ends - form.lengths
    out = np.zeros(int(form.lengths.sum()), np.uint8)
    low = np.repeat(form.low, counts)
    halved = of_keys(form.halves > 0, counts)
    places, halves = within[halved], (documents[halved] & 15).astype(np.uint8)
    at, odd = np.repeat(begins, counts)[halved] + (places >> 1), (places & 1).astype(bool)
    out[at[~odd]] = halves[~odd]
    out[at[odd]] |= halves[odd] << 4
    begins += form.halves
    for plane in range(int(form.low.max(initial=0)) // 8):
        some = of_keys(form.low // 8 > plane, counts)
        at = np.repeat(begins + plane * counts, counts)[some] + within[some]
        out[at] = (documents[some] >> (low[some] % 8 + 8 * plane)).astype(np.uint8)
    high = np.repeat(8 * (begins + form.planes), counts) + (documents >> low) + within
    again = form.times > 0
    # Times stand behind each other as in `sums`, from the key's first on.
    more = np.repeat((8 * (ends - form.times) - sums[firsts])[again], counts[again]) + sums[of_keys(again, counts)]
    out |= bits(np.concatenate([high, more]), len(out))
    return Posted(out, form.lengths, totals)


def of_keys(some: NDArray[np.bool_], counts: Ints) -> Ints:
    """The places of all postings of some keys."""
    return np.flatnonzero(np.repeat(some, counts))


def bits(places: Ints, size: int) -> Bytes:
    """So many bytes with these bits set, the lowest of a byte first."""
    flags = np.zeros(8 * size, bool)
    flags[places] = True
    return np.packbits(flags, bitorder="little")


def decode(block: Bytes, count: int, total: int, size: int) -> tuple[Ints, Ints | None]:
    """The texts of one block, and how often each holds the key (None: once).

    Raises BrokenIndex where they are not `count` of `size`, or their times not `total`; that they ascend is not looked at.
    """
    low, halves, high, times = _layout_of(count, total, size)
    at = halves + low // 8 * count
    if len(block) != at + high + times:
        raise BrokenIndex(DAMAGED)
    documents = bits_of(block[at : at + high], count)
    documents -= ascending(count)
    documents <<= low
    if halves:
        pairs = block[:halves]
        documents[::2] |= pairs[: (count + 1) // 2] & 15
        documents[1::2] |= pairs[: count // 2] >> 4
    for plane in range(low // 8):
        begin = halves + plane * count
        documents |= block[begin : begin + count].astype(np.int64) << (low % 8 + 8 * plane)
    if count and documents.max() >= size:
        raise BrokenIndex(DAMAGED)
    if not times:
        return documents, None
    begins = bits_of(block[at + high :], count)
    if begins[0] != 0 or begins[-1] >= total:
        raise BrokenIndex(DAMAGED)
    apart = np.empty_like(begins)
    np.subtract(begins[1:], begins[:-1], out=apart[:-1])
    apart[-1] = total - begins[-1]
    return documents, apart


def bits_of(some: Bytes, count: int) -> Ints:
    """Where the 1s are; raises BrokenIndex where they are not `count`."""
    found = np.flatnonzero(np.unpackbits(some, bitorder="little").view(np.bool_))
    if len(found) != count:
        raise BrokenIndex(DAMAGED)
    return found


def decode_each(blocks: Sequence[Bytes], counts: Ints, totals: Ints, size: int) -> tuple[Ints, Ints]:
    """`decode` of many blocks at once, one after the other: the texts, and how often each holds its key.

    Takes longer for each text than `decode`, and far less for each block.
    """
    form = layout(counts, totals, size)
    lengths = form.lengths
    if [len(block) for block in blocks] != lengths.tolist():
        raise BrokenIndex(DAMAGED)
    every = np.concatenate([np.zeros(0, np.uint8), *blocks])
    # Of each block its half bytes and planes, its high bits, its times.
    parts = np.stack([form.halves + form.planes, form.high, form.times], axis=1)
    kind = np.repeat(np.tile(np.arange(3, dtype=np.uint8), len(blocks)), parts.ravel())
    owners = np.repeat(np.arange(len(blocks)), counts)
    within = ascending(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts)
    documents = ones_of(every[kind == 1], form.high, counts)
    documents -= within
    low = form.low[owners]
    documents <<= low
    at = np.repeat(np.cumsum(lengths) - lengths, counts)
    if form.halves.any():
        some = np.flatnonzero(low & 7)
        documents[some] |= every[at[some] + (within[some] >> 1)] >> ((within[some] & 1) << 2).astype(np.uint8) & 15
    at += form.halves[owners]
    for plane in range(int(form.low.max(initial=0)) // 8):
        some = np.flatnonzero(low >> 3 > plane)
        wide = every[at[some] + plane * counts[owners[some]] + within[some]].astype(np.int64)
        documents[some] |= wide << (low[some] & 7) + 8 * plane
    if documents.max(initial=0) >= size:
        raise BrokenIndex(DAMAGED)
    times = np.ones(len(owners), np.int64)
    if form.times.any():
        more = np.flatnonzero(form.times)
        begins = ones_of(every[kind == 2], form.times[more], counts[more])
        firsts = np.cumsum(counts[more]) - counts[more]
        ends = np.append(begins[1:], 0)
        ends[firsts + counts[more] - 1] = totals[more]
        if begins[firsts].any() or (ends <= begins).any():
            raise BrokenIndex(DAMAGED)
        times[(form.times > 0)[owners]] = ends - begins
    return documents, times


def ones_of(some: Bytes, lengths: Ints, counts: Ints) -> Ints:
    """Where in each piece, the next `lengths[i]` bytes, the 1s are; raises BrokenIndex where they are not `counts[i]`."""
    found = bits_of(some, int(counts.sum()))
    begins = 8 * np.repeat(np.cumsum(lengths) - lengths, counts)
    found -= begins
    if len(found) and (found.min() < 0 or (found >= 8 * np.repeat(lengths, counts)).any()):
        raise BrokenIndex(DAMAGED)
    return found
