"""The one place that wires everything: build or open an index, and ask it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from qa import answering, building, filters, models, store, thread, vocabulary
from qa.building import Progress, silent
from qa.context import Context, around, parse
from qa.errors import BrokenIndex, InputError
from qa.evidence import Cutter
from qa.manifest import Manifest
from qa.model_options import USUAL, ModelOptions
from qa.questions import Question
from qa.rescoring import Reranker, rescored
from qa.store import Index
from qa.text import first_of
from qa.types import Answer, Encoder, Turn
from qa.verification import Sources
from qa.vocabulary import Choice

SEEDS = "seeds"
TOP = 5
MAX_BYTES = 256 << 20
LONGEST_QUESTION = 100_000  # characters

Say = Callable[[str], None]


def quiet(message: str) -> None:
    """Say nothing."""


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


def previous(folder: Path, *, forgiving: bool) -> tuple[Index | None, Manifest | None]:
    """The index in the folder and what it says of itself; of a damaged one (`forgiving`) as much as can be read."""
    try:
        old = store.load(folder)
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
    options: ModelOptions = USUAL,
    encoder: Encoder | None = None,
    segmenter: str | None = None,
    dictionary: str | None = None,
    stop_words: str | None = None,
    rebuild: bool = False,
    max_bytes: int = MAX_BYTES,
    progress: Progress = silent,
) -> Manifest:
    """Build the index of `paths` in `folder`, or bring it up to date; returns its manifest.

    `encoder` is that of the model, where the caller has loaded it already. `dictionary` and `stop_words` are files, or
    "none" to drop what the index has.
    Raises InputError for paths that cannot be read, ModelError for the model, and BrokenIndex for an
    index that is damaged or being written (with `rebuild`, a damaged one is built anew).
    """
    choice = Choice(segmenter, dictionary, stop_words)
    vocabulary.check(choice)
    with store.writing(folder):
        old, manifest = previous(folder, forgiving=rebuild)
        base = Path.cwd() if paths or manifest is None else base_of(folder, manifest)
        roots = list(paths) or default_roots(manifest, base)
        words = vocabulary.choose(choice, store.current(folder) if manifest else None, manifest)
        chosen = models.choose(model, options, manifest)
        encoder = encoder or models.load(chosen)
        settings = models.settings_for(chosen, encoder, words)
        kept = None if rebuild or (old and base != base_of(folder, old.manifest)) else old
        if kept and not store.intact(kept):  # what is damaged is not taken over under a fresh checksum
            kept = None
        return building.build(
            folder, roots, base, encoder, settings, old=kept, max_bytes=max_bytes, words=words, progress=progress
        )


class Library:
    """An opened index that answers questions."""

    def __init__(
        self,
        folder: Path,
        opened: Index,
        encoder: Encoder,
        max_bytes: int = MAX_BYTES,
        reranker: Reranker | None = None,
    ) -> None:
        self.folder = folder
        self.index = opened
        self.encoder = encoder
        self.reranker = reranker
        self.max_bytes = max_bytes
        self._cutter = Cutter(opened.passages, opened.segmenter, encoder)
        self.sources = Sources(base_of(folder, opened.manifest), max_bytes)

    def ask(
        self,
        question: str,
        *,
        top: int = TOP,
        history: Sequence[Turn] = (),
        id: str = "",
        where: Sequence[str] = (),
        explain: bool = False,
    ) -> Answer:
        """Answer from the documents; raises InputError for a question without a letter or digit.

        `where` are filters like "reporter=王磊"; with `explain` each citation says what its score is made of.
        """
        check_question(question, top)
        allowed = filters.allowed(self.index, where) if where else None
        standalone, ranked = thread.rank(self.index, self.encoder, self._cutter, question, history, top, allowed)
        if ranked and self.reranker:
            ranked = rescored(ranked, self.reranker, self._text)
        request = answering.Request(question, standalone, top, id, explain)
        return answering.answer(ranked, request, self.index, self.sources)

    def _text(self, number: int) -> str:
        """What a reranker reads of a passage."""
        return building.embedded_text(self._cutter.passage(number))

    def answer_row(self, question: Question, top: int, where: Sequence[str] = ()) -> Answer:
        """Answer a row of a questions file with its history."""
        return self.ask(question.text, top=top, history=question.history, id=question.id, where=where)

    def context(self, citation: str) -> Context:
        """The source around a citation of this index."""
        return around(citation, base_of(self.folder, self.index.manifest), self.max_bytes)


def source_folder(folder: Path, citation: str) -> Path:
    """The folder that a citation's path starts from: the current one where the file is there, else the index's."""
    here = Path.cwd()
    if (here / parse(citation)[0]).exists():
        return here
    generation = store.current(folder)
    return base_of(folder, store.read_manifest(generation)) if generation else here


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


def unlike(chosen: models.Chosen, encoder: Encoder, manifest: Manifest) -> str | None:
    """Why an index does not fit the model that is asked for; None where it does."""
    made = models.made_of(manifest.settings)
    if encoder.fingerprint == manifest.settings.fingerprint:
        return None
    if chosen.made_of == made:
        return f"model {chosen.name!r} (its files or prompts) is not the one the index was made with: rebuilding it"
    return f"the index was made with {models.described(*made)}: rebuilding it with {chosen}"


def refresh(
    folder: Path, model: str | None, options: ModelOptions, say: Say, progress: Progress, max_bytes: int
) -> tuple[Manifest, Encoder]:
    """Bring the index up to date where files changed, another model is asked for, or there is none."""
    generation = store.current(folder)
    manifest = store.read_manifest(generation) if generation else None
    chosen = models.choose(model, options, manifest)
    if manifest is None and not Path(SEEDS).is_dir():  # where there is nothing to build from, only that is said
        raise InputError(f"no index at {folder} and no {SEEDS}/ here: build one with `qa index FOLDER`")
    encoder = models.load(chosen)

    def updated(why: str) -> tuple[Manifest, Encoder]:
        say(why)
        done = index([], folder, model=model, options=options, encoder=encoder, max_bytes=max_bytes, progress=progress)
        return done, encoder

    if manifest is None:
        return updated(f"no index at {folder} yet: building it")
    if other := unlike(chosen, encoder, manifest):
        return updated(other)
    base = base_of(folder, manifest)
    if not any((base / root).exists() for root in manifest.roots):
        say(f"the documents ({', '.join(manifest.roots)}) are gone: answering from the index alone")
        return manifest, encoder
    changes = list(building.changed(manifest, base))
    if changes:
        return updated(f"{first_of(changes)}: updating the index")
    if chosen.name != manifest.settings.model:
        return updated(f"the index's model is now {chosen.name!r}: noting that in the index")
    return manifest, encoder


def open_(
    folder: Path | str = ".qa",
    *,
    model: str | None = None,
    options: ModelOptions = USUAL,
    reranker: str | None = None,
    say: Say = quiet,
    progress: Progress = silent,
    max_bytes: int = MAX_BYTES,
) -> Library:
    """Open the index in `folder`; builds it first where there is none, updates it where files changed.

    Without `model` the index's own is used; `reranker` (or that of the options) names a cross-encoder for the order of
    the best. `say` gets one line for each thing done on the way. Raises
    QAError's children.
    """
    place = Path(folder)
    options = replace(options, reranker=reranker or options.reranker)
    models.check_reranker(options)
    _, encoder = refresh(place, model, options, say, progress, max_bytes)
    judge = models.load_reranker(options)  # after a download of the model: it shuts the network off
    opened = store.load(place)
    if opened is None:
        raise BrokenIndex(f"no index at {place}: build it with `qa index`")
    return Library(place, opened, encoder, max_bytes, judge)
