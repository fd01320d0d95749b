"""`python -m embeddings.train --config NAME`: replays a recipe, all of it or the stages named.

Each stage reads and writes the work folder. What a stage has made is not made again without --again, and a contrastive
run that was broken off goes on from its checkpoint: the same command, given again, goes on where it stopped.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from embeddings.train import config
from embeddings.train.stages import Folders, Stage, stages


def run(stage: Stage, work: Path, *, again: bool) -> None:
    """Run a stage unless what it makes is there, and say which."""
    there = stage.done(work)
    print(json.dumps({"stage": stage.name, "there": there and not again}), file=sys.stderr)
    if there and again:
        for file in stage.files:
            (work / file).unlink()
    if not there or again:
        stage.run()


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and run the stages asked for, in order."""
    parser = argparse.ArgumentParser(prog="python -m embeddings.train", description=__doc__)
    parser.add_argument("stages", nargs="*", metavar="STAGE", help="which of the recipe's stages (default: all)")
    parser.add_argument("--config", default="static", help="name of a file in embeddings/train/configs, or a .toml")
    parser.add_argument("--corpora", type=Path, required=True, help="folder with text, pairs and questions .jsonl.gz")
    parser.add_argument("--work", type=Path, default=Path("work"), help="folder for what the stages make")
    parser.add_argument("--target", type=Path, default=Path("work/model"), help="folder of the model")
    parser.add_argument("--dev", type=Path, action="append", default=[], help="BEIR folder to score on while training")
    parser.add_argument("--again", action="store_true", help="make anew what is there already")
    args = parser.parse_args(arguments)
    try:
        settings = config.load(args.config)
    except (FileNotFoundError, ValueError) as error:
        parser.error(str(error))
    found = stages(settings, Folders(args.corpora, args.work, args.target, tuple(args.dev)))
    names = [stage.name for stage in found]
    if unknown := [name for name in args.stages if name not in names]:
        parser.error(f"no stage {unknown[0]!r} in {args.config}: use {', '.join(names)}")
    args.work.mkdir(parents=True, exist_ok=True)
    for stage in found:
        if not args.stages or stage.name in args.stages:
            run(stage, args.work, again=args.again)


if __name__ == "__main__":
    main()
