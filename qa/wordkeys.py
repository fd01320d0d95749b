"""The keys of words and numbers, remembered as they are met.

Does not cut words. What is remembered is bounded; forgetting costs time and changes nothing.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from qa.numerals import LONGEST, of_run

CODE_BITS = 21  # of a code point: a pair of them has twice as many
WORD_BIT = 1 << (
    2 * CODE_BITS
)  # what tells a word from a pair; of a million words two meet by chance once in nine indexes
KEPT = 1 << 18  # words whose keys are remembered: about 40 MB
KEPT_RUNS = 1 << 14  # runs of numerals, as texts write the same years, dates and counts
LONG = 64  # characters of a word that is hardly met again


def word_key(word: str) -> int:
    """The key of a word: 42 bits of its BLAKE2 hash."""
    return (
        int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "big") >> (64 - 2 * CODE_BITS) | WORD_BIT
    )


def number_keys(run: str) -> tuple[int, ...]:
    """The keys of the numbers in one match of `numerals.RUNS`, marked so that they are no words."""
    return _kept_number_keys(run) if len(run) <= LONGEST else _number_keys(run)


def _number_keys(run: str) -> tuple[int, ...]:
    return tuple([word_key(f"#{value}") for value in of_run(run)])


_kept_number_keys = lru_cache(maxsize=KEPT_RUNS)(_number_keys)


class WordKeys(dict[str, int]):
    """Word to key; 0, which is no word's key, for punctuation and stop words."""

    def __init__(self, stop: frozenset[str]) -> None:
        super().__init__()
        self._stop = stop

    def __missing__(self, word: str) -> int:
        key = word_key(word) if word[0].isalnum() and word not in self._stop else 0
        if len(word) <= LONG:
            if len(self) >= KEPT:
                self.clear()
            self[word] = key
        return key
