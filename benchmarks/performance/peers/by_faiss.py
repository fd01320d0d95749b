"""FAISS alone: an exact index over the shipped model's vectors."""

from __future__ import annotations

from pathlib import Path

import faiss
import protocol
import vectors


def build(passages: list[protocol.Passage], folder: Path, model: str) -> None:
    """Encode and save."""
    made = vectors.encoder(model)([protocol.whole(p) for p in passages])
    index = faiss.IndexFlatIP(made.shape[1])
    index.add(made)
    faiss.write_index(index, str(folder / "vectors.faiss"))


def open_(folder: Path, model: str) -> protocol.Search:
    """Read the vectors and the model."""
    index, encode = faiss.read_index(str(folder / "vectors.faiss")), vectors.encoder(model)

    def search(question: str, k: int) -> list[int]:
        return [int(n) for n in index.search(encode([question]), k)[1][0] if n >= 0]

    return search


if __name__ == "__main__":
    protocol.run(build, open_)
