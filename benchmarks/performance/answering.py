"""How long an answer takes, how many come in a second, what memory that holds, and whether they are right."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from pathlib import Path

from benchmarks.performance import scoring
from benchmarks.performance.figures import median, percentile
from benchmarks.performance.processes import QA, child, run
from benchmarks.performance.reading import read
from benchmarks.performance.results import Row
from qa.library import TOP
from qa.workers import cores

LATENCY, MEMORY, QUALITY = "warm latency", "memory while asking", "quality"
SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
MEGABYTE = 1e6
LONG, PATIENCE = 5_000, 30_000  # questions of a long batch, for an index that answers them in so many milliseconds


def latency(corpus: str, index: Path, questions: Path, times: int) -> Iterator[Row]:
    """The product's own time beside that of the bare searches it could not do without."""
    read(index)  # the system may have taken its memory back while something else was measured
    runs = [json.loads(child("asking", index, questions).out) for _ in range(times)]
    bare = json.loads(child("searching", index, questions).out)
    beside = f"FAISS and bm25s ({', '.join(bare['views'])}) alone"
    alone = [dense + words for dense, words in zip(bare["faiss"], bare["bm25s"], strict=True)]
    for name, share in SHARES.items():
        values = [1000 * percentile(found["seconds"], share) for found in runs]
        limit = 1000 * percentile(alone, share)
        yield Row(LATENCY, corpus, name, median(values), "ms", beside, limit, values=tuple(round(v, 3) for v in values))
    again = [1000 * percentile(found["again"], 0.5) for found in runs]
    yield Row(LATENCY, corpus, "p50, asked once more", median(again), "ms", values=tuple(round(v, 3) for v in again))
    means = [1000 * sum(found["seconds"]) / len(found["seconds"]) for found in runs]
    yield Row(LATENCY, corpus, "mean", median(means), "ms", beside, 1000 * sum(alone) / len(alone))
    for name in ("faiss", "bm25s"):
        yield Row(LATENCY, corpus, f"{name} alone, p50", 1000 * percentile(bare[name], 0.5), "ms", who=name)
    yield Row(QUALITY, corpus, "recall@10 of the dense search", bare["recall"], "", "exact search", 1.0)
    for name, held in runs[-1]["memory"].items():
        yield Row(MEMORY, corpus, name, held / MEGABYTE, "MB")


def batch(
    index: Path, questions: Path, out: Path, top: int = 10, *more: str
) -> tuple[float, dict[str, list[scoring.Place]]]:
    """The seconds of a whole `qa batch`, and what it found for each question."""
    out.unlink(missing_ok=True)
    command = [*QA, "batch", questions, "--index", index, "--output", out, "--top", str(top), "--quiet", *more]
    took = run(command, weigh=False)
    return took.wall, scoring.answers(out)


def repeated(questions: Path, target: Path) -> Path:
    """LONG questions: those of the file over and over, each with an identity of its own."""
    rows = [json.loads(line) for line in questions.read_text(encoding="utf-8").splitlines() if line]
    with target.open("w", encoding="utf-8") as out:
        for number, row in zip(range(LONG), cycle(rows), strict=False):
            out.write(json.dumps(row | {"id": str(number)}, ensure_ascii=False) + "\n")
    return target


def long_batch(questions: Path, every: Path, work: Path, mean: float) -> Path:
    """The questions over and over, of an index that answers quickly; else all that there are, where these were a part."""
    return repeated(questions, work / "many.jsonl") if mean * LONG < PATIENCE else every


def long_rate(corpus: str, index: Path, rows: Path, work: Path, times: int, mean: float) -> Row:
    """Questions a second of `qa batch` with a process for each core, its start included."""
    jobs = str(cores())
    runs = [batch(index, rows, work / "answers.jsonl", TOP, "--jobs", jobs) for _ in range(times)]
    count = len(runs[-1][1])
    return rated(corpus, f"qa batch --jobs {jobs}, {count:,} questions", [count / wall for wall, _ in runs], mean)


def rated(corpus: str, what: str, rates: Sequence[float], mean: float) -> Row:
    """Questions a second in some runs, beside one after the other in a process (`mean` ms each)."""
    values = tuple(round(rate, 2) for rate in rates)
    return Row(LATENCY, corpus, what, median(values), "questions/s", "in process", 1000 / mean, values=values)


def rate(
    corpus: str, index: Path, questions: Path, gold: Mapping[str, scoring.Gold], work: Path, times: int, mean: float
) -> Iterator[Row]:
    """Questions a second of `qa batch`, its start included, beside one after the other in a process (`mean` ms each).

    Then how many of the first hits are right, where that is known.
    """
    read(index)
    runs = [batch(index, questions, work / "answers.jsonl") for _ in range(times)]
    found = runs[-1][1]
    yield rated(corpus, "qa batch", [len(found) / wall for wall, _ in runs], mean)
    if gold:
        for what, figure in scoring.measures(found, gold).items():
            yield Row(QUALITY, corpus, what, figure, "")
