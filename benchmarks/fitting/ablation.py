"""What each group of features gives: the ranking is fitted without it and measured on questions it was not fitted on.

    PYTHONPATH=.:benchmarks python -m fitting.ablation --shared FOLDER --work FOLDER

Prints the table of docs/retrieval.md; a row takes two to four minutes. Needs lightgbm.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from fitting import fit, sets
from fitting.gather import Seen

from qa import ranking
from qa.trees import Forest

KINDS = "person|body|place|time|number|name|reason|manner|list|view"
# The features of sentences and of passages that are left out, by their names.
GROUPS = {
    "nothing": r"^$",
    "the article around a passage": rf"article|telling|gap|unknown|{fit.PLACE}",
    "of these the place in it, and its lead": fit.PLACE,
    "sentences": r"^best |^most |^sentence$",
    "nearness to the asking word": r"focus|beside",
    "what stands behind the asking word": r"front|rest",
    "kinds of answer": rf"holds ({KINDS})|unit|{fit.ASKED}",
    "vectors": r"dense",
    "words": r"words|characters|bigrams|coverage|gap|unknown",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One of the table: a set, the type of question, and what is measured."""

    name: str
    set: str
    type: str | None
    depths: tuple[int, ...]  # of recall; none: MRR@10


COLUMNS = (
    Column("seeds fact", "seeds", "fact", (1,)),
    Column("seeds numeric", "seeds", "numeric", (1,)),
    Column("seeds paraphrase", "seeds", "paraphrase", (1, 5)),
    Column("set apart, fact", "blind reading", "fact", (1,)),
    Column("set apart, why and how", "blind reading", "why_how", (1,)),
    Column("set apart, paraphrase", "blind reading", "paraphrase", (1, 5)),
    Column("news paraphrase, held half", "news20k", "paraphrase", (1, 5)),
    Column("CMRC MRR@10", "cmrc", None, ()),
    Column("… in 100,000", "cmrc100k", None, ()),
    Column("DRCD in 100,000", "drcd100k", None, ()),
)


def blank(table: dict[str, np.ndarray], pattern: re.Pattern[str]) -> dict[str, np.ndarray]:
    """The columns, those whose name fits the pattern all zero: a constant parts nothing."""
    return {name: np.zeros_like(column) if pattern.search(name) else column for name, column in table.items()}


def answered(row: Seen) -> bool:
    """Whether the question's own documents hold its answer."""
    return not row.set.startswith(("offtopic", "trappool")) and row.question.type != "unanswerable"


def reduced(row: Seen, pattern: re.Pattern[str]) -> Seen:
    """A question whose sentences lack some features."""
    features = blank(dict(row.evidence.features), pattern)
    return replace(row, evidence=replace(row.evidence, features=features))


def measured(column: Column, ranks: Sequence[int]) -> str:
    """A cell: recall at the column's depths, else MRR@10; `ranks` counts from 0."""
    places = np.array(ranks)
    if not column.depths:
        return f"{np.where(places < 10, 1 / (places + 1), 0).mean():.3f}"
    return " / ".join(f"{(places < depth).mean():.2f}" for depth in column.depths)


def line(train: Sequence[Seen], test: dict[str, list[Seen]], pattern: re.Pattern[str]) -> list[str]:
    """The cells of the ranking that is fitted without the features of one group."""

    def tabled(row: Seen, sentences: Forest) -> dict[str, np.ndarray]:
        return blank(fit.passage_table(row, sentences), pattern)

    rows = [reduced(row, pattern) for row in train]
    sentences = fit.fit_sentences(rows)
    few, many = (fit.fit_passages(rows, sentences, name, tabled) for name in ("few", "many"))

    def rank(row: Seen) -> int:
        columns = tabled(reduced(row, pattern), sentences)
        with fit.shipping(few, many):
            scores = ranking.blended(ranking.scores("few", columns), columns, row.found.size)
        right = row.right[np.lexsort((row.found.numbers, -scores))]
        return int(np.argmax(right)) if right.any() else len(right) + 10

    return [
        measured(column, [rank(row) for row in test[column.set] if column.type in (None, row.question.type)])
        for column in COLUMNS
    ]


def table(rows: list[Seen]) -> None:
    """Print the table, a row as soon as it is known."""
    train, test = sets.split(rows)
    on_topic = [row for row in train if answered(row)]
    kept = {name: [row for row in part if answered(row)] for name, part in test.items()}
    print("| without |", " | ".join(column.name for column in COLUMNS), "|")
    print("|", " | ".join("---" for _ in range(len(COLUMNS) + 1)), "|", flush=True)
    for name, pattern in GROUPS.items():
        print("|", name, "|", " | ".join(line(on_topic, kept, re.compile(pattern))), "|", flush=True)


def main() -> None:
    """Gather and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True, help="folder with corpora/ and eval/")
    parser.add_argument("--work", type=Path, required=True, help="folder for indexes and pages")
    args = parser.parse_args()
    table(list(sets.gather_all(args.shared, args.work)))


if __name__ == "__main__":
    main()
