"""Hard negatives by BM25 over the tokenizer's own entries, for a trial beside those by the vectors.

The same rows of questions and pairs as the step whose negatives they stand in for, and the same rules of choice:
`embeddings.train.mine.kept`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from embeddings.train import bags, config, mine
from embeddings.train.bags import Bags
from embeddings.train.evaluate import means
from embeddings.train.sampler import MINED, negatives

Floats = NDArray[np.float32]
K1, B = 1.5, 0.75
CHUNK = 128  # questions whose scores for all passages are held at once


def counts(texts: Bags, entries: int) -> csr_matrix:
    """(texts, entries): how often each entry stands in each text."""
    held = csr_matrix(
        (np.ones(len(texts.tokens), np.float32), texts.tokens, texts.starts), shape=(len(texts), entries), copy=True
    )
    held.sum_duplicates()
    return held


def weighted(texts: Bags, entries: int) -> csr_matrix:
    """(entries, texts): what each entry adds to the score of each text."""
    held = counts(texts, entries)
    lengths = np.asarray(held.sum(axis=1)).ravel()
    among = np.bincount(held.indices, minlength=entries)
    rarity = np.log1p((len(texts) - among + 0.5) / (among + 0.5)).astype(np.float32)
    share = (K1 * (1 - B + B * lengths / lengths.mean())).astype(np.float32)
    own = np.repeat(share, np.diff(held.indptr))
    held.data = rarity[held.indices] * held.data * np.float32(K1 + 1) / (held.data + own)
    return held.T.tocsr()


def by_words(
    queries: Bags, index: csr_matrix, answers: Floats, passages: Floats, settings: config.Mine
) -> NDArray[np.int32]:
    """(questions, kept) numbers of the passages that BM25 takes for the answer, best first."""
    asked = counts(queries, index.shape[0])
    asked.data[:] = 1
    found = [
        mine.kept((asked[begin : begin + CHUNK] @ index).toarray(), passages, answers[begin : begin + CHUNK], settings)
        for begin in range(0, len(queries), CHUNK)
    ]
    return np.concatenate(found)


def picked(texts: Bags, rows: NDArray[np.int64]) -> Bags:
    """Some of the texts."""
    runs = [texts[row] for row in rows]
    return Bags(np.concatenate(runs), np.concatenate([[0], np.cumsum([len(run) for run in runs])]))


def write(work: Path, target: Path, vectors: Floats, settings: config.Mine, mined: str, share: float) -> None:
    """Write the negatives of the step `mined` anew, of each row `share` of them by BM25 and the rest as they are."""
    text = bags.load_passages(work / "text.npz")
    passages = mine.passage_means(text, vectors)
    index = weighted(Bags(text.sentences.tokens, text.sentences.starts[text.firsts]), len(vectors))
    for kind in MINED:
        pairs = bags.load_pairs(work / f"{kind}.npz")
        with np.load(work / negatives(kind, mined)) as held:
            arrays = dict(held)
        own = picked(pairs.queries, arrays["rows"])
        answers = means(picked(pairs.positives, arrays["rows"]), vectors)
        lexical = round(settings.kept * share)
        found = by_words(own, index, answers, passages, replace(settings, kept=lexical))
        arrays["passages"] = np.concatenate([found, arrays["passages"][:, : settings.kept - lexical]], axis=1)
        bags.save(target / negatives(kind, mined), **arrays)
