"""A cross-encoder reads a question and a text together: slower than vectors, and it sees how the words meet.

The library (and torch) is imported on first use; nothing is downloaded and no code of a model is run.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings import folders, hub
from embeddings.errors import ModelError
from embeddings.options import resolve_device
from embeddings.transformer import first_line, libraries

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder as Model

Floats = NDArray[np.float32]
BATCH = 24
REMEDY = "give the folder of a cross-encoder"
HEADS = ("ForSequenceClassification", "ForCausalLM")  # kinds of network that judge a pair


def find(name: str) -> Path:
    """The model's folder, also by its name in the local cache; raises ModelError where it cannot be a cross-encoder."""
    given = Path(name).expanduser()
    folder = given if given.is_dir() else hub.cached(name)
    if folder is None:
        raise ModelError(f"no reranker {name!r} on this machine (nothing is downloaded): {REMEDY}")
    if not (folder / "config.json").is_file():
        raise ModelError(f"reranker {name!r} holds no model (no config.json): {REMEDY}")
    check(folder, name)
    return folder


def check(folder: Path, name: str) -> None:
    """Raise ModelError for a network that judges no pairs: the library would give it a head of random weights."""
    try:
        made = json.loads((folder / "config.json").read_text(encoding="utf-8")).get("architectures") or [HEADS[0]]
        kind = str(made[0])
    except (OSError, ValueError, AttributeError, LookupError, TypeError) as error:
        raise ModelError(f"reranker {name!r} cannot be loaded (its config.json is damaged): {REMEDY}") from error
    own = any("cross_encoder" in row["type"] for row in folders.modules(folder) or [])
    if not kind.endswith(HEADS) and not own:
        raise ModelError(f"reranker {name!r} is no cross-encoder ({kind} scores no pairs): {REMEDY}")


class CrossEncoder:
    """Scores of texts for a question, by any sentence-transformers cross-encoder with one label."""

    def __init__(self, name: str, device: str = "auto") -> None:
        """Load from a folder or the local cache; raises ModelError without trying the network."""
        found = find(name)
        libraries()
        from sentence_transformers import CrossEncoder as Model
        from torch.nn import Identity

        where = resolve_device(device)
        try:
            self._model: Model = Model(str(found), device=where, local_files_only=True, trust_remote_code=False)
            labels = int(self._model.config.num_labels)
        except Exception as error:  # the library raises OSError, ValueError, KeyError and others here
            raise ModelError(f"reranker {name!r} cannot be loaded ({first_line(error)}): {REMEDY}") from error
        if labels != 1 and str(self._model.config.architectures).find(HEADS[1]) < 0:
            raise ModelError(f"reranker {name!r} gives {labels} scores for a pair: use one that gives a single one")
        self._name = name
        self._activation = Identity()  # the usual sigmoid would make equals of the surest

    def scores(self, question: str, texts: Sequence[str]) -> Floats:
        """How well each text answers the question, float32 (texts,); larger is better, on the model's own scale."""
        if not texts:
            return np.zeros(0, np.float32)
        found = self._model.predict(
            [(question, text) for text in texts],
            batch_size=BATCH,
            show_progress_bar=False,
            activation_fn=self._activation,
            convert_to_numpy=True,
        )
        scores = np.asarray(found, dtype=np.float32)
        if not np.isfinite(scores).all():
            raise ModelError(f"reranker {self._name!r} gives scores that are no finite numbers: use another")
        return scores
