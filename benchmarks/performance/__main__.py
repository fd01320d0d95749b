"""Measures speed, memory and size from the five pages to a million passages, beside limits and other programs.

    python -m benchmarks.performance --corpus text.jsonl.gz --questions BEIR-FOLDER --work FOLDER [--write]
    python -m benchmarks.performance --from results.json more.json --write

Without --corpus only the seeds are measured. Everything made lies in the work folder, peers' environments included.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from benchmarks.performance import documents, machine, plot, results, tables
from benchmarks.performance.measuring import PARTS, Plan, measure
from benchmarks.performance.processes import ROOT

GOLD = ROOT / "tests" / "gold" / "questions.jsonl"
SIZES = (10_000, 100_000, 1_000_000)


def numbers(text: str) -> tuple[int, ...]:
    """Sizes from "10000,100000"; empty for none."""
    return tuple(int(part) for part in text.replace("_", "").split(",") if part)


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(
        prog="python -m benchmarks.performance",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--corpus", type=Path, help="texts: .jsonl or .jsonl.gz with title and text, or a BEIR folder")
    made.add_argument("--questions", type=Path, help="a BEIR folder, mixed into the texts, or a .jsonl of questions")
    made.add_argument("--seeds-questions", type=Path, default=GOLD, help="questions with gold lines on the seeds")
    made.add_argument("--sizes", type=numbers, default=SIZES, help="passages, by commas (default 10000,100000,1000000)")
    made.add_argument("--peers-at", type=numbers, default=(10_000,), help="sizes that other programs are run at")
    made.add_argument("--only", choices=PARTS, nargs="+", default=PARTS, help="parts to measure")
    made.add_argument("--times", type=int, default=3, help="repeated runs that a median is of")
    made.add_argument("--most-questions", type=int, default=300, help="questions asked of each size")
    made.add_argument("--files", type=int, default=10_000, help="files of the folder in which nothing changes")
    made.add_argument("--no-seeds", action="store_true", help="leave the seeds out")
    made.add_argument("--work", type=Path, default=Path("work/performance"), help="folder for all that is made")
    made.add_argument(
        "--results", type=Path, help="results file, new rows replace old ones (default: in the work folder)"
    )
    made.add_argument("--from", dest="given", type=Path, nargs="+", help="measure nothing, render these results files")
    made.add_argument("--write", action="store_true", help="put tables and diagram into docs/ and README.md")
    return made


def publish(found: results.Results) -> None:
    """Into the documents of the repository."""
    docs = ROOT / "docs"
    (docs / "performance.svg").write_text(plot.picture(found), encoding="utf-8")
    documents.write(docs / "performance.md", tables.details(found))
    documents.write(ROOT / "README.md", tables.summary(found))


def main() -> None:
    """Measure, save, print; write where asked to."""
    given = parser().parse_args()
    if given.given:
        found = results.merged(given.given)
    else:
        work = given.work.resolve()
        work.mkdir(parents=True, exist_ok=True)
        target = given.results or work / "results.json"
        found = results.read(target)
        found.begin(machine.facts())
        began = time.monotonic()

        def say(what: str) -> None:
            print(f"{time.monotonic() - began:6.0f} s  {what}", file=sys.stderr, flush=True)

        plan = Plan(
            work=work,
            corpus=given.corpus and given.corpus.resolve(),
            questions=given.questions and given.questions.resolve(),
            seeds_questions=None if given.no_seeds else given.seeds_questions.resolve(),
            sizes=given.sizes if given.corpus else (),
            peers_at=given.peers_at,
            parts=tuple(given.only),
            times=given.times,
            most=given.most_questions,
            files=given.files,
        )
        for row in measure(plan, found.corpora, say):
            found.add([row])
            results.write(found, target)  # what was measured outlives what fails later
        say(f"done: {target}")
    print(tables.details(found))
    if given.write:
        publish(found)


if __name__ == "__main__":
    main()
