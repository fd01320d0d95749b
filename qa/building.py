"""Files to an index generation: what is unchanged is taken over, the rest is read and embedded."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from embeddings.index import VectorIndex
from qa import store, vocabulary
from qa.bm25 import BM25
from qa.errors import InputError, UnreadableFile
from qa.manifest import FileRecord, Manifest, Settings, SkippedFile
from qa.passages import Measure, of_source
from qa.readers import registry, walk
from qa.store import Index
from qa.tokens import VIEWS, Segmenter, view_lists
from qa.types import Encoder, Floats, Passage

BATCH = 1024  # passages embedded at a time

Progress = Callable[[str, int, int], None]


def silent(stage: str, done: int, total: int) -> None:
    """No progress shown."""


@dataclass(frozen=True)
class Reading:
    """One file as it will stand in the index; `old` is its record where nothing changed."""

    record: FileRecord
    passages: Sequence[Passage] | None
    old: FileRecord | None


def searched_text(passage: Passage) -> str:
    """What the words of a passage are taken from: its article's titles in front."""
    return f"{passage.context}\n{passage.text}" if passage.context else passage.text


def embedded_text(passage: Passage) -> str:
    """What is embedded for a passage: its headline in front; kickers would only dilute the mean."""
    return f"{passage.headline}\n{passage.text}" if passage.context and passage.headline else passage.text


def record_of(path: Path, name: str) -> FileRecord:
    """A file's size, time and hash; the rest is filled in when it is read."""
    stat = path.stat()
    return FileRecord(name, stat.st_size, stat.st_mtime_ns, store.sha256(path), None, "line", 0, 0, 0)


def unchanged(path: Path, known: FileRecord | SkippedFile) -> bool:
    """Whether size and time are still those of the record."""
    stat = path.stat()
    return (stat.st_size, stat.st_mtime_ns) == (known.size, known.modified)


def skip(item: walk.Found, error: Exception) -> SkippedFile:
    """The record of a file that cannot be read."""
    size = modified = 0
    with suppress(OSError):
        stat = item.path.stat()
        size, modified = stat.st_size, stat.st_mtime_ns
    return SkippedFile(item.name, str(error).removeprefix(f"{item.name}: "), size, modified)


def read_file(found: walk.Found, limit: int, measure: Measure, max_bytes: int) -> Reading:
    """Read one file into passages; raises UnreadableFile."""
    try:
        record = record_of(found.path, found.name)
        source = registry.read(found.path, found.name, max_bytes=max_bytes)
    except OSError as error:
        raise UnreadableFile(f"{found.name}: {error.strerror or error}") from error
    passages = list(of_source(source, limit, measure))
    if not passages:
        raise UnreadableFile(f"{found.name}: holds no text")
    record = replace(record, encoding=source.encoding, unit=source.unit, documents=len(source.documents))
    return Reading(record, passages, None)


def read_all(
    found: Sequence[walk.Found],
    known: dict[str, FileRecord],
    read: Callable[[walk.Found], Reading],
    progress: Progress,
) -> tuple[list[Reading], list[SkippedFile]]:
    """Read what changed; name what cannot be read."""
    readings, skipped = [], []
    for done, item in enumerate(found):
        progress("reading", done, len(found))
        old = known.get(item.name)
        try:
            if old is not None and unchanged(item.path, old):
                readings.append(Reading(old, None, old))
                continue
            reading = read(item)
            if old is not None and old.sha256 == reading.record.sha256:
                reading = Reading(replace(old, modified=reading.record.modified), None, old)
            readings.append(reading)
        except (UnreadableFile, OSError) as error:
            skipped.append(skip(item, error))
    progress("reading", len(found), len(found))
    return readings, skipped


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
    files: list[FileRecord] = []
    passages: list[Passage] = []
    kept: list[tuple[int, int, int]] = []  # (first new number, first old number, how many)
    fresh: list[int] = []
    for reading in readings:
        first = len(passages)
        if reading.old is not None and old is not None:
            passages.extend(old.passages[n] for n in range(reading.old.first, reading.old.last))
            kept.append((first, reading.old.first, len(passages) - first))
        else:
            passages.extend(reading.passages or ())
            fresh.extend(range(first, len(passages)))
        files.append(replace(reading.record, first=first, last=len(passages)))
    vectors = np.zeros((len(passages), encoder.dimension), np.float32)
    for new, was, n in kept:
        assert old is not None
        vectors[new : new + n] = old.dense.vectors()[was : was + n]
    vectors[fresh] = embed(encoder, [passages[n] for n in fresh], progress)
    return files, passages, vectors


