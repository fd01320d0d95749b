"""The shipped encoder without torch: a text's vector is the unit mean of its words' vectors.

Reads sentence-transformers' own folder format (a `StaticEmbedding` module and a `Normalize` module);
`SentenceTransformer(folder)` gives the same vectors. Does not train and does not download.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings import fingerprints, folders, prompts
from embeddings.errors import ModelError
from embeddings.pieces import Ints, open_pieces

Floats = NDArray[np.float32]
CHUNK = 1024  # texts cut at once
ROWS = 512  # rows of the table that are turned into floats at once
LONGEST = 100_000  # characters read of one text; the mean of more than that says nothing new


def is_static(folder: Path) -> bool:
    """Whether the folder holds a static model that this module reads: one that has prompts is left to the library."""
    kinds = [folders.kind(row) for row in folders.modules(folder) or ()]
    return kinds in (["StaticEmbedding"], ["StaticEmbedding", "Normalize"]) and prompts.own(folder) is None


class StaticEncoder:
    """Questions and passages are encoded alike: a static model has no prompts."""

    portable = True  # a copy of it may work in another process

    def __init__(self, folder: Path) -> None:
        """Load `tokenizer.json` and `model.safetensors`; raises ModelError where they are no model."""
        from safetensors import safe_open

        rows_of = folders.modules(folder)
        folder = folder / rows_of[0]["path"] if rows_of else folder
        tokenizer, weights = folder / fingerprints.TOKENIZER, folder / fingerprints.WEIGHTS
        for path in (tokenizer, weights):
            if not path.is_file():
                raise ModelError(f"model folder {folder} lacks {path.name}: copy the whole folder again")
        try:
            self._fingerprint = fingerprints.static(folder)
            self._pieces = open_pieces(folder)
            with safe_open(str(weights), "np") as file:
                tensors = {name: file.get_tensor(name) for name in file.offset_keys()}
                leading = int((file.metadata() or {}).get(fingerprints.LEADING, 0))
        except Exception as error:  # the libraries raise their own bare Exception types
            raise ModelError(f"model folder {folder} is damaged ({error}): copy it again") from error
        rows = tensors.get("embeddings", tensors.get("embedding.weight"))
        if rows is None or rows.ndim != 2:
            raise ModelError(f"{weights} holds no embedding table: copy the model folder again")
        tokens = self._pieces.size
        if tokens > len(rows):
            raise ModelError(
                f"model folder {folder} is of two models ({tokens} tokens, {len(rows)} vectors): copy it again"
            )
        self._rows = rows
        self._weights: Floats = tensors.get("weights", np.ones(len(rows), np.float32))
        self._leading = leading

    @property
    def fingerprint(self) -> str:
        """Names the weights and the tokenizer."""
        return self._fingerprint

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._rows.shape[1])

    @property
    def leading(self) -> int | None:
        """How many of a vector's first numbers serve for it among very many texts; None where their order says nothing."""
        return self._leading if 0 < self._leading <= self.dimension else None

    @property
    def room(self) -> int | None:
        """Tokens of a text that are read: without limit."""
        return None

    def queries(self, texts: Sequence[str]) -> Floats:
        """Unit vectors, float32 (texts, dimension); a text without known characters gives zeros."""
        out = np.zeros((len(texts), self.dimension), np.float32)
        for begin in range(0, len(texts), CHUNK):
            out[begin : begin + CHUNK] = self.means(
                *self.entries([text[:LONGEST] for text in texts[begin : begin + CHUNK]])
            )
        return out

    def passages(self, texts: Sequence[str]) -> Floats:
        """As `queries`."""
        return self.queries(texts)

    def words(self, texts: Sequence[str]) -> tuple[Floats, NDArray[np.int64]]:
        """The vectors of all words of the texts, one after the other, as they are added up; how many each text has."""
        ids, lengths = self._pieces.entries([t[:LONGEST] for t in texts])
        return self._rows[ids].astype(np.float32, copy=False) * self._weights[ids, None], lengths

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text."""
        return [int(n) for n in self._pieces.entries(texts)[1]]

    @property
    def parted(self) -> bool:
        """Whether the tokens of some lines are those of each line, one after the other."""
        return self._pieces.parted

    def entries(self, texts: Sequence[str]) -> tuple[Ints, Ints]:
        """The tokens of all texts one after the other (tokens,), and how many each has (texts,)."""
        return self._pieces.entries(texts)

    def means(self, tokens: Ints, lengths: Ints) -> Floats:
        """The vectors of texts given as `entries` gives them: what `queries` makes of the texts."""
        out = np.zeros((len(lengths), self.dimension), np.float32)
        ends = np.cumsum(lengths)
        first = 0
        while first < len(lengths):  # a few texts at a time: their rows stay in the processor's cache
            begin = int(ends[first] - lengths[first])
            last = max(first + 1, int(ends.searchsorted(begin + ROWS, side="right")))
            own = tokens[begin : ends[last - 1]]
            rows, weights = self._rows.take(own, axis=0).astype(np.float32, copy=False), self._weights[own]
            at = 0
            for row, end in zip(out[first:last], (ends[first:last] - begin).tolist(), strict=True):
                np.matmul(weights[at:end], rows[at:end], out=row)
                at = end
            first = last
        norms = np.sqrt(np.add.reduce(out * out, axis=1, keepdims=True))
        np.divide(out, norms, out=out, where=norms > 0)
        return out
