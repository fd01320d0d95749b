"""An index as it is asked: passages, vectors and words of the generation in use.

Knows what the files of a generation hold; how they are written whole and switched to is the matter of
`generations`. No file is a pickle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings.index import VectorIndex
from qa import locking, shelf
from qa.bm25 import BM25
from qa.checking import MANIFEST, check, checksums
from qa.disk import sha256
from qa.errors import REBUILD, BrokenIndex
from qa.generations import commit, current, fresh, named, pointer, read_manifest, start, writing
from qa.locking import Lease
from qa.manifest import Manifest
from qa.shelf import Shelf
from qa.tokens import VIEWS

__all__ = [
    "Index",
    "checksums",
    "commit",
    "current",
    "fresh",
    "intact",
    "load",
    "load_bm25",
    "read_manifest",
    "save_parts",
    "sha256",
    "start",
    "writing",
]

VECTORS = "vectors.faiss"
ARRAYS: dict[str, type[np.generic]] = {
    "keys": np.uint64,
    "starts": np.int64,
    "documents": np.int32,
    "impacts": np.float32,
}


@dataclass(frozen=True)
class Index:
    """One opened generation; it is not removed before `lease` is released."""

    folder: Path
    manifest: Manifest
    passages: Shelf
    dense: VectorIndex
    lexical: Mapping[str, BM25]
    lease: Lease | None = None

    @property
    def segmenter(self) -> str:
        """What cut its words."""
        return self.manifest.settings.segmenter

    def __len__(self) -> int:
        return len(self.passages)


def load(folder: Path, *, trusting: bool = False) -> Index | None:
    """Open the current generation, even while another replaces it; None where there is none.

    Its files are checked against their checksums unless `trusting`; raises BrokenIndex for damage.
    """
    while True:
        found = pointer(folder)
        if found is None:
            return None
        try:
            return opened(folder, *found, trusting=trusting)
        except BrokenIndex:
            if pointer(folder) == found:
                raise


def opened(folder: Path, generation: Path, digest: str, *, trusting: bool) -> Index:
    """Open this generation and hold it; raises BrokenIndex."""
    try:
        held = locking.lease(generation / MANIFEST)
    except OSError as error:
        reason = error.strerror or error
        raise BrokenIndex(f"{generation} cannot be opened ({reason}): {REBUILD}") from error
    manifest = read_manifest(generation, None if trusting else digest)
    if not trusting:
        check(folder, generation, digest, manifest.checksums)
    try:
        passages = Shelf(generation)
        dense = VectorIndex.from_bytes((generation / VECTORS).read_bytes())
        lexical = {view: load_bm25(generation, view, len(passages)) for view in VIEWS}
    except (OSError, ValueError, EOFError, MemoryError) as error:
        reason = " ".join(str(error).split())
        raise BrokenIndex(f"{generation} is damaged ({reason}): {REBUILD}") from error
    if not len(passages) == len(dense) == manifest.passages or dense.dimension != manifest.settings.dimension:
        raise BrokenIndex(f"{generation} is damaged (its parts disagree on the number of passages): {REBUILD}")
    return Index(generation, manifest, passages, dense, lexical, held)


def load_bm25(generation: Path, view: str, size: int) -> BM25:
    """Memory-map one view; raises ValueError where its arrays do not fit together."""
    arrays = {name: shelf.array(generation / f"{view}.{name}.npy", kind) for name, kind in ARRAYS.items()}
    starts = arrays["starts"]
    ends = len(arrays["documents"]) == len(arrays["impacts"]) == starts[-1]
    if len(starts) != len(arrays["keys"]) + 1 or starts[0] != 0 or not ends:
        raise ValueError(f"{view}: arrays of different lengths")
    return BM25(**arrays, size=size)


def save_parts(generation: Path, passages: Sequence[object], dense: VectorIndex, lexical: Mapping[str, BM25]) -> None:
    """Write everything of a generation but its manifest."""
    shelf.write(generation, passages)  # type: ignore[arg-type]
    (generation / VECTORS).write_bytes(dense.to_bytes())
    for view, bm25 in lexical.items():
        for name in ARRAYS:
            np.save(generation / f"{view}.{name}.npy", getattr(bm25, name))


def intact(index: Index) -> bool:
    """Whether every file of an opened generation still has its checksum."""
    return named(index.folder.parent, index.folder) and checksums(index.folder) == index.manifest.checksums
