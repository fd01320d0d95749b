"""The settings that trials share: those of the recipe's last run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from embeddings.train.config import Contrast

MIX = {"words": 0.06, "pairs": 0.36, "headline": 0.08, "context": 0.16, "questions": 0.34}
LAST = Contrast(
    batch=2048,
    steps=420,
    learning_rate=0.0015,
    temperature=0.04,
    drop_query_tokens=0.15,
    passage_tokens=256,
    evaluate_every=420,
    negatives=1,
    drop_context_tokens=0.5,
    mix=MIX,
)


def last_run(steps: int, mined: str, **changes: Any) -> Contrast:
    """Those of the last run for so many steps, with the negatives of the step `mined`, and with changes."""
    return replace(LAST, steps=steps, evaluate_every=steps, mined=mined, **changes)
