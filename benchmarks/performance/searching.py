"""The bare search of the two libraries that others build on, over the same vectors and the same tokens; and how many of
the ten nearest passages the index's own dense search finds.

    python -m benchmarks.performance.searching INDEX QUESTIONS

FAISS: one query after the other in a flat index of inner products. bm25s: its scoring and selection over its own matrix,
of all three views of a text up to 200,000 passages, of the words alone above. Both give a hundred. Prints JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa import models, preparing, tokens
from qa.model_options import USUAL
from qa.questions import read
from qa.service import existing
from qa.store import Index
from qa.types import Encoder, Floats

DEPTH = 100
RECALL = 10
BATCH = 4096  # texts in memory at once
ALL_VIEWS = 200_000  # passages up to which bm25s gets every view
NEAR = 1e-5  # two cosines that are one
WARM = 5

Keys = NDArray[np.uint64]


def texts(index: Index, form: Callable[[Any], str]) -> Iterator[list[str]]:
    """The texts of all passages, in batches."""
    numbers = iter(range(len(index)))
    while batch := list(islice(numbers, BATCH)):
        yield [form(index.passages[n]) for n in batch]


def timed(search: Callable[[Any], object], queries: Sequence[Any]) -> list[float]:
    """Seconds of each query, after a few that do not count."""
    spent = []
    for query in [*queries[:WARM], *queries]:
        began = time.perf_counter()
        search(query)
        spent.append(time.perf_counter() - began)
    return spent[min(WARM, len(queries)) :]


def flat(index: Index, encoder: Encoder) -> Any:
    """FAISS's exact index of the passages' vectors, encoded anew."""
    import faiss

    made = faiss.IndexFlatIP(encoder.dimension)
    for batch in texts(index, preparing.embedded_text):
        made.add(encoder.passages(batch))
    return made


def nearest(exact: Any, vector: Floats) -> None:
    """Search as deep as the product does."""
    exact.search(vector[None, :], min(DEPTH, exact.ntotal))


def recall(index: Index, exact: Any, vectors: Floats) -> float:
    """The share of the ten nearest that the index's dense search gives; equally near ones are as good."""
    shares = []
    for vector in vectors:
        scores, _ = exact.search(vector[None, :], RECALL)
        numbers, _ = index.dense.search(vector[: index.dense.dimension], RECALL)
        found = [float(exact.reconstruct(int(n)) @ vector) for n in numbers]
        shares.append(sum(score >= scores[0][-1] - NEAR for score in found) / max(1, min(RECALL, len(index))))
    return float(np.mean(shares))


def matrix(lists: Sequence[Keys], size: int) -> tuple[Any, Keys]:
    """bm25s over texts given as keys: its index and the vocabulary, whose places are its token numbers."""
    import bm25s

    lengths = np.array([len(keys) for keys in lists])
    vocabulary, numbers = np.unique(np.concatenate(lists), return_inverse=True)
    owners = np.repeat(np.arange(size), lengths)
    pairs, counts = np.unique(numbers.astype(np.int64) * size + owners, return_counts=True)
    columns, rows = pairs // size, pairs % size
    frequency = np.bincount(columns, minlength=len(vocabulary))
    idf = np.log(1 + (size - frequency + 0.5) / (frequency + 0.5))
    norms = 1.5 * (0.25 + 0.75 * lengths / max(1.0, float(lengths.mean())))
    scores = (idf[columns] * counts / (counts + norms[rows])).astype(np.float32)
    made = bm25s.BM25()
    starts = np.concatenate([[0], np.cumsum(frequency)])
    made.nonoccurrence_array = None  # what its own loading sets for this kind of scores
    made.scores = {"data": scores, "indices": rows.astype(np.int32), "indptr": starts, "num_docs": size}
    return made, vocabulary


def lexical(index: Index, questions: Sequence[str], views: Sequence[str]) -> list[float]:
    """Seconds of each question in bm25s, the views one after the other; cutting the words is not counted."""
    from bm25s import selection

    cut = index.segmenter
    per_view: dict[str, list[Keys]] = {view: [] for view in views}
    for batch in texts(index, preparing.searched_text):
        found = tokens.view_lists(batch, cut)
        for view in views:
            per_view[view].extend(found[view])
    total = np.zeros(len(questions))
    for view in views:
        made, vocabulary = matrix(per_view.pop(view), len(index))
        asked = [tokens.views(question, cut)[view] for question in questions]
        numbers = [np.searchsorted(vocabulary, keys[np.isin(keys, vocabulary)]) for keys in asked]

        def search(query: Any, made: Any = made) -> None:
            selection.topk(made.get_scores_from_ids(query), k=min(DEPTH, len(index)), backend="numpy", sorted=True)

        total += timed(search, numbers)
    return [float(seconds) for seconds in total]


def main() -> None:
    """Search with both."""
    index = existing(Path(sys.argv[1]))
    questions = [question.text for question in read(sys.argv[2])]
    encoder = models.load(models.choose(None, USUAL, index.manifest))
    vectors = encoder.queries(questions)
    exact = flat(index, encoder)
    dense = timed(partial(nearest, exact), list(vectors))
    share = recall(index, exact, vectors)
    del exact  # the other library gets the memory
    views = tokens.VIEWS if len(index) <= ALL_VIEWS else tokens.VIEWS[:1]
    print(json.dumps({"faiss": dense, "bm25s": lexical(index, questions, views), "views": views, "recall": share}))


if __name__ == "__main__":
    main()
