"""The settings of one training run, read from a TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

CONFIGS = Path(__file__).parent / "configs"
ROOT = Path(__file__).parents[2]


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

    One whose cosine with the answer is `copy` or more tells the same story. Of each kind of pair so many
    `rows` at most, whose positive has at least so many tokens, `least`.
    """

    depth: int
    skip: int
    kept: int
    copy: float
    rows: int = 40_000
    least: int = 30


@dataclass(frozen=True)
class Contrast:
    """Settings of one contrastive phase; `mix` gives each kind of pair its share of a batch.

    `negatives` is how many passages each question and pair brings along that the step `mined` found any for; of the hand-written questions
    the first `first_questions` are drawn from, all where 0. Of a sentence that stands for a question
    `drop_context_tokens` are left out, of every other query `drop_query_tokens`. A run may end before its learning rate has
    come down, after `until` of its steps; 0 for all.
    """

    batch: int
    steps: int
    learning_rate: float
    temperature: float
    drop_query_tokens: float
    passage_tokens: int
    evaluate_every: int
    negatives: int = 0
    mined: str = "negatives"
    first_questions: int = 0
    drop_context_tokens: float = 0.1
    until: int = 0
    mix: dict[str, float] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """The step it ends with."""
        return self.until or self.steps


@dataclass(frozen=True)
class Training:
    """A contrastive run from the vectors `start` to the vectors `name`."""

    name: str
    start: str
    seed: int
    settings: Contrast


@dataclass(frozen=True)
class Mining:
    """Hard negatives by the vectors `start`, for the runs after it."""

    name: str
    start: str


@dataclass(frozen=True)
class Average:
    """The weighted mean of the vectors of several runs."""

    name: str
    of: dict[str, float]


@dataclass(frozen=True)
class Widen:
    """The vectors `start` with so many `numbers`, the new ones random and some `share` as long as the others."""

    name: str
    start: str
    numbers: int
    share: float
    seed: int


@dataclass(frozen=True)
class Narrow:
    """The vectors `start` along their principal axes, of which so many `numbers` are kept.

    Before that the numbers after the first `old` count `stress` times as much.
    """

    name: str
    start: str
    numbers: int
    old: int = 0
    stress: float = 1.0


Step = Training | Mining | Average | Widen | Narrow


@dataclass(frozen=True)
class Config:
    """A recipe: the vectors of the last step are exported.

    Of their numbers the first `leading` hold most, 0 where that is not so.
    It begins with a vocabulary and skip-gram vectors of its own, or with those of the model folder `base`.
    """

    name: str
    seed: int
    dimension: int
    vocabulary: Vocabulary | None
    skipgram: Skipgram | None
    base: Path | None
    mine: Mine
    leading: int
    steps: tuple[Step, ...]


def step(raw: dict[str, Any], row: dict[str, Any]) -> Step:
    """A step from its table: a run has the settings of `[contrast]` or `[finish]`, save those that it gives itself."""
    own = dict(row)
    name, does = own.pop("name"), own.pop("does")
    if does == "average":
        return Average(name, own["of"])
    start = own.pop("start")
    if does == "mine":
        return Mining(name, start)
    if does == "narrow":
        return Narrow(name, start, **own)
    seed = own.pop("seed", raw["seed"])
    if does == "widen":
        return Widen(name, start, seed=seed, **own)
    if does not in ("contrast", "finish"):
        raise ValueError(f"step {name} does {does!r}: use contrast, finish, mine, average, widen or narrow")
    return Training(name, start, seed, replace(Contrast(**raw[does]), **own))


def load(name: str) -> Config:
    """Read `configs/NAME.toml`, or the file where the name ends in .toml.

    Raises FileNotFoundError with the known names, ValueError for a step that there is not.
    """
    path = Path(name) if name.endswith(".toml") else CONFIGS / f"{name}.toml"
    if not path.exists():
        known = ", ".join(sorted(p.stem for p in CONFIGS.glob("*.toml")))
        raise FileNotFoundError(f"no training config {name!r}; known: {known}")
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return Config(
        name=raw["name"],
        seed=raw["seed"],
        dimension=raw["dimension"],
        vocabulary=Vocabulary(**raw["vocabulary"]) if "vocabulary" in raw else None,
        skipgram=Skipgram(**raw["skipgram"]) if "skipgram" in raw else None,
        base=ROOT / raw["base"] if "base" in raw else None,
        mine=Mine(**raw["mine"]),
        leading=raw.get("leading", 0),
        steps=tuple(step(raw, row) for row in raw["steps"]),
    )