def build_lexical(passages: Sequence[Passage], segmenter: Segmenter, progress: Progress) -> dict[str, BM25]:
    """The BM25 views of the passages."""
    keys: dict[str, list[np.ndarray[tuple[int], np.dtype[np.uint64]]]] = {view: [] for view in VIEWS}
    for begin in range(0, len(passages), BATCH):
        progress("indexing words", begin, len(passages))
        batch = [searched_text(p) for p in passages[begin : begin + BATCH]]
        for view, texts in view_lists(batch, segmenter).items():
            keys[view].extend(texts)
    progress("indexing words", len(passages), len(passages))
    return {view: BM25.build(texts) for view, texts in keys.items()}


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
    """Write the next generation of the index in `folder` and switch to it. Call with the lock held.

    `roots` are the paths as the user gave them, relative to `base`; `words` is what the settings describe. Raises InputError where nothing
    can be read, and then the index stays as it was.
    """
    # A model that was only moved has the same fingerprint.
    same = old is not None and replace(old.manifest.settings, model=settings.model) == settings
    reusable = old if same else None
    known = {f.path: f for f in reusable.manifest.files} if reusable else {}
    found, refused = walk.find([Path(r) for r in roots], base)
    read = partial(read_file, limit=settings.passage_limit, measure=encoder.lengths, max_bytes=max_bytes)
    readings, skipped = read_all(found, known, read, progress)
    skipped = sorted([*(SkippedFile(s.name, s.reason) for s in refused), *skipped], key=lambda s: s.path)
    if not readings:
        raise InputError(nothing_to_read(roots, skipped))
    files, passages, vectors = assemble(readings, reusable, encoder, progress)
    words = words or Segmenter(settings.segmenter)
    lexical = build_lexical(passages, words, progress)
    beside, final = store.start(folder)
    vocabulary.write(beside, words)
    store.save_parts(beside, passages, VectorIndex.build(vectors), lexical)
    manifest = Manifest(
        settings=settings,
        base=relative(base, folder),
        roots=tuple(roots),
        passages=len(passages),
        files=tuple(files),
        skipped=tuple(skipped),
        checksums=store.checksums(beside),
    )
    store.commit(folder, beside, final, manifest)
    return manifest


def nothing_to_read(roots: Sequence[str], skipped: Sequence[SkippedFile]) -> str:
    """The message for a folder without a readable document."""
    where = ", ".join(roots)
    if not skipped:
        return f"no documents in {where}: give a folder or file with .txt, .md, .html, .pdf, .docx or .jsonl"
    first = skipped[0]
    return f"no document in {where} can be read ({first.path}: {first.reason}): give other files"


def changed(manifest: Manifest, base: Path) -> Iterator[str]:
    """What no longer is as the index says: one line a file, found by size and time alone."""
    found, _ = walk.find([Path(r) for r in manifest.roots if (base / r).exists()], base)
    seen = {f.name: f.path for f in found}
    known: dict[str, FileRecord | SkippedFile] = {s.path: s for s in manifest.skipped}
    known.update((f.path, f) for f in manifest.files)
    for name, path in seen.items():
        if name not in known:
            yield f"{name} is new"
        elif not unchanged(path, known[name]):
            yield f"{name} changed"
    yield from (f"{f.path} is gone" for f in manifest.files if f.path not in seen)
