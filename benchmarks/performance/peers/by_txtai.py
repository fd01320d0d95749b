"""txtai's hybrid of vectors and BM25 with the model it is given; how it cuts words and joins the two is its own."""

from __future__ import annotations

from pathlib import Path

import protocol
from txtai import Embeddings


def build(passages: list[protocol.Passage], folder: Path, model: str) -> None:
    """Index and save."""
    embeddings = Embeddings(path=model, method="sentence-transformers", hybrid=True)
    embeddings.index((n, protocol.whole(p), None) for n, p in enumerate(passages))
    embeddings.save(str(folder / "txtai"))


def open_(folder: Path, model: str) -> protocol.Search:
    """Load what was saved, the model with it."""
    embeddings = Embeddings()
    embeddings.load(str(folder / "txtai"))
    return lambda question, k: [int(number) for number, _ in embeddings.search(question, k)]


if __name__ == "__main__":
    protocol.run(build, open_)
