"""An index as it is asked: passages, vectors and words of the generation in use.

Knows what the files of a generation hold; how they are written whole and switched to is the matter of
`generations`. No file is a pickle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.clusters import ClusterIndex
from embeddings.index import VectorIndex
from qa import arrays, lexicon, locking, vectors, vocabulary
from qa.bm25 import BM25
from qa.checking import MANIFEST, check, checksums, damaged
from qa.disk import sha256
from qa.errors import REBUILD, BrokenIndex
from qa.generations import commit, current, fresh, named, pointer, read_manifest, start, writing
from qa.locking import Lease
from qa.manifest import ARTICLES, Manifest
from qa.shelf import Shelf
from qa.tokens import PLAIN, VIEWS, Segmenter

__all__ = [
    "Index",
    "checksums",
    "commit",
    "current",
    "fresh",
    "intact",
    "load",
    "read_manifest",
    "sha256",
    "start",
    "writing",
]


@dataclass(frozen=True)
class Index:
    """One opened generation; `articles` are the first passages of each article, and the number of passages.

    `segmenter` is what cut its words; the generation is not removed before `lease` is released.
    """

    folder: Path
    manifest: Manifest
    passages: Shelf
    dense: VectorIndex | ClusterIndex
    lexical: Mapping[str, BM25]
    articles: NDArray[np.int64]
    segmenter: Segmenter = PLAIN
    lease: Lease | None = None

    def __len__(self) -> int:
        return len(self.passages)

    @cached_property
    def article_of(self) -> NDArray[np.int32]:
        """The place of each passage's article: (passages,). Quicker to ask than the articles, among very many."""
        return np.repeat(np.arange(len(self.articles) - 1, dtype=np.int32), np.diff(self.articles))


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
        dense = vectors.load(generation, manifest.dense)
        lexical = {view: lexicon.load(generation, view, len(passages)) for view in VIEWS}
        articles = arrays.opened(generation / ARTICLES, np.int64)
    except (OSError, ValueError, EOFError, MemoryError) as error:
        reason = " ".join(str(error).split())
        if isinstance(error, OSError) and error.strerror and error.filename:
            reason = f"{Path(error.filename).name}: {error.strerror}"
        raise BrokenIndex(f"{generation} is damaged ({reason}): {REBUILD}") from error
    if not len(passages) == len(dense) == manifest.passages or dense.dimension != kept(manifest):
        raise BrokenIndex(f"{generation} is damaged (its parts disagree on the number of passages): {REBUILD}")
    if not len(articles) or articles[0] != 0 or articles[-1] != len(passages) or (np.diff(articles) < 0).any():
        raise BrokenIndex(f"{generation} is damaged (its articles and passages disagree): {REBUILD}")
    words = vocabulary.load(generation, manifest.settings)
    return Index(generation, manifest, passages, dense, lexical, articles, words, held)


def kept(manifest: Manifest) -> int:
    """How many numbers of each vector an index holds."""
    return manifest.dense.numbers or manifest.settings.dimension


def intact(index: Index) -> bool:
    """Whether every file of an opened generation still has its checksum."""
    return named(index.folder.parent, index.folder) and not any(damaged(index.folder, index.manifest.checksums))
