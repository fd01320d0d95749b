"""What names a model's weights, told from its files alone: no array is loaded for it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

TOKENIZER, WEIGHTS = "tokenizer.json", "model.safetensors"


def is_static(folder: Path) -> bool:
    """Whether the folder holds a static model that `static` reads."""
    try:
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        kinds = [str(m.get("type", "")).rsplit(".", 1)[-1] for m in modules]
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return False
    return kinds in (["StaticEmbedding"], ["StaticEmbedding", "Normalize"])


def static(folder: Path) -> str:
    """The fingerprint of a static model: its weights and its tokenizer; raises OSError."""
    digest = hashlib.sha256((folder / WEIGHTS).read_bytes())
    digest.update((folder / TOKENIZER).read_bytes())
    return f"static-{digest.hexdigest()[:16]}"
