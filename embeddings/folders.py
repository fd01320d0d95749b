"""A model's folder: whether it is whole, and a hash that names what is in it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from embeddings.errors import ModelError
from embeddings.prompts import read_json

WEIGHTS = ("model.safetensors", "pytorch_model.bin")
TOKENIZERS = ("tokenizer.json", "vocab.txt", "sentencepiece.bpe.model", "spiece.model", "tokenizer.model", "vocab.json")
PLAIN = ("Pooling", "WordWeights", "LayerNorm")  # modules that are nothing without their config.json
WEIGHTED = ("Dense",)  # and those with weights as well
STATIC = "StaticEmbedding"
EXPORTS = {"onnx": ".onnx", "openvino": ".xml"}
OTHER_BACKENDS = {"torch": ("onnx", "openvino"), "onnx": ("openvino",), "openvino": ("onnx",)}
NO_PART = {".md", ".png", ".jpg", ".svg", ".pdf"}  # of a model: what people read


def modules(folder: Path) -> list[dict[str, Any]] | None:
    """The rows of `modules.json`; None where there is no such file. Raises ModelError for damage."""
    path = folder / "modules.json"
    if not path.is_file():
        return None
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return [{"type": str(row["type"]), "path": str(row["path"])} for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path} is damaged: copy the whole model folder again") from error


def kind(row: dict[str, Any]) -> str:
    """What a module is, without the place of its class."""
    return str(row["type"]).rsplit(".", 1)[-1]


def missing_weights(folder: Path) -> list[str]:
    """The weights that a folder lacks, those that are in several files included."""
    if any((folder / name).is_file() for name in WEIGHTS):
        return []
    for name in WEIGHTS:
        parts = read_json(folder / f"{name}.index.json").get("weight_map")
        if isinstance(parts, dict):
            return [part for part in sorted(set(map(str, parts.values()))) if not (folder / part).is_file()]
    return [WEIGHTS[0]]


def missing_transformer(folder: Path, backend: str) -> list[str]:
    """The files of a transformer that its folder lacks."""
    out = [] if (folder / "config.json").is_file() else ["config.json"]
    exported = backend in EXPORTS and any(folder.rglob(f"*{EXPORTS[backend]}"))
    out += [] if exported else missing_weights(folder)
    return out + ([] if any((folder / name).is_file() for name in TOKENIZERS) else [TOKENIZERS[0]])


def missing(folder: Path, backend: str = "torch") -> list[str]:
    """The files, as seen from the folder, that a model needs and the folder lacks."""
    rows = modules(folder)
    if rows is None:
        return missing_transformer(folder, backend)
    out = []
    for row in rows:
        place, what = folder / row["path"], kind(row)
        lacks = missing_transformer(place, backend) if what == "Transformer" else []
        if what in PLAIN + WEIGHTED and not (place / "config.json").is_file():
            lacks.append("config.json")
        if what == STATIC and not (place / TOKENIZERS[0]).is_file():
            lacks.append(TOKENIZERS[0])
        lacks += missing_weights(place) if what in (*WEIGHTED, STATIC) else []
        out += [(place / name).relative_to(folder).as_posix() for name in lacks]
    return out


def judges_pairs(folder: Path) -> str:
    """What makes a folder that of a cross-encoder; empty where nothing does."""
    if read_json(folder / "config_sentence_transformers.json").get("model_type") == "CrossEncoder":
        return "CrossEncoder"
    rows = modules(folder)
    if rows is not None:
        return next((row["type"] for row in rows if "cross_encoder" in row["type"]), "")
    kinds = read_json(folder / "config.json").get("architectures")
    kind = str(kinds[0]) if isinstance(kinds, list) and kinds else ""
    return kind if kind.endswith("ForSequenceClassification") else ""


def check(folder: Path, backend: str = "torch") -> None:
    """Raise ModelError, naming each missing file, for a folder that is no whole model, or one of another kind."""
    if not any((folder / part).is_file() for part in ("config.json", "modules.json")):
        raise ModelError(
            f"{str(folder)!r} holds no sentence-transformers model (no modules.json): give a model's folder"
        )
    if kind := judges_pairs(folder):
        raise ModelError(
            f"{str(folder)!r} is a cross-encoder ({kind}), whose vectors would mean nothing: give it as --reranker"
        )
    lacking = missing(folder, backend)
    if lacking:
        raise ModelError(f"model folder {folder} lacks {', '.join(lacking)}: copy the whole folder again")


def digest(folder: Path, backend: str = "torch") -> str:
    """A hash over the names and bytes of the files that make the vectors: 16 hexadecimal digits."""
    out = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        place = path.relative_to(folder)
        if any(part.startswith(".") for part in place.parts) or path.suffix.lower() in NO_PART:
            continue
        if place.parts[0] in OTHER_BACKENDS[backend]:
            continue
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").digest()
        out.update(place.as_posix().encode() + b"\0" + content)
    return out.hexdigest()[:16]
