"""Questions on encyclopedic passages whose answering sentences were marked by reading: CMRC 2018's own training questions.

`marked.tsv.gz` names passage and question of the corpora's pairs by hashes of their text, and gives the sentences'
places in the passage, the one that answers best first; it holds no text.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fitting import gather
from fitting.gather import Seeing

from embeddings.train import corpora
from qa.judgements import Qrels
from qa.questions import Question

MARKS = Path(__file__).parent / "marked.tsv.gz"
SOURCE = "SunYanCN/bert-text"
Place = tuple[int, int]


def marks() -> dict[tuple[str, str], list[Place]]:
    """The places of the answering sentences by the keys of passage and question."""
    found = {}
    with gzip.open(MARKS, "rt", encoding="ascii") as lines:
        for line in lines:
            passage, question, places = line.rstrip("\n").split("\t")
            found[passage, question] = [place(text) for text in places.split(",")]
    return found


def place(text: str) -> Place:
    """`12-34` as two numbers."""
    start, end = text.split("-")
    return int(start), int(end)


def answered(folder: Path) -> tuple[dict[str, str], list[Question], Qrels]:
    """The passages by key, the questions with the sentences that answer them, and which passage that is."""
    marked, texts, questions, qrels = marks(), {}, [], {}
    for record in corpora.read(folder / "pairs.jsonl.gz"):
        if record["source"] != SOURCE:
            continue
        key, own = corpora.passage_key(record["positive"]), corpora.passage_key(record["query"])
        if places := marked.get((key, own)):
            texts[key] = record["positive"]
            answers = tuple(texts[key][start:end].strip() for start, end in places)
            questions.append(Question(f"{key}-{own}", record["query"], 0, type="fact", answers=answers))
            qrels[f"{key}-{own}"] = {key: 1}
    return texts, questions, qrels


def documents(texts: dict[str, str]) -> list[dict[str, str]]:
    """The passages as documents that are called by their keys."""
    return [{"_id": key, "title": "", "text": text} for key, text in sorted(texts.items())]


def see(folder: Path, pool: int, every: int, work: Path, seeing: Seeing = gather.see) -> Iterator[Any]:
    """Every question with the passages alone, and every third with them among `pool` others, every `every`th of the corpora."""
    texts, questions, qrels = answered(folder)
    lines = [json.dumps(document, ensure_ascii=False) + "\n" for document in documents(texts)]
    alone = work / "marked.jsonl"
    alone.write_text("".join(lines), encoding="utf-8")
    yield from seeing("marked", gather.open_index([str(alone)], work / "index-marked"), questions, qrels)
    more = gather.pooled(alone, folder, pool, every, work / "marked-pool.jsonl", texts=set(texts.values()))
    library = gather.open_index([str(more)], work / "index-marked-pool")
    yield from seeing("markedpool", library, questions[::3], qrels)
