"""What an index holds and whether it is whole: the work of `info` and `verify`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from qa import building, service, store
from qa.errors import BrokenIndex
from qa.manifest import Manifest
from qa.verification import Damage, Sources
from qa.verification import verify as check


@dataclass(frozen=True, slots=True)
class Inspection:
    """An index's manifest, its size in bytes on disk and what changed in its files since."""

    manifest: Manifest
    size: int
    changes: tuple[str, ...]


def existing(folder: Path) -> Path:
    """The generation in use; raises BrokenIndex where there is none."""
    generation = store.current(folder)
    if generation is None:
        raise BrokenIndex(f"no index at {folder}: build it with `qa index FOLDER`, or name another with --index")
    return generation


def inspect(folder: Path) -> Inspection:
    """Look at an index without opening its arrays."""
    generation = existing(folder)
    manifest = store.read_manifest(generation)
    size = sum(p.stat().st_size for p in generation.iterdir())
    return Inspection(manifest, size, tuple(building.changed(manifest, service.base_of(folder, manifest))))


def to_json(found: Inspection) -> str:
    """The manifest with size and changes."""
    return json.dumps({"size": found.size, "changes": found.changes, **asdict(found.manifest)}, ensure_ascii=False)


def verify(folder: Path) -> tuple[list[Damage], int]:
    """Every fault of the index, and how many passages were checked.

    An index too damaged to open is one fault; a missing one raises BrokenIndex.
    """
    generation = existing(folder)
    try:
        opened = store.load(folder)
        assert opened is not None
        sources = Sources(service.base_of(folder, opened.manifest), service.MAX_BYTES)
        return list(check(opened, sources)), len(opened)
    except BrokenIndex as error:
        what, _, remedy = str(error).rpartition(": ")
        return [Damage(what or "damaged", str(generation), remedy)], 0
