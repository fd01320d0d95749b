"""The shipped vectors with fewer numbers, fewer bits or other weights of words, for the table of encoders to measure.

    PYTHONPATH=.:benchmarks python -m encoders.variants --corpora FOLDER --out FOLDER

writes NAME.npy files; `encoders.table` measures them by NAME=FILE.npy.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.static import StaticEncoder
from embeddings.train import corpora, export

Vectors = NDArray[np.float32]
TEXTS = 20_000  # of the corpora, every tenth, in which words are counted


def rounded(vectors: Vectors, bits: int) -> Vectors:
    """Whole numbers of so many bits, with one scale a row."""
    most = 2 ** (bits - 1) - 1
    scales = np.abs(vectors).max(axis=1, keepdims=True) / most + 1e-12
    return np.round(vectors / scales) * scales


def lighter(vectors: Vectors, shares: NDArray[np.float64], a: float) -> Vectors:
    """Frequent words count less: a / (a + share), as in SIF (Arora et al. 2017), without its removal of a direction."""
    return vectors * (a / (a + shares))[:, None]


def variants(model: Path, texts: list[str]) -> Iterator[tuple[str, Vectors]]:
    """(name, vectors) of each."""
    vectors = export.read(model)
    entries, _ = StaticEncoder(model).entries(texts)
    counts = np.bincount(entries, minlength=len(vectors)).astype(np.float64)
    yield "4 bits", rounded(vectors, 4)
    for numbers in (256, 192, 128, 64):  # they stand in the order of what they hold
        yield f"first {numbers} numbers", vectors[:, :numbers]
    for a in (0.01, 0.001):
        yield f"weights {a}", lighter(vectors, counts / counts.sum(), a)


def main() -> None:
    """Write them all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True, help="folder with text.jsonl.gz")
    parser.add_argument("--out", type=Path, required=True, help="folder for the files")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    texts = [record["text"] for n, record in enumerate(corpora.read(args.corpora / "text.jsonl.gz")) if n % 10 == 0]
    for name, vectors in variants(Path("embeddings/model"), texts[:TEXTS]):
        np.save(args.out / f"{name.replace(' ', '-')}.npy", vectors.astype(np.float32))


if __name__ == "__main__":
    main()
