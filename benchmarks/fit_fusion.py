"""Fits the weights of `qa/reranking.py` on questions whose documents are known, and prints them.

    python benchmarks/fit_fusion.py --corpora FOLDER --fit BEIR:POOL:EVERY … --check BEIR:POOL:EVERY …

A BEIR folder is indexed with POOL other passages of the corpora's text.jsonl.gz; every EVERYth question is
asked. The model is linear, fitted by softmax over each question's first hits (listwise), every set with the
same weight, by L-BFGS with a small L2 penalty. `--check` sets are only scored.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from qa import answering, service
from qa.evaluation import read_qrels
from qa.questions import read
from qa.reranking import WEIGHTS

PENALTY = 1e-3


@dataclass
class Row:
    """One question's hits: features (hits, features) and which are relevant."""

    kind: str
    features: np.ndarray
    relevant: np.ndarray


def gather(spec: str, corpora: Path, names: list[str]) -> list[Row]:
    """Index one BEIR folder and collect the features of its questions' hits."""
    folder, pool, every = (lambda f, p, e: (Path(f), int(p), int(e)))(*spec.split(":"))
    with tempfile.TemporaryDirectory() as temporary:
        corpus = Path(temporary) / "corpus.jsonl"
        with corpus.open("w", encoding="utf-8") as out, gzip.open(corpora / "text.jsonl.gz", "rt") as more:
            out.write((folder / "corpus.jsonl").read_text(encoding="utf-8").rstrip("\n") + "\n")
            for number, line in enumerate(islice(more, pool)):
                record = json.loads(line)
                row = {"_id": f"pool-{number}", "title": record["title"] or "", "text": record["text"]}
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
        service.index([str(corpus)], Path(temporary) / "index")
        library = service.open_(Path(temporary) / "index")
        qrels = read_qrels(folder / "qrels" / "test.tsv")
        rows = []
        for question in islice(read(str(folder / "queries.jsonl")), 0, None, every):
            if not question.text or question.id not in qrels:
                continue
            hits = [hit for hit, _ in answering.rank(question.text, 15, library.index, library.encoder)]
            documents = [library.index.passages[hit.number].document for hit in hits]
            features = np.array([[hit.features[name] for name in names] for hit in hits])
            rows.append(Row(question.type or folder.name, features, np.isin(documents, list(qrels[question.id]))))
    return rows


def loss(weights: np.ndarray, sets: list[list[Row]]) -> tuple[float, np.ndarray]:
    """Mean over the sets of the mean negative log share of the relevant hits, with its gradient."""
    total, gradient = PENALTY * float(weights @ weights), 2 * PENALTY * weights
    for rows in sets:
        for row in rows:
            scores = row.features @ weights
            odds = np.exp(scores - scores.max())
            share = odds / odds.sum()
            right = odds * row.relevant / odds[row.relevant].sum()
            total -= np.log(share[row.relevant].sum()) / len(rows) / len(sets)
            gradient = gradient - (right - share) @ row.features / len(rows) / len(sets)
    return total, gradient


def recall(rows: list[Row], weights: np.ndarray) -> str:
    """`kind @1 @5` for each kind of question."""
    out = []
    for kind in sorted({row.kind for row in rows}):
        ranks = []
        for row in (r for r in rows if r.kind == kind):
            order = np.argsort(-(row.features @ weights), kind="stable")
            ranks.append(int(np.argmax(row.relevant[order])) if row.relevant.any() else 99)
        out.append(f"{kind} {np.mean(np.array(ranks) < 1):.3f} {np.mean(np.array(ranks) < 5):.3f}")
    return ", ".join(out)


def main() -> None:
    """Gather, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--fit", action="append", required=True)
    parser.add_argument("--check", action="append", default=[])
    args = parser.parse_args()
    views = ("words", "characters", "bigrams")
    names = [*views, "dense", *(f"sentence {v}" for v in views), *(f"coverage {v}" for v in views), "sentence dense"]
    gathered = {spec: gather(spec, args.corpora, names) for spec in [*args.fit, *args.check]}
    sets = [[row for row in gathered[spec] if row.relevant.any()] for spec in args.fit]
    found = minimize(loss, np.zeros(len(names)), args=(sets,), jac=True, method="L-BFGS-B").x
    found = found / np.abs(found).sum()  # only ratios matter for the order; this keeps scores within 1
    now = np.array([WEIGHTS.get(name, 0.0) for name in names])
    for spec, rows in gathered.items():
        print(f"{spec}\n  now    {recall(rows, now)}\n  fitted {recall(rows, found)}")
    print("WEIGHTS = " + json.dumps({name: round(float(w), 3) for name, w in zip(names, found, strict=True)}, indent=4))


if __name__ == "__main__":
    main()
