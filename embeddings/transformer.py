"""Any sentence-transformers model from its folder, through sentence-transformers itself.

The library (and torch) is imported only here, on first use; nothing is downloaded and no code of a
model is run (`trust_remote_code` stays off). What is blank gives zeros without asking the model.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embeddings import folders, prompts
from embeddings.batches import TEXTS, batches, ordered
from embeddings.errors import ModelError
from embeddings.options import Options, resolve_device
from embeddings.pool import Pool

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Floats = NDArray[np.float32]
LONGEST = 100_000  # characters read of one text before its tokens are cut to what the model takes


def stay_offline() -> None:
    """Tell the libraries to try no network and to say nothing; must come before their import."""
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_PROGRESS_BARS"):
        os.environ[name] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")


def first_line(error: BaseException) -> str:
    """What an error of a library says, short enough for one line."""
    said = str(error).strip().splitlines()
    return said[0][:160] if said else type(error).__name__


def libraries(backend: str = "torch") -> None:
    """Import what runs models, offline; raises ModelError for an installation in which that fails."""
    stay_offline()
    if backend == "openvino":  # its tools report over the network that they are used, unless this package is not there
        sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    try:
        import sentence_transformers  # noqa: F401
        import torch  # noqa: F401
    except Exception as error:  # of packages that do not go together: ImportError, RuntimeError, OSError and others
        raise ModelError(
            f"sentence-transformers or a package that it needs cannot be imported ({first_line(error)}): "
            "install packages that go together, as docs/models.md says"
        ) from error


def load_model(folder: Path, device: str, options: Options) -> SentenceTransformer:
    """The library's model; raises ModelError for whatever it stumbles over."""
    import torch
    from sentence_transformers import SentenceTransformer

    own_weights = options.backend == "torch"  # the others come in the form in which they were exported
    try:
        model = SentenceTransformer(
            str(folder),
            device=device,
            backend=options.backend,  # type: ignore[arg-type]
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"dtype": options.dtype} if own_weights else None,
        )
        return model.to(getattr(torch, options.dtype)) if own_weights else model
    except ImportError as error:
        raise ModelError(
            f"backend {options.backend} cannot be imported ({first_line(error)}): "
            "install packages that go together, as docs/models.md says"
        ) from error
    except Exception as error:  # the library raises OSError, ValueError, KeyError and others here
        raise ModelError(
            f"model {str(folder)!r} cannot be loaded ({first_line(error)}): give the folder of a complete model"
        ) from error


def unit(vectors: Floats) -> Floats:
    """Each row at length 1, float32; a row that is zero or not finite becomes zeros."""
    finite = np.isfinite(vectors).all(axis=1, keepdims=True)
    rows = np.where(finite, vectors, 0).astype(np.float64)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Floats = np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0).astype(np.float32)
    return scaled


class TransformerEncoder:
    """Uses the model's own pooling and dimensions, and its own or its family's prompts."""

    def __init__(self, folder: Path, options: Options | None = None) -> None:
        """Load from a folder; raises ModelError for an incomplete or damaged one, or an absent device."""
        options = options or Options()
        libraries(options.backend)
        self._where = str(folder)
        self._dtype = options.dtype
        self.prompts = prompts.of_folder(folder)
        device = resolve_device(options.device)
        self._model = load_model(folder, device, options)
        self._pool = Pool(self._model, device, options.workers)
        said = (folders.digest(folder, options.backend), *self._prompts(), options.dtype, options.backend)
        self._digest = hashlib.sha256("\0".join(said).encode()).hexdigest()[:16]

    def _prompts(self) -> tuple[str, str]:
        return self.prompts.query, self.prompts.passage

    @property
    def fingerprint(self) -> str:
        """A hash of the folder's files, the prompts, the dtype and the backend; not of device or processes."""
        return f"transformer-{self._digest}"

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        size: int | None = self._model.get_embedding_dimension()
        if size is None:
            raise ModelError(f"model {self._where!r} does not say the length of its vectors: use another")
        return size

    @property
    def room(self) -> int | None:
        """Tokens of a passage that are read, beside the special ones and its prompt; None where there is no limit."""
        most = self._model.max_seq_length
        if most is None:
            return None
        return max(1, int(most) - self.lengths([self.prompts.passage])[0])

    def queries(self, texts: Sequence[str]) -> Floats:
        """Unit vectors, float32 (texts, dimension), with the query prompt; a blank text gives zeros."""
        return self._encode(self._model.encode_query, self.prompts.query, texts)

    def passages(self, texts: Sequence[str]) -> Floats:
        """Unit vectors, float32 (texts, dimension), with the passage prompt; a blank text gives zeros."""
        return self._encode(self._model.encode_document, self.prompts.passage, texts)

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, the special ones included."""
        return [len(ids) for ids in self._model.tokenizer(list(texts), truncation=False)["input_ids"]] if texts else []

    def close(self) -> None:
        """End the encoding processes, where there are any."""
        self._pool.close()

    def _encode(self, encode: Any, prompt: str, texts: Sequence[str]) -> Floats:
        out = np.zeros((len(texts), self.dimension), np.float32)
        held = [n for n, text in enumerate(texts) if text.strip()]
        if not held:
            return out
        read = [texts[n][:LONGEST] for n in held]
        lengths = self.lengths(read)
        order = ordered(read, lengths)
        try:
            rows = self._run(encode, prompt, [read[n] for n in order], [lengths[n] for n in order])
        except (RuntimeError, MemoryError) as error:  # no memory on the device, an operation it lacks, a dead process
            raise ModelError(
                f"model {self._where!r} failed ({first_line(error)}): try --device cpu, or --dtype float32"
            ) from error
        if not np.isfinite(rows).all(axis=1).any():
            raise ModelError(
                f"model {self._where!r} gives no numbers in {self._dtype}: use --dtype float32, or copy its folder again"
            )
        out[[held[n] for n in order]] = unit(rows)
        return out

    def _run(self, encode: Any, prompt: str, texts: list[str], lengths: list[int]) -> Floats:
        """The model's own vectors of texts that stand in the order of their lengths."""
        plain = {"prompt": prompt, "show_progress_bar": False, "convert_to_numpy": True}
        if self._pool.wanted(len(texts)):
            return np.asarray(encode(texts, pool=self._pool.processes(), batch_size=TEXTS, **plain), dtype=np.float32)
        most = self._model.max_seq_length or max(lengths)
        parts = [
            encode(texts[begin:end], batch_size=end - begin, **plain)
            for begin, end in batches([min(length, most) for length in lengths])
        ]
        return np.concatenate(parts).astype(np.float32)
