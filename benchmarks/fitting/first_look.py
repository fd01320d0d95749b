"""Fits the forest that decides which candidates are read, and says how many right passages are among these.

    PYTHONPATH=.:benchmarks python -m fitting.first_look --shared FOLDER --work FOLDER [--write]

Before `fitting.fit`, whose forests rank what is read. Needs lightgbm.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from fitting import forests, gather, sets

from qa import query, retrieval, shortlist
from qa.judgements import Qrels
from qa.library import Library
from qa.questions import Question
from qa.trees import Forest, from_json

SETTINGS = {"num_leaves": 8, "learning_rate": 0.15, "min_data_in_leaf": 100, "lambdarank_truncation_level": 20}
ROUNDS = 35
# How much the questions of each set count together.
SHARES = {
    "reading": 1.0,
    "readpool": 4.0,
    "paraphrased": 2.0,
    "news20k": 1.0,
    "drcd100k": 1.0,
    "markedpool": 1.4,
    "marked": 0.5,
}
READ = (10, 16, 20, 24, 32, 40)  # numbers of passages that the report looks at


@dataclass(frozen=True, slots=True)
class Proposed:
    """One question: what is known of each candidate before it is read, and which of them answer."""

    set: str
    question: Question
    columns: Mapping[str, np.ndarray]
    plain: np.ndarray
    right: np.ndarray


def see(name: str, library: Library, questions: Iterable[Question], qrels: Qrels | None = None) -> Iterator[Proposed]:
    """Ask every question that stands alone and has an answer, up to the candidates."""
    for question in questions:
        if question.history or question.type == "unanswerable":
            continue
        found = retrieval.propose(library.index, query.prepare(question.text, library.index, library.encoder))
        passages = [library.cutter.passage(int(number)) for number in found.numbers]
        right = np.array([gather.is_right(passage, question, qrels) for passage in passages], dtype=bool)
        right = gather.telling(passages, right, question)
        yield Proposed(name, question, shortlist.columns(found), shortlist.summed(found), right)


def fit(train: Sequence[Proposed]) -> dict[str, object]:
    """The forest in the form of its file."""
    rows = [row for row in train if row.right.any() and not row.right.all() and sets.base(row) in SHARES]
    groups = [(table(row), row.right, weight) for row, weight in zip(rows, sets.weights(rows, SHARES), strict=True)]
    models = forests.ranker(groups, ROUNDS, **SETTINGS)
    about = {"fitted": "look", "questions": len(groups), "data": forests.digest([group[:2] for group in groups])}
    out = about | forests.to_json(models, list(rows[0].columns))
    forests.check(from_json(out), models, np.concatenate([group[0] for group in groups]))
    return out


def table(row: Proposed) -> np.ndarray:
    """The candidates' features, float32 (candidates, features)."""
    return np.stack(list(row.columns.values()), axis=1)


def report(test: Mapping[str, Sequence[Proposed]], forest: Forest) -> None:
    """By set how often a right passage is found at all, among the best by the forest, and among those that are read."""
    for name, rows in sorted(test.items()):
        among = {number: 0 for number in READ}
        read = 0
        for row in rows:
            order = shortlist.descending(forest.scores(table(row)))
            for number in READ:
                among[number] += bool(row.right[order[:number]].any())
            read += bool(row.right[shortlist.taken(order, row.plain, shortlist.READ)].any())
        shares = "  ".join(f"{number} {count / len(rows):.3f}" for number, count in among.items())
        found = np.mean([row.right.any() for row in rows])
        print(f"{name:16s} {len(rows):5d} questions, found {found:.3f}, read {read / len(rows):.3f}; best {shares}")


def main() -> None:
    """Gather, fit, report, write."""
    args = sets.arguments(__doc__)
    train, test = sets.split(sets.gather_all(args.shared, args.work, see))
    fitted = fit(train)
    report(test, from_json(fitted))
    if args.write:
        forests.write(Path("qa/weights") / "look.json", fitted)


if __name__ == "__main__":
    main()
