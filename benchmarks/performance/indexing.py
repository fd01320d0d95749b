"""What it takes to build an index, beside what its parts would take alone; and to find that there is nothing to do."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.performance.figures import median
from benchmarks.performance.processes import QA, Run, child, run
from benchmarks.performance.results import Row
from benchmarks.performance.sources import lines

GROUP, PARTS, STAGES = "indexing", "index on disk", "where indexing spends its time"
LIMITS = {
    "rate": "one pass of the encoder",
    "rate, beside rjieba": "rjieba alone",
    "rate, beside jieba": "jieba alone",
}
LEAST = 0.02  # share of the time from which a stage or room is told
USUAL = 200  # MB of a file that is read unasked
MANY = 30_000  # passages from which one build is measure enough


def build(documents: Path, index: Path) -> Run:
    """Build an index from nothing."""
    shutil.rmtree(index, ignore_errors=True)
    return run([*QA, "index", documents, "--index", index, "--quiet", *room(documents)])


def room(documents: Path) -> list[str]:
    """The option that a file wants which is larger than is usual."""
    size = documents.stat().st_size >> 20 if documents.is_file() else 0
    return ["--max-file-size", str(size + 1)] if size > USUAL else []


def generation(index: Path) -> Path:
    """The folder of an index's files; there is one after a build."""
    return max(index.glob("generation-*"))


def count(index: Path) -> int:
    """The passages of an index."""
    return int(json.loads((generation(index) / "manifest.json").read_text(encoding="utf-8"))["passages"])


def measure(corpus: str, documents: Path, index: Path, size: int, times: int) -> Iterator[Row]:
    """Build as often as it takes, and hold the rate against the limits."""
    runs = [build(documents, index) for _ in range(times if size < MANY else 1)]
    wall, passages = median([found.wall for found in runs]), count(index)
    limits = json.loads(child("limits", documents, index).out)
    rate = passages / wall
    values = tuple(round(found.wall, 3) for found in runs)
    yield Row(GROUP, corpus, "time", wall, "s", "reading the files", limits["reading the files"], values=values)
    yield Row(GROUP, corpus, "processor", median([found.cpu for found in runs]), "s")
    for what, beside in LIMITS.items():
        yield Row(GROUP, corpus, what, rate, "passages/s", beside, limits[beside])
    yield Row(GROUP, corpus, "peak memory", median([found.peak for found in runs]) / 1e6, "MB")
    yield from parts(corpus, generation(index), limits["bytes"])


def parts(corpus: str, folder: Path, text: int) -> Iterator[Row]:
    """The bytes of each part of an index, beside those of the documents."""
    sizes: Counter[str] = Counter()
    for path in folder.iterdir():
        sizes[path.name.split(".")[0]] += path.stat().st_size
    whole = sum(sizes.values()) / 1e6
    yield Row(PARTS, corpus, "whole", whole, "MB", "the documents", text / 1e6)
    for part, size in sizes.most_common():
        yield Row(PARTS, corpus, part, size / 1e6, "MB", "the whole index", whole)


def stages(corpus: str, documents: Path, work: Path) -> Iterator[Row]:
    """Where the time goes: by the stages that the program tells, and by room as its profile says."""
    found = json.loads(child("stages", documents, work / "index-of-stages").out)
    for name, seconds in found["stages"].items():
        if seconds >= LEAST * found["whole"]:
            yield Row(STAGES, corpus, f"stage: {name}", seconds, "s", "the whole", found["whole"])
    for room, seconds in found["rooms"].items():
        if seconds >= LEAST * found["profiled"]:
            yield Row(STAGES, corpus, f"room: {room}", seconds, "s", "the whole, profiled", found["profiled"])
    shutil.rmtree(work / "index-of-stages", ignore_errors=True)


def unchanged(source: Path, files: int, work: Path, times: int) -> Iterator[Row]:
    """A second `qa index` of a folder in which nothing changed, beside looking at its files alone."""
    folder, index = work / f"{files}-files", work / f"index-{files}-files"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for number, record in zip(range(files), lines(source / "corpus.jsonl"), strict=False):
        (folder / f"{number:06}.txt").write_text(f"{record['title']}\n\n{record['text']}\n", encoding="utf-8")
    build(folder, index)
    look = json.loads(child("limits", "--look", folder).out)["looking at the files"]
    again = [run([*QA, "index", folder, "--index", index, "--quiet"]) for _ in range(times)]
    values = tuple(round(found.wall, 3) for found in again)
    name = f"{files:,} files, nothing changed"
    yield Row(GROUP, "", name, median(values), "s", "looking at the files", look, values=values)
    shutil.rmtree(folder)
    shutil.rmtree(index)
