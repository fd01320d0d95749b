"""From a model's name to an encoder: the shipped one, a folder, or a model on this machine."""

from __future__ import annotations

import os
from pathlib import Path

from embeddings.errors import ModelError
from embeddings.static import StaticEncoder, is_static
from embeddings.transformer import TransformerEncoder

DEFAULT = "default"
SHIPPED = Path(__file__).parent / "model"


def cached(name: str) -> bool:
    """Whether a hub model of this name is already in the local cache."""
    home = Path(os.environ.get("HF_HOME", Path.home() / ".cache" / "huggingface"))
    hub = Path(os.environ.get("HF_HUB_CACHE", home / "hub"))
    names = (name, f"sentence-transformers/{name}")
    return any((hub / f"models--{n.replace('/', '--')}").is_dir() for n in names)


def find(name: str) -> str | Path:
    """The model's folder, or its name in the local cache; raises ModelError, and never tries the network."""
    folder = SHIPPED if name == DEFAULT else Path(name).expanduser()
    if folder.is_dir():
        if not any((folder / part).is_file() for part in ("config.json", "modules.json")):
            raise ModelError(f"{name!r} holds no sentence-transformers model (no modules.json): give a model's folder")
        return folder
    if name == DEFAULT or not cached(name):
        raise ModelError(
            f"no model {name!r} on this machine (nothing is downloaded): give the folder of a sentence-transformers "
            "model, or leave --model out for the shipped one"
        )
    return name


def load(name: str = DEFAULT) -> StaticEncoder | TransformerEncoder:
    """The encoder of that name; raises ModelError, and never tries the network."""
    found = find(name)
    if isinstance(found, Path) and is_static(found):
        return StaticEncoder(found)
    return TransformerEncoder(str(found))
