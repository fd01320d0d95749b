"""A slow encoder that asks the cache first: what was embedded once, in whatever index, is not embedded again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.cache import VectorCache, key_of
from embeddings.transformer import TransformerEncoder

Floats = NDArray[np.float32]


class CachedEncoder:
    """Gives the vectors of `inner`; those of passages are kept, questions hardly ever come twice."""

    def __init__(self, inner: TransformerEncoder, cache: VectorCache | None) -> None:
        """Without a cache every text is encoded."""
        self.inner = inner
        self._cache = cache

    @property
    def fingerprint(self) -> str:
        """As the encoder's own."""
        return self.inner.fingerprint

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self.inner.dimension

    @property
    def room(self) -> int | None:
        """Tokens of a text that are read."""
        return self.inner.room

    def queries(self, texts: Sequence[str]) -> Floats:
        """Unit vectors, float32 (texts, dimension), or zeros."""
        return self.inner.queries(texts)

    def passages(self, texts: Sequence[str]) -> Floats:
        """Unit vectors, float32 (texts, dimension), or zeros; each distinct text is encoded at most once."""
        if self._cache is None:
            return self.inner.passages(texts)
        named = {text: key_of(self.fingerprint, text) for text in texts}
        known = self._cache.get(list(named.values()), self.dimension)
        lacking = [text for text, key in named.items() if key not in known]
        if lacking:
            made = dict(zip((named[t] for t in lacking), self.inner.passages(lacking), strict=True))
            self._cache.put(made)
            known |= made
        return np.stack([known[named[text]] for text in texts]) if texts else self.inner.passages(texts)

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text."""
        return self.inner.lengths(texts)
