"""The development questions that encoders are compared on, and the pool of other passages."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath

from embeddings.train import corpora
from qa import preparing
from qa.library import Library
from qa.questions import read

PARAPHRASE = "paraphrase"


@dataclass(frozen=True)
class Asked:
    """Questions on a corpus: `wanted[i]` are the numbers of the documents that answer question i."""

    documents: list[str]
    questions: list[str]
    wanted: list[list[int]]


def spaced(count: int, wanted: int | None) -> list[int]:
    """So many of `count` numbers, evenly spaced: of 10, 4 are 0, 2, 5, 7."""
    return [i * count // wanted for i in range(wanted)] if wanted and wanted < count else list(range(count))


def beir(folder: Path, kind: str | None = None, count: int | None = None) -> Asked:
    """The questions of a BEIR folder, of one type where told so, no more than `count` of them."""
    documents = [json.loads(line) for line in (folder / "corpus.jsonl").open(encoding="utf-8")]
    place = {d["_id"]: i for i, d in enumerate(documents)}
    with (folder / "qrels" / "test.tsv").open(encoding="utf-8") as lines:
        gold: dict[str, list[int]] = {}
        for row in list(csv.reader(lines, delimiter="\t"))[1:]:
            gold.setdefault(row[0], []).append(place[row[1]])
    asked = [json.loads(line) for line in (folder / "queries.jsonl").open(encoding="utf-8")]
    asked = [q for q in asked if q["_id"] in gold and (kind is None or q.get("type") == kind)]
    asked = [asked[i] for i in spaced(len(asked), count)]
    texts = [f"{d['title']} {d['text']}" for d in documents]
    return Asked(texts, [q["text"] for q in asked], [gold[q["_id"]] for q in asked])


def pages(library: Library, questions: Path, kind: str = PARAPHRASE) -> Asked:
    """Questions that name lines of indexed pages; the documents are the program's own passages."""
    passages = [library.index.passages[i] for i in range(len(library.index))]
    asked = [q for q in read(str(questions)) if q.type == kind]
    wanted = [
        [
            i
            for i, p in enumerate(passages)
            if PurePosixPath(p.path).name == q.file and any(p.lines[0] <= n <= p.lines[1] for n in q.lines)
        ]
        for q in asked
    ]
    return Asked([preparing.embedded_text(p) for p in passages], [q.text for q in asked], wanted)


def records(folder: Path, size: int) -> Iterator[tuple[str, str]]:
    """(title, text) of the first passages of the corpora's running text."""
    for record in islice(corpora.read(folder / "text.jsonl.gz"), size):
        yield record["title"] or "", record["text"]


def pool(folder: Path, size: int) -> list[str]:
    """The same as texts, their titles in front."""
    return [f"{title} {text}" for title, text in records(folder, size)]
