"""Files to an index generation: what is unchanged is taken over, the rest is read and embedded."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from embeddings.index import VectorIndex
from qa import staleness, store, vocabulary
from qa.bm25 import BM25
from qa.digests import read as read_digests
from qa.errors import InputError
from qa.manifest import FileRecord, Manifest, Settings, SkippedFile
from qa.readers import registry, walk
from qa.reading import Known, Reading, read_all, read_file
from qa.store import Index
from qa.tokens import VIEWS, Segmenter, view_lists
from qa.types import Encoder, Floats, Passage

BATCH = 1024  # passages embedded at a time

Progress = Callable[[str, int, int], None]


def silent(stage: str, done: int, total: int) -> None:
    """No progress shown."""


def searched_text(passage: Passage) -> str:
    """What the words of a passage are taken from: its article's titles in front."""
    return f"{passage.context}\n{passage.text}" if passage.context else passage.text


def embedded_text(passage: Passage) -> str:
    """What is embedded for a passage: its headline in front; kickers would only dilute the mean."""
    return f"{passage.headline}\n{passage.text}" if passage.context and passage.headline else passage.text


def embed(encoder: Encoder, passages: Sequence[Passage], progress: Progress) -> Floats:
    """Vectors of the passages, float32 (passages, dimension)."""
    out = np.zeros((len(passages), encoder.dimension), np.float32)
    for begin in range(0, len(passages), BATCH):
        progress("embedding", begin, len(passages))
        out[begin : begin + BATCH] = encoder.passages([embedded_text(p) for p in passages[begin : begin + BATCH]])
    progress("embedding", len(passages), len(passages))
    return out


def assemble(
    readings: Iterable[Reading], old: Index | None, encoder: Encoder, progress: Progress
) -> tuple[list[FileRecord], list[Passage], Floats]:
    """All passages in the order of the files, with their vectors; known ones are taken from `old`."""
    records: list[FileRecord] = []
    passages: list[Passage] = []
    kept: list[tuple[int, int, int]] = []  # (first new number, first old number, how many)
    fresh: list[int] = []
    for reading in readings:
        first = len(passages)
        if reading.old is not None and old is not None:
            held = (old.passages[n] for n in range(reading.old.first, reading.old.last))
            passages.extend(held if reading.record.path == reading.old.path else renamed(held, reading.record.path))
            kept.append((first, reading.old.first, len(passages) - first))
        else:
            passages.extend(reading.passages or ())
            fresh.extend(range(first, len(passages)))
        records.append(replace(reading.record, first=first, last=len(passages)))
    vectors = np.zeros((len(passages), encoder.dimension), np.float32)
    for new, was, n in kept:
        assert old is not None
        vectors[new : new + n] = old.dense.vectors()[was : was + n]
    vectors[fresh] = embed(encoder, [passages[n] for n in fresh], progress)
    return records, passages, vectors


def renamed(passages: Iterable[Passage], path: str) -> Iterator[Passage]:
    """Passages of a file that has another name now; documents that name themselves keep their names."""
    for passage in passages:
        document = passage.document if registry.names_documents(path) else path
        yield replace(passage, path=path, document=document)


def build_lexical(passages: Sequence[Passage], segmenter: Segmenter, progress: Progress) -> dict[str, BM25]:
    """The BM25 views of the passages."""
    keys: dict[str, list[np.ndarray[tuple[int], np.dtype[np.uint64]]]] = {view: [] for view in VIEWS}
    for begin in range(0, len(passages), BATCH):
        progress("indexing words", begin, len(passages))
        batch = [searched_text(p) for p in passages[begin : begin + BATCH]]
        for view, texts in view_lists(batch, segmenter).items():
            keys[view].extend(texts)
    progress("indexing words", len(passages), len(passages))
    return {view: BM25.build(keys.pop(view)) for view in VIEWS}  # one after the other, each let go of at once


def relative(base: Path, folder: Path) -> str:
    """`base` as seen from the index folder, so that both can be moved together."""
    try:
        return Path(os.path.relpath(base.resolve(), folder.resolve())).as_posix()
    except ValueError:  # another drive
        return base.resolve().as_posix()


def build(
    folder: Path,
    roots: Sequence[str],
    base: Path,
    encoder: Encoder,
    settings: Settings,
    *,
    old: Index | None,
    max_bytes: int,
    words: Segmenter | None = None,
    progress: Progress = silent,
) -> Manifest:
    """Write the next generation of the index in `folder` and switch to it, unless `old` is what it would be.

    Call with the lock held.

    `roots` are the paths as the user gave them, relative to `base`; `words` is what the settings describe. Raises InputError where nothing
    can be read, and then the index stays as it was.
    """
    # A model that was only moved has the same fingerprint.
    same = old is not None and replace(old.manifest.settings, model=settings.model) == settings
    reusable = old if same else None
    digests = read_digests(folder, max_bytes)
    found, refused = walk.find([Path(r) for r in roots], base)
    plan = Manifest(settings, relative(base, folder), tuple(roots), 0, (), (), {}, max_bytes)
    if reusable and staleness.same(plan, reusable.manifest, found, refused, digests):
        digests.save(folder)
        return reusable.manifest
    read = partial(read_file, limit=settings.passage_limit, measure=encoder.lengths, max_bytes=max_bytes)
    known = Known(reusable.manifest.files if reusable else ())
    readings, skipped = read_all(found, known, digests, read, progress)
    skipped = sorted([*(SkippedFile(s.name, s.reason) for s in refused), *skipped], key=lambda s: s.path)
    if not readings:
        raise InputError(nothing_to_read(roots, skipped))
    records, passages, vectors = assemble(readings, reusable, encoder, progress)
    words = words or Segmenter(settings.segmenter)
    lexical = build_lexical(passages, words, progress)
    manifest = replace(plan, passages=len(passages), files=tuple(records), skipped=tuple(skipped))
    with store.fresh(folder) as (beside, final):
        vocabulary.write(beside, words)
        store.save_parts(beside, passages, VectorIndex.build(vectors), lexical)
        manifest = store.commit(folder, beside, final, manifest)
    digests.save(folder)
    return manifest


def nothing_to_read(roots: Sequence[str], skipped: Sequence[SkippedFile]) -> str:
    """The message for a folder without a readable document."""
    where = ", ".join(roots)
    if not skipped:
        return f"no documents in {where}: give a folder or file with .txt, .md, .html, .pdf, .docx or .jsonl"
    first = skipped[0]
    return f"no document in {where} can be read ({first.path}: {first.reason}): give other files"
