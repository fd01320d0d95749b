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
from qa import store
from qa.bm25 import BM25
from qa.digests import Digests
from qa.digests import read as read_digests
from qa.errors import InputError, UnreadableFile
from qa.manifest import FileRecord, Manifest, Settings, SkippedFile
from qa.passages import Measure, of_source
from qa.readers import files, registry, walk
from qa.readers.stamps import stamp_of
from qa.store import Index
from qa.tokens import VIEWS, view_lists
from qa.types import Encoder, Floats, Passage

BATCH = 1024  # passages embedded at a time
PATIENCE = 3  # times that a file is read while somebody writes to it

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


def skip(item: walk.Found, error: Exception, digests: Digests) -> SkippedFile:
    """The record of a file that cannot be read."""
    digest = ""
    with suppress(OSError):
        digest = digests.of(item)
    return SkippedFile(item.name, str(error).removeprefix(f"{item.name}: "), item.stamp[0], digest)


def read_file(found: walk.Found, digest: str, limit: int, measure: Measure, max_bytes: int) -> Reading:
    """Read one file into passages; raises UnreadableFile."""
    source = registry.read(found.path, found.name, max_bytes=max_bytes)
    passages = list(of_source(source, limit, measure))
    if not passages:
        raise UnreadableFile(f"{found.name}: holds no text")
    size, documents = found.stamp[0], len(source.documents)
    record = FileRecord(found.name, size, digest, source.encoding, source.unit, documents, 0, 0)
    return Reading(record, passages, None)


def at_rest(found: walk.Found, digests: Digests, read: Callable[[walk.Found, str], Reading]) -> Reading:
    """Read a file whose bytes are those that were hashed: one that changes meanwhile is read again, then refused."""
    for _ in range(PATIENCE):
        before = replace(found, stamp=stamp_of(found.path.stat()))
        reading = read(before, digests.of(before))
        if stamp_of(found.path.stat()) == before.stamp:
            return reading
    raise UnreadableFile(f"{found.name}: changes while it is read; index it when it is at rest")


class Known:
    """The files of an index by name and, for those that moved, by what they hold."""

    def __init__(self, files: Iterable[FileRecord]) -> None:
        self._named = {f.path: f for f in files}
        self._holding = {self._content(f.path, f.sha256): f for f in self._named.values()}

    @staticmethod
    def _content(path: str, digest: str) -> tuple[str, str]:
        return digest, registry.suffix(path)  # the suffix decides how the same bytes are read

    def find(self, name: str, digest: str) -> FileRecord | None:
        """The record of a file that holds the same and is read the same way, here or under another name."""
        own = self._named.get(name)
        return own if own and own.sha256 == digest else self._holding.get(self._content(name, digest))


def read_all(
    found: Sequence[walk.Found],
    known: Known,
    digests: Digests,
    read: Callable[[walk.Found, str], Reading],
    progress: Progress,
) -> tuple[list[Reading], list[SkippedFile]]:
    """Read what changed; name what cannot be read."""
    readings, skipped = [], []
    for done, item in enumerate(found):
        progress("reading", done, len(found))
        try:
            old = known.find(item.name, digests.of(item))
            if old is None:
                readings.append(at_rest(item, digests, read))
            else:
                readings.append(Reading(replace(old, path=item.name), None, old))
        except UnreadableFile as error:
            skipped.append(skip(item, error, digests))
        except OSError as error:
            skipped.append(skip(item, files.unreadable(item.name, error), digests))
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


def build_lexical(passages: Sequence[Passage], segmenter: str, progress: Progress) -> dict[str, BM25]:
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
    progress: Progress = silent,
) -> Manifest:
    """Write the next generation of the index in `folder` and switch to it. Call with the lock held.

    `roots` are the paths as the user gave them, relative to `base`. Raises InputError where nothing
    can be read, and then the index stays as it was.
    """
    reusable = old if old is not None and old.manifest.settings == settings else None
    digests = read_digests(folder, max_bytes)
    found, refused = walk.find([Path(r) for r in roots], base)
    read = partial(read_file, limit=settings.passage_limit, measure=encoder.lengths, max_bytes=max_bytes)
    known = Known(reusable.manifest.files if reusable else ())
    readings, skipped = read_all(found, known, digests, read, progress)
    skipped = sorted([*(SkippedFile(s.name, s.reason) for s in refused), *skipped], key=lambda s: s.path)
    if not readings:
        raise InputError(nothing_to_read(roots, skipped))
    records, passages, vectors = assemble(readings, reusable, encoder, progress)
    lexical = build_lexical(passages, settings.segmenter, progress)
    manifest = Manifest(
        settings=settings,
        base=relative(base, folder),
        roots=tuple(roots),
        passages=len(passages),
        files=tuple(records),
        skipped=tuple(skipped),
        checksums={},
        max_bytes=max_bytes,
    )
    with store.fresh(folder) as (beside, final):
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
