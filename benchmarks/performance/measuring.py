"""The order of a run: corpora are made and indexed, then each part is measured on all of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.performance import answering, cold, comparing, indexing, scoring
from benchmarks.performance.processes import ROOT, Failed, child
from benchmarks.performance.results import Row
from benchmarks.performance.scoring import Gold
from benchmarks.performance.sources import lines

PARTS = ("indexing", "stages", "unchanged", "cold", "latency", "peers")
SEEDS = "seeds"
STAGES_MOST = 100_000  # passages up to which the building is profiled

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure, and on what."""

    work: Path
    corpus: Path | None
    questions: Path | None
    seeds_questions: Path | None
    sizes: tuple[int, ...]
    peers_at: tuple[int, ...]
    parts: tuple[str, ...]
    times: int
    most: int
    files: int


@dataclass(frozen=True, slots=True)
class Subject:
    """A corpus with its questions and its index."""

    name: str
    documents: Path
    questions: Path
    index: Path
    size: int
    gold: dict[str, Gold]


def seeds(plan: Plan) -> Iterator[Subject]:
    """The five pages, unless they are left out."""
    if plan.seeds_questions:
        gold = scoring.gold_of_seeds(plan.seeds_questions)
        index = plan.work / "indexes" / SEEDS
        yield Subject(SEEDS, ROOT / "seeds", plan.seeds_questions, index, 0, gold)


def made(plan: Plan, size: int, say: Say) -> Subject:
    """A corpus of so many passages; one that was made before is used again."""
    folder = plan.work / "corpora" / str(size)
    if not (folder / "qrels" / "test.tsv").is_file():
        say(f"{size:,}: making the corpus")
        assert plan.corpus is not None
        child("corpora", plan.corpus, plan.questions or "-", size, plan.most, folder)
    index, queries = plan.work / "indexes" / str(size), folder / "queries.jsonl"
    return Subject(str(size), folder / "corpus.jsonl", queries, index, size, scoring.gold_of_corpus(folder))


def measure(plan: Plan, corpora: dict[str, dict[str, Any]], say: Say) -> Iterator[Row]:
    """Rows as they come; what each corpus holds is put into `corpora`."""
    subjects = [*seeds(plan), *(made(plan, size, say) for size in plan.sizes)]
    for subject in subjects:
        yield from index(plan, subject, say)
        corpora[subject.name] = {"passages": indexing.count(subject.index)}
    if "unchanged" in plan.parts and plan.corpus and plan.sizes:
        say(f"{plan.files:,} files in which nothing changes")
        yield from indexing.unchanged(subjects[-1].documents.parent, plan.files, plan.work, plan.times)
    if "cold" in plan.parts:
        say("cold start")
        yield from cold.measure({s.name: (s.index, first(s.questions)) for s in subjects}, plan.times)
    for subject in subjects:
        yield from answers(plan, subject, say)
    for subject in subjects:
        if "peers" in plan.parts and (subject.name == SEEDS or subject.size in plan.peers_at):
            yield from peers(plan, subject, say)


def first(questions: Path) -> str:
    """The text of the first question."""
    row = next(lines(questions))
    return str(row.get("question") or row["text"])


def index(plan: Plan, subject: Subject, say: Say) -> Iterator[Row]:
    """Build, measured or not; an index that is there serves where building is not to be measured."""
    if "indexing" in plan.parts:
        say(f"{subject.name}: indexing")
        yield from indexing.measure(subject.name, subject.documents, subject.index, subject.size, plan.times)
    elif not (subject.index / "CURRENT").is_file():
        say(f"{subject.name}: indexing, not measured")
        indexing.build(subject.documents, subject.index)
    if "stages" in plan.parts and subject.size <= STAGES_MOST:
        say(f"{subject.name}: where indexing spends its time")
        yield from indexing.stages(subject.name, subject.documents, plan.work)


def answers(plan: Plan, subject: Subject, say: Say) -> Iterator[Row]:
    """Latency and memory, the rate of a batch, quality."""
    if "latency" not in plan.parts:
        return
    say(f"{subject.name}: questions one after the other")
    times = plan.times if subject.size < indexing.MANY else 1
    found = list(answering.latency(subject.name, subject.index, subject.questions, times))
    yield from found
    say(f"{subject.name}: a batch")
    mean = next(row.figure or 1.0 for row in found if row.what == "mean")
    asked = subject.name, subject.index, subject.questions, subject.gold, plan.work
    yield from answering.rate(*asked, times, mean)
    rows = answering.long_batch(subject.questions, every_question(plan, subject), plan.work, mean)
    yield answering.long_rate(subject.name, subject.index, rows, plan.work, plan.times, mean)


def every_question(plan: Plan, subject: Subject) -> Path:
    """All questions of the BEIR folder that a corpus was given a part of; its own where there is no folder."""
    given = plan.questions / "queries.jsonl" if plan.questions and subject.name != SEEDS else subject.questions
    return given if given.is_file() else subject.questions


def peers(plan: Plan, subject: Subject, say: Say) -> Iterator[Row]:
    """The product beside others; one that fails where the product does not is told in its row."""
    work = plan.work / "beside"
    shutil.rmtree(work, ignore_errors=True)
    place = comparing.ground(subject.name, subject.documents, subject.questions, subject.gold, subject.index, work)
    try:
        yield from comparing.compare(place, subject.index, plan.work, plan.times, say)
    except Failed as error:
        raise SystemExit(f"{subject.name}: qa itself failed ({error}): mend that first") from error
