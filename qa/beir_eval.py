"""A BEIR folder (corpus.jsonl, queries.jsonl, qrels/test.tsv) as something `eval` can score."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from qa import service
from qa.errors import InputError
from qa.evaluation import Qrels, read_qrels
from qa.model_options import ModelOptions
from qa.questions import Question, read
from qa.service import Library


def prepare(
    folder: Path, model: str | None, options: ModelOptions, say: Callable[[str], None]
) -> tuple[list[Question], Qrels, Library]:
    """Index the corpus in a temporary folder; raises InputError where the folder is not of the form."""
    for part in ("corpus.jsonl", "queries.jsonl", "qrels/test.tsv"):
        if not (folder / part).is_file():
            raise InputError(f"{folder}: no {part}: give a file of questions or a folder in BEIR's form")
    qrels = read_qrels(folder / "qrels" / "test.tsv")
    questions = [q for q in read(str(folder / "queries.jsonl")) if q.id in qrels]
    index = Path(tempfile.mkdtemp(prefix="qa-eval-"))
    atexit.register(shutil.rmtree, index, ignore_errors=True)
    say(f"indexing {folder / 'corpus.jsonl'} in a temporary folder")
    service.index([str((folder / "corpus.jsonl").resolve())], index, model=model, options=options)
    return questions, qrels, service.open_(index, options=options)
