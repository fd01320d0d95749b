"""Stage `mine`: for each hand-written question, passages that the vectors take for its answer and that are not.

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
from embeddings.train.sampler import span

Floats = NDArray[np.float32]
CHUNK = 512


def passage_means(text: bags.Passages, vectors: Floats) -> Floats:
    """Unit means of all passages, their titles left out, (passages, dimension)."""
    starts = text.sentences.starts[text.firsts]
    return means(bags.Bags(text.sentences.tokens, starts), vectors)


def nearest(questions: Floats, passages: Floats, answers: NDArray[np.int64], settings: Mine) -> NDArray[np.int32]:
    """(questions, kept) numbers of near passages, nearest first: not the answer, nor one as good as a copy of it."""
    out = np.zeros((len(questions), settings.kept), np.int32)
    for begin in range(0, len(questions), CHUNK):
        own = answers[begin : begin + CHUNK]
        scores = questions[begin : begin + CHUNK] @ passages.T
        found = np.argpartition(-scores, settings.depth, axis=1)[:, : settings.depth]
        for i, near in enumerate(found):
            near = near[np.argsort(-scores[i, near], kind="stable")]
            like = passages[near] @ passages[own[i]] if own[i] >= 0 else np.zeros(len(near))
            near = near[(near != own[i]) & (like < settings.copy)][settings.skip :]
            out[begin + i] = np.resize(near, settings.kept)
    return out


def run(work: Path, settings: Mine, start: str) -> None:
    """Write negatives.npy: row i are passages of text.npz for question i of questions.npz."""
    vectors = np.load(work / f"{start}.npy")
    text = bags.load_passages(work / "text.npz")
    questions = bags.load_pairs(work / "questions.npz")
    places = {
        span(text.sentences, text.firsts[i], text.firsts[i + 1]).tobytes(): i for i in range(len(text.firsts) - 1)
    }
    answers = np.array([places.get(questions.positives[i].tobytes(), -1) for i in range(len(questions.groups))])
    found = nearest(means(questions.queries, vectors), passage_means(text, vectors), answers, settings)
    np.save(work / "answers.npy", answers)
    np.save(work / "negatives.npy", found)  # last: it says that the stage is done
