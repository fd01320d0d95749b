"""From a model's name to an encoder: the shipped one, a folder, or a model on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from embeddings import folders, hub, options
from embeddings.errors import ModelError
from embeddings.options import Options
from embeddings.static import StaticEncoder, is_static

if TYPE_CHECKING:
    from embeddings.caching import CachedEncoder

DEFAULT = "default"
SHIPPED = Path(__file__).parent / "model"


def find(name: str, chosen: Options | None = None) -> Path:
    """The model's folder, found or downloaded; raises ModelError for what is no model or lacks files."""
    chosen = chosen or Options()
    options.check(chosen)
    folder = SHIPPED if name == DEFAULT else Path(name).expanduser()
    if folder.is_file():
        raise ModelError(f"{name!r} is a file: give the folder of a sentence-transformers model")
    if not folder.is_dir():
        if name == DEFAULT:
            raise ModelError("the shipped model is missing: install the program again")
        folder = hub.find(name, allow_download=chosen.allow_download, backend=chosen.backend)
    folders.check(folder, chosen.backend)
    return folder


def load(name: str = DEFAULT, chosen: Options | None = None) -> StaticEncoder | CachedEncoder:
    """The encoder of that name; raises ModelError, and tries no network unless the options allow a download.

    A static model is quicker than any look-up of its vectors, so only the others have a cache.
    """
    chosen = chosen or Options()
    folder = find(name, chosen)
    if is_static(folder):
        if (chosen.dtype, chosen.backend) != ("float32", "torch"):
            raise ModelError(f"model {name!r} is static and has one form only: leave --dtype and --backend out")
        return StaticEncoder(folder)
    from embeddings.cache import VectorCache, default_place
    from embeddings.caching import CachedEncoder
    from embeddings.transformer import TransformerEncoder

    encoder = TransformerEncoder(folder, chosen)
    return CachedEncoder(encoder, VectorCache(default_place()) if chosen.cache else None)
