"""A trial: one layer of attention over the shipped word vectors, which stay as they are, trained and measured beside their plain mean.

    PYTHONPATH=.:benchmarks python -m encoders.attention --work FOLDER --mined NAME --shared FOLDER --bench FOLDER

`--work` is the folder of a training run (its tokens and the negatives of the step `--mined`), `--bench` the work folder of
`encoders.table`. Prints a row of that table for the mean and for the layer, and how many passages a second each encodes.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from encoders.bench import Bench
from encoders.recipe import last_run
from numpy.typing import NDArray
from torch import nn

from embeddings.train import export
from embeddings.train.bags import Bags, Ints
from embeddings.train.contrast import loss_of
from embeddings.train.sampler import Sampler

Floats = NDArray[np.float32]
SHIPPED = Path("embeddings/model")
INNER, HEADS = 128, 4
ROOM = 256  # tokens of a text that are read
TOGETHER = 128  # texts encoded at a time


class Layer(nn.Module):
    """Words look at each other, and each gets a weight by what it sees; before it is trained the mean comes out."""

    def __init__(self, vectors: Floats) -> None:
        super().__init__()
        dimension = vectors.shape[1]
        self.words = nn.Embedding.from_pretrained(torch.from_numpy(vectors), freeze=True)
        self.places = nn.Embedding(ROOM, dimension)
        self.looks = nn.Linear(dimension, 3 * INNER)
        self.says, self.weighs = nn.Linear(INNER, dimension), nn.Linear(INNER, 1)
        for part in (self.says, self.weighs):
            nn.init.zeros_(part.weight)
            nn.init.zeros_(part.bias)
        nn.init.normal_(self.places.weight, std=0.1)

    def forward(self, tokens: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        """Sums of the texts' words (texts, dimension); `there` (texts, tokens) says which tokens are some."""
        words = self.words(tokens)
        looking = self.looks(words + self.places.weight[: tokens.shape[1]])
        asks, offers, holds = looking.view(*tokens.shape, 3, HEADS, INNER // HEADS).permute(2, 0, 3, 1, 4)
        seen = nn.functional.scaled_dot_product_attention(asks, offers, holds, attn_mask=there[:, None, None, :])
        seen = seen.transpose(1, 2).flatten(2)
        weights = torch.exp(self.weighs(seen)[..., 0]).masked_fill(~there, 0)
        sums: torch.Tensor = torch.einsum("nt,ntd->nd", weights, words + self.says(seen))
        return sums / weights.sum(1, keepdim=True).clamp_min(1e-6)


def padded(runs: list[Ints]) -> tuple[torch.Tensor, torch.Tensor]:
    """Runs of tokens as one table, and where it holds some; an empty run holds the unknown token."""
    lengths = np.array([min(max(len(run), 1), ROOM) for run in runs])
    table = np.zeros((len(runs), lengths.max()), np.int64)
    for row, run in zip(table, runs, strict=True):
        row[: min(len(run), ROOM)] = run[:ROOM]
    return torch.from_numpy(table), torch.from_numpy(np.arange(lengths.max()) < lengths[:, None])


def train(layer: Layer, work: Path, mined: str, steps: int, batch: int, rate: float) -> None:
    """The loss of the recipe's last runs; only the layer learns."""
    settings = last_run(steps, mined, batch=batch, learning_rate=rate, passage_tokens=96)
    sampler = Sampler(work, settings, 1)
    learner = torch.optim.Adam([p for p in layer.parameters() if p.requires_grad], lr=rate)
    falls = torch.optim.lr_scheduler.LinearLR(learner, 1, 0.1, steps)
    losses: list[float] = []
    for step in range(1, steps + 1):
        drawn = sampler.batch()
        sums = torch.cat([layer(*padded(drawn.queries)), layer(*padded(drawn.passages))])
        loss = loss_of(sums, drawn.groups, settings.temperature)
        learner.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        learner.step()
        falls.step()
        losses.append(float(loss.detach()))
        if step % 50 == 0:
            print(json.dumps({"step": step, "loss": round(float(np.mean(losses[-50:])), 4)}), file=sys.stderr)


def encoded(layer: Layer, texts: Bags) -> Floats:
    """Unit vectors of the texts, those of like length together."""
    out = np.zeros((len(texts), layer.words.embedding_dim), np.float32)
    order = np.argsort(np.diff(texts.starts), kind="stable")
    with torch.no_grad():
        for begin in range(0, len(order), TOGETHER):
            some = order[begin : begin + TOGETHER]
            sums = layer(*padded([texts[int(i)] for i in some]))
            out[some] = nn.functional.normalize(sums, dim=1).numpy()
    return out


def timed(encode: Callable[[Bags], Floats], texts: Bags) -> float:
    """Texts a second, of tokens that are there already."""
    began = time.perf_counter()
    encode(texts)
    return len(texts) / (time.perf_counter() - began)


def main() -> None:
    """Train, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--work", "--shared", "--bench"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--mined", default="nearer")
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--rate", type=float, default=0.001)
    args = parser.parse_args()
    torch.manual_seed(1)
    vectors = export.read(SHIPPED)
    layer = Layer(vectors)
    train(layer, args.work, args.mined, args.steps, args.batch, args.rate)
    bench = Bench(args.shared, args.bench, SHIPPED / "tokenizer.json", 20_000, 100_000)
    few = Bags(bench.pool.tokens[: bench.pool.starts[2000]], bench.pool.starts[:2001])
    print(
        json.dumps(
            {
                "layer": bench.row_of(lambda texts: encoded(layer, texts)),
                "a second": timed(lambda t: encoded(layer, t), few),
            }
        )
    )
    print(json.dumps({"mean": bench.dense_row(vectors)}))


if __name__ == "__main__":
    main()
