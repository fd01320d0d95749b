"""The one place that wires everything: build or open an index, and ask it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from math import isfinite
from pathlib import Path

import numpy as np

from embeddings import loading
from embeddings.errors import ModelError as EncoderError
from qa import answering, building, conversation, store
from qa.building import Progress, silent
from qa.context import Context, around, parse
from qa.errors import REBUILD, UPDATE, BrokenIndex, Busy, InputError, ModelError, ReadOnly
from qa.generations import manifest_of
from qa.manifest import MAX_BYTES, Manifest, Settings
from qa.passages import LIMIT
from qa.questions import Question
from qa.store import Index
from qa.text import first_of
from qa.tokens import SEGMENTER, SEGMENTERS
from qa.types import Answer, Encoder, Turn
from qa.updates import base_of, survey
from qa.verification import Sources

SEEDS = "seeds"
TOP = 5
LONGEST_QUESTION = 100_000  # characters

Say = Callable[[str], None]


def quiet(message: str) -> None:
    """Say nothing."""


def load_encoder(name: str) -> Encoder:
    """The encoder of that name; raises ModelError without trying the network."""
    try:
        return loading.load(name)
    except EncoderError as error:
        raise ModelError(str(error)) from error


def model_name(name: str) -> str:
    """As an index records it: a folder by its whole path, to be found from anywhere; raises ModelError for no model."""
    try:
        found = loading.find(name)
    except EncoderError as error:
        raise ModelError(str(error)) from error
    return str(found.resolve()) if isinstance(found, Path) and name != loading.DEFAULT else name


def settings_for(name: str, encoder: Encoder, segmenter: str) -> Settings:
    """What an index made with this encoder says of itself."""
    return Settings(name, encoder.fingerprint, encoder.dimension, segmenter, LIMIT)


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


def previous(folder: Path, *, forgiving: bool) -> tuple[Index | None, Manifest | None]:
    """The index in the folder and what it says of itself; of a damaged one (`forgiving`) as much as can be read."""
    try:
        old = store.load(folder, trusting=True)  # whoever takes something over asks whether it is intact
        return old, old.manifest if old else None
    except BrokenIndex:
        if not forgiving:
            raise
    with suppress(BrokenIndex):
        generation = store.current(folder)
        return None, store.read_manifest(generation) if generation else None
    return None, None


def index(
    paths: Sequence[str],
    folder: Path,
    *,
    model: str | None = None,
    segmenter: str | None = None,
    rebuild: bool = False,
    max_bytes: int | None = None,
    wait: float = 0.0,
    say: Say = quiet,
    progress: Progress = silent,
) -> Manifest:
    """Build the index of `paths` in `folder`, or bring it up to date; returns its manifest.

    Waits up to `wait` seconds for another writer. `max_bytes` is the size of the largest file that is read
    (where None: as before). Raises InputError for paths that cannot be read, ModelError for the model, Busy
    and ReadOnly where nothing can be written, and BrokenIndex for an index that is damaged (with `rebuild`,
    a damaged one is built anew).
    """
    if segmenter not in (None, *SEGMENTERS):
        raise InputError(f"no segmenter {segmenter!r}: use one of {', '.join(SEGMENTERS)}")
    with store.writing(folder, wait, say):
        old, manifest = previous(folder, forgiving=rebuild)
        base = Path.cwd() if paths or manifest is None else base_of(folder, manifest)
        roots = list(paths) or default_roots(manifest, base)
        name = model_name(model or (manifest.settings.model if manifest else loading.DEFAULT))
        encoder = load_encoder(name)
        cutter = segmenter or (manifest.settings.segmenter if manifest else SEGMENTER)
        settings = settings_for(name, encoder, cutter)
        limit = max_bytes or (manifest.max_bytes if manifest else MAX_BYTES)
        kept = None if rebuild or (old and base != base_of(folder, old.manifest)) else old
        if kept and not store.intact(kept):  # what is damaged is not taken over under a fresh checksum
            kept = None
        built = building.build(folder, roots, base, encoder, settings, old=kept, max_bytes=limit, progress=progress)
        if old and old.lease:
            old.lease.release()
        return built


class Library:
    """An opened index that answers questions."""

    def __init__(self, folder: Path, opened: Index, encoder: Encoder) -> None:
        self.folder = folder
        self.index = opened
        self.encoder = encoder
        self.max_bytes = opened.manifest.max_bytes
        self.sources = Sources(base_of(folder, opened.manifest), self.max_bytes)

    def ask(self, question: str, *, top: int = TOP, history: Sequence[Turn] = (), id: str = "") -> Answer:
        """Answer from the documents; raises InputError for a question without a letter or digit."""
        check_question(question, top)
        standalone = conversation.standalone(question, history)
        # Two at least, so that the confidence does not depend on how many citations are wanted.
        with np.errstate(all="ignore"):  # numbers that are none are refused below, in words
            ranked = answering.rank(standalone, max(top, 2), self.index, self.encoder)
        if not all(isfinite(hit.score) for hit, _ in ranked):
            raise BrokenIndex(f"{self.index.folder} holds vectors or words that are no numbers: {REBUILD}")
        return answering.answer(
            ranked, question, standalone, top=top, id=id, index=self.index, encoder=self.encoder, sources=self.sources
        )

    def answer_row(self, question: Question, top: int) -> Answer:
        """Answer a row of a questions file with its history."""
        return self.ask(question.text, top=top, history=question.history, id=question.id)

    def context(self, citation: str) -> Context:
        """The source around a citation of this index."""
        return around(citation, base_of(self.folder, self.index.manifest), self.max_bytes)


def source_folder(folder: Path, citation: str) -> Path:
    """The folder that a citation's path starts from: the current one where the file is there, else the index's."""
    here = Path.cwd()
    if (here / parse(citation)[0]).exists():
        return here
    manifest = manifest_of(folder)
    return base_of(folder, manifest) if manifest else here


def check_question(question: str, top: int) -> None:
    """Raise InputError for what cannot be asked."""
    if top < 1:
        raise InputError(f"--top is {top}: give a number from 1")
    if any("\ud800" <= c <= "\udfff" for c in question):
        raise InputError("the question holds bytes that are no text: type or paste it again, as UTF-8")
    if not any(c.isalnum() for c in question):
        raise InputError("the question is empty: ask with at least one word or character")
    if len(question) > LONGEST_QUESTION:
        raise InputError(f"the question has {len(question):,} characters: at most {LONGEST_QUESTION:,} can be asked")


def refresh(
    folder: Path, model: str | None, say: Say, progress: Progress, wait: float, max_bytes: int | None = None
) -> None:
    """Bring the index up to date where files changed, another model is asked for, or there is none.

    Where another program writes to it, or it cannot be written, it stays as it is, and that is said.
    """
    model = model_name(model) if model is not None else None
    manifest = manifest_of(folder)
    if manifest is None:
        if not Path(SEEDS).is_dir():  # where there is nothing to build from, only that is said
            raise InputError(f"no index at {folder} and no {SEEDS}/ here: build one with `qa index FOLDER`")
        say(f"no index at {folder} yet: building it")
        index([], folder, model=model, max_bytes=max_bytes, wait=wait, say=say, progress=progress)
    elif model is not None and model != manifest.settings.model:
        say(f"the index was made with model {manifest.settings.model!r}: rebuilding it with {model!r}")
        index([], folder, model=model, max_bytes=max_bytes, wait=wait, say=say, progress=progress)
    elif not any((base_of(folder, manifest) / root).exists() for root in manifest.roots):
        say(f"the documents ({', '.join(manifest.roots)}) are gone: answering from the index alone")
    elif changes := survey(folder, manifest).changes:
        update(folder, first_of(changes), say, progress, wait)


def update(folder: Path, why: str, say: Say, progress: Progress, wait: float) -> None:
    """Update the index, or say why that is not possible now."""
    try:
        say(f"{why}: updating the index")
        index([], folder, wait=wait, say=say, progress=progress)
    except (Busy, ReadOnly) as error:
        say(f"{str(error).rpartition(': ')[0]}: answering from the index as it is")


def open_(
    folder: Path | str = ".qa",
    *,
    model: str | None = None,
    say: Say = quiet,
    progress: Progress = silent,
    wait: float = 0.0,
    fresh: bool = True,
    max_bytes: int | None = None,
) -> Library:
    """Open the index in `folder`; builds it first where there is none, updates it where files changed.

    With `fresh` false the index is opened as it is, and nothing is written. `say` gets one line for each
    thing done on the way. Raises QAError's children.
    """
    place = Path(folder)
    if fresh:
        refresh(place, model, say, progress, wait, max_bytes)
    opened = existing(place)
    if not fresh and model is not None and model_name(model) != opened.manifest.settings.model:
        raise InputError(
            f"the index was made with model {opened.manifest.settings.model!r}: leave --model out, or {UPDATE}"
        )
    encoder = load_encoder(opened.manifest.settings.model)
    if encoder.fingerprint != opened.manifest.settings.fingerprint:
        if not fresh:
            raise ModelError(
                f"model {opened.manifest.settings.model!r} is not the one the index was made with: {UPDATE}"
            )
        say(f"model {opened.manifest.settings.model!r} is not the one the index was made with: rebuilding it")
        if opened.lease:
            opened.lease.release()
        index([], place, wait=wait, say=say, progress=progress)
        opened = existing(place)
    return Library(place, opened, encoder)


def existing(folder: Path) -> Index:
    """The opened index; raises BrokenIndex where there is none."""
    opened = store.load(folder)
    if opened is None:
        raise BrokenIndex(f"no index at {folder}: build it with `qa index`")
    return opened
