"""Dev scores of vectors while they train: dense retrieval alone on a BEIR folder in a pool."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from embeddings.train import bags, corpora
from embeddings.train.bags import Bags

Floats = NDArray[np.float32]
CUTS = (1, 5, 10)


def means(texts: Bags, vectors: Floats) -> Floats:
    """Unit means of the texts' token vectors, (texts, dimension); an empty text is zeros."""
    out = np.zeros((len(texts), vectors.shape[1]), np.float32)
    for i in range(len(texts)):
        if len(texts[i]):
            out[i] = vectors[texts[i]].mean(axis=0)
    norms = np.linalg.norm(out, axis=1, keepdims=True)
    np.divide(out, norms, out=out, where=norms > 0)
    return out


def scorer(tokenizer: Tokenizer, folder: Path, corpus: Path, pool: int) -> Callable[[Floats], dict[str, float]]:
    """A function from vectors to recall at 1, 5, 10 and MRR@10 by question type."""
    documents = [json.loads(line) for line in (folder / "corpus.jsonl").open(encoding="utf-8")]
    queries = [json.loads(line) for line in (folder / "queries.jsonl").open(encoding="utf-8")]
    with (folder / "qrels" / "test.tsv").open(encoding="utf-8") as f:
        gold = {row[0]: row[1] for row in list(csv.reader(f, delimiter="\t"))[1:]}
    texts = [f"{d['title']} {d['text']}" for d in documents]
    texts += [f"{d['title']} {d['text']}" for d in islice(corpora.read(corpus / "text.jsonl.gz"), pool)]
    place = {d["_id"]: i for i, d in enumerate(documents)}
    passages = bags.encode(tokenizer, texts)
    asked = bags.encode(tokenizer, [q["text"] for q in queries])
    wanted = np.array([place[gold[q["_id"]]] for q in queries])
    kinds = [q.get("type", "all") for q in queries]

    def score(vectors: Floats) -> dict[str, float]:
        found, questions = means(passages, vectors), means(asked, vectors)
        ranks = defaultdict(list)
        for begin in range(0, len(kinds), 256):
            scores = questions[begin : begin + 256] @ found.T
            own = scores[np.arange(len(scores)), wanted[begin : begin + 256]]
            for kind, rank in zip(kinds[begin : begin + 256], (scores > own[:, None]).sum(axis=1), strict=True):
                ranks[kind].append(int(rank))
        out: dict[str, float] = {}
        for kind, r in sorted(ranks.items()):
            name = f"{folder.name}.{kind}"
            out |= {f"{name}@{k}": round(float(np.mean([x < k for x in r])), 3) for k in CUTS}
            out[f"{name}.mrr"] = round(float(np.mean([1 / (x + 1) if x < 10 else 0 for x in r])), 3)
        return out

    return score
