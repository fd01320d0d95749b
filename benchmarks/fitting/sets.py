"""Which questions the forests are fitted on, and which only measure them."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from fitting import documents, gather, marked, paraphrased, reading
from fitting.gather import Seeing

from qa.questions import Question, read

CHOOSING, BLIND = (
    ("05", "13", "19"),
    ("06", "14", "21"),
)  # batches of the reading questions: three to choose by, three that fit and choose nothing
POOL, LARGE_POOL = 20_000, 100_000
POOLED = ("readpool", "trappool")  # the reading questions among so many other passages
HELD = 8  # every eighth of the marked passages fits nothing
HELD_DOCUMENTS = 4  # nor does every fourth of the documents
STANDALONE = ("fact", "numeric", "why_how", "paraphrase")


def arguments(description: str | None) -> argparse.Namespace:
    """The command line of what fits forests."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True, help="folder with corpora/ and eval/")
    parser.add_argument("--work", type=Path, required=True, help="folder for indexes and pages")
    parser.add_argument("--write", action="store_true", help="write qa/weights")
    return parser.parse_args()


def gather_all(shared: Path, work: Path, seeing: Seeing = gather.see) -> Iterator[Any]:
    """Every set, seen in one way; indexes are kept in `work`."""
    corpora, sets = shared / "corpora", shared / "eval"
    folders = reading.write(corpora, work / "pages")
    for folder, following in zip(folders, folders[1:] + folders[:1], strict=True):
        library = gather.open_index([str(folder / f"{folder.name}.md")], work / f"index-{folder.name}")
        yield from seeing(f"reading{folder.name}", library, read(str(folder / "questions.jsonl")))
        yield from seeing(f"offtopic{folder.name}", library, off_topic(following))
    seeds = gather.open_index(["seeds"], work / "index-seeds")
    yield from seeing("seeds", seeds, read(str(sets / "seeds" / "questions.jsonl")))
    yield from documents.see(work, seeing)
    yield from gather.beir("cmrc", sets / "cmrc2018-trial", corpora, 0, 2, work, seeing)
    yield from gather.beir("cmrc100k", sets / "cmrc2018-trial", corpora, LARGE_POOL, 3, work, seeing)
    yield from gather.beir("drcd", sets / "drcd-dev", corpora, 0, 2, work, seeing)
    yield from gather.beir("drcd100k", sets / "drcd-dev", corpora, LARGE_POOL, 4, work, seeing)
    yield from gather.beir("news20k", sets / "news-dev", corpora, POOL, 1, work, seeing)
    yield from pooled(folders, corpora, work, seeing)
    yield from paraphrased.see(corpora, POOL, 5, work, seeing)
    yield from marked.see(corpora, POOL, 4, work, seeing)


def off_topic(folder: Path) -> list[Question]:
    """Questions of another batch: nothing in this one answers them."""
    return [q for q in read(str(folder / "questions.jsonl")) if q.type in STANDALONE][::4]


def pooled(folders: list[Path], corpora: Path, work: Path, seeing: Seeing = gather.see) -> Iterator[Any]:
    """The reading questions once more, their pages among other passages."""
    wanted = {article["passages"][0] for article in reading.records(reading.QUESTIONS)}
    titles = {r["title"] for r in reading.records(corpora / "text.jsonl.gz") if reading.key(r["text"]) in wanted}
    pool = gather.pooled(Path("none"), corpora, POOL, 3, work / "pool.jsonl", titles)
    library = gather.open_index([str(pool), *(str(f / f"{f.name}.md") for f in folders)], work / "index-pool")
    questions = [q for f in folders for q in read(str(f / "questions.jsonl")) if q.type in STANDALONE]
    few = [q for number, q in enumerate(questions) if q.type == "paraphrase" or number % 4 == 0]
    yield from seeing("readpool", library, few)
    every = [q for f in folders for q in read(str(f / "questions.jsonl"))]
    traps = [q for q in every if q.type == "unanswerable" and not q.history]
    yield from seeing("trappool", library, traps[::2])


class Row(Protocol):
    """A question of a set, seen in any way."""

    set: str
    question: Question


Kind = TypeVar("Kind", bound=Row)


def base(row: Row) -> str:
    """A row's set, the batches of the reading questions together, and the folders of documents."""
    return row.set.rstrip("0123456789") if row.set.startswith(("reading", "documents")) else row.set


def weights(rows: Sequence[Row], shares: Mapping[str, float]) -> list[float]:
    """What each question counts where sets have these shares together; 0 for sets that have none."""
    sizes = Counter(base(row) for row in rows)
    return [500 * shares.get(base(row), 0.0) / sizes[base(row)] for row in rows]


def split(rows: Iterable[Kind]) -> tuple[list[Kind], dict[str, list[Kind]]]:
    """(to fit on, sets to measure).

    Of news-dev and DRCD every other question is fitted on, of the marked passages seven in eight, of the documents three in four;
    CMRC trial and the seeds never.
    """
    train: list[Kind] = []
    test: dict[str, list[Kind]] = {}
    seen: dict[str, int] = {}
    for row in rows:
        batch = row.question.id[:2] if row.set in POOLED else row.set[-2:]
        own = row.set.startswith(("reading", "offtopic", *POOLED))
        number = seen[row.set] = seen.get(row.set, -1) + 1
        if own and batch in BLIND:
            test.setdefault("blind " + row.set.replace("offtopic", "reading").removesuffix(batch), []).append(row)
        elif own and batch in CHOOSING:
            test.setdefault(row.set.replace("offtopic", "reading"), []).append(row)
        elif row.set.startswith("marked") and int(row.question.id[:2], 16) % HELD == 0:
            test.setdefault(row.set, []).append(row)
        elif row.set.startswith("documents") and int(row.question.id[:2]) % HELD_DOCUMENTS == 0:
            test.setdefault("documents", []).append(row)
        elif (
            own
            or row.set.startswith(("paraphrased", "marked", "documents"))
            or (row.set.startswith(("drcd", "news")) and number % 2 == 0)
        ):
            train.append(row)
        else:
            test.setdefault(row.set, []).append(row)
    return train, test
