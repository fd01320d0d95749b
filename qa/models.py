"""Which encoder an index uses: the one it was made with, unless another is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings import loading
from embeddings.errors import ModelError as EncoderError
from embeddings.options import Options
from qa.errors import ModelError
from qa.manifest import Manifest, Settings
from qa.model_options import ModelOptions
from qa.passages import LIMIT
from qa.rescoring import Reranker
from qa.tokens import Segmenter
from qa.types import Encoder, Floats, Parting
from qa.vocabulary import fingerprint

if TYPE_CHECKING:
    from embeddings.crossencoder import CrossEncoder

TITLE = 32  # tokens kept free for a headline in front of a passage, where the model reads a limited number


@dataclass(frozen=True, slots=True)
class Chosen:
    """A model by its name, or its folder's whole path, and how it is run."""

    name: str
    options: Options

    @property
    def made_of(self) -> tuple[str, str, str]:
        """What the user chose of that which makes the vectors."""
        return self.name, self.options.dtype, self.options.backend

    def __str__(self) -> str:
        return described(*self.made_of)


def described(name: str, dtype: str, backend: str) -> str:
    """A model in words; what is usual is left out."""
    unusual = [part for part, usual in ((dtype, "float32"), (backend, "torch")) if part != usual]
    return f"model {name!r}" + (f" in {' and '.join(unusual)}" if unusual else "")


@contextmanager
def known_errors() -> Iterator[None]:
    """What goes wrong with a model becomes an error that the command line knows."""
    try:
        yield
    except EncoderError as error:
        raise ModelError(str(error)) from error


class Known:
    """An encoder whose errors, also those while encoding, are `qa.errors.ModelError`."""

    def __init__(self, inner: Encoder) -> None:
        self.inner = inner
        with known_errors():
            self.fingerprint = inner.fingerprint
            self.dimension = inner.dimension
            self.room = inner.room
        self.portable = bool(getattr(inner, "portable", False))
        self.leading: int | None = getattr(inner, "leading", None)

    def queries(self, texts: Sequence[str]) -> Floats:
        """As the encoder's own."""
        with known_errors():
            return self.inner.queries(texts)

    def passages(self, texts: Sequence[str]) -> Floats:
        """As the encoder's own."""
        with known_errors():
            return self.inner.passages(texts)

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """As the encoder's own."""
        with known_errors():
            return self.inner.lengths(texts)


class Judge:
    """A cross-encoder whose errors, also those while scoring, are `qa.errors.ModelError`."""

    def __init__(self, inner: CrossEncoder) -> None:
        self._inner = inner

    def scores(self, question: str, texts: Sequence[str]) -> Floats:
        """As the cross-encoder's own."""
        with known_errors():
            return self._inner.scores(question, texts)


def full_name(name: str, options: Options) -> str:
    """As an index records it: a folder by its whole path, to be found from anywhere; raises ModelError for no model."""
    with known_errors():
        loading.find(name, options)
    folder = Path(name).expanduser()
    return str(folder.resolve()) if name != loading.DEFAULT and folder.is_dir() else name


def gone(name: str) -> bool:
    """Whether a model that an index recorded was a folder and is no more."""
    return Path(name).is_absolute() and not Path(name).is_dir()


def same_model(old: str, name: str) -> bool:
    """Whether a name is that of the index's model, or of its folder moved elsewhere: dtype and backend stay then."""
    return old == name or (gone(old) and Path(old).name == Path(name).name)


def choose(model: str | None, options: ModelOptions, made: Manifest | None) -> Chosen:
    """What is asked for, else what the index was made with, else the shipped model; raises ModelError for no model."""
    old = made.settings if made else None
    if model is not None and not model.strip():
        raise ModelError("--model is empty: name a model or its folder, or leave it out")
    if model is None and old is not None and gone(old.model):
        raise ModelError(f"the model of the index, {old.model}, is gone: give its folder, or another's, with --model")

    def run(kept: Settings | None) -> Options:
        return Options(
            options.device,
            options.dtype or (kept.dtype if kept else "float32"),
            options.backend or (kept.backend if kept else "torch"),
            options.workers,
            options.allow_download,
            options.cache,
        )

    name = full_name(model or (old.model if old else loading.DEFAULT), run(None if model else old))
    return Chosen(name, run(old if old and same_model(old.model, name) else None))


def made_of(settings: Settings) -> tuple[str, str, str]:
    """What was chosen of that which makes an index's vectors."""
    return settings.model, settings.dtype, settings.backend


class KnownParting(Known):
    """One that tells tokens apart from their vectors."""

    def __init__(self, inner: Parting) -> None:
        super().__init__(inner)
        self._parting = inner

    @property
    def parted(self) -> bool:
        """As the encoder's own."""
        return self._parting.parted

    def entries(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """As the encoder's own."""
        with known_errors():
            return self._parting.entries(texts)

    def means(self, tokens: NDArray[np.int64], lengths: NDArray[np.int64]) -> Floats:
        """As the encoder's own."""
        with known_errors():
            return self._parting.means(tokens, lengths)

    def words(self, texts: Sequence[str]) -> tuple[Floats, NDArray[np.int64]]:
        """As the encoder's own."""
        with known_errors():
            return self._parting.words(texts)


def load(chosen: Chosen) -> Encoder:
    """The encoder; raises ModelError, and tries no network unless a download is allowed."""
    with known_errors():
        found = loading.load(chosen.name, chosen.options)
    return KnownParting(found) if isinstance(found, Parting) else Known(found)


def check_reranker(options: ModelOptions) -> None:
    """Raise ModelError for a reranker that there is not, before anything costly is done and without loading it."""
    with known_errors():
        if options.reranker:
            from embeddings import crossencoder

            crossencoder.find(options.reranker)


def load_reranker(options: ModelOptions) -> Reranker | None:
    """The cross-encoder that is asked for; None where there is none; raises ModelError without trying the network."""
    with known_errors():
        if not options.reranker:
            return None
        from embeddings.crossencoder import CrossEncoder

        return Judge(CrossEncoder(options.reranker, options.device))


def passage_limit(room: int | None) -> int:
    """The tokens of a passage: no more than the model reads of it with a headline in front."""
    return LIMIT if room is None else min(LIMIT, max(room // 2, room - TITLE))


def settings_for(chosen: Chosen, encoder: Encoder, words: Segmenter, index_kind: str) -> Settings:
    """What an index made with this encoder says of itself."""
    limit = passage_limit(encoder.room)
    name, dtype, backend = chosen.made_of
    texts = (fingerprint(words.dictionary), fingerprint(words.stop_words))
    return Settings(name, encoder.fingerprint, encoder.dimension, words.name, limit, dtype, backend, *texts, index_kind)
