"""Lexical views of a text: jieba words, characters and character bigrams, as keys of 43 bits.

A key is a number computed from the token alone, so an index needs no dictionary of strings: a
character is its code point, a bigram two of them side by side, a word a hash with its top bit set.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import cast

import numpy as np
from numpy.typing import NDArray

from qa.numerals import CLAUSE, CLAUSE_BEGUN, RUNS, placed_clauses
from qa.text import fold
from qa.wordkeys import CODE_BITS, WORD_BIT, clause_key, number_keys, word_key, word_keys
from qa.wordlists import entries, listed

Keys = NDArray[np.uint64]
Counts = NDArray[np.int64]
Places = NDArray[np.int64]
Codes = NDArray[np.uint32]
Cut = Callable[[str], Iterable[str]]
FIRST_PAIR, FIRST_WORD = np.uint64(1 << CODE_BITS), np.uint64(WORD_BIT)  # characters' keys are smaller, words' larger
VIEWS = ("words", "characters", "bigrams")
LETTER, NOT_ASKED = 1, 2
_LETTERS = np.full(
    0x10000, NOT_ASKED, np.uint8
)  # which code points of the basic plane are letters or digits, as they are met
SEGMENTER = "rjieba"  # jieba's dictionary and algorithm in Rust: loads in a sixth of the time, cuts 17 times as fast
SEGMENTERS = (SEGMENTER, "jieba")


@dataclass(frozen=True, slots=True)
class Segmenter:
    """What cuts words: rjieba or jieba, by `name`; the texts of a user dictionary (for jieba) and of stop words."""

    name: str = SEGMENTER
    dictionary: str = ""
    stop_words: str = ""


PLAIN = Segmenter()


@lru_cache(maxsize=4)
def cutting(segmenter: Segmenter) -> Cut:
    """The function that cuts a text into words: rjieba's, or jieba's own, with the user's words in a copy of its own."""
    if segmenter.name == "jieba":
        import jieba

        jieba.setLogLevel(60)
        if not segmenter.dictionary:
            return cast("Cut", jieba.cut)
        own = jieba.Tokenizer()
        for word, frequency in entries(segmenter.dictionary):
            own.add_word(word, frequency)
        return cast("Cut", own.cut)
    import rjieba

    return cast("Cut", rjieba.cut)


@lru_cache(maxsize=4)
def left_out(segmenter: Segmenter) -> frozenset[str]:
    """The words that are not searched."""
    return listed(segmenter.stop_words) if segmenter.stop_words else frozenset()


@lru_cache(maxsize=4)
def left_out_keys(segmenter: Segmenter) -> Keys:
    """The keys of the words that are not searched."""
    return np.array(sorted(map(word_key, left_out(segmenter))), dtype=np.uint64)


def words(folded: str, segmenter: Segmenter = PLAIN) -> list[str]:
    """The words of a folded text, in order, punctuation left out."""
    return [word for word, _ in words_at(folded, segmenter)]


def words_at(folded: str, segmenter: Segmenter = PLAIN) -> list[tuple[str, int]]:
    """The words of a folded text with the character that each begins at, punctuation and stop words left out."""
    stop = left_out(segmenter)
    out, at = [], 0
    for word in cutting(segmenter)(folded):
        if word[0].isalnum() and word not in stop:
            out.append((word, at))
        at += len(word)
    return out


def letter_codes(folded: str) -> tuple[Codes, NDArray[np.bool_]]:
    """The code points and which of them are letters or digits (beyond the basic plane: from U+20000)."""
    codes = np.frombuffer(folded.encode("utf-32-le", errors="surrogatepass"), dtype=np.uint32)
    letters = low_letters(codes)
    beyond = codes > 0xFFFF
    if beyond.any():
        letters[beyond] = codes[beyond] >= 0x20000
    return codes, letters


def low_letters(codes: Codes) -> NDArray[np.bool_]:
    """Which code points of the basic plane are letters or digits; of one beyond it this says nothing."""
    low = np.minimum(codes, 0xFFFF)
    found = _LETTERS[low]
    if (found == NOT_ASKED).any():
        for code in set(low[found == NOT_ASKED].tolist()):
            _LETTERS[code] = chr(code).isalnum()
        found = _LETTERS[low]
    return np.asarray(found == LETTER)


def views(text: str, segmenter: Segmenter = PLAIN) -> dict[str, Keys]:
    """The keys of each view, with repetitions; words are cut by the segmenter."""
    return {view: keys for view, (keys, _) in placed(fold(text), segmenter).items()}


