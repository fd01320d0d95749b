"""The program's whole ranking with given vectors: its own index of a set, the vectors alone exchanged."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
from encoders.dense import Ranks

from embeddings.index import VectorIndex
from embeddings.static import StaticEncoder
from qa import preparing, service, store
from qa.evaluation import holds_gold, places
from qa.judgements import Qrels
from qa.library import Library
from qa.questions import Question

TOP = 10
PREFIX = "pool-"


def pooled(corpus: Path, pool: Iterable[tuple[str, str]], target: Path) -> Path:
    """Write a BEIR corpus with other (title, text) passages behind it; returns the file."""
    with target.open("w", encoding="utf-8") as out:
        out.write(corpus.read_text(encoding="utf-8").rstrip("\n") + "\n")
        for number, (title, text) in enumerate(pool):
            row = {"_id": f"{PREFIX}{number}", "title": title, "text": text}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return target


def opened(paths: list[str], folder: Path) -> Library:
    """The program's index of the paths in the folder, made unless it is there and whole."""
    if store.load(folder) is None:  # also where an earlier run was broken off while building
        service.index(paths, folder)
    return service.open_(folder, fresh=False)


def with_vectors(library: Library, model: Path) -> Library:
    """The same index with the vectors of another static model; words and passages stay."""
    encoder = StaticEncoder(model)
    passages = [library.index.passages[i] for i in range(len(library.index))]
    vectors = encoder.passages([preparing.embedded_text(passage) for passage in passages])
    return Library(library.folder, replace(library.index, dense=VectorIndex.build(vectors)), encoder)


def ranks(library: Library, questions: Iterable[Question], qrels: Qrels | None) -> Ranks:
    """The place of the first right citation of each question, from 0; TOP where it is not among so many."""
    out = []
    for question in questions:
        cited = library.answer_row(question, TOP).citations
        right = [any(holds_gold(at, question, qrels) for at in places(c)) for c in cited]
        out.append(right.index(True) if True in right else TOP)
    return np.array(out, dtype=np.int64)
