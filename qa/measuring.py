"""How many tokens texts have; what was cut to know it is kept a while, so that embedding need not cut again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.passages import Measure
from qa.types import Encoder, Parting

Ints = NDArray[np.int64]
KEPT = 8192  # texts: those of the passages on their way, and more
LONG = 10_000  # characters of a text whose tokens are not kept


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of some texts one after the other, and how many each has, -1 where they are not known."""

    tokens: NDArray[np.int32]
    lengths: NDArray[np.int32]

    def each(self) -> list[Ints | None]:
        """The tokens of each text."""
        ends = np.cumsum(np.maximum(self.lengths, 0)).tolist()
        every = self.tokens.astype(np.int64)
        return [every[end - n : end] if n >= 0 else None for end, n in zip(ends, self.lengths.tolist(), strict=True)]


class Measuring:
    """Measures with an encoder whose tokens of some lines are those of each line."""

    def __init__(self, encoder: Parting) -> None:
        self._encoder = encoder
        self._kept: OrderedDict[str, NDArray[np.int32]] = OrderedDict()

    def __call__(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text."""
        tokens, lengths = self._encoder.entries(texts)
        narrow, ends = tokens.astype(np.int32), np.cumsum(lengths).tolist()
        for text, begin, end in zip(texts, [0, *ends], ends, strict=False):
            if len(text) <= LONG:
                self._kept[text] = narrow[begin:end]
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return [int(n) for n in lengths]

    def known(self, texts: Sequence[str]) -> Tokens:
        """The tokens of those texts that were measured lately."""
        found = [self._kept.pop(text, None) for text in texts]
        lengths = [-1 if tokens is None else len(tokens) for tokens in found]
        held = [tokens for tokens in found if tokens is not None]
        return Tokens(np.concatenate([np.zeros(0, np.int32), *held]), np.array(lengths, np.int32))


def measure_of(encoder: Encoder) -> Measure:
    """What measures texts for an encoder."""
    return Measuring(encoder) if isinstance(encoder, Parting) and encoder.parted else encoder.lengths
