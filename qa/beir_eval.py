"""A BEIR folder (corpus.jsonl, queries.jsonl, qrels/test.tsv) as something `eval` can score."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from qa import service
from qa.errors import InputError
from qa.evaluation import places
from qa.judgements import Qrels, read_qrels
from qa.library import Library
from qa.model_options import ModelOptions
from qa.questions import Question, read
from qa.types import Answer

PASSAGES = 50  # citations asked for, so that ten documents are among them where a document has several passages
QUERIES, QRELS = "queries.jsonl", "qrels/test.tsv"
PARTS = ("corpus.jsonl", QUERIES, QRELS)
Place = tuple[Path, int]


@dataclass(frozen=True, slots=True)
class Beir:
    """The judged questions of a folder and the files to search."""

    questions: list[Question]
    qrels: Qrels
    files: tuple[Path, ...]
    documents: Mapping[Place, str]


def read_folder(folder: Path, pool: Path | None = None) -> Beir:
    """Read all but the texts; raises InputError where the folder is not of the form or the pool repeats an id."""
    for part in PARTS:
        if not (folder / part).is_file():
            raise InputError(f"{folder}: no {part}: give a file of questions or a folder in BEIR's form")
    if pool and pool.suffix.lower() != ".jsonl":
        raise InputError(f"{pool}: no .jsonl file: give documents in the form of BEIR's corpus.jsonl")
    judgements = folder / QRELS
    qrels = read_qrels(judgements)
    questions = [q for q in read(str(folder / QUERIES)) if q.id in qrels]
    if missing := sorted(set(qrels) - {q.id for q in questions}):
        raise InputError(f"{judgements}: query {missing[0]} is not in queries.jsonl: add it or remove its judgements")
    files = (folder / PARTS[0], *([pool] if pool else []))
    return Beir(questions, qrels, tuple(file.resolve() for file in files), identifiers(files))


def identifiers(files: tuple[Path, ...]) -> dict[Place, str]:
    """The `_id` at each line; a line that is no record is left to the reader of documents."""
    out: dict[Place, str] = {}
    owner: dict[str, Path] = {}
    for file in files:
        try:
            lines = file.read_bytes().splitlines()
        except OSError as error:
            raise InputError(f"{file}: cannot be read ({error.strerror}): give documents as BEIR's .jsonl") from error
        for number, line in enumerate(lines, start=1):
            try:
                name = str(json.loads(line)["_id"])
            except (ValueError, KeyError, TypeError, RecursionError):
                continue
            if owner.setdefault(name, file) != file:
                raise InputError(f"{file}:{number}: document {name} is in {owner[name]} too: remove or rename it")
            out[file.resolve(), number] = name
    return out


def open_library(beir: Beir, model: str | None, options: ModelOptions, say: Callable[[str], None]) -> Library:
    """Index the files in a temporary folder that goes when the program ends."""
    index = Path(tempfile.mkdtemp(prefix="qa-eval-"))
    atexit.register(shutil.rmtree, index, ignore_errors=True)
    say(f"indexing {' and '.join(map(str, beir.files))} in a temporary folder")
    made = service.index([str(file) for file in beir.files], index, model=model, options=options)
    for short in made.skipped:  # documents that are not there would only show in wrong scores
        raise InputError(f"{short.path}: {short.reason}: mend the file, then score it")
    return service.open_(index, options=options)


def spread(answer: Answer, beir: Beir) -> Answer:
    """Documents with one text are cited as one; here each is cited by its own name again."""
    cited = []
    for citation in answer.citations:
        for number, at in enumerate(places(citation)):
            name = beir.documents.get((Path(at.path).resolve(), at.lines[0]))
            cited.append(replace(at, document=name) if number and name else at)
    return replace(answer, citations=tuple(cited))
