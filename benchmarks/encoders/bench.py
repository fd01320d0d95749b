"""Measures one model on every set: dense retrieval alone, BM25 alone, and the program's whole ranking."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from encoders import dense, sets, whole
from encoders.dense import Floats, Ranks
from encoders.measures import Row, cuts, reciprocal
from tokenizers import Tokenizer

from embeddings.train import bags
from qa.judgements import read_qrels
from qa.questions import read

DRCD = 700  # of its questions, evenly spaced
OWN = ("cmrc", "drcd")  # sets that are measured in their own corpus too


class Bench:
    """The sets, read when they are first needed; what costs long is kept in the work folder."""

    def __init__(self, shared: Path, work: Path, tokenizer: Path, small: int, large: int) -> None:
        self.shared, self.work, self.small, self.large = shared, work, small, large
        self.tokens = Tokenizer.from_file(str(tokenizer))
        self.seeds_index = whole.opened(["seeds"], work / "index-seeds")
        gold = shared / "eval"
        self.sets = {
            "seeds": sets.pages(self.seeds_index, gold / "seeds" / "questions.jsonl"),
            "news": sets.beir(gold / "news-dev", sets.PARAPHRASE),
            "cmrc": sets.beir(gold / "cmrc2018-trial"),
            "drcd": sets.beir(gold / "drcd-dev", count=DRCD),
        }
        digest = hashlib.sha256(tokenizer.read_bytes()).hexdigest()[:12]
        self.pool = self.pool_bags(work / f"pool-{large}-{digest}.npz")

    def pool_bags(self, path: Path) -> bags.Bags:
        """The tokens of the pool, encoded once."""
        if not path.exists():
            found = bags.encode(self.tokens, sets.pool(self.shared / "corpora", self.large))
            bags.save(path, tokens=found.tokens, starts=found.starts)
        with np.load(path) as arrays:
            return bags.Bags(arrays["tokens"], arrays["starts"])

    def row(self, alone: dict[str, Ranks], own: dict[str, Ranks]) -> Row:
        """The columns that a ranking alone fills: `alone` in the pools, `own` each set's corpus by itself."""
        found = {name: cuts(alone[name]) for name in ("seeds", "news")}
        return found | {f"{n}_own": reciprocal(own[n]) for n in own} | {f"{n}_pool": reciprocal(alone[n]) for n in own}

    def dense_row(self, vectors: Floats) -> Row:
        """Dense retrieval alone, a text being the mean of its words' vectors."""
        return self.row_of(lambda texts: dense.means(texts, vectors))

    def row_of(self, encode: Callable[[bags.Bags], Floats], asking: Callable[[bags.Bags], Floats] | None = None) -> Row:
        """Dense retrieval alone by the unit vectors that `encode` gives texts, and `asking` questions where they are encoded otherwise."""
        others = encode(self.pool)
        alone, own = {}, {}
        for name, asked in self.sets.items():
            questions = (asking or encode)(bags.encode(self.tokens, asked.questions))
            documents = encode(bags.encode(self.tokens, asked.documents))
            if name in OWN:
                own[name] = dense.ranks(questions, documents, asked.wanted)
            added = {"seeds": 0, "news": self.small}.get(name, self.large)
            alone[name] = dense.ranks(questions, np.concatenate([documents, others[:added]]), asked.wanted)
        return self.row(alone, own)

    def lexical_row(self) -> Row:
        """BM25 alone, over words and character pairs."""
        others = dense.lexical_keys(sets.pool(self.shared / "corpora", self.large))
        alone, own = {}, {}
        for name, asked in self.sets.items():
            if name in OWN:
                own[name] = dense.lexical_ranks(asked, [])
            added = {"seeds": 0, "news": self.small}.get(name, self.large)
            alone[name] = dense.lexical_ranks(asked, others[:added])
        return self.row(alone, own)

    def whole_row(self, model: Path) -> Row:
        """The program's whole ranking with the model's vectors."""
        gold = self.shared / "eval"
        file = self.work / f"news-{self.small}.jsonl"
        if not file.exists():
            others = sets.records(self.shared / "corpora", self.small)
            whole.pooled(gold / "news-dev" / "corpus.jsonl", others, file)
        news = whole.opened([str(file)], self.work / f"index-news-{self.small}")
        qrels = read_qrels(gold / "news-dev" / "qrels" / "test.tsv")
        rows = {"seeds": (self.seeds_index, gold / "seeds" / "questions.jsonl", None)}
        rows["news"] = (news, gold / "news-dev" / "queries.jsonl", qrels)
        found = {}
        for name, (library, questions, judged) in rows.items():
            asked = [q for q in read(str(questions)) if q.type == sets.PARAPHRASE]
            found[f"{name}_whole"] = cuts(whole.ranks(whole.with_vectors(library, model), asked, judged))
        return found
