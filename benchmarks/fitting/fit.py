"""Fits the forests of `qa/weights` on questions whose answers are known, and says how well each does.

    PYTHONPATH=.:benchmarks python -m fitting.fit --shared FOLDER --work FOLDER [--write]

Three forests, each on what the one before makes of a question: `sentences` (which sentence of the right passage
answers), `passages` (which passage), `confidence` (whether any). Needs lightgbm.
"""

from __future__ import annotations

import re
import string
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import lightgbm
import numpy as np
from fitting import forests, sets
from fitting.gather import Seen

from embeddings.static import StaticEncoder
from qa import confidence, ranking, turning
from qa.confidence import EVEN
from qa.metrics import auroc
from qa.trees import Forest, from_json

SENTENCES = {"num_leaves": 6, "learning_rate": 0.12, "min_data_in_leaf": 20, "lambdarank_truncation_level": 3}
PASSAGES = {"num_leaves": 15, "learning_rate": 0.1, "lambdarank_truncation_level": 10}
LEAST = {"few": 60, "many": 50}  # rows in a leaf
CONFIDENCE = {"num_leaves": 6, "learning_rate": 0.08, "min_data_in_leaf": 20, "feature_fraction": 0.4}
ROUNDS = {"sentences": 120, "few": 90, "many": 100, "confidence": 125}
# How much the questions of each set count together; each set is as large as another before that.
SHARES = {
    "sentences": {"reading": 3.0, "drcd": 1.0, "marked": 1.5, "documents": 1.0},
    "few": {"reading": 3.0, "drcd": 0.7, "marked": 0.7, "documents": 1.0},
    "many": {
        "reading": 1.0,
        "readpool": 4.0,
        "paraphrased": 0.7,
        "news20k": 1.0,
        "drcd": 0.7,
        "drcd100k": 1.4,
        "markedpool": 1.4,
    },
}
# What a forest does not see: among many passages those that answer stand in articles and most others stand alone, so that the
# place in an article would tell the set and not the answer; nor did the kinds asked for help there.
PLACE, ASKED = r"^place|lead", r"^asks"
UNSEEN = {"few": re.compile(r"^$"), "many": re.compile(f"{PLACE}|{ASKED}")}
UNANSWERABLE, OFF_TOPIC = 1.5, 1.0  # what a question without an answer weighs against one that has one
NOT_IN_DOCUMENTS = 3.0  # the same of questions on documents, among which fewer have none
FOLDS = 5  # of batches: a question whose confidence is fitted was ranked by a forest fitted on the other folds
ENCYCLOPEDIC = 0.7  # what one of DRCD weighs: it has an answer, and is asked in another way


def sentence_groups(rows: Sequence[Seen]) -> Iterator[tuple[np.ndarray, np.ndarray, float, Seen]]:
    """The sentences of each question's first right passage, where one of several answers."""
    for row, weight in zip(rows, sets.weights(rows, SHARES["sentences"]), strict=True):
        for passage in np.flatnonzero(row.right)[:1]:
            begin, end = row.evidence.starts[passage], row.evidence.starts[passage + 1]
            right = row.right_sentences[begin:end]
            if right.any() and end - begin > 1:
                table = np.stack([column[begin:end] for column in row.evidence.features.values()], axis=1)
                yield table, right, weight, row


def passage_table(row: Seen, sentences: Forest) -> dict[str, np.ndarray]:
    """The features of a question's passages."""
    scores = sentences.scores(sentences.table(dict(row.evidence.features)))
    return ranking.passage_features(row.asked, row.found, row.evidence, scores)


def answerable(row: Seen) -> bool:
    """Whether a passage that was read answers."""
    return bool(row.right.any())


def fit_sentences(train: Sequence[Seen]) -> Forest:
    """The forest that finds the answering sentence."""
    groups = [group[:3] for group in sentence_groups(train) if group[2]]
    names = list(train[0].evidence.features)
    return finish("sentences", forests.ranker(groups, ROUNDS["sentences"], **SENTENCES), names, groups)


