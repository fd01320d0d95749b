"""Fits the two forests of conversations: whether a question turns away from one, and whether a follow-up is answered.

    PYTHONPATH=.:benchmarks python -m fitting.threads --shared FOLDER --work FOLDER [--write]

After `fitting.fit`, whose forests rank what these look at. Needs lightgbm.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from fitting import forests, gather, reading, sets

from qa import confidence, conversation, query, thread, turning
from qa.library import Library
from qa.metrics import auroc
from qa.trees import Forest, from_json
from qa.types import Turn

SETTINGS = {"num_leaves": 6, "learning_rate": 0.08, "min_data_in_leaf": 20, "feature_fraction": 0.4}
ROUNDS = {"turning": 75, "following": 125}
FOLLOWS, ABSENT, STRANGE, TURNS, ELSEWHERE = "follows", "absent", "strange", "turns", "elsewhere"
# What a row of each kind counts; `following` is fitted on the first three, `turning` on all but strange follow-ups.
WEIGHTS = {FOLLOWS: 1.0, ABSENT: 1.0, STRANGE: 0.5, TURNS: 1.0, ELSEWHERE: 0.5}
SHARE = 3  # of the questions that stand alone every so manieth turns away, but all short ones
AGAIN = 0.4  # how often a conversation is one question longer

Article = dict[str, Any]  # a line of reading.jsonl.gz


@dataclass(frozen=True, slots=True)
class Row:
    """A question after others, and what the program saw of it.

    Its `kind`: a follow-up that the article answers, one that it does not, one from another batch; a question about
    another article, one about an article that is not there.
    """

    batch: str
    kind: str
    leaning: float
    turning: dict[str, float]
    following: dict[str, float]


def seen(library: Library, batch: str, kind: str, question: str, history: Sequence[Turn]) -> Row | None:
    """What the program sees of a question after others; None where its wording alone decides or nothing is found."""
    leaning = conversation.leaning(question)
    if leaning < conversation.LEAST:
        return None
    index, encoder = library.index, library.encoder
    about = conversation.subject(history)
    texts = (conversation.in_front(about, question), question, about)
    joined, alone, before = (query.prepare(text, index, encoder) for text in texts)
    views = thread.seen_by(index, (joined, alone, before), library.cutter, 5, None)
    if views is None:
        return None
    known = turning.measures(question, views)
    followed = thread.follow(views, known).followed
    assert followed is not None
    return Row(batch, kind, leaning, known, confidence.followed(followed, encoder))


def conversations(
    articles: Sequence[Article], others: Sequence[Article], draw: random.Random
) -> Iterator[tuple[str, str, Sequence[Turn]]]:
    """(kind, question, history) of a batch; `others` are another batch's articles."""
    leant = [q for article in articles for q in follow_ups(article)]
    for article in articles:
        own = follow_ups(article)
        for q in own:
            kind = ABSENT if q["type"] == "unanswerable" else FOLLOWS
            yield kind, q["question"], [Turn(q["after"], "")]
            earlier = [o for o in own if o["after"] == q["after"] and o is not q]
            if earlier and draw.random() < AGAIN:
                yield kind, q["question"], [Turn(q["after"], ""), Turn(draw.choice(earlier)["question"], "")]
        elsewhere = [q for q in leant if all(q is not o for o in own)]
        for q in whole(article):
            yield TURNS, q["question"], talk(draw.choice(elsewhere), draw)
    for article in others:
        for q in follow_ups(article)[::2]:
            yield STRANGE, q["question"], talk(draw.choice(leant), draw)
        for q in whole(article):
            yield ELSEWHERE, q["question"], talk(draw.choice(leant), draw)


def follow_ups(article: Article) -> list[dict[str, Any]]:
    """The questions on an article that lean on another."""
    return [q for q in article["questions"] if "after" in q]


