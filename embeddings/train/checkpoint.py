"""Where a contrastive run stands, so that a broken one goes on to the same vectors as an unbroken one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.train import bags

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Checkpoint:
    """After `step` steps: vectors, Adam's moments, the state of the random numbers, and `of`, which run it is."""

    of: str
    step: int
    vectors: Floats
    first: Floats
    second: Floats
    random: dict[str, Any]


def save(path: Path, point: Checkpoint) -> None:
    """Write it whole or not at all."""
    told = json.dumps({"of": point.of, "step": point.step, "random": point.random}).encode()
    arrays = {"vectors": point.vectors, "first": point.first, "second": point.second}
    bags.save(path, told=np.frombuffer(told, np.uint8), **arrays)


def load(path: Path, of: str) -> Checkpoint | None:
    """What `save` wrote of this run; None where there is nothing, or another run's."""
    if not path.exists():
        return None
    with np.load(path) as arrays:
        told = json.loads(arrays["told"].tobytes())
        if told["of"] != of:
            return None
        return Checkpoint(of, told["step"], arrays["vectors"], arrays["first"], arrays["second"], told["random"])
