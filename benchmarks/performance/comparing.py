"""The product and other programs over the same passages and questions: first answer, building, latency, memory, quality.

Others get the passages as the product cuts them on the seeds, and whole documents of a corpus; of a conversation, the last
question in front. Each is given a time for every step; one that takes longer, or cannot be installed, is a row that says so.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.performance import answering, indexing, scoring
from benchmarks.performance.figures import median, percentile
from benchmarks.performance.peers.catalogue import PEERS, SCRIPTS, NotInstalled, Peer, python
from benchmarks.performance.processes import QA, ROOT, Failed, Run, child, run
from benchmarks.performance.results import Row
from benchmarks.performance.scoring import Gold, Place
from benchmarks.performance.sources import lines

GROUP = "beside others"
MODEL = ROOT / "embeddings" / "model"
COLD, RATE, P50, BUILDING, ASKING = "first answer", "indexing", "p50", "memory, indexing", "memory, asking"
PATIENCE = 600.0  # seconds for a step


@dataclass(frozen=True, slots=True)
class Ground:
    """What all are measured on: documents and questions for the product, passages and questions for the others."""

    corpus: str
    documents: Path
    questions: Path
    passages: Path
    plain: Path
    gold: Mapping[str, Gold]
    places: Mapping[str, Place]
    first: str
    size: int


def ground(corpus: str, documents: Path, questions: Path, gold: Mapping[str, Gold], index: Path, work: Path) -> Ground:
    """Write what the others get; the passages of the seeds are taken from the index."""
    work.mkdir(parents=True, exist_ok=True)
    passages, plain, places = work / "passages.jsonl", work / "questions.jsonl", {}
    plain.write_text(scoring.standing_alone(questions), encoding="utf-8")
    if documents.is_dir():
        indexing.build(documents, index)
        source = work / "of-the-index.jsonl"
        child("passages", index, source)
    else:
        source = documents
    with passages.open("w", encoding="utf-8") as out:
        for row in lines(source):
            name, (first, last) = row["_id"], row.get("lines", (0, 0))
            whole = {"id": name, "title": row["title"], "text": row["text"]}
            out.write(json.dumps(whole, ensure_ascii=False) + "\n")
            places[name] = Place(name, Path(row.get("path", "")).name, (first, last))
    asked = next(lines(plain))["text"]
    return Ground(corpus, documents, questions, passages, plain, gold, places, asked, len(places))


def told(size: int, cold: Sequence[Run], built: Run, asked: Run, spent: Sequence[float]) -> dict[str, float]:
    """What all are measured by, the same for the product and for the others."""
    return {
        COLD: median([run.wall for run in cold]),
        RATE: size / built.wall,
        P50: 1000 * percentile(spent, 0.5),
        BUILDING: built.peak / answering.MEGABYTE,
        ASKING: asked.peak / answering.MEGABYTE,
    }


def product(place: Ground, index: Path, work: Path, times: int) -> dict[str, float]:
    """The product's figures."""
    built = indexing.build(place.documents, index)
    cold = [run([*QA, "ask", place.first, "--index", index, "--quiet"], codes=(0, 1)) for _ in range(times)]
    asked = child("asking", index, place.questions)
    _, found = answering.batch(index, place.questions, work / "answers.jsonl")
    spent = json.loads(asked.out)["seconds"]
    return told(place.size, cold, built, asked, spent) | scoring.measures(found, place.gold)


def other(peer: Peer, place: Ground, work: Path, times: int) -> dict[str, float]:
    """A peer's figures, alike; raises NotInstalled or Failed."""
    if peer.most is not None and place.size > peer.most:
        raise Failed(f"too slow to be run on more than {peer.most:,} passages")
    script, index = [python(peer, work), SCRIPTS / peer.script], work / "peer-index"
    shutil.rmtree(index, ignore_errors=True)
    built = run([*script, "index", MODEL, place.passages, index], seconds=PATIENCE)
    cold = [run([*script, "ask", MODEL, index, place.first], seconds=PATIENCE) for _ in range(times)]
    asked = run([*script, "batch", MODEL, index, place.plain], seconds=PATIENCE)
    shutil.rmtree(index, ignore_errors=True)
    said = json.loads(asked.out.splitlines()[-1])
    found = {question: [place.places[name] for name in names] for question, names in said["found"].items()}
    return told(place.size, cold, built, asked, said["seconds"]) | scoring.measures(found, place.gold)


UNITS = {COLD: "s", RATE: "passages/s", P50: "ms", BUILDING: "MB", ASKING: "MB"}


def compare(place: Ground, index: Path, work: Path, times: int, say: Callable[[str], None]) -> Iterator[Row]:
    """Every peer's row, beside the product's."""
    say(f"{place.corpus}: qa beside others")
    own = product(place, index, work, times)
    for what, figure in own.items():
        yield Row(GROUP, place.corpus, what, figure, UNITS.get(what, ""))
    for peer in PEERS:
        say(f"{place.corpus}: {peer.name}")
        try:
            figures = other(peer, place, work, times)
        except (NotInstalled, Failed) as error:
            yield Row(GROUP, place.corpus, COLD, None, "s", who=peer.name, note=f"{error}")
            continue
        for what, figure in figures.items():
            yield Row(GROUP, place.corpus, what, figure, UNITS.get(what, ""), "qa", own[what], peer.name)