def placed(folded: str, segmenter: Segmenter = PLAIN, *, asked: bool = False) -> dict[str, tuple[Keys, Places]]:
    """The keys of each view of a folded text, and the character that each begins at (numbers: 0).

    A text holds the clauses that begin in it, one that is `asked` those that it names.
    """
    codes, letters = letter_codes(folded)
    wide = codes.astype(np.uint64)
    pairs = letters[:-1] & letters[1:]
    found, places = cut_keys(folded, codes, segmenter)
    counted = [(0, key) for key in numbers(folded)] + clause_keys(folded, CLAUSE if asked else CLAUSE_BEGUN)
    at, keys = np.array([at for at, _ in counted], np.int64), np.array([key for _, key in counted], np.uint64)
    return {
        "words": (np.concatenate([found, keys]), np.concatenate([places, at])),
        "characters": (wide[letters], np.flatnonzero(letters)),
        "bigrams": (((wide[:-1] << np.uint64(CODE_BITS)) | wide[1:])[pairs], np.flatnonzero(pairs)),
    }


def cut_keys(folded: str, codes: Codes, segmenter: Segmenter) -> tuple[Keys, Places]:
    """The keys of the words of a folded text, and the character that each begins at; punctuation and stop words left out."""
    cut = list(cutting(segmenter)(folded))
    begins = np.zeros(len(cut) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, cut), np.int64, len(cut)), out=begins[1:])
    first = codes[begins[:-1]]
    kept = low_letters(first)
    for rare in np.flatnonzero(first > 0xFFFF).tolist():
        kept[rare] = chr(first[rare]).isalnum()
    keys = word_keys(codes, begins)
    if len(stop := left_out_keys(segmenter)):
        kept &= ~np.isin(keys, stop)
    return keys[kept], begins[:-1][kept]


def clause_keys(folded: str, pattern: re.Pattern[str]) -> list[tuple[int, int]]:
    """`placed_clauses` with keys."""
    return [(at, clause_key(name)) for at, name in placed_clauses(folded, pattern)]


def numbers(folded: str) -> list[int]:
    """The keys of the numbers of a folded text."""
    return [key for run in RUNS.findall(folded) for key in number_keys[run]]


def flat_views(texts: Sequence[str], segmenter: Segmenter = PLAIN) -> dict[str, tuple[Keys, Counts]]:
    """`views` of many texts, one after the other: the keys of each view, and how many of them each text has."""
    return flat([fold(text) for text in texts], segmenter)


def flat(folded: Sequence[str], segmenter: Segmenter = PLAIN) -> dict[str, tuple[Keys, Counts]]:
    """`flat_views` of folded texts.

    They are looked at as one: no word, number or pair of letters goes over the line end that is put behind each.
    """
    if not folded:
        return {view: (np.zeros(0, np.uint64), np.zeros(0, np.int64)) for view in VIEWS}
    joined = "\n".join([*folded, ""])
    starts = begins_of(folded) + np.arange(len(folded))
    codes, letters = letter_codes(joined)
    pairs = letters.copy()
    pairs[:-1] &= letters[1:]
    first = np.flatnonzero(pairs)
    return {
        "words": _flat_words(joined, codes, starts, segmenter),
        "characters": (codes[letters].astype(np.uint64), np.add.reduceat(letters, starts, dtype=np.int64)),
        "bigrams": (
            (codes[first].astype(np.uint64) << np.uint64(CODE_BITS)) | codes[first + 1],
            np.add.reduceat(pairs, starts, dtype=np.int64),
        ),
    }


def begins_of(pieces: Sequence[str]) -> Places:
    """Where each piece begins in all of them joined."""
    lengths = np.fromiter(map(len, pieces), np.int64, len(pieces))
    return np.cumsum(lengths) - lengths


def _flat_words(joined: str, codes: Codes, starts: Places, segmenter: Segmenter) -> tuple[Keys, Counts]:
    """The words of each text, which begin at `starts`, and behind them its numbers and the clauses that it begins."""
    keys, places = cut_keys(joined, codes, segmenter)
    counts = np.diff(np.searchsorted(places, starts), append=len(places)).astype(np.int64)
    pieces = RUNS.split(joined)  # what is no number, a run, what is none, ...
    found = list(map(number_keys.__getitem__, pieces[1::2]))
    times = np.fromiter(map(len, found), np.int64, len(found))
    owners = np.repeat(np.searchsorted(starts, begins_of(pieces)[1::2], side="right") - 1, times)
    counted = np.fromiter(chain.from_iterable(found), np.uint64, len(owners))
    if begun := clause_keys(joined, CLAUSE_BEGUN):
        at, own = zip(*begun, strict=True)
        owners = np.concatenate([owners, np.searchsorted(starts, at, side="right") - 1])
        counted = np.concatenate([counted, np.array(own, np.uint64)])
        order = owners.argsort(kind="stable")
        owners, counted = owners[order], counted[order]
    words = np.insert(keys, np.cumsum(counts)[owners], counted)
    return words, counts + np.bincount(owners, minlength=len(starts))


def view_lists(texts: Sequence[str], segmenter: Segmenter = PLAIN) -> dict[str, list[Keys]]:
    """`views` of many texts, view by view, text by text."""
    found = flat_views(texts, segmenter)
    return {view: np.split(keys, np.cumsum(counts)[:-1]) if texts else [] for view, (keys, counts) in found.items()}
