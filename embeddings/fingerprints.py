"""What names a static model's weights, told from its files alone: no array is loaded for it."""

from __future__ import annotations

import hashlib
import mmap
from contextlib import suppress
from pathlib import Path

# The files of a static model; the last, the tokenizer in another form, may be missing.
WEIGHTS, TOKENIZER, PIECES = "model.safetensors", "tokenizer.json", "sentencepiece.model"
LEADING = "leading"  # in the weights' own header: how many of a vector's first numbers hold most of it


def static(folder: Path) -> str:
    """The fingerprint that `StaticEncoder` gives the model in this folder; raises OSError where it has other files."""
    digest = hashlib.sha256()
    with (
        (folder / WEIGHTS).open("rb") as file,
        suppress(ValueError),  # nothing is mapped of an empty file
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as weights,  # hashed where it lies: half the time
    ):
        digest.update(weights)
    digest.update((folder / TOKENIZER).read_bytes())
    with suppress(FileNotFoundError):
        digest.update((folder / PIECES).read_bytes())
    return f"static-{digest.hexdigest()[:16]}"
