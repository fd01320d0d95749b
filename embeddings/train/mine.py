"""Stage `mine`: for questions and pairs, passages that the vectors take for the answer and that are not.

A random passage of a batch is told apart at a glance; one on the same subject is not (hard negatives,
Xiong and others, 2021, "ANCE"). The very nearest are left out, since some of them answer as well.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.train import bags
from embeddings.train.config import Mine
from embeddings.train.evaluate import means
from embeddings.train.sampler import MINED, negatives, span

Floats = NDArray[np.float32]
CHUNK = 512


def passage_means(text: bags.Passages, vectors: Floats) -> Floats:
    """Unit means of all passages, their titles left out, (passages, dimension)."""
    starts = text.sentences.starts[text.firsts]
    return means(bags.Bags(text.sentences.tokens, starts), vectors)


def kept(scores: Floats, passages: Floats, answers: Floats, settings: Mine) -> NDArray[np.int32]:
    """(questions, kept) numbers of the passages with the highest `scores` (questions, passages), highest first: none as good as a copy of the answer."""
    out = np.zeros((len(scores), settings.kept), np.int32)
    found = np.argpartition(-scores, settings.depth, axis=1)[:, : settings.depth]
    for i, near in enumerate(found):
        near = near[np.argsort(-scores[i, near], kind="stable")]
        near = near[passages[near] @ answers[i] < settings.copy][settings.skip :]
        out[i] = np.resize(near, settings.kept) if len(near) else 0
    return out


def nearest(questions: Floats, answers: Floats, passages: Floats, settings: Mine) -> NDArray[np.int32]:
    """(questions, kept) numbers of near passages, nearest first."""
    found = [
        kept(questions[begin : begin + CHUNK] @ passages.T, passages, answers[begin : begin + CHUNK], settings)
        for begin in range(0, len(questions), CHUNK)
    ]
    return np.concatenate(found)


def minable(kind: str, p: bags.Pairs, least: int) -> NDArray[np.int64]:
    """Rows whose positive is a passage, not a phrase; of the pairs those of full weight."""
    long = np.diff(p.positives.starts) >= least
    return np.flatnonzero(long if kind == "questions" else long & (p.weights >= 1))


def places(text: bags.Passages, p: bags.Pairs) -> NDArray[np.int64]:
    """Which passage of the text each positive is, -1 for another text."""
    numbers = {span(text.sentences, text.firsts[i], text.firsts[i + 1]).tobytes(): i for i in range(len(text))}
    return np.array([numbers.get(p.positives[i].tobytes(), -1) for i in range(len(p.groups))])


def run(work: Path, settings: Mine, start: str, name: str) -> None:
    """Write the negatives of step `name`: for rows of questions.npz and of pairs.npz passages of text.npz, and where all positives stand in it."""
    vectors = np.load(work / f"{start}.npy")
    text = bags.load_passages(work / "text.npz")
    found = passage_means(text, vectors)
    for kind in MINED:
        p = bags.load_pairs(work / f"{kind}.npz")
        rows = np.random.default_rng(0).permutation(minable(kind, p, settings.least))[: settings.rows]
        queries, answers = means(p.queries, vectors)[rows], means(p.positives, vectors)[rows]
        near = nearest(queries, answers, found, settings)
        bags.save(work / negatives(kind, name), rows=rows, passages=near, answers=places(text, p))
