"""Texts to the entries of a static model's table, by whichever of two programs reads its tokenizer faster.

`sentencepiece.model` is the tokenizer of `tokenizer.json` once more, for the library of that name, which cuts a text
more than ten times as fast and loads in half the time; a folder without it is read by `tokenizers`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings.fingerprints import PIECES, TOKENIZER

Ints = NDArray[np.int64]
FEW, SOME, MANY = (
    4,
    64,
    512,
)  # texts up to which waking the threads of `tokenizers`, one or all of `sentencepiece`'s, costs more than it gains
REMEMBERED, SHORT = 4096, 200  # texts whose entries are remembered, of so many characters at most
UNKNOWN = 0  # the entry of what sentencepiece does not know, punctuation too


class Pieces(Protocol):
    """What cuts texts."""

    @property
    def size(self) -> int:
        """Number of entries."""
        ...

    @property
    def parted(self) -> bool:
        """Whether a line's entries are the same whatever stands in the lines before and after it."""
        ...

    def entries(self, texts: Sequence[str]) -> tuple[Ints, Ints]:
        """The entries of all texts one after the other (tokens,), and how many each text has (texts,)."""
        ...


def open_pieces(folder: Path) -> Pieces:
    """The folder's tokenizer; raises whatever the two libraries raise for a damaged file."""
    model = folder / PIECES
    return SentencePieces(model) if model.is_file() else JsonPieces(folder / TOKENIZER)


class SentencePieces:
    """Read by `sentencepiece`. Unknown characters and punctuation are left out: their row in a table is zero."""

    def __init__(self, path: Path) -> None:
        from sentencepiece import SentencePieceProcessor

        self._processor: Any = SentencePieceProcessor(model_proto=path.read_bytes())
        self._known: dict[str, list[int]] = {}

    def _few(self, text: str) -> list[int]:
        """The entries of one of few texts: sentences and words of questions come again."""
        found = self._known.get(text)
        if found is None:
            found = list(self._processor.encode(text))
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            if len(text) <= SHORT:
                self._known[text] = found
        return found

    @property
    def size(self) -> int:
        """Number of entries."""
        return int(self._processor.get_piece_size())

    @property
    def parted(self) -> bool:
        """Whether a line's entries are the same whatever stands in the lines before and after it."""
        return list(self._processor.encode("一\n一")) == [
            *self._processor.encode("一"),
            UNKNOWN,
            *self._processor.encode("一"),
        ]

    def entries(self, texts: Sequence[str]) -> tuple[Ints, Ints]:
        """As `Pieces` says."""
        plain = characters_of(texts)
        # A batch starts its threads anew each time: more than a question's work, little beside a thousand passages'.
        if len(plain) > SOME:
            found = self._processor.encode(plain, num_threads=-1 if len(plain) > MANY else 1, return_type="numpy")
            flat = np.concatenate(found).astype(np.int64)
            lengths = np.fromiter(map(len, found), np.int64, len(found))
        else:
            flat, lengths = flattened([self._few(text) for text in plain])
        known = flat != UNKNOWN
        if known.all():
            return flat, lengths
        before = np.concatenate([[0], np.cumsum(known)])
        ends = np.concatenate([[0], np.cumsum(lengths)])
        return flat[known], np.diff(before[ends])


def characters_of(texts: Sequence[str]) -> list[str]:
    """The texts without halves of surrogate pairs, which are no characters; only a broken JSON escape makes one."""
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        return [text.encode("utf-8", "replace").decode() for text in texts]
    return list(texts)


class JsonPieces:
    """Read by `tokenizers`."""

    def __init__(self, path: Path) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(path))

    @property
    def size(self) -> int:
        """Number of entries."""
        return int(self._tokenizer.get_vocab_size())

    @property
    def parted(self) -> bool:
        """Not known of this one."""
        return False

    def entries(self, texts: Sequence[str]) -> tuple[Ints, Ints]:
        """As `Pieces` says."""
        if len(texts) > FEW:
            found = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        else:
            found = [self._tokenizer.encode(text, add_special_tokens=False) for text in texts]
        return flattened([encoding.ids for encoding in found])


def flattened(found: Sequence[Sequence[int]]) -> tuple[Ints, Ints]:
    """Lists one after the other, and their lengths."""
    lengths = np.fromiter(map(len, found), np.int64, len(found))
    return np.fromiter(chain.from_iterable(found), np.int64, int(lengths.sum())), lengths
