"""Passages, as they come, to the files of a generation; memory does not grow with their number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np

from qa import shelf, vectors, workers
from qa.arrays import ArrayWriter
from qa.inverting import Inverted, Inverter
from qa.manifest import Dense
from qa.tokens import VIEWS, Segmenter, flat_views
from qa.types import Encoder, Floats, Passage
from qa.vectors import VectorWriter

BATCH = 1024  # passages embedded and cut into words at a time
SAMPLED = 256  # passages that questions are made from, to measure what an approximate index finds
EXCERPT = 30  # characters of such a question

ARTICLES = "articles.npy"
ARRAYS: dict[str, type[np.generic]] = {
    "keys": np.uint64,
    "counts": np.int32,
    "starts": np.int64,
    "postings": np.uint8,
}
Item = tuple[Passage, Floats | None]  # a passage, and its vector where that is known


def searched_text(passage: Passage) -> str:
    """What the words of a passage are taken from: its article's titles in front."""
    return f"{passage.context}\n{passage.text}" if passage.context else passage.text


def embedded_text(passage: Passage) -> str:
    """What is embedded for a passage: its headline in front; kickers would only dilute the mean."""
    return f"{passage.headline}\n{passage.text}" if passage.context and passage.headline else passage.text


def embedded(encoder: Encoder, items: Sequence[Item]) -> Floats:
    """Vectors of the passages, float32 (passages, dimension); what is known is not embedded again."""
    out = np.zeros((len(items), encoder.dimension), np.float32)
    fresh = [row for row, (_, vector) in enumerate(items) if vector is None]
    if fresh:
        out[fresh] = encoder.passages([embedded_text(items[row][0]) for row in fresh])
    for row, (_, vector) in enumerate(items):
        if vector is not None:
            out[row] = vector
    return out


@dataclass
class Sample:
    """Pieces of some passages, evenly spread over all of them, to ask an index with."""

    every: int = 1
    taken: list[tuple[int, str]] = field(default_factory=list)

    def see(self, number: int, text: str) -> None:
        """Look at the next passage."""
        if number % self.every == 0:
            middle = max(0, (len(text) - EXCERPT) // 2)
            self.taken.append((number, text[middle : middle + EXCERPT]))
        if len(self.taken) > SAMPLED:
            self.every *= 2
            self.taken = [one for one in self.taken if one[0] % self.every == 0]

    def questions(self) -> list[str]:
        """The pieces."""
        return [text for _, text in self.taken]


class Articles:
    """Notes the number of each article's first passage, and in the end that of all passages."""

    def __init__(self, generation: Path) -> None:
        self._path = generation / ARTICLES
        self._starts: list[int] = []
        self._last: tuple[str, str, int] | None = None
        self.passages = 0

    def see(self, passage: Passage) -> None:
        """Look at the next passage."""
        here = (passage.path, passage.document, passage.article)
        if here != self._last:
            self._starts.append(self.passages)
            self._last = here
        self.passages += 1

    def close(self) -> None:
        """Write the numbers."""
        np.save(self._path, np.array([*self._starts, self.passages], dtype=np.int64))


def helpers() -> int:
    """Processes that cut words, while this one reads, embeds and gathers: none where there is one core for all."""
    return workers.cores() - 1


def batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """The items, so many at a time."""
    left = iter(items)
    while some := list(islice(left, BATCH)):
        yield some


def write(
    generation: Path,
    scratch: Path,
    items: Iterable[Item],
    encoder: Encoder,
    segmenter: Segmenter,
    kind: vectors.Kind = "auto",
) -> tuple[int, Dense]:
    """Write everything of a generation but its manifest; returns the number of passages and how vectors are searched."""
    articles, sample = Articles(generation), Sample()
    inverters = {view: Inverter(scratch, view) for view in VIEWS}
    dense = VectorWriter(generation, scratch, encoder.dimension, kind)
    with dense, shelf.Writer(generation) as passages:

        def texts() -> Iterator[list[str]]:
            for batch in batches(items):
                dense.add(embedded(encoder, batch))
                for passage, _ in batch:
                    sample.see(articles.passages, passage.text)
                    articles.see(passage)
                    passages.add(passage)
                yield [searched_text(passage) for passage, _ in batch]

        for views in workers.ordered(partial(flat_views, segmenter=segmenter), texts(), helpers()):
            for view, (keys, lengths) in views.items():
                inverters[view].add(keys, lengths)
        found = dense.finish(lambda: encoder.queries(sample.questions()))
    articles.close()
    for view in VIEWS:
        write_view(generation, view, inverters.pop(view).parts())
    return articles.passages, found


def write_view(generation: Path, view: str, parts: Iterable[Inverted]) -> None:
    """Write the postings of a view, range of keys after range."""
    with ExitStack() as stack:
        writers = {name: ArrayWriter(generation / f"{view}.{name}.npy", kind) for name, kind in ARRAYS.items()}
        for writer in writers.values():
            stack.callback(writer.close)
        end = 0
        writers["starts"].add(np.zeros(1, np.int64))
        for part in parts:
            writers["keys"].add(part.keys)
            writers["counts"].add(part.counts)
            writers["starts"].add(part.starts[1:] + end)
            writers["postings"].add(part.postings)
            end += len(part.postings)
