"""A cross-encoder reads a question and a text together: slower than vectors, and it sees how the words meet.

The library (and torch) is imported only here and in `transformer`, on first use; nothing is downloaded and no code
of a model is run.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import ModelError
from embeddings.loading import cached
from embeddings.transformer import BATCH, first_line, stay_offline

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder as Model

Floats = NDArray[np.float32]
REMEDY = "give the folder of a cross-encoder"
HEADS = ("ForSequenceClassification", "ForCausalLM")  # kinds of network that judge a pair


def find(name: str) -> str:
    """The model's folder, or its name in the local cache; raises ModelError, and never tries the network."""
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise ModelError(f"reranker {name!r} holds no model (no config.json): {REMEDY}")
        return str(folder)
    if not cached(name):
        raise ModelError(f"no reranker {name!r} on this machine (nothing is downloaded): {REMEDY}")
    return name


class CrossEncoder:
    """Scores of texts for a question, by any sentence-transformers cross-encoder with one label."""

    def __init__(self, name: str) -> None:
        """Load from a folder or the local cache; raises ModelError without trying the network."""
        found = find(name)
        stay_offline()
        from sentence_transformers import CrossEncoder as Model
        from torch.nn import Identity

        try:
            self._model: Model = Model(found, local_files_only=True, trust_remote_code=False)
        except Exception as error:  # the library raises OSError, ValueError, KeyError and others here
            raise ModelError(f"reranker {name!r} cannot be loaded ({first_line(error)}): {REMEDY}") from error
        made = getattr(self._model.config, "architectures", None) or [HEADS[0]]
        if not made[0].endswith(HEADS) and len(list(self._model.children())) < 2:
            # The library would give it a head of random weights.
            raise ModelError(f"reranker {name!r} is no cross-encoder ({made[0]} scores no pairs): {REMEDY}")
        labels = self._model.num_labels if hasattr(self._model, "num_labels") else self._model.config.num_labels
        if labels != 1:
            raise ModelError(f"reranker {name!r} gives {labels} scores for a pair: use one that gives a single one")
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
        return np.asarray(found, dtype=np.float32)
