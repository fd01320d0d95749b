"""Measures how fast a corpus is read, cut into passages, folded and turned into keys, by the processor's time.

    python benchmarks/text_speed.py FOLDER_OR_FILE [--batch 1000] [--processes 2]

Passages are measured in characters, so that no model has a part in it. The last line is by the clock, as its time is
spent by other processes.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from qa.passages import LIMIT, of_source  # noqa: E402  (this repository's, wherever the benchmark is started)
from qa.readers import registry, walk  # noqa: E402
from qa.text import fold  # noqa: E402
from qa.tokens import PLAIN, cutting, flat_views, views  # noqa: E402
from qa.types import Passage, Source  # noqa: E402
from qa.workers import ordered  # noqa: E402

CHARACTERS = LIMIT * 3 // 2  # of a passage: a token has about one and a half


def lengths(texts: list[str]) -> list[int]:
    """A token is a character."""
    return [len(text) for text in texts]


def read(found: list[walk.Found]) -> list[Source]:
    """Every file of a folder."""
    return [registry.read(item.path, item.name, max_bytes=1 << 40) for item in found]


def passages(sources: list[Source]) -> list[Passage]:
    """Every passage of some files."""
    return [passage for source in sources for passage in of_source(source, CHARACTERS, lengths)]


def timed(label: str, work: Callable[[], Any], texts: list[str] | None, clock: Callable[[], float]) -> Any:
    """Print what the work took, and what that is for texts that are known already."""
    begin = clock()
    found = work()
    spent = clock() - begin
    size = f" {sum(map(len, texts)) / spent / 1e6:7.2f} M characters/s {len(texts) / spent:9,.0f}/s" if texts else ""
    print(f"{label:22s} {spent:7.2f} s{size}", flush=True)
    return found


def main() -> None:
    """One stage after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--batch", type=int, default=1000, help="passages at a time")
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    found, _ = walk.find([asked.path])
    sources = timed(f"read {len(found):,} files", lambda: read(found), None, time.process_time)
    cut = timed("cut into passages", lambda: passages(sources), None, time.process_time)
    texts = [passage.text for passage in cut]
    batches = [texts[begin : begin + asked.batch] for begin in range(0, len(texts), asked.batch)]
    views("热身")  # loads what is loaded once
    folded = timed("fold", lambda: [[fold(text) for text in batch] for batch in batches], texts, time.process_time)
    joined = ["\n".join(batch) for batch in folded]
    timed("cut into words", lambda: [cutting(PLAIN)(batch) for batch in joined], texts, time.process_time)
    work = partial(flat_views, segmenter=PLAIN)
    timed("all keys", lambda: list(map(work, batches)), texts, time.process_time)
    together = lambda: sum(1 for _ in ordered(work, batches, asked.processes))  # noqa: E731
    timed(f"by {asked.processes} processes", together, texts, time.perf_counter)


if __name__ == "__main__":
    main()
