"""The keys of words and numbers, computed for all words of a text together.

Does not cut words. A word's key is the sum of its characters, each times a power of one large odd number, mixed: such
sums are differences of one running sum over the text, whatever its words are (Karp and Rabin, 1987).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from qa.numerals import LONGEST, of_run

Codes = NDArray[np.uint32]
Keys = NDArray[np.uint64]

CODE_BITS = 21  # of a code point: a pair of them has twice as many
WORD_BIT = 1 << (
    2 * CODE_BITS
)  # what tells a word from a pair; of a million words two meet by chance once in nine indexes
KEPT_RUNS = 1 << 14  # runs of numerals whose keys are remembered, as texts write the same years, dates and counts

MASK = (1 << 64) - 1
BASE = 0x9E3779B97F4A7C15  # odd, so that its powers have inverses modulo 2**64
UNBASE = pow(BASE, -1, 1 << 64)
MIX = 0xBF58476D1CE4E5B9
SHIFT = 31
ROOM = 1 << 12  # characters whose powers are computed first


def word_key(word: str) -> int:
    """The key of a word: 42 bits, and above them the one that tells it from a pair of characters."""
    total, power = 0, 1
    for character in word:
        total += (ord(character) + 1) * power
        power = power * BASE & MASK
    total &= MASK
    return (((total ^ total >> SHIFT) * MIX & MASK) >> (64 - 2 * CODE_BITS)) | WORD_BIT


def word_keys(codes: Codes, begins: NDArray[np.int64]) -> Keys:
    """`word_key` of every word of a text, given as code points; word i is `codes[begins[i]:begins[i + 1]]`.

    `begins` ends with the number of code points.
    """
    ups, downs = _powers(len(codes) + 1)
    sums = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum((codes.astype(np.uint64) + np.uint64(1)) * ups[: len(codes)], out=sums[1:])
    at = sums[begins]
    totals = (at[1:] - at[:-1]) * downs[begins[:-1]]
    totals ^= totals >> np.uint64(SHIFT)
    totals *= np.uint64(MIX)
    return (totals >> np.uint64(64 - 2 * CODE_BITS)) | np.uint64(WORD_BIT)


def _powers(count: int) -> tuple[Keys, Keys]:
    """At least so many powers of BASE and of its inverse, from the first, which is 1."""
    return _powers_of_two(max(ROOM, 1 << (count - 1).bit_length()))


@lru_cache(maxsize=4)
def _powers_of_two(count: int) -> tuple[Keys, Keys]:
    factors = np.ones((2, count), np.uint64)
    factors[:, 1:] = np.array([[BASE], [UNBASE]], np.uint64)
    ups, downs = np.multiply.accumulate(factors, axis=1)
    return ups, downs


@lru_cache(maxsize=1024)
def clause_key(clause: str) -> int:
    """The key of a clause's number, which is no word."""
    return word_key(f"§{clause}")


class NumberKeys(dict[str, tuple[int, ...]]):
    """The keys of the numbers in each match of `numerals.RUNS`, marked so that they are no words; most are remembered."""

    def __missing__(self, run: str) -> tuple[int, ...]:
        keys = tuple([word_key(f"#{value}") for value in of_run(run)])
        if len(run) <= LONGEST:
            if len(self) >= KEPT_RUNS:
                self.clear()
            self[run] = keys
        return keys


number_keys = NumberKeys()
