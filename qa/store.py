"""The index folder: generations beside each other and one small file that names the current one.

    .qa/CURRENT            the name of the generation in use, replaced by one rename
    .qa/LOCK               held by the one writer
    .qa/generation-000007/ manifest.json, passages.jsonl, vectors.faiss, words.keys.npy, …

A generation is written beside the others under a temporary name, flushed to disk and renamed whole;
readers keep the files they opened. No file is a pickle.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.index import VectorIndex
from qa import manifest as manifests
from qa import shelf, vocabulary
from qa.bm25 import BM25
from qa.errors import REBUILD, BrokenIndex
from qa.manifest import Manifest
from qa.shelf import Shelf
from qa.tokens import PLAIN, VIEWS, Segmenter
from qa.types import Passage

CURRENT = "CURRENT"
LOCK = "LOCK"
MANIFEST = "manifest.json"
VECTORS = "vectors.faiss"
ARTICLES = "articles.npy"
PREFIX = "generation-"
PARTIAL = ".partial"
ARRAYS = ("keys", "starts", "documents", "impacts")


@dataclass(frozen=True)
class Index:
    """One opened generation; `articles` are the first passages of each article, and the number of passages.

    `segmenter` is what cut its words.
    """

    folder: Path
    manifest: Manifest
    passages: Shelf
    dense: VectorIndex
    lexical: Mapping[str, BM25]
    articles: NDArray[np.int64]
    segmenter: Segmenter = PLAIN

    def __len__(self) -> int:
        return len(self.passages)


def sha256(path: Path) -> str:
    """The hash of a file's bytes, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def current(folder: Path) -> Path | None:
    """The generation in use, or None where the folder holds no index yet."""
    try:
        name = (folder / CURRENT).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenIndex(f"{folder / CURRENT} cannot be read: {REBUILD}") from error
    generation = folder / name
    if not name.startswith(PREFIX) or not name[len(PREFIX) :].isdigit() or not generation.is_dir():
        raise BrokenIndex(f"{folder / CURRENT} names no generation of this index: {REBUILD}")
    return generation


def read_manifest(generation: Path) -> Manifest:
    """The manifest of a generation; raises BrokenIndex."""
    path = generation / MANIFEST
    try:
        return manifests.from_json(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenIndex(f"{path} cannot be read: {REBUILD}") from error


def load(folder: Path) -> Index | None:
    """Open the current generation; None where there is none; raises BrokenIndex for damage."""
    generation = current(folder)
    if generation is None:
        return None
    manifest = read_manifest(generation)
    try:
        passages = Shelf(generation)
        dense = VectorIndex.from_bytes((generation / VECTORS).read_bytes())
        lexical = {view: load_bm25(generation, view, len(passages)) for view in VIEWS}
        articles = shelf.array(generation / ARTICLES)
    except (OSError, ValueError, EOFError) as error:
        raise BrokenIndex(f"{generation} is damaged ({error}): {REBUILD}") from error
    if not len(passages) == len(dense) == manifest.passages or dense.dimension != manifest.settings.dimension:
        raise BrokenIndex(f"{generation} is damaged (its parts disagree on the number of passages): {REBUILD}")
    if not len(articles) or articles[-1] != len(passages):
        raise BrokenIndex(f"{generation} is damaged (its articles and passages disagree): {REBUILD}")
    words = vocabulary.load(generation, manifest.settings)
    return Index(generation, manifest, passages, dense, lexical, articles, words)


def load_bm25(generation: Path, view: str, size: int) -> BM25:
    """Memory-map one view; raises ValueError where its arrays do not fit together."""
    arrays = {name: shelf.array(generation / f"{view}.{name}.npy") for name in ARRAYS}
    starts = arrays["starts"]
    fits = len(starts) == len(arrays["keys"]) + 1 and len(arrays["documents"]) == len(arrays["impacts"]) == starts[-1]
    if not fits:
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
    return checksums(index.folder) == index.manifest.checksums


def checksums(generation: Path) -> dict[str, str]:
    """SHA-256 of every file of the generation but the manifest."""
    return {p.name: sha256(p) for p in sorted(generation.iterdir()) if p.name != MANIFEST}


def flush(path: Path) -> None:
    """Ask the system to put a file or folder on the disk now."""
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot open a folder to flush it
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def start(folder: Path) -> tuple[Path, Path]:
    """A fresh folder to write a generation into, and the name it will have. Call with the lock held."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f"{PREFIX}*{PARTIAL}"):
        shutil.rmtree(left)
    numbers = [int(p.name[len(PREFIX) :]) for p in folder.glob(f"{PREFIX}*") if p.name[len(PREFIX) :].isdigit()]
    final = folder / f"{PREFIX}{max(numbers, default=0) + 1:06d}"
    partial = final.with_name(final.name + PARTIAL)
    partial.mkdir()
    return partial, final


def commit(folder: Path, partial: Path, final: Path, manifest: Manifest) -> None:
    """Finish a generation and switch to it; generations before it are removed."""
    (partial / MANIFEST).write_text(manifests.to_json(manifest), encoding="utf-8")
    for path in [*partial.iterdir(), partial]:
        flush(path)
    partial.rename(final)
    pointer = folder / f"{CURRENT}{PARTIAL}"
    pointer.write_text(final.name + "\n", encoding="ascii")
    flush(pointer)
    pointer.replace(folder / CURRENT)
    flush(folder)
    for old in folder.glob(f"{PREFIX}*"):
        if old != final:
            shutil.rmtree(old, ignore_errors=True)  # a reader on Windows may still hold it: the next writer tries again


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Be the one writer; raises BrokenIndex where another program writes to this index."""
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / LOCK, timeout=0):
            yield
    except Timeout as error:
        raise BrokenIndex(f"{folder} is being written by another program: wait for it and try again") from error
    except OSError as error:
        raise BrokenIndex(
            f"index folder {folder} cannot be written ({error.strerror}): choose another with --index"
        ) from error
