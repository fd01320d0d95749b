"""One score from several views, all on one scale, by weights fitted on questions with known answers.

A lexical view's score is the share of what the question's own tokens could give, so words weigh much
where the question's words are in the documents and little where the question is a paraphrase.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from qa.types import Floats

# Decides which hits are looked at closer (see reranking); only the ratios matter.
WEIGHTS = {"words": 0.16, "characters": 0.29, "bigrams": 0.27, "dense": 0.28}


def fuse(features: Mapping[str, Floats]) -> Floats:
    """Fused scores of the candidates, float32, larger is better, at most 1."""
    total: Floats = sum(np.float32(weight) * features[name] for name, weight in WEIGHTS.items())  # type: ignore[assignment]
    return total
