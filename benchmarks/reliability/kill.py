"""Ends a build or an update by SIGKILL at random moments; the old or the new index must answer, bit for bit right.

    python benchmarks/reliability/kill.py [--times 500] [--seed 1] [--work FOLDER]

Some moments are times, most are counted in what the process asks of the file system, so that every step of
writing and switching is met. One in four kills hits the first build of an index. After each kill:
what is in use is, byte for byte, the old index or one built anew; it answers; the next update succeeds,
gives what a build from nothing gives, and leaves no half-written file.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

sys.path[:0] = [str(Path(__file__).parent)]
import bench  # noqa: E402

Requests = dict[tuple[bool, bool], int]  # by: counted from the first file written, the first build
WATCHED = ("open", "os.", "shutil.", "fcntl.", "pathlib.")


def counting(at: int, writing: bool) -> list[int]:
    """Count this process's requests to the file system and end it at the given one; gives the counter.

    With `writing` they count from the first file that is written beside its place.
    """
    seen = [0]
    begun = not writing

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal begun
        if event.startswith(WATCHED):
            begun = begun or ".partial" in f"{arguments[:1]}"
            seen[0] += begun
            if seen[0] == at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    return seen


def killed(folder: Path, pages: Path, chance: Random, seconds: float, requests: Requests) -> bool:
    """Begin to index and end it; whether it was ended before it was done."""

    def work() -> None:
        counting(at, writing)
        bench.index(folder, pages)

    first = not (folder / "CURRENT").exists()
    if chance.random() < 0.75:
        writing = chance.random() < 0.8
        at = chance.randrange(1, requests[writing, first])
        number = bench.child(work)
    else:
        number = bench.child(lambda: bench.index(folder, pages))
        time.sleep(chance.uniform(0, seconds))
        os.kill(number, signal.SIGKILL)
    return bench.ended(number) == -signal.SIGKILL


def requests_of(folder: Path, pages: Path, writing: bool, first: bool) -> int:
    """How often a build from nothing, or an update, asks something of the file system."""
    if first:
        shutil.rmtree(folder, ignore_errors=True)
    (pages / "新 0.txt").write_text(f"新的一页{writing}{first}。\n", encoding="utf-8")
    reading, out = os.pipe()

    def count() -> None:
        seen = counting(-1, writing)
        bench.index(folder, pages)
        os.write(out, str(seen[0]).encode())

    bench.done(count)
    return int(os.read(reading, 100))


def trial(place: Path, chance: Random, seconds: float, requests: Requests) -> str:
    """One kill; what stood afterwards: old, new or nothing (no index yet)."""
    folder, pages = place / "索 引", place / "pages"
    if chance.random() < 0.25:
        shutil.rmtree(folder, ignore_errors=True)
    bench.change(pages, chance)
    anew, before = bench.built_anew(pages), bench.contents(folder)
    was_killed = killed(folder, pages, chance, seconds, requests)
    after = bench.contents(folder)
    assert after in (before, anew), "neither the old nor the new index"
    if after is not None:
        bench.done(lambda: bench.answer(folder))
    bench.done(lambda: bench.index(folder, pages))
    assert bench.contents(folder) == anew, "the next update gives something else than a build from nothing"
    left = {p.name for p in folder.iterdir()} - {"CURRENT", "LOCK", "STAMPS", "CHECKED", "LINES"}
    assert len(left) == 1, f"left over: {left}"
    if not was_killed:
        return "not killed in time"
    return "nothing" if after is None else "the old" if after == before else "the new"


def main() -> None:
    """Run the campaign."""
    chosen = bench.parser(__doc__, 500).parse_args()
    bench.warm()
    chance, found = Random(chosen.seed), Counter[str]()
    with bench.workplace(chosen.work) as place:
        (place / "pages").mkdir()
        bench.write_pages(place / "pages", 12)  # a kill hits a step, not a size
        began = time.monotonic()
        requests: Requests = {}
        for first, writing in ((True, False), (True, True), (False, False), (False, True)):
            requests[writing, first] = requests_of(place / "索 引", place / "pages", writing, first)
        seconds = (time.monotonic() - began) / 4
        while sum(found.values()) - found["not killed in time"] < chosen.times:
            found[trial(place, chance, seconds, requests)] += 1
            if not sum(found.values()) % 50:
                print(f"so far: {dict(found)}", flush=True)
    kills = sum(found.values()) - found["not killed in time"]
    print(f"requests to the file system (since it wrote, first build): {requests}")
    print(f"{kills} kills: afterwards stood {dict(found)}; 0 wrong answers, 0 failed updates")


if __name__ == "__main__":
    main()
