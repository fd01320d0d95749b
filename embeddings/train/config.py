"""The settings of one training run, read from a TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

CONFIGS = Path(__file__).parent / "configs"


@dataclass(frozen=True)
class Vocabulary:
    """How the tokenizer's entries are chosen."""

    words: int
    min_character: int


@dataclass(frozen=True)
class Skipgram:
    """Settings of the word2vec start."""

    epochs: int
    window: int
    negative: int
    learning_rate: float
    min_count: int


@dataclass(frozen=True)
class Mine:
    """How hard negatives are chosen: of the `depth` nearest passages all after the first `skip`, up to `kept`.

    One whose cosine with the answer is `copy` or more tells the same story.
    """

    depth: int
    skip: int
    kept: int
    copy: float


@dataclass(frozen=True)
class Contrast:
    """Settings of one contrastive phase; `mix` gives each kind of pair its share of a batch.

    `negatives` is how many mined passages each hand-written question brings along.
    """

    batch: int
    steps: int
    learning_rate: float
    temperature: float
    drop_query_tokens: float
    passage_tokens: int
    evaluate_every: int
    negatives: int = 0
    mix: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Config:
    """One published model's recipe."""

    name: str
    seed: int
    dimension: int
    vocabulary: Vocabulary
    skipgram: Skipgram
    contrast: Contrast
    mine: Mine
    finish: Contrast


def load(name: str) -> Config:
    """Read `configs/NAME.toml`; raises FileNotFoundError with the known names."""
    path = CONFIGS / f"{name}.toml"
    if not path.exists():
        known = ", ".join(sorted(p.stem for p in CONFIGS.glob("*.toml")))
        raise FileNotFoundError(f"no training config {name!r}; known: {known}")
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return Config(
        name=raw["name"],
        seed=raw["seed"],
        dimension=raw["dimension"],
        vocabulary=Vocabulary(**raw["vocabulary"]),
        skipgram=Skipgram(**raw["skipgram"]),
        contrast=Contrast(**raw["contrast"]),
        mine=Mine(**raw["mine"]),
        finish=Contrast(**raw["finish"]),
    )
