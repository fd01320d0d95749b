"""What an index holds and whether it is whole: the work of `info` and `verify`."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qa import checking, generations, locking, updates
from qa.errors import REBUILD, BrokenIndex
from qa.manifest import Manifest

if TYPE_CHECKING:
    from qa.verification import Damage


@dataclass(frozen=True, slots=True)
class Inspection:
    """An index's manifest, its files' sizes in bytes, its age in seconds and what changed in its documents since.

    `writer` says who writes to it now; None where nobody does, as far as can be told.
    """

    manifest: Manifest
    sizes: dict[str, int]
    age: int
    changes: tuple[str, ...]
    writer: str | None

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(self.sizes.values())


def existing(folder: Path) -> Path:
    """The generation in use; raises BrokenIndex where there is none."""
    generation = generations.current(folder)
    if generation is None:
        raise BrokenIndex(f"no index at {folder}: build it with `qa index FOLDER`, or name another with --index")
    return generation


def inspect(folder: Path) -> Inspection:
    """Look at an index without opening its arrays, even while another replaces it."""
    while True:
        generation = existing(folder)
        try:
            manifest = generations.read_manifest(generation)
            sizes = {p.name: p.lstat().st_size for p in sorted(generation.iterdir())}
            age = max(0, int(time.time() - (folder / generations.CURRENT).stat().st_mtime))
        except (OSError, BrokenIndex):
            if existing(folder) == generation:
                raise
            continue
        writer = locking.holder(folder) if (folder / locking.HOLDER).exists() else None
        return Inspection(manifest, sizes, age, updates.survey(folder, manifest).changes, writer)


def to_json(found: Inspection) -> str:
    """The manifest with sizes, age and changes."""
    about = {"size": found.size, "sizes": found.sizes, "age": found.age, "writer": found.writer}
    return json.dumps({**about, "changes": found.changes, **asdict(found.manifest)}, ensure_ascii=False)


def unopened(folder: Path, error: BrokenIndex) -> list[Damage]:
    """The faults of an index that cannot be opened: its files' own where they tell, else what opening it said."""
    from qa import verification

    found: list[Damage] = []
    with suppress(BrokenIndex, OSError):
        generation = existing(folder)
        manifest = generation / checking.MANIFEST
        if not checking.regular(manifest):
            return [verification.Damage("missing file", "file is missing", str(manifest), REBUILD)]
        found = list(verification.files(generation, generations.read_manifest(generation).checksums))
    if any(damage.kind != "unknown file" for damage in found):
        return found
    what, _, remedy = str(error).rpartition(": ")
    return [verification.Damage("index", what or "damaged", str(folder), remedy), *found]


def verify(folder: Path) -> tuple[list[Damage], int]:
    """Every fault of the index, and how many passages were checked.

    Of an index too damaged to open only its files are checked; a missing one raises BrokenIndex.
    """
    from qa import store, verification

    try:
        existing(folder)
        opened = store.load(folder, trusting=True)
        assert opened is not None
    except BrokenIndex as error:
        if generations.missing(folder):
            raise
        return unopened(folder, error), 0
    sources = verification.Sources(updates.base_of(folder, opened.manifest), opened.manifest.max_bytes)
    damages = list(verification.verify(opened, sources))
    if not generations.named(folder, opened.folder):
        where = str(opened.folder / checking.MANIFEST)
        damages.insert(0, verification.Damage("checksum", "file differs from its checksum", where, REBUILD))
    return damages, len(opened)
