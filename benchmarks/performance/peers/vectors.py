"""Vectors of the shipped model as others can have them, by model2vec."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from model2vec import StaticModel
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

Encode = Callable[[list[str]], NDArray[np.float32]]


def encoder(model: str) -> Encode:
    """Texts to unit vectors, float32 (texts, dimension)."""
    tensors = load_file(str(Path(model) / "model.safetensors"))
    tokenizer = Tokenizer.from_file(str(Path(model) / "tokenizer.json"))
    rows = tensors["embeddings"].astype(np.float32)
    loaded = StaticModel(rows, tokenizer, normalize=True, weights=tensors.get("weights"))

    def encode(texts: list[str]) -> NDArray[np.float32]:
        return np.ascontiguousarray(loaded.encode(texts, max_length=None, use_multiprocessing=False), dtype=np.float32)

    return encode
