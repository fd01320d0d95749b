"""Lets the disk fill up at random points of a build or an update: it must refuse in one line and lose nothing.

    python benchmarks/reliability/disk_full.py [--times 50] [--seed 1] [--work FOLDER] [--way tmpfs|size]

`tmpfs` puts the index on a small file system of its own, which only root may do, and leaves it a random room;
`size` lets no file of the process grow beyond a random size, which anybody may. The default is what works.
After each: the old index is there bit for bit and answers; when there is room again the next update
succeeds, and gives what a build from nothing gives.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

sys.path[:0] = [str(Path(__file__).parent)]
import bench  # noqa: E402

ROOM = 16 << 20  # bytes of the small file system


def limited(work: Callable[[], object], most: int) -> int:
    """Do the work in a child none of whose files may grow beyond so many bytes."""

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
        try:
            work()
        finally:  # what it says of it may go to a file as well
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    return bench.ended(bench.child(small))


def crowded(work: Callable[[], object], folder: Path, room: int) -> int:
    """Do the work in a child while the file system of the folder has only so many bytes left."""
    ballast = folder.parent / "ballast"
    status = os.statvfs(folder.parent)
    taken = max(0, status.f_bavail * status.f_frsize - room)
    with ballast.open("wb") as out:
        os.posix_fallocate(out.fileno(), 0, max(1, taken))
    try:
        return bench.ended(bench.child(work))
    finally:
        ballast.unlink()


def trial(folder: Path, pages: Path, chance: Random, way: str) -> str:
    """One full disk; what came of it."""
    bench.change(pages, chance)
    before = bench.contents(folder)
    anew = bench.built_anew(pages, "large/anew")  # as deep as the small one: the way to the pages is the same
    largest, whole = max(map(len, anew.values())), sum(map(len, anew.values()))

    def work() -> None:
        bench.index(folder, pages)

    if way == "tmpfs":
        code = crowded(work, folder, chance.randrange(int(1.05 * whole)))
    else:
        code = limited(work, chance.randrange(int(1.05 * largest)))
    after = bench.contents(folder)
    assert code in (bench.DONE, bench.REFUSED), f"exit code {code}"
    assert after == (anew if code == bench.DONE else before), "the index is not what it should be"
    if after is not None:
        bench.done(lambda: bench.answer(folder))
    bench.done(work)
    assert bench.contents(folder) == anew, "the next update gives something else than a build from nothing"
    return "refused" if code == bench.REFUSED else "there was room enough"


def campaign(place: Path, folder: Path, chance: Random, times: int, way: str) -> Counter[str]:
    """So many refusals, the first from nothing; trials with room enough count extra."""
    (place / "pages").mkdir()
    bench.write_pages(place / "pages")
    found: Counter[str] = Counter()
    while found["refused"] < times:
        found[trial(folder, place / "pages", chance, way)] += 1
    return found


def main() -> None:
    """Run the campaign."""
    parser = bench.parser(__doc__, 50)
    parser.add_argument("--way", choices=["tmpfs", "size"], default="tmpfs" if os.geteuid() == 0 else "size")
    chosen = parser.parse_args()
    bench.warm()
    with bench.workplace(chosen.work) as place:
        small = place / "small"
        small.mkdir()
        if chosen.way == "tmpfs":
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", small], check=True)
        try:
            found = campaign(place, small / "索 引", Random(chosen.seed), chosen.times, chosen.way)
        finally:
            if chosen.way == "tmpfs":
                subprocess.run(["umount", small], check=True)
    print(f"{chosen.way}: {dict(found)}; 0 wrong answers, 0 failed updates")


if __name__ == "__main__":
    main()
