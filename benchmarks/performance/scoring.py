"""Whether what was found is right: by document for a corpus, by the lines of an article for the seeds. Pure, but for reading."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.performance.sources import lines

ABSENT = 10**6  # a rank beyond every depth


@dataclass(frozen=True, slots=True)
class Place:
    """What a hit names: a document, and where its text stands."""

    document: str
    file: str
    lines: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Gold:
    """A question's relevant documents, or its file and lines."""

    documents: frozenset[str] = frozenset()
    file: str = ""
    lines: frozenset[int] = frozenset()

    def holds(self, place: Place) -> bool:
        """Whether this hit is right."""
        if self.file:
            return place.file == self.file and any(place.lines[0] <= n <= place.lines[1] for n in self.lines)
        return place.document in self.documents


def rank(places: Sequence[Place], gold: Gold) -> int:
    """The first right hit, from 0; several passages of one document are one hit where documents are judged."""
    if not gold.file:
        first: dict[str, Place] = {}
        for place in places:
            first.setdefault(place.document, place)
        places = list(first.values())
    return next((n for n, place in enumerate(places) if gold.holds(place)), ABSENT)


def mean_reciprocal(ranks: Iterable[int], depth: int = 10) -> float:
    """MRR: 1 for a right first hit, 1/2 for a second, 0 beyond the depth."""
    all_ranks = list(ranks)
    return sum(1 / (n + 1) for n in all_ranks if n < depth) / len(all_ranks)


def found_by(ranks: Iterable[int], depth: int) -> float:
    """The share with a right hit among the first `depth`."""
    all_ranks = list(ranks)
    return sum(n < depth for n in all_ranks) / len(all_ranks)


def ranks(found: Mapping[str, Sequence[Place]], gold: Mapping[str, Gold]) -> list[int]:
    """The rank for each question of the gold; one that was not answered counts as not found."""
    return [rank(found.get(question, ()), wanted) for question, wanted in gold.items()]


def measures(found: Mapping[str, Sequence[Place]], gold: Mapping[str, Gold]) -> dict[str, float]:
    """The measures that fit the gold: hits by lines at 1 and 5, or MRR@10 and recall@1 by documents."""
    all_ranks = ranks(found, gold)
    if any(wanted.file for wanted in gold.values()):
        return {"right @1": found_by(all_ranks, 1), "right @5": found_by(all_ranks, 5)}
    return {"MRR@10": mean_reciprocal(all_ranks), "recall@1": found_by(all_ranks, 1)}


def answers(path: Path) -> dict[str, list[Place]]:
    """What `qa batch` wrote."""
    return {
        row["id"]: [
            Place(c["document"], Path(c["path"]).name, (c["lines"][0], c["lines"][1])) for c in row["citations"]
        ]
        for row in lines(path)
    }


def gold_of_seeds(path: Path) -> dict[str, Gold]:
    """The questions on the five pages that have an answer."""
    return {row["id"]: Gold(file=row["file"], lines=frozenset(row["lines"])) for row in lines(path) if row.get("lines")}


def gold_of_corpus(folder: Path) -> dict[str, Gold]:
    """The judged questions of a BEIR folder."""
    judged: dict[str, set[str]] = {}
    for line in (folder / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        question, document, _ = line.split("\t")
        judged.setdefault(question, set()).add(document)
    return {question: Gold(documents=frozenset(documents)) for question, documents in judged.items()}


def standing_alone(path: Path) -> str:
    """Questions as JSON lines for programs that know no conversation: a follow-up with its last question in front."""
    out = []
    for row in lines(path):
        before = [turn["question"] for turn in row.get("history", [])][-1:]
        text = "".join([*before, row.get("question") or row["text"]])
        out.append(json.dumps({"id": row.get("id", row.get("_id")), "text": text}, ensure_ascii=False))
    return "\n".join(out) + "\n"
