"""Short trials that go on from the same vectors: smaller vocabularies, characters alone, questions by rules, negatives by BM25.

    PYTHONPATH=.:benchmarks python -m encoders.trials --work FOLDER --start NAME --mined NAME --shared FOLDER --bench FOLDER

`--work` is the folder of a training run (its tokens, the vectors `--start` and the negatives of the step `--mined`),
`--bench` the work folder of `encoders.table`. Every trial has as many steps of the recipe's last run, and the first changes
nothing: the others are held against it. A word that is left out is cut into the entries that are left. Prints a row of the
table for each, as it is before and after the steps.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from encoders import lexical
from encoders.bench import Bench
from encoders.recipe import MIX, last_run
from numpy.typing import NDArray
from tokenizers import Tokenizer

from embeddings.train import bags, config, contrast, corpora, sampler
from embeddings.train.bags import Bags, Pairs, Passages
from embeddings.train.config import Training

Floats = NDArray[np.float32]
NEVER = -1e4  # the log probability of an entry that is left out
RULED = {"words": 0.06, "pairs": 0.30, "headline": 0.06, "context": 0.10, "questions": 0.48}
RULED_SHARE = 0.3  # of the questions, those made by rules
VOCABULARIES = {"40,000 words": 40_000, "20,000 words": 20_000, "characters": 0}  # words of two characters and more
LEXICAL = {"half the negatives by BM25": 0.5, "all negatives by BM25": 1.0}
UNIT = "人|名|位|个|家|次|元|吨|公里|亩|岁|台|项|件|万元|亿元|天|年|小时"
RULES = (
    (re.compile(r"(?:\d{4}年)?\d{1,2}月\d{1,2}日|\d{4}年|近日|日前"), "什么时候"),
    (re.compile(rf"\d[\d,.]*(?:余|多)?[万亿]?({UNIT})"), r"多少\1"),
    (re.compile(r"[“《][^”》]{2,16}[”》]"), "什么"),
)


def smaller(tokenizer: Path, words: int, target: Path) -> None:
    """A tokenizer that never chooses a word beyond the most frequent ones; entries keep their numbers."""
    raw = json.loads(tokenizer.read_text(encoding="utf-8"))
    seen = 0
    for entry in raw["model"]["vocab"][1:]:  # the most frequent first
        if len(entry[0]) > 1:
            seen += 1
            if seen > words:
                entry[1] = NEVER
    target.write_text(json.dumps(raw, ensure_ascii=False), encoding="utf-8")


class Cutting:
    """Entries of one tokenizer as those of another: an entry that it never chooses becomes what the word is cut into."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        names = [tokenizer.id_to_token(number) for number in range(tokenizer.get_vocab_size())]
        cut = [
            [e.ids[0] if len(e.ids) == 1 else e.ids]
            for e in tokenizer.encode_batch_fast(names, add_special_tokens=False)
        ]
        parts = [
            np.atleast_1d(np.array(own[0], np.int32)) if own[0] else np.array([i], np.int32)
            for i, own in enumerate(cut)
        ]
        self._parts = np.concatenate(parts)
        self._lengths = np.fromiter(map(len, parts), np.int64, len(parts))
        self._begins = np.cumsum(self._lengths) - self._lengths

    def bags(self, own: Bags) -> Bags:
        """The same texts."""
        lengths = self._lengths[own.tokens]
        ends = np.cumsum(lengths)
        places = np.arange(int(lengths.sum())) + np.repeat(self._begins[own.tokens] - (ends - lengths), lengths)
        return Bags(self._parts[places], np.concatenate([[0], ends])[own.starts])

    def pairs(self, own: Pairs) -> Pairs:
        """The same pairs."""
        return replace(own, queries=self.bags(own.queries), positives=self.bags(own.positives))

    def passages(self, own: Passages) -> Passages:
        """The same passages."""
        return replace(own, titles=self.bags(own.titles), sentences=self.bags(own.sentences))


def recut(work: Path, words: int, target: Path) -> None:
    """The files of a training run for a smaller vocabulary."""
    smaller(work / "tokenizer.json", words, target / "tokenizer.json")
    cutting = Cutting(Tokenizer.from_file(str(target / "tokenizer.json")))
    bags.save_passages(target / "text.npz", cutting.passages(bags.load_passages(work / "text.npz")))
    for name in ("words", "pairs", "questions"):
        bags.save_pairs(target / f"{name}.npz", cutting.pairs(bags.load_pairs(work / f"{name}.npz")))


