"""Stage `prepare`: tokenise the corpora once, into the work folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tokenizers import Tokenizer

from embeddings.train import bags, corpora

Row = tuple[str, str, float]


def word_rows(folder: Path) -> Iterator[Row]:
    """Synonyms, definitions and abbreviations, both ways round."""
    for r in corpora.read(folder / "pairs.jsonl.gz"):
        if r["source"] in corpora.WORD_SOURCES:
            yield r["query"], r["positive"], 1.0
            yield r["positive"], r["query"], 1.0


def pair_rows(folder: Path) -> Iterator[Row]:
    """Every other pair, each source with its weight."""
    for r in corpora.read(folder / "pairs.jsonl.gz"):
        if r["source"] not in corpora.WORD_SOURCES:
            yield r["query"], r["positive"], corpora.WEIGHTS.get(r["source"], 1.0)


def question_rows(folder: Path) -> Iterator[Row]:
    """The hand-written questions: those that came with the corpora and our own."""
    for r in corpora.read(folder / "questions.jsonl.gz"):
        yield r["query"], r["positive"], 1.0
    texts = {}
    wanted = {key for key, _, _ in corpora.own_questions()}
    for r in corpora.read(folder / "text.jsonl.gz"):
        key = corpora.passage_key(r["text"])
        if key in wanted:
            texts[key] = r["text"]
    for key, _, question in corpora.own_questions():
        if key in texts:
            yield question, texts[key], 1.0


FILES = ("text.npz", "words.npz", "pairs.npz", "questions.npz")


def run(folder: Path, work: Path) -> None:
    """Write FILES; what is there already stays."""
    tokenizer = Tokenizer.from_file(str(work / "tokenizer.json"))
    if not (work / "text.npz").exists():
        bags.save_passages(work / "text.npz", bags.passages(tokenizer, folder))
    for name, rows in (("words", word_rows), ("pairs", pair_rows), ("questions", question_rows)):
        path = work / f"{name}.npz"
        if not path.exists():
            bags.save_pairs(path, bags.pairs(tokenizer, rows(folder)))
