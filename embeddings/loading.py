"""From a model's name to an encoder: the shipped one, a folder, or a model on this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings import fingerprints
from embeddings.errors import ModelError

if TYPE_CHECKING:
    from embeddings.static import StaticEncoder
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
    if isinstance(found, Path) and fingerprints.is_static(found):
        from embeddings.static import StaticEncoder

        return StaticEncoder(found)
    from embeddings.transformer import TransformerEncoder

    return TransformerEncoder(str(found))


def fingerprint(name: str) -> str:
    """The fingerprint of the encoder of that name, where it can be told without loading it; raises ModelError."""
    found = find(name)
    if isinstance(found, Path) and fingerprints.is_static(found):
        try:
            return fingerprints.static(found)
        except OSError as error:
            raise ModelError(f"model folder {found} cannot be read ({error.strerror}): copy it again") from error
    return load(name).fingerprint
