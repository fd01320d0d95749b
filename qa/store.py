"""An index as it is asked: passages, vectors and words of the generation in use.

Knows what the files of a generation hold; how they are written whole and switched to is the matter of
`generations`. No file is a pickle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.index import VectorIndex
from qa import locking, shelf, vocabulary
from qa.bm25 import BM25
from qa.checking import MANIFEST, check, checksums
from qa.disk import sha256
from qa.errors import REBUILD, BrokenIndex
from qa.generations import commit, current, fresh, named, pointer, read_manifest, start, writing
from qa.locking import Lease
from qa.manifest import Manifest
from qa.shelf import Shelf
from qa.tokens import PLAIN, VIEWS, Segmenter
from qa.types import Passage

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
ARTICLES = "articles.npy"
ARRAYS: dict[str, type[np.generic]] = {
    "keys": np.uint64,
    "starts": np.int64,
    "documents": np.int32,
    "impacts": np.float32,
}


@dataclass(frozen=True)
class Index:
    """One opened generation; `articles` are the first passages of each article, and the number of passages.

    `segmenter` is what cut its words; the generation is not removed before `lease` is released.
    """

    folder: Path
    manifest: Manifest
    passages: Shelf
    dense: VectorIndex
    lexical: Mapping[str, BM25]
    articles: NDArray[np.int64]
    segmenter: Segmenter = PLAIN
    lease: Lease | None = None

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
        articles = shelf.array(generation / ARTICLES, np.int64)
    except (OSError, ValueError, EOFError, MemoryError) as error:
        reason = " ".join(str(error).split())
        raise BrokenIndex(f"{generation} is damaged ({reason}): {REBUILD}") from error
    if not len(passages) == len(dense) == manifest.passages or dense.dimension != manifest.settings.dimension:
        raise BrokenIndex(f"{generation} is damaged (its parts disagree on the number of passages): {REBUILD}")
    if not len(articles) or articles[0] != 0 or articles[-1] != len(passages) or (np.diff(articles) < 0).any():
        raise BrokenIndex(f"{generation} is damaged (its articles and passages disagree): {REBUILD}")
    words = vocabulary.load(generation, manifest.settings)
    return Index(generation, manifest, passages, dense, lexical, articles, words, held)


def load_bm25(generation: Path, view: str, size: int) -> BM25:
    """Memory-map one view; raises ValueError where its arrays do not fit together."""
    arrays = {name: shelf.array(generation / f"{view}.{name}.npy", kind) for name, kind in ARRAYS.items()}
    starts = arrays["starts"]
    ends = len(arrays["documents"]) == len(arrays["impacts"]) == starts[-1]
    if len(starts) != len(arrays["keys"]) + 1 or starts[0] != 0 or not ends:
        raise ValueError(f"{view}: arrays of different lengths")
    return BM25(**arrays, size=size)


def article_starts(passages: Sequence[Passage]) -> NDArray[np.int64]:
    """The number of each article's first passage, and the number of all passages."""
    starts, last = [], None
    for number, passage in enumerate(passages):
        here = (passage.path, passage.document, passage.article)
        if here != last:
            starts.append(number)
            last = here
    return np.array([*starts, len(passages)], dtype=np.int64)


def save_parts(generation: Path, passages: Sequence[Passage], dense: VectorIndex, lexical: Mapping[str, BM25]) -> None:
    """Write everything of a generation but its manifest."""
    shelf.write(generation, passages)
    np.save(generation / ARTICLES, article_starts(passages))
    (generation / VECTORS).write_bytes(dense.to_bytes())
    for view, bm25 in lexical.items():
        for name in ARRAYS:
            np.save(generation / f"{view}.{name}.npy", getattr(bm25, name))


def intact(index: Index) -> bool:
    """Whether every file of an opened generation still has its checksum."""
    return named(index.folder.parent, index.folder) and checksums(index.folder) == index.manifest.checksums