def ruled(text: str, draw: random.Random) -> str | None:
    """A question made of a clause of a text: a number, a time or a name in it becomes the asking word."""
    clauses = [clause for clause in re.split(r"[。！？；，,\n]", text) if 10 <= len(clause) <= 50]
    draw.shuffle(clauses)
    for clause in clauses:
        for pattern, asked in RULES:
            if pattern.search(clause):
                return pattern.sub(asked, clause, count=1) + "?"
    return None


def ruled_rows(folder: Path, seed: int) -> Iterator[tuple[str, str, float]]:
    """A question for every passage that a rule fits."""
    draw = random.Random(seed)
    for record in corpora.read(folder / "text.jsonl.gz"):
        if question := ruled(record["text"], draw):
            yield question, record["text"], 1.0


def with_rules(work: Path, corpora_: Path, mined: str, target: Path) -> None:
    """The files of a training run, its questions with those made by rules behind them, which have no mined negatives."""
    for name in ("tokenizer.json", "text.npz", "words.npz", "pairs.npz"):
        linked(work / name, target / name)
    own = bags.load_pairs(work / "questions.npz")
    more = bags.pairs(Tokenizer.from_file(str(work / "tokenizer.json")), ruled_rows(corpora_, 5))
    share = RULED_SHARE / (1 - RULED_SHARE) * own.weights.sum() / more.weights.sum()
    bags.save_pairs(
        target / "questions.npz",
        Pairs(
            joined(own.queries, more.queries),
            joined(own.positives, more.positives),
            np.concatenate([own.groups, more.groups + own.groups.max() + 1]),
            np.concatenate([own.weights, share * more.weights]),
        ),
    )
    name = sampler.negatives("questions", mined)
    with np.load(work / name) as found:
        arrays = dict(found)
    bags.save(target / name, **arrays | {"answers": np.append(arrays["answers"], np.full(len(more.groups), -1))})


def joined(one: Bags, other: Bags) -> Bags:
    """The texts of both."""
    return Bags(np.concatenate([one.tokens, other.tokens]), np.append(one.starts, other.starts[1:] + one.starts[-1]))


def linked(source: Path, target: Path) -> None:
    """A file of another folder."""
    if not target.exists():
        target.symlink_to(source.resolve())


def trial(name: str, make: Callable[[Path], None], mix: dict[str, float], args: argparse.Namespace) -> None:
    """Make the files, train, measure, print."""
    folder = args.work / f"trial-{name.replace(' ', '-').replace(',', '')}"
    folder.mkdir(exist_ok=True)
    if not (folder / "tokenizer.json").exists():
        make(folder)
    linked(args.work / f"{args.start}.npy", folder / "start.npy")
    for kind in sampler.MINED:
        linked(args.work / sampler.negatives(kind, args.mined), folder / sampler.negatives(kind, args.mined))
    bench = Bench(args.shared, args.bench, folder / "tokenizer.json", 20_000, 100_000)
    print(json.dumps({"trial": name, "before": bench.dense_row(np.load(folder / "start.npy"))}), flush=True)
    training = Training("after", "start", 1, last_run(args.steps, args.mined, mix=mix))
    contrast.run(folder, training, lambda vectors: {})
    print(json.dumps({"trial": name, "after": bench.dense_row(np.load(folder / "after.npy"))}), flush=True)


def unchanged(work: Path, target: Path) -> None:
    """The files of a training run as they are."""
    for name in ("tokenizer.json", "text.npz", "words.npz", "pairs.npz", "questions.npz"):
        linked(work / name, target / name)


def with_lexical(work: Path, start: str, mined: str, share: float, target: Path) -> None:
    """The files of a training run, so large a share of the mined negatives by BM25."""
    unchanged(work, target)
    vectors: Floats = np.load(work / f"{start}.npy")
    lexical.write(work, target, vectors, config.load("static").mine, mined, share)


def main() -> None:
    """One trial after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--work", "--shared", "--bench"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--start", default="wide-e")
    parser.add_argument("--mined", default="nearer")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--only", nargs="+", help="names of trials")
    args = parser.parse_args()
    trials: dict[str, tuple[Callable[[Path], None], dict[str, float]]] = {
        "as it is": (partial(unchanged, args.work), MIX),
        **{name: (partial(recut, args.work, words), MIX) for name, words in VOCABULARIES.items()},
        "questions by rules": (partial(with_rules, args.work, args.shared / "corpora", args.mined), RULED),
        **{
            name: (partial(with_lexical, args.work, args.start, args.mined, share), MIX)
            for name, share in LEXICAL.items()
        },
    }
    for name in args.only or trials:
        trial(name, *trials[name], args)


if __name__ == "__main__":
    main()
