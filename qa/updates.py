"""Is there anything to do? Told by the stamps of the documents and the files of the index, in a moment.

Imports no reader, no searcher and no encoder: an unchanged folder needs none of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from embeddings import fingerprints
from qa import checking, digests, generations, limits, staleness
from qa.errors import BrokenIndex
from qa.manifest import Manifest

SHIPPED = "default"


def base_of(folder: Path, manifest: Manifest) -> Path:
    """The folder that the manifest's relative paths start from."""
    return (folder / manifest.base).resolve()


def indexed(folder: Path, manifest: Manifest, path: Path) -> str:
    """What is said of a file that is written where documents are looked for; empty where it is written elsewhere."""
    base, place = base_of(folder, manifest), path.resolve()
    for root in manifest.roots:
        over = (base / root).resolve()
        if place.is_relative_to(over) and not any(part.startswith(".") for part in place.relative_to(over).parts):
            return f"{path} is in {root}, which is indexed: it will be a document of the index, so better keep it elsewhere"
    return ""


def documents(folder: Path, manifest: Manifest) -> frozenset[Path]:
    """The files that were indexed."""
    base = base_of(folder, manifest)
    return frozenset((base / file.path).resolve() for file in manifest.files)


def survey(folder: Path, manifest: Manifest) -> staleness.Survey:
    """The documents of an index as they are now; what had to be hashed for it is remembered."""
    known = digests.read(folder, manifest.max_bytes)
    found = staleness.survey(manifest, base_of(folder, manifest), known)
    known.save(folder)
    return found


def up_to_date(paths: Sequence[str], folder: Path, *, max_bytes: int | None) -> Manifest | None:
    """The manifest of an index that an update with its own settings would leave as it is.

    None where there is anything to do, or where only the encoder could tell: it is told of static models alone. What a
    crash left beside it is removed.
    """
    try:
        found = generations.pointer(folder)
        if found is None:
            return None
        manifest = generations.read_manifest(*found)
        checking.check(folder, *found, manifest.checksums)
    except BrokenIndex:
        return None
    if manifest.settings.passage_limit != limits.PASSAGE or not same_weights(manifest):
        return None
    base = base_of(folder, manifest)
    same = covers(manifest, paths, base, max_bytes) and staleness.complete(survey(folder, manifest), manifest)
    if not same:
        return None
    generations.tidy(folder)
    return manifest


def covers(manifest: Manifest, paths: Sequence[str], base: Path, max_bytes: int | None) -> bool:
    """Whether these paths, or none, and this limit are what the index was made of."""
    roots = tuple(paths) or manifest.roots
    here = not paths or base == Path.cwd().resolve()
    there = not paths or all((base / root).exists() for root in roots)
    return here and there and roots == manifest.roots and max_bytes in (None, manifest.max_bytes)


def same_weights(manifest: Manifest) -> bool:
    """Whether the index's model is a static one and still the one that made it."""
    name = manifest.settings.model
    folder = Path(fingerprints.__file__).parent / "model" if name == SHIPPED else Path(name)
    try:
        return folder.is_absolute() and fingerprints.static(folder) == manifest.settings.fingerprint
    except OSError:
        return False
