"""Any sentence-transformers model, by folder or by the name of one already on this machine.

The library (and torch) is imported only here, on first use; nothing is downloaded and no code of a
model is run (`trust_remote_code` stays off).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Floats = NDArray[np.float32]
BATCH = 32


def fingerprint_of(folder: Path) -> str:
    """A hash over the names and bytes of a model folder's files."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()[:16]


def stay_offline() -> None:
    """Tell the libraries, before they are imported, to load local files and to keep quiet."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")


def first_line(error: Exception) -> str:
    """What a library says of a model, short enough for a message."""
    return str(error).splitlines()[0][:160] if str(error) else type(error).__name__


class TransformerEncoder:
    """Uses the model's own pooling, dimensions and query and document prompts."""

    def __init__(self, name: str) -> None:
        """Load from a folder or the local cache; raises ModelError without trying the network."""
        stay_offline()
        from sentence_transformers import SentenceTransformer

        try:
            self._model: SentenceTransformer = SentenceTransformer(name, local_files_only=True)
        except Exception as error:  # the library raises OSError, ValueError, KeyError and others here
            raise ModelError(
                f"model {name!r} cannot be loaded ({first_line(error)}): give the folder of a complete model"
            ) from error
        folder = Path(name)
        self._name = f"folder-{fingerprint_of(folder)}" if folder.is_dir() else f"name-{name}"

    @property
    def fingerprint(self) -> str:
        """A hash of the folder's files, or the name of a model from the local cache."""
        return self._name

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        size: int | None = self._model.get_embedding_dimension()
        if size is None:
            raise ModelError(f"model {self._name} does not say the length of its vectors: use another")
        return size

    def queries(self, texts: Sequence[str]) -> Floats:
        """Unit vectors, float32 (texts, dimension), with the model's query prompt where it has one."""
        return self._encode(self._model.encode_query, texts)

    def passages(self, texts: Sequence[str]) -> Floats:
        """Unit vectors, float32 (texts, dimension), with the model's document prompt where it has one."""
        return self._encode(self._model.encode_document, texts)

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, the special ones included."""
        return [len(ids) for ids in self._model.tokenizer(list(texts), truncation=False)["input_ids"]] if texts else []

    def _encode(self, encode: Any, texts: Sequence[str]) -> Floats:
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        vectors: Floats = encode(
            list(texts), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
        )
        return np.nan_to_num(np.asarray(vectors, dtype=np.float32))