def fit_passages(
    train: Sequence[Seen],
    sentences: Forest,
    name: str,
    tabled: Callable[[Seen, Forest], dict[str, np.ndarray]] = passage_table,
) -> Forest:
    """The forest that finds the answering passage, among few or among many."""
    rows = [row for row in train if answerable(row) and sets.base(row) in SHARES[name]]
    tables = [seen_by(name, tabled(row, sentences)) for row in rows]
    groups = [
        (np.stack(list(table.values()), axis=1), row.right, weight)
        for table, row, weight in zip(tables, rows, sets.weights(rows, SHARES[name]), strict=True)
    ]
    model = forests.ranker(groups, ROUNDS[name], min_data_in_leaf=LEAST[name], **PASSAGES)
    return finish(name, model, list(tables[0]), groups)


def seen_by(name: str, columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The features that a forest is fitted on."""
    return {feature: column for feature, column in columns.items() if not UNSEEN[name].search(feature)}


FITTED: dict[str, dict[str, object]] = {}


def finish(
    name: str, models: Sequence[lightgbm.Booster], names: Sequence[str], groups: Sequence[tuple[np.ndarray, ...]]
) -> Forest:
    """Keep a model in the form of its file, and read it back from that."""
    about = {"fitted": name, "questions": len(groups), "data": forests.digest([g[:2] for g in groups])}
    FITTED[name] = about | forests.to_json(models, names)
    forest = from_json(FITTED[name])
    forests.check(forest, models, np.concatenate([g[0] for g in groups]))
    return forest


def ranked(row: Seen, sentences: Forest, few: Forest, many: Forest | None = None) -> ranking.Ranking:
    """The ranking that the forests give."""
    columns = passage_table(row, sentences)
    scores = sentences.scores(sentences.table(dict(row.evidence.features)))
    with shipping(few, many or few):
        among_few = ranking.scores("few", columns)
        found = ranking.blended(among_few, columns, row.found.size)
    return ranking.arranged(row.asked, row.found.numbers, found, columns, row.evidence, scores, among_few)


@contextmanager
def shipping(few: Forest, many: Forest) -> Iterator[None]:
    """Have the program use these forests instead of those in `qa/weights`."""
    fresh = {"few": few, "many": many}
    before = ranking.shipped
    for module in (ranking, turning):
        module.shipped = lambda name: fresh.get(name) or before(name)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for module in (ranking, turning):
            module.shipped = before  # type: ignore[attr-defined]


@lru_cache(maxsize=1)
def encoder() -> StaticEncoder:
    """The shipped one, which the rows were gathered with."""
    return StaticEncoder(Path("embeddings/model"))


def told(row: Seen, sentences: Forest, few: Forest, many: Forest | None = None) -> dict[str, float]:
    """What the confidence sees of a question."""
    found = ranked(row, sentences, few, many)
    with shipping(few, many or few):
        return confidence.features(found, encoder())


def confidence_rows(
    rows: Sequence[Seen], train: Sequence[Seen], sentences: Forest
) -> list[tuple[dict[str, float], Seen]]:
    """What the confidence sees; each batch of reading questions is ranked by a forest that has not seen it."""
    out = []
    for fold in range(FOLDS):
        on_topic = (r for r in train if not r.set.startswith("offtopic"))
        few = fit_passages([r for r in on_topic if not (folded(r) and of_fold(r, fold))], sentences, "few")
        out += [(told(row, sentences, few), row) for row in rows if of_fold(row, fold)]
    return out


def folded(row: Seen) -> bool:
    """Whether a question is of a batch, or of a folder of documents, that the confidence is fitted on."""
    return sets.base(row) in ("reading", "documents") or row.set.startswith("offtopic")


def of_fold(row: Seen, fold: int) -> bool:
    """Whether a question's batch belongs to a fold."""
    return int(row.set.lstrip(string.ascii_letters)) % FOLDS == fold


def fit_confidence(train: Sequence[Seen], sentences: Forest, few: Forest, many: Forest) -> Forest:
    """The forest that tells answered from unanswered questions."""
    rows = [row for row in train if folded(row) and not row.question.history]
    seen = confidence_rows(rows, train, sentences)
    seen += [(told(row, sentences, few, many), row) for row in train if beside(row) and not row.question.history]
    names = list(seen[0][0])
    table = np.array([[features[name] for name in names] for features, _ in seen], dtype=np.float32)
    labels = np.array([answerable(row) for _, row in seen])
    share = np.array([importance(row) for _, row in seen])
    model = forests.classifier(table, labels, share, ROUNDS["confidence"], **CONFIDENCE)
    return finish("confidence", model, names, [(table, labels)])


def beside(row: Seen) -> bool:
    """Whether the confidence is fitted on a question beside the reading questions in their own pages.

    Half of those in the pool, which the other half of the forests' questions may stand for, and answered ones of DRCD.
    """
    if row.set == "readpool":
        return int(row.question.id.partition("-")[2]) % 2 == 0
    return row.set == "trappool" or (row.set in ("drcd", "drcd100k") and answerable(row))


def importance(row: Seen) -> float:
    """What a question counts when answered ones are told from unanswered ones."""
    if answerable(row):
        return ENCYCLOPEDIC if row.set.startswith("drcd") else 1.0
    if row.set == "readpool":  # its passage was not even read
        return 0.5
    if row.set == "trappool":
        return 1.0
    if row.set.startswith("documents"):
        return NOT_IN_DOCUMENTS
    return OFF_TOPIC if row.set.startswith("offtopic") else UNANSWERABLE


def report(sets_: dict[str, list[Seen]], sentences: Forest, few: Forest, many: Forest, sure: Forest) -> None:
    """Recall at 1, 5 and MRR@10 by set and type, the right sentence, and the confidence's errors."""
    for name, rows in sets_.items():
        ranks, quoted = defaultdict(list), []
        for row in rows:
            if row.set.startswith("offtopic") or not (row.question.lines or row.question.answers):
                continue
            found = ranked(row, sentences, few, many)
            right = row.right[found.order]
            ranks[row.question.type or "all"].append(int(np.argmax(right)) if right.any() else 99)
        for table, right, _, _ in sentence_groups(rows):
            quoted.append(right[int(np.argmax(sentences.scores(table)))])
        line = "  ".join(
            f"{kind} {np.mean(np.array(r) < 1):.3f}/{np.mean(np.array(r) < 5):.3f}/"
            f"{np.mean([1 / (x + 1) if x < 10 else 0 for x in r]):.3f}"
            for kind, r in ranks.items()
        )
        print(f"{name:10s} {line}  sentence {np.mean(quoted):.3f}")
        if any(row.question.type == "unanswerable" for row in rows):
            print_confidence([row for row in rows if not row.question.history], sentences, few, sure)


def print_confidence(rows: Sequence[Seen], sentences: Forest, few: Forest, sure: Forest) -> None:
    """AUROC against the unanswerable questions, and the errors at one half."""
    scores, groups = [], []
    for row in rows:
        features = told(row, sentences, few)
        table = np.array([[features[name] for name in sure.names]], dtype=np.float32)
        scores.append(float(sure.scores(table)[0]))
        groups.append("off topic" if row.set.startswith("offtopic") else row.question.type)
    kinds = np.array(groups)
    value = np.array(scores)
    good, bad = value[~np.isin(kinds, ("off topic", "unanswerable"))], value[kinds == "unanswerable"]
    off = value[kinds == "off topic"]
    print(
        f"           auroc {auroc(good.tolist(), bad.tolist()):.3f}  refused {np.mean(good < EVEN):.3f}  false answers {np.mean(bad >= EVEN):.3f}"
        + (f"  off topic answered {np.mean(off >= EVEN):.3f}" if len(off) else "")
        + "  refused by type "
        + " ".join(f"{k} {np.mean(value[kinds == k] < EVEN):.2f}" for k in sorted(set(groups)))
    )


def main() -> None:
    """Gather, fit, report, write."""
    args = sets.arguments(__doc__)
    train, test = sets.split(list(sets.gather_all(args.shared, args.work)))
    run(train, test, args.write)


def run(train: list[Seen], test: dict[str, list[Seen]], write: bool) -> None:
    """Fit all three on `train`, report on `test`."""
    on_topic = [row for row in train if not row.set.startswith(("offtopic", "trappool"))]
    sentences = fit_sentences(on_topic)
    few, many = (fit_passages(on_topic, sentences, name) for name in ("few", "many"))
    passages = {name: FITTED[name] for name in ("few", "many")}
    sure = fit_confidence(train, sentences, few, many)
    FITTED.update(passages)  # the cross-fitting left its own under these names
    report(test, sentences, few, many, sure)
    if write:
        for name, forest in FITTED.items():
            forests.write(Path("qa/weights") / f"{name}.json", forest)


if __name__ == "__main__":
    main()
