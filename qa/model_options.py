"""How a user wants a model to be run: a plain record, so that `--help` loads nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """`dtype` and `backend` change vectors: None means the index's own, or float32 and torch for a new one.

    `device`, `workers`, `allow_download` and `cache` leave an index as it is; `reranker` names
    a cross-encoder that orders what was found.
    """

    device: str = "auto"
    dtype: str | None = None
    backend: str | None = None
    workers: int = 1
    allow_download: bool = False
    cache: bool = True
    reranker: str | None = None


USUAL = ModelOptions()
