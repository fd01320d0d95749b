"""Passages, as they come, to the files of a generation; memory does not grow with their number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np

from qa import lexicon, shelf, vectors, workers
from qa.inverting import Bucket, Inverter
from qa.lexicon import ViewWriter
from qa.manifest import ARTICLES, Dense
from qa.measuring import Measuring, Tokens
from qa.passages import Measure
from qa.preparing import Item, Lot, embedded, leading, portable, prepare
from qa.tokens import VIEWS, Segmenter
from qa.types import Encoder, Passage
from qa.vectors import VectorWriter

BATCH = 128 * shelf.TOGETHER  # passages embedded and cut into words at a time
SAMPLED = 256  # passages that questions are made from, to measure what an approximate index finds
EXCERPT = 14  # characters of such a question: as hard to find the nearest of as real ones, where 10 are harder and 30 too easy

MANY = 30_000_000  # keys of all views: fewer are inverted sooner than other processes start


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


def helpers(encoder: Encoder) -> int:
    """Processes that prepare passages: one a core where they embed too, for this one has little to do then."""
    return 0 if workers.cores() == 1 else workers.cores() - (not portable(encoder))


def batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """The items, so many at a time."""
    left = iter(items)
    while some := list(islice(left, BATCH)):
        yield some


def known(items: Sequence[Item], measure: Measure | None) -> Tokens | None:
    """The tokens of those that have no vector, where they were kept."""
    if not isinstance(measure, Measuring):
        return None
    return measure.known([passage.text for passage, vector in items if vector is None])


def write(
    generation: Path,
    scratch: Path,
    items: Iterable[Item],
    encoder: Encoder,
    segmenter: Segmenter,
    kind: vectors.Kind = "auto",
    measure: Measure | None = None,
    *,
    many: bool = False,
) -> tuple[int, Dense]:
    """Write everything of a generation but its manifest; returns the number of passages and how vectors are searched.

    `measure` is what the passages were measured with, where that keeps their tokens. `many` says that very many are to
    be expected.
    """
    articles, sample = Articles(generation), Sample()
    inverters = {view: Inverter(scratch, view) for view in VIEWS}
    away = encoder if portable(encoder) else None  # whether vectors are made elsewhere
    dense = VectorWriter(generation, scratch, encoder.dimension, kind, leading(encoder))
    with workers.Hands(helpers(encoder)) as hands, dense, shelf.Writer(generation) as passages:

        def lots() -> Iterator[Lot]:
            dictionary = b""
            for number, batch in enumerate(batches(items)):
                if number == 0 and len(batch) == BATCH:  # a smaller index would not save what the dictionary takes
                    dictionary = shelf.dictionary_of([passage for passage, _ in batch])
                    passages.dictionary(dictionary)
                if not away:
                    dense.add(embedded(encoder, batch))
                for passage, _ in batch:
                    sample.see(articles.passages, passage.text)
                    articles.see(passage)
                yield Lot(batch, dictionary, known(batch, measure) if away else None)

        work = partial(prepare, segmenter=segmenter, encoder=away)
        for done in hands.ordered(work, lots(), early=many):
            passages.add(done.blocks)
            if done.vectors is not None:
                dense.add(done.vectors)
            for view, (numbers, lengths) in done.views.items():
                inverters[view].add(numbers, lengths)
        articles.close()
        with ThreadPoolExecutor(1) as beside:  # FAISS and numpy count without holding Python up
            found = beside.submit(dense.finish, lambda: encoder.queries(sample.questions()))
            write_views(generation, inverters, hands)
            return articles.passages, found.result()


def write_views(generation: Path, inverters: Mapping[str, Inverter], hands: workers.Hands) -> None:
    """Write the postings of all views, range of keys after range, each inverted by whatever process is free."""
    buckets = [(view, bucket) for view, inverter in inverters.items() for bucket in inverter.buckets()]
    many = sum(len(inverter) for inverter in inverters.values()) > MANY
    away = hands.ordered if many else map
    made = away(Bucket.inverted, (bucket for _, bucket in buckets))
    with ExitStack() as stack:
        writers = {view: stack.enter_context(ViewWriter(generation, view)) for view in inverters}
        for (view, _), part in zip(buckets, made, strict=True):
            writers[view].add(part)
    for view, inverter in inverters.items():
        np.save(generation / lexicon.NORMS.format(view), inverter.norms())
        inverter.done()
