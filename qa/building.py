"""Files to an index generation: what is unchanged is taken over, the rest is read and embedded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from qa import assembling, staleness, store, vectors, vocabulary
from qa.digests import read as read_digests
from qa.disk import PARTIAL
from qa.errors import NoDocuments
from qa.manifest import FileRecord, Manifest, Settings, SkippedFile
from qa.measuring import measure_of
from qa.preparing import Item
from qa.readers import registry, walk
from qa.reading import Known, Reading, read_file, readings, told_apart
from qa.store import Index
from qa.tokens import Segmenter
from qa.types import Encoder, Passage

TOGETHER = 1024  # passages taken over at a time
MUCH = 32 << 20  # bytes to be read from which on other processes will surely be wanted

Progress = Callable[[str, int, int], None]


def silent(stage: str, done: int, total: int) -> None:
    """No progress shown."""


def items(
    readings: Iterable[Reading], old: Index | None, records: list[FileRecord], *, keep_vectors: bool
) -> Iterator[Item]:
    """The passages of all files in order, with the vectors that `old` holds of them; notes the files in `records`."""
    count = 0
    for reading in readings:
        first = count
        if reading.old is not None and old is not None:
            held = taken_over(old, reading.old, reading.record.path, keep_vectors=keep_vectors)
        else:
            held = ((passage, None) for passage in reading.passages or ())
        for item in held:
            count += 1
            yield item
        records.append(replace(reading.record, first=first, last=count))


def taken_over(old: Index, file: FileRecord, path: str, *, keep_vectors: bool) -> Iterator[Item]:
    """The passages of a file that did not change, under its present name."""
    for begin in range(file.first, file.last, TOGETHER):
        numbers = np.arange(begin, min(begin + TOGETHER, file.last))
        held = old.dense.take(numbers) if keep_vectors else [None] * len(numbers)
        for number, vector in zip(numbers.tolist(), held, strict=True):
            passage = old.passages[number]
            yield (passage if path == file.path else renamed(passage, path)), vector


def vectors_serve(old: Index | None, unchanged: Iterable[FileRecord | None]) -> bool:
    """Whether an update may take vectors from `old` and still equal a fresh build.

    Packed vectors differ from fresh ones by their rounding, so they serve only where all will be packed again.
    """
    if old is None or old.dense.kind == "flat":
        return True
    many = sum(file.last - file.first for file in unchanged if file) > vectors.exact(old.manifest.settings.dimension)
    return many or old.manifest.settings.index_kind == "ivf"


def renamed(passage: Passage, path: str) -> Passage:
    """A passage of a file that has another name now; documents that name themselves keep their names."""
    return replace(passage, path=path, document=passage.document if registry.names_documents(path) else path)


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
    remembered: bool = False,
    progress: Progress = silent,
) -> Manifest:
    """Write the next generation of the index in `folder` and switch to it, unless `old` is what it would be.

    Call with the lock held.

    `roots` are the paths as the user gave them, relative to `base`; one that is only `remembered` from before may be gone. `words` is what the
    settings describe. Raises NoDocuments where nothing can be read, and then the index stays as it was.
    """
    # A model that was only moved has the same fingerprint.
    same = old is not None and replace(old.manifest.settings, model=settings.model) == settings
    reusable = old if same else None
    digests = read_digests(folder, max_bytes)
    found, refused = walk.find([Path(r) for r in roots], base, remembered=remembered)
    plan = Manifest(settings, relative(base, folder), tuple(roots), 0, (), (), {}, max_bytes)
    if reusable and staleness.same(plan, reusable.manifest, found, refused, digests):
        digests.save(folder)
        return reusable.manifest
    measure = measure_of(encoder)
    read = partial(read_file, limit=settings.passage_limit, measure=measure, max_bytes=max_bytes)
    known = Known(reusable.manifest.files, reusable.manifest.skipped) if reusable else Known(())
    skipped = [SkippedFile(s.name, s.reason) for s in refused]
    sorted_out = told_apart(found, known, digests, skipped)
    records: list[FileRecord] = []
    words = words or Segmenter(settings.segmenter)
    with store.fresh(folder) as (beside, final), scratch(folder) as place:
        vocabulary.write(beside, words)
        every = items(
            readings(sorted_out, known, digests, read, skipped, progress),
            reusable,
            records,
            keep_vectors=vectors_serve(reusable, (file for _, file in sorted_out)),
        )
        kind = vectors.kind_of(settings.index_kind)
        size = sum(item.stamp[0] for item, held in sorted_out if held is None)
        passages, dense = assembling.write(beside, place, every, encoder, words, kind, measure, many=size > MUCH)
        if not records:
            raise NoDocuments(nothing_to_read(roots, sorted(skipped, key=lambda s: s.path)))
        files, skipped = tuple(records), sorted(skipped, key=lambda s: s.path)
        manifest = replace(plan, passages=passages, files=files, skipped=tuple(skipped), dense=dense)
        manifest = store.commit(folder, beside, final, manifest)
    digests.save(folder)
    return manifest


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """A folder for what is not for keeps; what a crash leaves of it the next writer removes."""
    place = folder / f"scratch{PARTIAL}"
    place.mkdir()
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def nothing_to_read(roots: Sequence[str], skipped: Sequence[SkippedFile]) -> str:
    """The message for a folder without a readable document."""
    where = ", ".join(roots)
    if not skipped:
        return f"no documents in {where}: give a folder or file with .txt, .md, .html, .pdf, .docx or .jsonl"
    first = skipped[0]
    return f"no document in {where} can be read ({first.path}: {first.reason}): give other files"
