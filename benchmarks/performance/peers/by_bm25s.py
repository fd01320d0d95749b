"""bm25s over jieba's words."""

from __future__ import annotations

from pathlib import Path

import bm25s
import jieba
import protocol

jieba.setLogLevel(60)


def words(text: str) -> list[str]:
    """jieba's words without punctuation."""
    return [word for word in jieba.lcut(text) if word[0].isalnum()]


def build(passages: list[protocol.Passage], folder: Path, model: str) -> None:
    """Index the words."""
    retriever = bm25s.BM25()
    retriever.index([words(protocol.whole(p)) for p in passages], show_progress=False)
    retriever.save(str(folder / "bm25s"))


def open_(folder: Path, model: str) -> protocol.Search:
    """Memory-mapped."""
    retriever = bm25s.BM25.load(str(folder / "bm25s"), mmap=True)

    def search(question: str, k: int) -> list[int]:
        numbers, _ = retriever.retrieve([words(question)], k=min(k, retriever.scores["num_docs"]), show_progress=False)
        return [int(n) for n in numbers[0]]

    return search


if __name__ == "__main__":
    protocol.run(build, open_)
