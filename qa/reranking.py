"""The first hits in a better order: a passage counts for what its best sentence says.

A long passage gathers the question's words from here and there; one that answers has them together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from qa.evidence import Evidence
from qa.quotes import best_sentence
from qa.tokens import VIEWS
from qa.types import Hit

DEPTH = 15  # hits whose sentences are read

# Fitted by benchmarks/fit_fusion.py: a linear model over the features of retrieval and of the evidence.
WEIGHTS: Mapping[str, float] = {
    "words": 0.019,
    "characters": 0.061,
    "bigrams": 0.029,
    "dense": 0.248,
    "sentence words": 0.044,
    "sentence characters": 0.111,
    "sentence bigrams": 0.054,
    "coverage words": 0.055,
    "coverage characters": 0.110,
    "coverage bigrams": 0.072,
    "sentence dense": 0.196,
}


def features(evidence: Evidence) -> dict[str, float]:
    """What the sentences say: the best sentence's overlaps, the nearest sentence, the passage's coverage."""
    best = evidence.overlaps[best_sentence(evidence)]
    out = {f"sentence {name}": float(best[i]) for i, name in enumerate(VIEWS)}
    out |= {f"coverage {name}": float(evidence.coverage[i]) for i, name in enumerate(VIEWS)}
    return out | {"sentence dense": float(evidence.near.max())}


def rerank(hits: Sequence[Hit], evidence: Sequence[Evidence]) -> list[tuple[Hit, Evidence]]:
    """The hits with their evidence, best first, ties by number; scores and features become the model's."""
    scored = []
    for hit, own in zip(hits, evidence, strict=True):
        found = hit.features | features(own)
        score = sum(weight * found[name] for name, weight in WEIGHTS.items())
        scored.append((replace(hit, score=score, features=found), own))
    return sorted(scored, key=lambda pair: (-pair[0].score, pair[0].number))
