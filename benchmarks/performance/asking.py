"""Questions to an index that is open already, one after the other, in this process.

    python -m benchmarks.performance.asking INDEX QUESTIONS

Prints JSON: the seconds of each question, of each asked once more, and what the process holds after them. The first
questions are not counted.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from qa import processor

processor.on_one_core()  # as the commands do, before numpy is there
processor.sort_narrowly()

# isort: split
from benchmarks.performance.memory import held  # noqa: E402
from qa import service  # noqa: E402
from qa.library import TOP, Library  # noqa: E402
from qa.questions import Question, read  # noqa: E402

WARM = 5  # questions before it counts


def main() -> None:
    """Ask all."""
    library = service.open_(Path(sys.argv[1]), fresh=False)
    asked = list(read(sys.argv[2]))
    for question in asked[:WARM]:
        library.answer_row(question, TOP)
    spent = seconds(library, asked)
    memory = held()
    print(json.dumps({"seconds": spent, "again": seconds(library, asked), "memory": memory}))


def seconds(library: Library, asked: list[Question]) -> list[float]:
    """What each question took."""
    spent = []
    for question in asked:
        began = time.perf_counter()
        library.answer_row(question, TOP)
        spent.append(time.perf_counter() - began)
    return spent


if __name__ == "__main__":
    main()
