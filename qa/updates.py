"""Is there anything to do? Told by the stamps of the documents and the files of the index, in a moment.

Imports no reader, no searcher and no encoder: an unchanged folder needs none of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from embeddings import loading
from embeddings.errors import ModelError as EncoderError
from qa import checking, digests, generations, limits, staleness
from qa.errors import BrokenIndex, InputError, ModelError
from qa.manifest import Manifest, Settings

SEEDS = "seeds"


class Identified(Protocol):
    """What an index records of its encoder."""

    @property
    def fingerprint(self) -> str:
        """Names the weights."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...


@dataclass(frozen=True, slots=True)
class Weights:
    """An encoder that was not loaded."""

    fingerprint: str
    dimension: int


def settings_for(name: str, encoder: Identified, segmenter: str) -> Settings:
    """What an index made with this encoder says of itself."""
    return Settings(name, encoder.fingerprint, encoder.dimension, segmenter, limits.PASSAGE)


def model_name(name: str) -> str:
    """As an index records it: a folder by its whole path, to be found from anywhere; raises ModelError for no model."""
    try:
        found = loading.find(name)
    except EncoderError as error:
        raise ModelError(str(error)) from error
    return str(found.resolve()) if isinstance(found, Path) and name != loading.DEFAULT else name


def base_of(folder: Path, manifest: Manifest) -> Path:
    """The folder that the manifest's relative paths start from."""
    return (folder / manifest.base).resolve()


def default_roots(old: Manifest | None, base: Path) -> list[str]:
    """What to index when no path is given: what the index covers already, or `seeds/`."""
    if old is not None:
        here = [r for r in old.roots if (base / r).exists()]
        if not here:
            raise InputError(f"the documents of this index ({', '.join(old.roots)}) are gone: name others to index")
        return here
    if Path(SEEDS).is_dir():
        return [SEEDS]
    raise InputError(f"no path given and no {SEEDS}/ here: name the files or folders to index, as in `qa index FOLDER`")


def survey(folder: Path, manifest: Manifest) -> staleness.Survey:
    """The documents of an index as they are now; what had to be hashed for it is remembered."""
    known = digests.read(folder, manifest.max_bytes)
    found = staleness.survey(manifest, base_of(folder, manifest), known)
    known.save(folder)
    return found


def up_to_date(
    paths: Sequence[str], folder: Path, *, model: str | None, segmenter: str | None, max_bytes: int | None
) -> Manifest | None:
    """The manifest of an index that building it now would leave as it is; None where there is anything to do.

    Raises ModelError for a model that is not there.
    """
    try:
        found = generations.pointer(folder)
        if found is None:
            return None
        manifest = generations.read_manifest(*found)
        checking.check(folder, *found, manifest.checksums)
    except BrokenIndex:
        return None
    base = base_of(folder, manifest)
    roots = tuple(paths) or manifest.roots
    if paths and base != Path.cwd().resolve():
        return None
    if roots != manifest.roots or max_bytes not in (None, manifest.max_bytes):
        return None
    if not all((base / root).exists() for root in roots) or wanted(manifest, model, segmenter) != manifest.settings:
        return None
    return manifest if staleness.complete(survey(folder, manifest), manifest) else None


def wanted(manifest: Manifest, model: str | None, segmenter: str | None) -> Settings:
    """The settings that an update would give the index."""
    name = model_name(model or manifest.settings.model)
    try:
        weights = Weights(loading.fingerprint(name), manifest.settings.dimension)
    except EncoderError as error:
        raise ModelError(str(error)) from error
    return settings_for(name, weights, segmenter or manifest.settings.segmenter)
