"""From a command typed to its answer, in a fresh process (its files still in the system's memory, as on a second use).

All commands are run by turns. Beside `qa --help` stands an empty Python, beside `qa ask` the import that other
programs begin with.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.performance.figures import median
from benchmarks.performance.processes import QA, Run, alternate
from benchmarks.performance.results import Row

EMPTY, IMPORT = "python -c pass", "python -c 'import sentence_transformers'"
GROUP = "cold start"


def measure(asked: dict[str, tuple[Path, str]], times: int) -> Iterator[Row]:
    """`asked` gives an index and a question by corpus."""
    commands: dict[str, list[str]] = {
        EMPTY: [sys.executable, "-c", "pass"],
        IMPORT: [sys.executable, "-c", "import sentence_transformers"],
        "qa --help": [*QA, "--help"],
    }
    for corpus, (index, question) in asked.items():
        commands[corpus] = [*QA, "ask", question, "--index", str(index), "--quiet"]
    runs = alternate(commands, times)
    wall = {name: median([run.wall for run in found]) for name, found in runs.items()}
    for beside in (EMPTY, IMPORT):
        yield row("", beside, runs[beside])
    yield row("", "qa --help", runs["qa --help"], EMPTY, wall[EMPTY])
    for corpus in asked:
        yield row(corpus, "qa ask", runs[corpus], IMPORT, wall[IMPORT])
        cpu = [median([run.cpu for run in runs[name]]) for name in (corpus, IMPORT)]
        yield Row(GROUP, corpus, "qa ask, processor", cpu[0], "s", IMPORT, cpu[1])
        yield Row(GROUP, corpus, "qa ask, peak memory", median([run.peak for run in runs[corpus]]) / 1e6, "MB")


def row(corpus: str, what: str, runs: list[Run], beside: str = "", limit: float | None = None) -> Row:
    """The median by the clock."""
    values = tuple(round(run.wall, 4) for run in runs)
    return Row(GROUP, corpus, what, median(values), "s", beside, limit, values=values)
