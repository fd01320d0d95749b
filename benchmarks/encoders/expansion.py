"""Word knowledge as query expansion: beside a question's own words what the corpora's word pairs know of them.

    PYTHONPATH=.:benchmarks python -m encoders.expansion --shared FOLDER --work FOLDER --bench FOLDER

`--work` is the folder of a training, of which `words.npz` is read. A line for each share that the known words have in a
question's vector, the first without any.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from functools import partial
from pathlib import Path

import numpy as np
from encoders import dense
from encoders.bench import Bench
from encoders.dense import Floats
from encoders.table import SHIPPED

from embeddings.train import bags, export

SHARES = (0.0, 0.1, 0.2, 0.4)
MOST = 3  # pairs of a word that are read: the first ones


def known(work: Path) -> dict[int, list[int]]:
    """The entries that each word's pairs name, by the word's own entry."""
    pairs = bags.load_pairs(work / "words.npz")
    found: dict[int, list[int]] = defaultdict(list)
    read: dict[int, int] = defaultdict(int)
    for i in range(len(pairs.groups)):
        for one, other in ((pairs.queries[i], pairs.positives[i]), (pairs.positives[i], pairs.queries[i])):
            if len(one) == 1 and read[int(one[0])] < MOST:
                found[int(one[0])] += other.tolist()
                read[int(one[0])] += 1
    return found


def expanded(questions: bags.Bags, vectors: Floats, words: dict[int, list[int]], share: float) -> Floats:
    """Unit vectors of questions, of which what is known of their words has this share."""
    own = dense.means(questions, vectors)
    runs = [[t for token in questions[i].tolist() for t in words.get(token, ())] for i in range(len(questions))]
    starts = np.cumsum([0, *map(len, runs)], dtype=np.int64)
    more = dense.means(bags.Bags(np.array([t for run in runs for t in run], np.int32), starts), vectors)
    out = (1 - share) * own + share * more
    return np.asarray(out / np.maximum(1e-9, np.linalg.norm(out, axis=1, keepdims=True)), np.float32)


def main() -> None:
    """Measure every share."""
    parser = argparse.ArgumentParser(prog="encoders.expansion", description=__doc__)
    for name in ("shared", "work", "bench"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    args = parser.parse_args()
    bench = Bench(args.shared, args.bench, SHIPPED / "tokenizer.json", 20_000, 100_000)
    vectors, words = export.read(SHIPPED), known(args.work)
    for share in SHARES:
        asking = partial(expanded, vectors=vectors, words=words, share=share)
        print(json.dumps({"share": share} | bench.row_of(partial(dense.means, vectors=vectors), asking)), flush=True)


if __name__ == "__main__":
    main()
