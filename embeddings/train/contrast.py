"""Stages `contrast` and `finish`: in-batch softmax over cosine similarities (InfoNCE).

Written out rather than run through sentence-transformers' trainer: texts come already tokenised, a
batch touches some 40,000 of the entries, and only their rows are read, differentiated and updated
(Adam with lazy rows, as torch's SparseAdam). On two cores this is several times faster. The sums over tokens, there
and back, are torch's own `embedding_bag`.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import embedding_bag

from embeddings.train import bags, checkpoint
from embeddings.train.bags import Ints
from embeddings.train.config import Contrast, Training
from embeddings.train.sampler import Batch, Sampler

BETAS = (0.9, 0.999)
EPSILON = 1e-8
AT_ONCE = 8192  # rows that Adam takes
LINES = 50  # of a log


class Texts:
    """The token runs of a batch on end; takes vectors to the texts' means, and the means' gradients back."""

    def __init__(self, runs: list[Ints]) -> None:
        lengths = np.array([len(r) for r in runs])
        self.tokens = np.concatenate(runs).astype(np.int64)
        self.starts = np.cumsum(lengths) - lengths
        self.rows = np.repeat(np.arange(len(runs)), lengths)
        self.weights = np.repeat((1.0 / lengths).astype(np.float32), lengths)

    def means(self, vectors: torch.Tensor) -> torch.Tensor:
        """The mean of each text's vectors, (texts, numbers)."""
        return embedding_bag(torch.from_numpy(self.tokens), vectors, torch.from_numpy(self.starts), mode="mean")

    def gradient(self, means: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The distinct tokens (u,) and the gradients of their vectors, from those of the means."""
        order = np.argsort(self.tokens, kind="stable")
        used, firsts = np.unique(self.tokens[order], return_index=True)
        rows, weights = torch.from_numpy(self.rows[order]), torch.from_numpy(self.weights[order])
        summed = embedding_bag(rows, means, torch.from_numpy(firsts), mode="sum", per_sample_weights=weights)
        return torch.from_numpy(used), summed


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
        """One Adam step on the rows `used`, so many at a time that memory for what is in between is used again."""
        self.steps += 1
        rate /= 1 - BETAS[0] ** self.steps
        unbiased = 1 - BETAS[1] ** self.steps
        for rows, slope in zip(torch.split(used, AT_ONCE), torch.split(gradient, AT_ONCE), strict=True):
            first = self.first[rows].lerp_(slope, 1 - BETAS[0])
            second = self.second[rows].lerp_(slope.square(), 1 - BETAS[1])
            self.first[rows], self.second[rows] = first, second
            self.vectors[rows] -= first.mul_(rate).div_(second.div_(unbiased).sqrt_().add_(EPSILON))


def train_step(rows: Rows, batch: Batch, settings: Contrast, rate: float) -> float:
    """Forward, backward and update for one batch; returns the loss."""
    texts = Texts(batch.queries + batch.passages)
    means = texts.means(rows.vectors).requires_grad_()
    loss = loss_of(means, batch.groups, settings.temperature)
    loss.backward()  # type: ignore[no-untyped-call]
    assert means.grad is not None
    rows.step(*texts.gradient(means.grad), rate)
    return float(loss.detach())


def learning_rate(settings: Contrast, step: int) -> float:
    """Linear warm-up over a twentieth of the steps, then linearly down to a tenth of the rate."""
    return settings.learning_rate * min((step + 1) / (settings.steps / 20), 1 - 0.9 * step / settings.steps)


class Run:
    """A run under way: it stands at the newest checkpoint of its own, or at the start."""

    def __init__(self, work: Path, training: Training) -> None:
        self.work, self.training = work, training
        self.sampler = Sampler(work, training.settings, training.seed)
        self.path = work / f"{training.name}.checkpoint.npz"
        found = checkpoint.load(self.path, repr(training))
        if found is None:
            self.rows = Rows(np.load(work / f"{training.start}.npy"))
            return
        self.rows = Rows(found.vectors)
        self.rows.first, self.rows.second = torch.from_numpy(found.first), torch.from_numpy(found.second)
        self.rows.steps = found.step
        self.sampler.random.bit_generator.state = found.random

    def step(self) -> float:
        """One batch; returns the loss."""
        settings = self.training.settings
        return train_step(self.rows, self.sampler.batch(), settings, learning_rate(settings, self.rows.steps))

    def keep(self) -> None:
        """Write the checkpoint; after the last step the vectors instead."""
        vectors = self.rows.vectors.numpy()
        if self.rows.steps == self.training.settings.last:
            bags.save_vectors(self.work / f"{self.training.name}.npy", vectors)
            self.path.unlink(missing_ok=True)
            return
        state: dict[str, Any] = dict(self.sampler.random.bit_generator.state)
        moments = self.rows.first.numpy(), self.rows.second.numpy()
        point = checkpoint.Checkpoint(repr(self.training), self.rows.steps, vectors, *moments, state)
        checkpoint.save(self.path, point)


def logged(path: Path, steps: int) -> list[str]:
    """The lines of a log up to this step: what a broken run wrote beyond its checkpoint comes again."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if steps and path.exists() else []
    return [line for line in lines if json.loads(line)["step"] <= steps]


def run(work: Path, training: Training, evaluate: Callable[[NDArray[np.float32]], dict[str, float]]) -> None:
    """Train from the start's .npy to the run's own; loss and dev scores go to its .log.jsonl, some fifty lines."""
    settings = training.settings
    every = max(1, settings.last // LINES)
    under_way = Run(work, training)
    path = work / f"{training.name}.log.jsonl"
    before = logged(path, under_way.rows.steps)
    began = time.time()
    recent: list[float] = []
    with path.open("w", encoding="utf-8") as log:
        log.writelines(before)
        while (done := under_way.rows.steps) < settings.last:
            recent.append(under_way.step())
            done += 1
            measured = done % settings.evaluate_every == 0 or done == settings.last
            if not measured and done % every:
                continue
            entry = {"step": done, "loss": round(float(np.mean(recent)), 4), "seconds": round(time.time() - began)}
            recent.clear()
            if measured:
                entry |= evaluate(under_way.rows.vectors.numpy())
                print(json.dumps(entry), file=sys.stderr)
            log.write(json.dumps(entry) + "\n")
            log.flush()
            if measured:
                under_way.keep()
