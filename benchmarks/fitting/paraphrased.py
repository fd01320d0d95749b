"""Hand-written paraphrases of single passages, kept away from the encoder's training: what the ranking may lean on.

`paraphrased.tsv.gz` names each passage by a hash of its text and gives three questions on it; it holds no passage.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fitting import gather
from fitting.gather import Seeing

from embeddings.train import corpora
from qa.judgements import Qrels
from qa.questions import Question

QUESTIONS = Path(__file__).parent / "paraphrased.tsv.gz"


def documents(folder: Path) -> Iterator[dict[str, str]]:
    """The passages as documents that are called by their names."""
    wanted = {name for name, _, _ in corpora.written(QUESTIONS)}
    for record in corpora.read(folder / "text.jsonl.gz"):
        if (name := corpora.passage_key(record["text"])) in wanted:
            yield {"_id": name, "title": record["title"] or "", "text": record["text"]}


def questions() -> tuple[list[Question], Qrels]:
    """The questions and which document answers each."""
    asked = [(f"{name}-{kind}", name, text) for name, kind, text in corpora.written(QUESTIONS)]
    qrels = {identity: {name: 1} for identity, name, _ in asked}
    return [Question(identity, text, 0, type="paraphrase") for identity, _, text in asked], qrels


def see(folder: Path, pool: int, every: int, work: Path, seeing: Seeing = gather.see) -> Iterator[Any]:
    """Every question with its passage among `pool` others, every `every`th of the corpora."""
    own = list(documents(folder))
    path = gather.pooled(Path("none"), folder, pool, every, work / "paraphrased.jsonl", {d["title"] for d in own})
    with path.open("a", encoding="utf-8") as lines:
        lines.writelines(json.dumps(document, ensure_ascii=False) + "\n" for document in own)
    library = gather.open_index([str(path)], work / "index-paraphrased")
    asked, qrels = questions()
    yield from seeing("paraphrased", library, asked, qrels)
