"""Stage `export`: vectors to a model folder in sentence-transformers' own format, 8 bits a number.

The format's `embeddings` (int8) and `weights` (one float a row) are multiplied by whoever loads it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from embeddings.fingerprints import LEADING, PIECES, TOKENIZER, WEIGHTS
from embeddings.train import pieces

MODULES = (("0", "", "StaticEmbedding"), ("1", "1_Normalize", "Normalize"))
PLACES = "sentence_transformers.models"  # the short path that every version of the library resolves


def quantise(vectors: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Rows as int8 and each row's scale: `rows * scales` is within half a step of the vectors."""
    scales = np.abs(vectors).max(axis=1) / 127
    safe = np.where(scales > 0, scales, 1)
    return np.rint(vectors / safe[:, None]).astype(np.int8), scales.astype(np.float32)


def read(model: Path) -> NDArray[np.float32]:
    """The vectors of a model folder that `run` wrote, float32 (entries, dimension)."""
    tensors = load_file(str(model / WEIGHTS))
    return np.asarray(tensors["embeddings"].astype(np.float32) * tensors["weights"][:, None])


def mean(work: Path, sources: Mapping[str, float]) -> NDArray[np.float32]:
    """The weighted mean of the named vectors of the work folder.

    Runs that began from the same vectors may be averaged: the mean is steadier than each of them
    (Wortsman and others, 2022, "Model soups").
    """
    total = sum(sources.values())
    parts = (np.load(work / f"{name}.npy") * np.float32(share / total) for name, share in sources.items())
    return np.asarray(sum(parts), dtype=np.float32)


def run(work: Path, sources: Mapping[str, float], target: Path, leading: int = 0) -> None:
    """Write the model folder from the mean of the named vectors; entry 0, the unknown character, becomes zero.

    So many `leading` numbers of a vector may stand for it among very many texts; 0 where all are needed.
    """
    vectors = mean(work, sources)
    vectors[0] = 0
    rows, scales = quantise(vectors)
    target.mkdir(parents=True, exist_ok=True)
    told = {LEADING: str(leading)} if leading else None
    save_file({"embeddings": rows, "weights": scales}, str(target / WEIGHTS), metadata=told)
    (target / WEIGHTS).chmod(0o644)  # the library writes for its own user alone
    tokenizer = json.loads((work / TOKENIZER).read_text(encoding="utf-8"))
    tokenizer["model"]["vocab"] = [[word, round(score, 4)] for word, score in tokenizer["model"]["vocab"]]
    text = json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":"))
    (target / TOKENIZER).write_text(text, encoding="utf-8")
    pieces.convert(target / TOKENIZER, target / PIECES)
    modules = [
        {"idx": i, "name": name, "path": path, "type": f"{PLACES}.{kind}"}
        for i, (name, path, kind) in enumerate(MODULES)
    ]
    (target / "modules.json").write_text(json.dumps(modules, indent=2) + "\n")
    settings: dict[str, object] = {
        "model_type": "SentenceTransformer",
        "prompts": {},
        "default_prompt_name": None,
        "similarity_fn_name": "cosine",
    }
    (target / "config_sentence_transformers.json").write_text(json.dumps(settings, indent=2) + "\n")
