"""What cannot be undercut: reading the documents, one pass of the encoder over their text, cutting their words.

    python -m benchmarks.performance.limits DOCUMENTS INDEX
    python -m benchmarks.performance.limits --look FOLDER

Prints JSON: seconds of reading, and for the encoder and the cutters passages a second.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.performance.reading import read
from qa import models, preparing
from qa.model_options import USUAL
from qa.service import existing
from qa.types import Encoder

BATCH = 4096  # texts in memory at once
PASS = 50_000  # passages of the encoder's pass
SAMPLE = 20_000  # passages for rjieba
SMALL_SAMPLE = 1_500  # and for jieba, which is slower


def look(path: Path) -> int:
    """Ask the system for every file's size and time."""
    return sum(entry.stat().st_size for entry in os.scandir(path))


def seconds(work: Callable[[], object], times: int = 1) -> float:
    """The best of so many runs: a limit is what it can be, not what it was in a busy moment."""
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        spent.append(time.perf_counter() - began)
    return min(spent)


def encoded(encoder: Encoder, texts: Sequence[str]) -> float:
    """Texts a second in one pass of the encoder."""
    batches = [texts[begin : begin + BATCH] for begin in range(0, len(texts), BATCH)]
    return len(texts) / seconds(lambda: [encoder.passages(batch) for batch in batches])


def rate(cut: Callable[[str], object], texts: Sequence[str]) -> float:
    """Texts a second."""
    return len(texts) / seconds(lambda: [list(cut(text)) for text in texts])  # type: ignore[call-overload]


def measure(path: Path, index: Path) -> dict[str, float]:
    """The limits for these documents; their passages are taken from the index."""
    import jieba
    import rjieba

    opened = existing(index)
    encoder = models.load(models.choose(None, USUAL, opened.manifest))
    texts = [preparing.embedded_text(opened.passages[n]) for n in range(min(PASS, len(opened)))]
    jieba.setLogLevel(60)
    for cutter in (jieba, rjieba):
        list(cutter.cut("先把词典读进来"))
    return {
        "bytes": read(path),
        "reading the files": seconds(lambda: read(path), 3),
        "one pass of the encoder": encoded(encoder, texts),
        "rjieba alone": rate(rjieba.cut, texts[:SAMPLE]),
        "jieba alone": rate(jieba.cut, texts[:SMALL_SAMPLE]),
    }


def main() -> None:
    """Print what was measured."""
    if sys.argv[1] == "--look":
        print(json.dumps({"looking at the files": seconds(lambda: look(Path(sys.argv[2])), 3)}))
        return
    print(json.dumps(measure(Path(sys.argv[1]), Path(sys.argv[2]))))


if __name__ == "__main__":
    main()
