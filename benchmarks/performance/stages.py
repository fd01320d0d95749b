"""Where building an index spends its time.

    python -m benchmarks.performance.stages DOCUMENTS INDEX

Two builds: one is timed between the stages that the program tells of itself, the other runs under Python's profiler,
which gives the time of each room of the code, with that of the library functions it calls. The profiler slows Python
down and libraries not, and it sees the first thread of the first process alone; read it for its shares.
Prints JSON, seconds.
"""

from __future__ import annotations

import cProfile
import json
import pstats
import shutil
import sys
import time
from collections import defaultdict
from pathlib import Path

from benchmarks.performance.processes import ROOT
from qa import service

OUTSIDE = "other libraries"


class Stages:
    """Adds up the time from each word about a stage to the next."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._name, self._since = "start, model", time.perf_counter()

    def tell(self, stage: str, done: int, total: int) -> None:
        """What the program calls as it goes on; after a stage's last word, what follows is not told by name."""
        self._turn(stage if done < total else f"after {stage}")

    def end(self) -> dict[str, float]:
        """Seconds by stage."""
        self._turn("")
        return dict(self.spent)

    def _turn(self, name: str) -> None:
        now = time.perf_counter()
        self.spent[self._name] += now - self._since
        self._name, self._since = name, now


def room(file: str) -> str:
    """A file of ours as seen from the repository; all others are one."""
    path = Path(file)
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) and ".venv" not in path.parts else OUTSIDE


def rooms(profile: cProfile.Profile) -> dict[str, float]:
    """Seconds of each room's own code and of the library functions that it calls itself, most first."""
    spent: dict[str, float] = defaultdict(float)
    for (file, _, _), (_, _, own, _, callers) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        here = room(file)
        if here != OUTSIDE or not callers:
            spent[here] += own
            continue
        for (caller, _, _), (_, _, part, _) in callers.items():
            spent[room(caller)] += part
    return dict(sorted(spent.items(), key=lambda item: -item[1]))


def main() -> None:
    """Build twice."""
    documents, index = sys.argv[1], Path(sys.argv[2])
    shutil.rmtree(index, ignore_errors=True)
    stages, began = Stages(), time.perf_counter()
    service.index([documents], index, progress=stages.tell)
    whole, by_stage = time.perf_counter() - began, stages.end()
    shutil.rmtree(index)
    profile, began = cProfile.Profile(), time.perf_counter()
    profile.runcall(service.index, [documents], index)
    profiled = time.perf_counter() - began
    print(json.dumps({"whole": whole, "stages": by_stage, "profiled": profiled, "rooms": rooms(profile)}))


if __name__ == "__main__":
    main()
