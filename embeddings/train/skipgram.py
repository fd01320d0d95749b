"""Stage `skipgram`: word2vec vectors as the start, by gensim (skip-gram, negative sampling)."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from embeddings.train import bags
from embeddings.train.config import Skipgram


def write_lines(work: Path, path: Path) -> None:
    """One passage a line, its tokens as numbers."""
    text = bags.load_passages(work / "text.npz")
    with path.open("w", encoding="ascii") as out:
        for i in range(len(text.firsts) - 1):
            begin, end = text.sentences.starts[text.firsts[i]], text.sentences.starts[text.firsts[i + 1]]
            out.write(" ".join(map(str, text.sentences.tokens[begin:end])) + "\n")
        pairs = bags.load_pairs(work / "pairs.npz").positives
        for i in range(len(pairs)):
            out.write(" ".join(map(str, pairs[i])) + "\n")


def run(s: Skipgram, dimension: int, seed: int, work: Path) -> None:
    """Write vectors.npy (entries, dimension) float32; entries never seen start small and random."""
    from gensim.models import Word2Vec

    lines = work / "lines.txt"
    write_lines(work, lines)
    model = Word2Vec(
        corpus_file=str(lines),
        sg=1,
        vector_size=dimension,
        epochs=s.epochs,
        window=s.window,
        negative=s.negative,
        alpha=s.learning_rate,
        min_count=s.min_count,
        sample=1e-4,
        workers=os.cpu_count() or 1,
        seed=seed,
    )
    size = Tokenizer.from_file(str(work / "tokenizer.json")).get_vocab_size()
    random = np.random.default_rng(seed)
    vectors = random.normal(0, 0.02, (size, dimension)).astype(np.float32)
    for word, row in model.wv.key_to_index.items():
        vectors[int(word)] = model.wv.vectors[row]
    bags.save_vectors(work / "vectors.npy", vectors)
    lines.unlink()
