"""The one place that wires everything: build or open an index, and ask it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from qa import locking, models, salvage, store, tokens, vectors, vocabulary
from qa.beside import beside
from qa.context import named, parse
from qa.errors import UPDATE, BrokenIndex, Busy, InputError, ModelError, NoDocuments, ReadOnly
from qa.generations import CURRENT, manifest_of
from qa.library import Library
from qa.manifest import MAX_BYTES, Manifest
from qa.model_options import USUAL, ModelOptions
from qa.store import Index
from qa.text import first_of
from qa.types import Encoder
from qa.updates import base_of, survey
from qa.vocabulary import Choice

if TYPE_CHECKING:
    from qa.building import Progress

SEEDS = "seeds"

Say = Callable[[str], None]


def quiet(message: str) -> None:
    """Say nothing."""


def default_roots(folder: Path, old: Manifest | None, base: Path) -> list[str]:
    """What to index when no path is given: what the index covers already, or `seeds/`; raises InputError."""
    if old is not None and old.roots:
        if not any((base / root).exists() for root in old.roots):
            raise InputError(f"the documents of this index ({', '.join(old.roots)}) are gone: name others to index")
        return list(old.roots)  # one that is gone now, as a disk that is not mounted, may come back
    if salvage.anything(folder):
        raise InputError(salvage.forgotten(folder))
    if Path(SEEDS).is_dir():
        return [SEEDS]
    raise InputError(f"no path given and no {SEEDS}/ here: name the files or folders to index, as in `qa index FOLDER`")


def previous(folder: Path, *, forgiving: bool) -> tuple[Index | None, Path | None, Manifest | None]:
    """The index in the folder, its generation and what it says of itself.

    Of one that cannot be opened as much as can be read: where it is damaged (`forgiving`), or where its pointer is gone.
    """
    try:
        old = store.load(folder, trusting=True)  # whoever takes something over asks whether it is intact
    except BrokenIndex:
        if not forgiving:
            raise
        old = None
    if old:
        return old, old.folder, old.manifest
    return None, *(salvage.remembered(folder) or (None, None))


def index(
    paths: Sequence[str],
    folder: Path,
    *,
    model: str | None = None,
    options: ModelOptions = USUAL,
    encoder: Encoder | None = None,
    segmenter: str | None = None,
    dictionary: str | None = None,
    stop_words: str | None = None,
    index_kind: str | None = None,
    rebuild: bool = False,
    max_bytes: int | None = None,
    wait: float = 0.0,
    say: Say = quiet,
    progress: Progress | None = None,
) -> Manifest:
    """Build the index of `paths` in `folder`, or bring it up to date; returns its manifest.

    `encoder` is that of the model, where the caller has loaded it already. `dictionary` and `stop_words` are files, or
    "none" to drop what the index has. `index_kind` is "flat", "ivf" or "auto", which chooses by size. Waits up to `wait` seconds for another writer. `max_bytes` is the size of the
    largest file that is read (where None: as before). Raises InputError for paths that cannot be read, ModelError for
    the model, Busy and ReadOnly where nothing can be written, and BrokenIndex for an index that is damaged (with
    `rebuild`, a damaged one is built anew).
    """
    choice = Choice(segmenter, dictionary, stop_words)
    locking.check_wait(wait)
    from qa import building

    vocabulary.check(choice)
    vectors.kind_of("auto" if index_kind is None else index_kind)
    with store.writing(folder, wait, say):
        old, generation, manifest = previous(folder, forgiving=rebuild)
        base = Path.cwd() if paths or manifest is None else base_of(folder, manifest)
        roots = list(paths) or default_roots(folder, manifest, base)
        words = vocabulary.choose(choice, generation, manifest)
        chosen = models.choose(model, options, manifest)
        told = encoder is not None  # whoever loaded it has looked at the index
        encoder = encoder or models.load(chosen)
        if old and not (told or rebuild) and (other := unlike(chosen, encoder, old.manifest)):
            say(f"{other}: rebuilding it")
        kind = index_kind or (manifest.settings.index_kind if manifest else "auto")
        settings = models.settings_for(chosen, encoder, words, kind)
        kept = None if rebuild or (old and base != base_of(folder, old.manifest)) else old
        if kept and not store.intact(kept):  # what is damaged is not taken over under a fresh checksum
            kept = None
        limit = max_bytes or (manifest.max_bytes if manifest else MAX_BYTES)
        built = building.build(
            folder,
            roots,
            base,
            encoder,
            settings,
            old=kept,
            max_bytes=limit,
            words=words,
            remembered=not paths,
            progress=progress or building.silent,
        )
        if old and old.lease:
            old.lease.release()
        return built


def source_of(folder: Path, citation: str) -> tuple[Path, int]:
    """The folder that a citation's path starts from, the current one where the file is there, else the index's.

    With it the bytes of the largest file that is read: as the index was told, or as usual without one.
    """
    here, manifest = Path.cwd(), None
    found = (here / named(parse(citation)[0], here)).exists()
    try:
        manifest = manifest_of(folder)
    except BrokenIndex:
        if not found:
            raise
    if manifest is None:
        return here, MAX_BYTES
    return here if found else base_of(folder, manifest), manifest.max_bytes


def unlike(chosen: models.Chosen, encoder: Encoder, manifest: Manifest) -> str | None:
    """Why an index does not fit the model that is asked for; None where it does."""
    made = models.made_of(manifest.settings)
    if encoder.fingerprint == manifest.settings.fingerprint:
        return None
    if chosen.made_of == made:
        return f"model {chosen.name!r} (its files or prompts) is not the one the index was made with"
    return f"the index was made with {models.described(*made)}, not with {chosen}"


def to_build_from(folder: Path) -> tuple[Manifest | None, str]:
    """Where there is no index: what one that was there says of itself, and the line that says what is built.

    Raises InputError where there is nothing to build from.
    """
    if salvage.anything(folder):
        left = salvage.remembered(folder)
        if left is None or not left[1].roots:
            raise InputError(salvage.forgotten(folder))
        return left[1], f"{folder / CURRENT} is gone: building the index of {', '.join(left[1].roots)} again"
    if not Path(SEEDS).is_dir():
        raise InputError(f"no index at {folder} and no {SEEDS}/ here: build one with `qa index FOLDER`")
    return None, f"no index at {folder} yet: building it"


def refresh(
    folder: Path,
    model: str | None,
    options: ModelOptions,
    say: Say,
    progress: Progress | None,
    wait: float,
    max_bytes: int | None = None,
) -> Encoder:
    """Bring the index up to date where files changed, another model is asked for, or there is none.

    Where another program writes to it, or it cannot be written, one that still answers stays as it is, and that is
    said. Returns the encoder.
    """
    manifest = manifest_of(folder)
    left, reason = to_build_from(folder) if manifest is None else (manifest, "")
    chosen = models.choose(model, options, left)
    encoder = loaded(chosen, manifest)

    def updated(why: str) -> Encoder:
        say(why)
        given = {"model": model, "options": options, "encoder": encoder, "max_bytes": max_bytes}
        index([], folder, wait=wait, say=say, progress=progress, **given)  # type: ignore[arg-type]
        return encoder

    if manifest is None:
        return updated(reason)
    if other := unlike(chosen, encoder, manifest):
        return updated(f"{other}: rebuilding it")
    try:
        if why := outdated(folder, manifest, chosen, say):
            updated(why)
    except (Busy, ReadOnly, NoDocuments) as error:
        say(f"{str(error).rpartition(': ')[0]}: answering from the index as it is")
    return encoder


def loaded(chosen: models.Chosen, manifest: Manifest | None) -> Encoder:
    """The encoder; with it what cuts the words of an index, where that takes no reading of the index."""
    if manifest is None or (manifest.settings.segmenter, manifest.settings.dictionary) != (tokens.SEGMENTER, None):
        return models.load(chosen)
    return beside(lambda: models.load(chosen), lambda: tokens.cutting(tokens.PLAIN))


def outdated(folder: Path, manifest: Manifest, chosen: models.Chosen, say: Say) -> str | None:
    """Why an index of the right model is to be updated; None where it is not."""
    if not any((base_of(folder, manifest) / root).exists() for root in manifest.roots):
        say(f"the documents ({', '.join(manifest.roots)}) are gone: answering from the index alone")
        return None
    if changes := survey(folder, manifest).changes:
        return f"{first_of(changes)}: updating the index"
    if chosen.name != manifest.settings.model:
        return f"the index's model is now {chosen.name!r}: noting that in the index"
    return None


def open_(
    folder: Path | str = ".qa",
    *,
    model: str | None = None,
    options: ModelOptions = USUAL,
    reranker: str | None = None,
    say: Say = quiet,
    progress: Progress | None = None,
    wait: float = 0.0,
    fresh: bool = True,
    max_bytes: int | None = None,
) -> Library:
    """Open the index in `folder`; builds it first where there is none, updates it where files changed.

    Without `model` the index's own is used; `reranker` (or that of the options) names a cross-encoder for the order of
    the best. With `fresh` false the index is opened as it is, and nothing is written. `say` gets one line for each
    thing done on the way. Raises QAError's children.
    """
    place = Path(folder)
    locking.check_wait(wait)
    options = replace(options, reranker=reranker or options.reranker)
    models.check_reranker(options)
    encoder = refresh(place, model, options, say, progress, wait, max_bytes) if fresh else None
    judge = models.load_reranker(options)  # after a download of the model: it shuts the network off
    opened = existing(place)
    return Library(place, opened, encoder or as_made(opened, model, options), judge)


def as_made(opened: Index, model: str | None, options: ModelOptions) -> Encoder:
    """The encoder of an index that may not be written; raises ModelError where it is not the one that made it."""
    chosen = models.choose(model, options, opened.manifest)
    encoder = loaded(chosen, opened.manifest)
    if other := unlike(chosen, encoder, opened.manifest):
        raise ModelError(f"{other}: {UPDATE}")
    return encoder


def existing(folder: Path) -> Index:
    """The opened index; raises BrokenIndex where there is none."""
    opened = store.load(folder)
    if opened is None:
        raise BrokenIndex(f"no index at {folder}: build it with `qa index`")
    return opened
