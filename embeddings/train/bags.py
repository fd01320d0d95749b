"""Texts as runs of token numbers: one flat array and where each text starts in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from embeddings.train import corpora

Ints = NDArray[np.int32]
SENTENCE = re.compile(r"[^。！？；!?;\n]+[。！？；!?;\n]*")
CHUNK = 4096


@dataclass(frozen=True)
class Bags:
    """`tokens` (n,) int32; text i is `tokens[starts[i]:starts[i + 1]]`."""

    tokens: Ints
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, i: int) -> Ints:
        return self.tokens[self.starts[i] : self.starts[i + 1]]


def encode(tokenizer: Tokenizer, texts: Iterable[str]) -> Bags:
    """Tokenise every text (unknown characters, entry 0, left out)."""
    runs: list[Ints] = []
    lengths: list[int] = []
    stream = iter(texts)
    while chunk := list(islice(stream, CHUNK)):
        for encoding in tokenizer.encode_batch_fast(chunk, add_special_tokens=False):
            ids = np.array(encoding.ids, dtype=np.int32)
            ids = ids[ids > 0]
            runs.append(ids)
            lengths.append(len(ids))
    starts = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
    return Bags(np.concatenate(runs) if runs else np.zeros(0, np.int32), starts)


@dataclass(frozen=True)
class Pairs:
    """Query i goes with positive i; rows of one `group` are never each other's negatives."""

    queries: Bags
    positives: Bags
    groups: NDArray[np.int64]
    weights: NDArray[np.float64]


@dataclass(frozen=True)
class Passages:
    """Running text: sentence j of passage i is sentence `firsts[i] + j`; a title may be empty."""

    titles: Bags
    sentences: Bags
    firsts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.firsts) - 1


def passages(tokenizer: Tokenizer, folder: Path) -> Passages:
    """All of `text.jsonl.gz`, sentence by sentence."""
    titles: list[str] = []
    firsts = [0]

    def sentences() -> Iterator[str]:
        n = 0
        for record in corpora.read(folder / "text.jsonl.gz"):
            titles.append(record["title"] or "")
            for match in SENTENCE.finditer(record["text"]):
                n += 1
                yield match.group()
            firsts.append(n)

    cut = encode(tokenizer, sentences())
    return Passages(encode(tokenizer, titles), cut, np.array(firsts, dtype=np.int64))


def pairs(tokenizer: Tokenizer, rows: Iterable[tuple[str, str, float]]) -> Pairs:
    """Pairs from (query, positive, weight) rows; equal positives share a group."""
    queries, positives, groups, weights = [], [], [], []
    number: dict[str, int] = {}
    for query, positive, weight in rows:
        queries.append(query)
        positives.append(positive)
        groups.append(number.setdefault(positive, len(number)))
        weights.append(weight)
    return Pairs(encode(tokenizer, queries), encode(tokenizer, positives), np.array(groups), np.array(weights))


def save(path: Path, **arrays: NDArray[np.generic]) -> None:
    """Write arrays beside the target and rename, so that a broken run leaves no half file."""
    part = path.with_suffix(".part.npz")
    np.savez(part, **arrays)  # type: ignore[arg-type]
    part.replace(path)


def save_vectors(path: Path, vectors: NDArray[np.float32]) -> None:
    """Write one array to a `.npy`, whole or not at all."""
    part = path.with_suffix(".part.npy")
    np.save(part, vectors)
    part.replace(path)


def save_pairs(path: Path, p: Pairs) -> None:
    """Write pairs to one `.npz`."""
    save(
        path,
        qt=p.queries.tokens,
        qs=p.queries.starts,
        pt=p.positives.tokens,
        ps=p.positives.starts,
        groups=p.groups,
        weights=p.weights,
    )


def load_pairs(path: Path) -> Pairs:
    """Read what `save_pairs` wrote."""
    with np.load(path) as f:
        return Pairs(Bags(f["qt"], f["qs"]), Bags(f["pt"], f["ps"]), f["groups"], f["weights"])


def save_passages(path: Path, p: Passages) -> None:
    """Write passages to one `.npz`."""
    save(path, tt=p.titles.tokens, ts=p.titles.starts, st=p.sentences.tokens, ss=p.sentences.starts, firsts=p.firsts)


def load_passages(path: Path) -> Passages:
    """Read what `save_passages` wrote."""
    with np.load(path) as f:
        return Passages(Bags(f["tt"], f["ts"]), Bags(f["st"], f["ss"]), f["firsts"])
