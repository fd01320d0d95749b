"""The stages of a recipe: what each one makes in the work folder, and how."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from embeddings.train import (
    bags,
    contrast,
    corpora,
    evaluate,
    export,
    mine,
    prepare,
    sampler,
    skipgram,
    vocabulary,
    width,
)
from embeddings.train.config import Average, Config, Mining, Narrow, Step, Training, Vocabulary, Widen

POOL = 20_000


@dataclass(frozen=True)
class Folders:
    """Where things are; `dev` are BEIR folders to score on while training."""

    corpora: Path
    work: Path
    target: Path
    dev: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Stage:
    """`run` makes `files` in the work folder; a stage without files is run each time."""

    name: str
    files: tuple[str, ...]
    run: Callable[[], None]

    def done(self, work: Path) -> bool:
        """Whether all that it makes is there."""
        return bool(self.files) and all((work / file).exists() for file in self.files)


def texts(folder: Path) -> Iterator[str]:
    """Every text of the corpora."""
    for record in corpora.read(folder / "text.jsonl.gz"):
        yield from (record["title"] or "", record["text"])
    for record in corpora.read(folder / "pairs.jsonl.gz"):
        yield from (record["query"], record["positive"])


def dev_scores(folders: Folders) -> Callable[[NDArray[np.float32]], dict[str, float]]:
    """Scores on the development folders, or none."""
    tokenizer = Tokenizer.from_file(str(folders.work / "tokenizer.json"))
    scorers = [evaluate.scorer(tokenizer, folder, folders.corpora, POOL) for folder in folders.dev]
    return lambda vectors: {k: v for score in scorers for k, v in score(vectors).items()}


def make_vocabulary(settings: Vocabulary, folders: Folders) -> None:
    """Count words and write the tokenizer."""
    part = folders.work / "tokenizer.part.json"
    vocabulary.build(vocabulary.count_words(texts(folders.corpora)), settings).save(str(part))
    part.replace(folders.work / "tokenizer.json")


def take_base(model: Path, work: Path) -> None:
    """The tokenizer and the vectors of a model folder as the start."""
    bags.save_vectors(work / "vectors.npy", export.read(model))
    shutil.copyfile(model / "tokenizer.json", work / "tokenizer.json")


def take(step: Step, settings: Config, folders: Folders) -> None:
    """Do one of the recipe's own steps."""
    if isinstance(step, Training):
        contrast.run(folders.work, step, dev_scores(folders))
    elif isinstance(step, Mining):
        mine.run(folders.work, settings.mine, step.start, step.name)
    else:
        bags.save_vectors(folders.work / f"{step.name}.npy", made(step, folders.work))


def made(step: Average | Widen | Narrow, work: Path) -> NDArray[np.float32]:
    """The vectors that a step makes of others without training."""
    if isinstance(step, Average):
        return export.mean(work, step.of)
    vectors = np.load(work / f"{step.start}.npy")
    if isinstance(step, Widen):
        return width.widen(vectors, step.numbers, step.share, step.seed)
    return width.narrow(width.stressed(vectors, step.old, step.stress), step.numbers)


def files(step: Step) -> tuple[str, ...]:
    """What a step makes."""
    if isinstance(step, Mining):
        return tuple(sampler.negatives(kind, step.name) for kind in sampler.MINED)
    return (f"{step.name}.npy",)


def beginning(settings: Config, folders: Folders) -> list[Stage]:
    """The stages before the recipe's own steps."""
    prepared = Stage("prepare", prepare.FILES, partial(prepare.run, folders.corpora, folders.work))
    if settings.base:
        own = partial(take_base, settings.base, folders.work)
        return [Stage("base", ("vectors.npy", "tokenizer.json"), own), prepared]
    if not settings.vocabulary or not settings.skipgram:
        raise ValueError(f"config {settings.name} has neither a base nor both [vocabulary] and [skipgram]")
    words = partial(make_vocabulary, settings.vocabulary, folders)
    vectors = partial(skipgram.run, settings.skipgram, settings.dimension, settings.seed, folders.work)
    return [Stage("vocabulary", ("tokenizer.json",), words), prepared, Stage("skipgram", ("vectors.npy",), vectors)]


def stages(settings: Config, folders: Folders) -> list[Stage]:
    """All stages in order; the vectors of the last step are exported."""
    steps = [Stage(step.name, files(step), partial(take, step, settings, folders)) for step in settings.steps]
    last = [step.name for step in settings.steps if not isinstance(step, Mining)][-1]
    exported = Stage("export", (), partial(export.run, folders.work, {last: 1.0}, folders.target, settings.leading))
    return [*beginning(settings, folders), *steps, exported]
