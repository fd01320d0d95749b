"""Stages `contrast` and `finish`: in-batch softmax over cosine similarities (InfoNCE).

Written out rather than run through sentence-transformers' trainer: texts come already tokenised, a
batch touches some 40,000 of the entries, and only their rows are read, differentiated and updated
(Adam with lazy rows, as torch's SparseAdam). On two cores this is several times faster.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from embeddings.train.bags import Ints
from embeddings.train.config import Contrast
from embeddings.train.sampler import Batch, Sampler

warnings.filterwarnings("ignore", message="Sparse (CSR tensor support|invariant checks)")
BETAS = (0.9, 0.999)
EPSILON = 1e-8


def mean_matrix(runs: list[Ints]) -> tuple[NDArray[np.int64], torch.Tensor, torch.Tensor]:
    """The distinct tokens of the runs, and the sparse matrix that takes their vectors to means.

    Returns (used (u,), matrix (runs, u), its transpose).
    """
    lengths = np.array([len(r) for r in runs])
    used, columns = np.unique(np.concatenate(runs).astype(np.int64), return_inverse=True)
    rows = np.repeat(np.arange(len(runs)), lengths)
    values = np.repeat((1.0 / lengths).astype(np.float32), lengths)
    size = (len(runs), len(used))
    indices = torch.from_numpy(np.stack([rows, columns.astype(np.int64)]))
    matrix = torch.sparse_coo_tensor(indices, torch.from_numpy(values), size).coalesce()
    return used, matrix.to_sparse_csr(), matrix.t().coalesce().to_sparse_csr()


def loss_of(means: torch.Tensor, groups: NDArray[np.int64], temperature: float) -> torch.Tensor:
    """Cross entropy of each query against all passages of the batch; rows: queries, then passages.

    `groups` has one number a passage, the queries' own first.
    """
    unit = torch.nn.functional.normalize(means, dim=1)
    n = len(means) - len(groups)
    scores = unit[:n] @ unit[n:].T / temperature
    group = torch.from_numpy(groups)
    same = group[:n, None] == group[None, :]
    same.fill_diagonal_(False)
    return torch.nn.functional.cross_entropy(scores.masked_fill(same, -1e9), torch.arange(n))


class Rows:
    """The vectors with their Adam moments; a step reads and writes the used rows alone."""

    def __init__(self, vectors: NDArray[np.float32]) -> None:
        self.vectors = torch.from_numpy(vectors.copy())
        self.first = torch.zeros_like(self.vectors)
        self.second = torch.zeros_like(self.vectors)
        self.steps = 0

    def step(self, used: torch.Tensor, gradient: torch.Tensor, rate: float) -> None:
        """One Adam step on the rows `used`."""
        self.steps += 1
        first = self.first[used].lerp_(gradient, 1 - BETAS[0])
        second = self.second[used].lerp_(gradient.square(), 1 - BETAS[1])
        self.first[used], self.second[used] = first, second
        first /= 1 - BETAS[0] ** self.steps
        second /= 1 - BETAS[1] ** self.steps
        self.vectors[used] -= rate * first / (second.sqrt() + EPSILON)


def train_step(rows: Rows, batch: Batch, settings: Contrast, rate: float) -> float:
    """Forward, backward and update for one batch; returns the loss."""
    used, matrix, transpose = mean_matrix(batch.queries + batch.passages)
    index = torch.from_numpy(used)
    means = (matrix @ rows.vectors[index]).requires_grad_()
    loss = loss_of(means, batch.groups, settings.temperature)
    loss.backward()  # type: ignore[no-untyped-call]
    assert means.grad is not None
    rows.step(index, transpose @ means.grad, rate)
    return float(loss.detach())


def run(
    work: Path,
    settings: Contrast,
    seed: int,
    start: str,
    target: str,
    evaluate: Callable[[NDArray[np.float32]], dict[str, float]],
) -> None:
    """Train from `start`.npy to `target`.npy; loss and dev scores go to `target`.log.jsonl."""
    sampler = Sampler(work, settings, seed)
    rows = Rows(np.load(work / f"{start}.npy"))
    began = time.time()
    recent: list[float] = []
    with (work / f"{target}.log.jsonl").open("w") as log:
        for step in range(settings.steps):
            # Linear warm-up over a twentieth of the steps, then linearly down to a tenth of the rate.
            rate = settings.learning_rate * min((step + 1) / (settings.steps / 20), 1 - 0.9 * step / settings.steps)
            recent.append(train_step(rows, sampler.batch(), settings, rate))
            if (step + 1) % settings.evaluate_every == 0 or step + 1 == settings.steps:
                entry = {
                    "step": step + 1,
                    "loss": round(float(np.mean(recent)), 4),
                    "seconds": round(time.time() - began),
                }
                entry |= evaluate(rows.vectors.numpy())
                log.write(json.dumps(entry) + "\n")
                log.flush()
                print(json.dumps(entry), file=sys.stderr)
                recent.clear()
                np.save(work / f"{target}.npy", rows.vectors.numpy())
