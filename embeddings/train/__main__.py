"""`python -m embeddings.train`: runs the stages of one model's training, all or one by one.

Each stage reads and writes the work folder, so a broken run goes on where it stopped.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from embeddings.train import config, contrast, corpora, evaluate, export, mine, prepare, skipgram, vocabulary

STAGES = ("vocabulary", "prepare", "skipgram", "contrast", "mine", "finish", "export")
POOL = 20_000


def texts(folder: Path) -> Iterator[str]:
    """Every text of the corpora."""
    for record in corpora.read(folder / "text.jsonl.gz"):
        yield from (record["title"] or "", record["text"])
    for record in corpora.read(folder / "pairs.jsonl.gz"):
        yield from (record["query"], record["positive"])


def dev_scores(args: argparse.Namespace) -> Callable[[NDArray[np.float32]], dict[str, float]]:
    """Scores on the BEIR folders given with --dev, or none."""
    tokenizer = Tokenizer.from_file(str(args.work / "tokenizer.json"))
    scorers = [evaluate.scorer(tokenizer, folder, args.corpora, POOL) for folder in args.dev]
    return lambda vectors: {k: v for score in scorers for k, v in score(vectors).items()}


def run(stage: str, args: argparse.Namespace, settings: config.Config) -> None:
    """Run one stage."""
    seed = settings.seed if args.seed is None else args.seed
    if stage == "vocabulary":
        counts = vocabulary.count_words(texts(args.corpora))
        vocabulary.build(counts, settings.vocabulary).save(str(args.work / "tokenizer.json"))
    elif stage == "prepare":
        prepare.run(args.corpora, args.work, fresh_questions=True)
    elif stage == "skipgram":
        skipgram.run(settings, args.work)
    elif stage == "contrast":
        contrast.run(args.work, settings.contrast, seed, args.start or "vectors", args.name or stage, dev_scores(args))
    elif stage == "mine" and (settings.finish.negatives or args.stages):  # else nobody would read them
        mine.run(args.work, settings.mine, args.start or "contrast")
    elif stage == "finish":
        contrast.run(args.work, settings.finish, seed, args.start or "contrast", args.name or stage, dev_scores(args))
    elif stage == "export":
        export.run(args.work, args.average or ["finish"], args.target)


def main() -> None:
    """Parse the command line and run the stages asked for, in order."""
    parser = argparse.ArgumentParser(prog="python -m embeddings.train", description=__doc__)
    parser.add_argument(
        "stages", nargs="*", metavar="STAGE", help=f"which, in order: {' '.join(STAGES)} (default: all)"
    )
    parser.add_argument("--config", default="static", help="name of a file in embeddings/train/configs")
    parser.add_argument("--corpora", type=Path, required=True, help="folder with text, pairs and questions .jsonl.gz")
    parser.add_argument("--work", type=Path, default=Path("work"), help="folder for what the stages make")
    parser.add_argument("--target", type=Path, default=Path("embeddings/model"), help="folder of the model")
    parser.add_argument("--dev", type=Path, action="append", default=[], help="BEIR folder to score on while training")
    parser.add_argument(
        "--average", action="append", metavar="NAME", help="vectors of the work folder to export the mean of"
    )
    parser.add_argument("--start", metavar="NAME", help="vectors of the work folder to begin from")
    parser.add_argument("--name", metavar="NAME", help="what to call the vectors that a contrastive stage makes")
    parser.add_argument("--seed", type=int, help="random seed, instead of the config's")
    parser.add_argument("--steps", type=int, help="steps of the contrastive stages, instead of the config's")
    args = parser.parse_args()
    unknown = [stage for stage in args.stages if stage not in STAGES]
    if unknown:
        parser.error(f"no stage {unknown[0]!r}: use {', '.join(STAGES)}")
    settings = config.load(args.config)
    if args.steps:
        settings = replace(
            settings,
            contrast=replace(settings.contrast, steps=args.steps),
            finish=replace(settings.finish, steps=args.steps),
        )
    args.work.mkdir(parents=True, exist_ok=True)
    for stage in args.stages or STAGES:
        print(json.dumps({"stage": stage}), file=sys.stderr)
        run(stage, args, settings)


if __name__ == "__main__":
    main()
