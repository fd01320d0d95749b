"""What retrieval sees of questions whose answers are known: the rows that the forests are fitted on."""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from qa import conversation, query, ranking, service
from qa.cutting import Cutter
from qa.evaluation import holds_gold
from qa.evidence import Evidence
from qa.judgements import Qrels, read_qrels
from qa.library import Library
from qa.questions import Question, read
from qa.retrieval import Candidates
from qa.types import Passage

READ = 21  # candidates at least, and those by the plain sum: what is clear at once teaches by what it is told from
Seeing = Callable[..., Iterator[Any]]  # `see`, or what looks at questions in another way


@dataclass
class Seen:
    """One question: the candidates that were read, their sentences, and which of both answer."""

    set: str
    question: Question
    asked: query.Query
    found: Candidates
    evidence: Evidence
    right: np.ndarray
    right_sentences: np.ndarray
    articles: np.ndarray


def open_index(paths: list[str], folder: Path) -> Library:
    """Build an index, unless it is there, and open it."""
    if not folder.exists():
        service.index(paths, folder)
    return service.open_(folder)


def pooled(
    corpus: Path,
    corpora: Path,
    pool: int,
    every: int,
    out: Path,
    without: set[str] = frozenset(),
    texts: set[str] = frozenset(),
) -> Path:
    """A BEIR corpus with so many other passages of the corpora's text.jsonl.gz, every `every`th of them.

    Passages are left out whose title is one of `without` or whose text one of `texts`.
    """
    with out.open("w", encoding="utf-8") as lines, gzip.open(corpora / "text.jsonl.gz", "rt", encoding="utf-8") as more:
        if corpus.exists():
            lines.write(corpus.read_text(encoding="utf-8").rstrip("\n") + "\n")
        for number, line in enumerate(islice(more, 0, pool * every, every)):
            record = json.loads(line)
            if record["title"] not in without and record["text"] not in texts:
                row = {"_id": f"pool-{number}", "title": record["title"] or "", "text": record["text"]}
                lines.write(json.dumps(row, ensure_ascii=False) + "\n")
    return out


def see(name: str, library: Library, questions: Iterable[Question], qrels: Qrels | None = None) -> Iterator[Seen]:
    """Ask every question up to the point where weights come in."""
    index = library.index
    cutter = Cutter(index.passages, index.segmenter, library.encoder)
    for question in questions:
        text = conversation.joined(question.text, question.history)
        asked = query.prepare(text, index, library.encoder)
        found = ranking.closer(index, asked, READ)
        passages = [index.passages[int(n)] for n in found.numbers]
        evidence = ranking.evidence.weigh(asked, passages, found, cutter)
        right = telling(passages, np.array([is_right(p, question, qrels) for p in passages]), question)
        articles = index.article_of[found.numbers]
        yield Seen(
            name, question, asked, found, evidence, right, answering(evidence, passages, right, question), articles
        )


def is_right(passage: Passage, question: Question, qrels: Qrels | None) -> bool:
    """Whether a passage is what the question's gold names."""
    return holds_gold(passage, question, qrels) if question.lines or qrels else False


def telling(passages: list[Passage], right: np.ndarray, question: Question) -> np.ndarray:
    """Of the passages of the right document those that hold an answer, where any does: a document has several."""
    holding = right & np.array([any(a in p.text for a in question.answers) for p in passages], dtype=bool)
    return holding if holding.any() else right


def answering(evidence: Evidence, passages: list[Passage], right: np.ndarray, question: Question) -> np.ndarray:
    """Which sentences of the right passages hold an answer."""
    out = []
    for passage, ranges, own in zip(passages, evidence.ranges, right, strict=True):
        for start, end in ranges:
            piece = passage.text[start:end]
            out.append(bool(own) and any(a in piece or piece.strip() in a for a in question.answers))
    return np.array(out)


def beir(
    name: str, folder: Path, corpora: Path, pool: int, every: int, work: Path, seeing: Seeing = see
) -> Iterator[Any]:
    """Every `every`th question of a BEIR folder in a pool."""
    with tempfile.TemporaryDirectory() as temporary:
        corpus = pooled(folder / "corpus.jsonl", corpora, pool, 1, Path(temporary) / "corpus.jsonl")
        library = open_index([str(corpus)], work / f"index-{name}")
    qrels = read_qrels(folder / "qrels" / "test.tsv")
    questions = [q for q in read(str(folder / "queries.jsonl")) if q.id in qrels]
    yield from seeing(name, library, questions[::every], qrels)
