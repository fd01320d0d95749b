"""Postings as bytes: the texts that hold a key as steps from one to the next, and how much it weighs in each.

A key's block is its steps, of 1, 2 or 4 bytes by how far apart its texts stand on average, then one byte a step with
the weight as a part of 255. A step of 0 goes on by the most a step can say and names no text.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.errors import BrokenIndex

Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Codes = NDArray[np.uint8]

WIDTHS = (1, 2, 4)
STEPS = {2: np.uint16, 4: np.uint32}
FARTHEST = {width: 2 ** (8 * width) - 1 for width in WIDTHS}  # the longest step of each width
WIDEST_MEAN = {1: 40, 2: 10_000}  # mean distance up to which a width costs least, skips counted
SCALE = 255


def widths(counts: Ints, size: int) -> Ints:
    """Bytes of a step for keys that stand in so many of `size` texts."""
    mean = size / np.maximum(1, counts)
    narrow = (mean <= WIDEST_MEAN[1]) | (size < FARTHEST[1])
    middle = (mean <= WIDEST_MEAN[2]) | (size < FARTHEST[2])
    return np.where(narrow, 1, np.where(middle, 2, 4)).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Posted:
    """Blocks one after the other: `blocks`, and the length of each in bytes."""

    blocks: Bytes
    lengths: Ints


def encode(documents: Ints, codes: Codes, counts: Ints, size: int) -> Posted:
    """Write the postings of some keys: key i has the next `counts[i]` of the ascending `documents` and of `codes`."""
    width = widths(counts, size)
    owners = np.repeat(np.arange(len(counts)), counts)
    steps = np.diff(documents, prepend=-1)
    firsts = np.cumsum(counts) - counts
    held = counts > 0
    steps[firsts[held]] = documents[firsts[held]] + 1
    farthest = np.array([0, FARTHEST[1], FARTHEST[2], 0, FARTHEST[4]])[width][owners]
    skips = (steps - 1) // farthest
    entries = counts + np.bincount(owners, skips, len(counts)).astype(np.int64)
    lengths = entries * (width + 1)
    at = np.cumsum(skips + 1) - 1  # the place of each posting among all entries
    values = np.zeros(int(entries.sum()), np.int64)
    values[at] = steps - skips * farthest
    weights = np.zeros(len(values), np.uint8)
    weights[at] = codes
    return Posted(laid_out(values, weights, entries, width, lengths), lengths)


def laid_out(values: Ints, weights: Codes, entries: Ints, width: Ints, lengths: Ints) -> Bytes:
    """Steps and weights as the bytes of their blocks."""
    out = np.zeros(int(lengths.sum()), np.uint8)
    begins = np.cumsum(lengths) - lengths
    within = np.arange(len(values)) - np.repeat(np.cumsum(entries) - entries, entries)
    wide = np.repeat(width, entries)
    base = np.repeat(begins, entries)
    out[base + np.repeat(entries * width, entries) + within] = weights
    for number in range(max(WIDTHS)):
        has = wide > number
        if not has.any():
            break
        out[(base + within * wide)[has] + number] = (values[has] >> (8 * number)) & 0xFF
    return out


def decode(block: Bytes, count: int, size: int) -> tuple[Ints, Codes]:
    """The texts and weights of one block; raises BrokenIndex where they are not `count` ascending ones of `size`."""
    width = int(widths(np.array([count]), size)[0])
    entries, odd = divmod(len(block), width + 1)
    steps = block[: entries * width].view(STEPS[width]) if width > 1 else block[:entries]
    weights: Codes = block[entries * width : entries * (width + 1)]
    if len(steps) == count:  # the usual case: nothing is skipped
        documents = np.cumsum(steps, dtype=np.int64) - 1
        sound = count == 0 or (documents[-1] < size and int(steps.min()) > 0)
    else:
        named = steps > 0
        documents = np.cumsum(np.where(named, steps, FARTHEST[width]), dtype=np.int64)[named] - 1
        weights = weights[named]
        sound = 0 < len(documents) == count and documents[-1] < size
    if odd or not sound:
        raise BrokenIndex("the word index is damaged: build it again with `qa index --rebuild`")
    return documents, weights
