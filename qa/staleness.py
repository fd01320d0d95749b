"""Do the documents still say what the index was made of? Only files whose stamps changed are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.digests import Digests
from qa.manifest import FileRecord, Manifest, SkippedFile
from qa.readers import walk


@dataclass(frozen=True, slots=True)
class Survey:
    """The files that there are now, what was left out, and one line for each file that is not as the index says."""

    found: Sequence[walk.Found]
    refused: Sequence[walk.Skipped]
    changes: tuple[str, ...]


def survey(manifest: Manifest, base: Path, digests: Digests) -> Survey:
    """Look at the documents of an index; those of its roots that are gone altogether are changes like others."""
    found, refused = walk.find([Path(r) for r in manifest.roots], base, remembered=True)
    return Survey(found, refused, tuple(changes(found, manifest, digests)))


def changes(found: Sequence[walk.Found], manifest: Manifest, digests: Digests) -> Iterator[str]:
    """What is new, changed or gone, one line a file."""
    known: dict[str, FileRecord | SkippedFile] = {s.path: s for s in manifest.skipped}
    known.update((f.path, f) for f in manifest.files)
    for item in found:
        record = known.get(item.name)
        if record is None:
            yield f"{item.name} is new"
        elif not unchanged(item, record, digests):
            yield f"{item.name} changed"
    seen = {item.name for item in found}
    yield from (f"{f.path} is gone" for f in manifest.files if f.path not in seen)


def unchanged(item: walk.Found, record: FileRecord | SkippedFile, digests: Digests) -> bool:
    """Whether the file has the size and the hash of the record; of one that never could be read, the size."""
    if item.stamp[0] != record.size:
        return False
    try:
        return digests.of(item) == record.sha256 or not record.sha256
    except OSError:
        return not record.sha256


def complete(found: Survey, manifest: Manifest) -> bool:
    """Whether an index built now would hold the same: nothing changed, and the same was left out."""
    names = {s.path for s in manifest.skipped} - {item.name for item in found.found}
    return not found.changes and names == {s.name for s in found.refused}


def same(
    plan: Manifest,
    made: Manifest,
    found: Sequence[walk.Found],
    refused: Sequence[walk.Skipped],
    digests: Digests,
) -> bool:
    """Whether an index to be made of these files, with these settings, base, roots and limit, is the one that was made."""
    parts = [(m.settings, m.base, m.roots, m.max_bytes) for m in (plan, made)]  # settings: a model may have moved
    if parts[0] != parts[1]:
        return False
    return complete(Survey(found, refused, tuple(changes(found, made, digests))), made)
