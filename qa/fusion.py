"""One score from several: how much the words count depends on how much of the question they carry."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from qa.types import Floats

LEXICAL = {"words": 0.35, "characters": 0.25, "bigrams": 0.40}


def fuse(features: Mapping[str, Floats]) -> Floats:
    """Fused scores of the candidates, float32, larger is better, mostly between 0 and 2."""
    lexical = sum(weight * features[name] for name, weight in LEXICAL.items())
    lexical = np.asarray(lexical, dtype=np.float32)
    carried = float(lexical.max(initial=0.0))
    trust = 1.0 / (1.0 + np.exp(-12.0 * (carried - 0.25)))
    scores: Floats = (trust * 2.0 * lexical + features["dense"]).astype(np.float32)
    return scores