def whole(article: Article) -> list[dict[str, Any]]:
    """Questions on an article that stand alone: the short ones, which look like follow-ups, and some of the others."""
    asked = [q for q in article["questions"] if "after" not in q]
    return [q for number, q in enumerate(asked) if "kind" in q or number % SHARE == 0]


def talk(question: dict[str, Any], draw: random.Random) -> list[Turn]:
    """A conversation that came to a follow-up's first question, or to itself."""
    turns = [Turn(question["after"], ""), Turn(question["question"], "")]
    return turns if draw.random() < AGAIN else turns[:1]


def gather_rows(shared: Path, work: Path) -> Iterator[Row]:
    """Every batch in its own pages."""
    batches: dict[int, list[Article]] = defaultdict(list)
    for article in reading.records(reading.QUESTIONS):
        batches[article["batch"]].append(article)
    draw = random.Random(2026)
    for folder in reading.write(shared / "corpora", work / "pages"):
        library = gather.open_index([str(folder / f"{folder.name}.md")], work / f"index-{folder.name}")
        number = int(folder.name)
        for kind, question, history in conversations(batches[number], batches[(number + 1) % len(batches)], draw):
            if row := seen(library, folder.name, kind, question, history):
                yield row


def fit(name: str, rows: Sequence[Row]) -> dict[str, object]:
    """The forest of that name, in the form of its file."""
    table, labels, names = tabled(name, rows)
    share = np.array([WEIGHTS[row.kind] for row in rows])
    models = forests.classifier(table, labels, share, ROUNDS[name], **SETTINGS)
    about = {"fitted": name, "questions": len(rows), "data": forests.digest([(table, labels)])}
    out = about | forests.to_json(models, names)
    forests.check(from_json(out), models, table)
    return out


def tabled(name: str, rows: Sequence[Row]) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """(features, labels, names of the features)."""
    names = list(getattr(rows[0], name))
    table = np.array([[getattr(row, name)[key] for key in names] for row in rows], dtype=np.float32)
    wanted = (TURNS, ELSEWHERE) if name == "turning" else (FOLLOWS,)
    return table, np.array([row.kind in wanted for row in rows]), names


def usable(name: str, rows: Sequence[Row]) -> list[Row]:
    """What a forest is fitted on."""
    wanted = (FOLLOWS, ABSENT, STRANGE) if name == "following" else (FOLLOWS, ABSENT, TURNS, ELSEWHERE)
    return [row for row in rows if row.kind in wanted]


def report(name: str, forest: Forest, rows: Sequence[Row]) -> None:
    """By kind of question the share that the forest says yes to, and how well it parts the two."""
    table, labels, _ = tabled(name, rows)
    scores = forest.scores(table)
    good, bad = scores[labels], scores[~labels]
    even = confidence.EVEN_FOLLOWING if name == "following" else turning.TURNED
    kinds = np.array([row.kind for row in rows])
    shares = " ".join(
        f"{kind} {np.mean(scores[kinds == kind] > even):.3f} of {np.sum(kinds == kind)}" for kind in sorted(set(kinds))
    )
    print(f"{name:10s} auroc {auroc(good.tolist(), bad.tolist()):.3f}  yes: {shares}", flush=True)


def run(rows: Sequence[Row], write: bool) -> None:
    """Fit both, report on the batches that fit nothing, write."""
    apart = {"chosen by": sets.CHOOSING, "set apart": sets.BLIND}
    for name in ("turning", "following"):
        own = usable(name, rows)
        fitted = fit(name, [row for row in own if row.batch not in sets.CHOOSING + sets.BLIND])
        for title, batches in apart.items():
            print(title, end=": ")
            report(name, from_json(fitted), [row for row in own if row.batch in batches])
        if write:
            forests.write(Path("qa/weights") / f"{name}.json", fitted)


def main() -> None:
    """Gather, fit, report, write."""
    args = sets.arguments(__doc__)
    run(list(gather_rows(args.shared, args.work)), args.write)


if __name__ == "__main__":
    main()
