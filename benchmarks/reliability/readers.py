"""Asks from many processes while a writer updates: no error, and every answer from one generation.

    python benchmarks/reliability/readers.py [--readers 8] [--times 200] [--work FOLDER]

Each page says in every line which version it is of; an update changes all pages at once. Half of the readers
open the index anew for each question, one in four of those bringing it up to date as `qa ask` does, the other
half keep what they opened for twenty questions. An answer whose citations are of two versions fails, as does
any error, and a reader that sees an older version than it saw before.
"""

from __future__ import annotations

import fcntl
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent)]
import bench  # noqa: E402

PAGES = 6


@contextmanager
def still(pages: Path, how: int) -> Iterator[None]:
    """Hold the pages: to change them (LOCK_EX), or so that nobody does (LOCK_SH)."""
    with (pages.parent / "still").open("a") as file:
        fcntl.flock(file, how)
        yield


def write(pages: Path, version: int) -> None:
    """All pages of a version, each replaced in one step, as careful programs do."""
    for number in range(PAGES):
        lines = [f"第{number}厂通知第{version}版\n"]
        lines += [f"第{version}版:工会主席{n}号当选,第{number}厂职工投票。\n" for n in range(4)]
        beside = pages.parent / "beside"
        beside.write_text("\n".join(lines), encoding="utf-8")
        beside.replace(pages / f"{number}.txt")


def versions(library: bench.service.Library) -> set[int]:
    """The versions that an answer's citations are of."""
    answer = library.ask(bench.QUESTION)
    assert len(answer.citations) == 5, answer
    return {int(v) for c in answer.citations for v in re.findall(r"第(\d+)版", c.text)}


def read(folder: Path, number: int, out: Path) -> None:
    """Ask until the file `stop` is there; writes how many answers there were, and of how many versions."""
    library, asked, last, seen, own = None, 0, -1, set[int](), os.getpid()
    while not (folder.parent / "stop").exists():
        if library is None or number % 2 or asked % 20 == 0:
            fresh = number % 8 == 1
            with still(folder.parent / "pages", fcntl.LOCK_SH) if fresh else nullcontext():
                library = bench.service.open_(folder, fresh=fresh)
        found = versions(library)
        assert len(found) == 1, f"reader {own}: an answer of the versions {found}"
        (version,) = found
        assert version >= last, f"reader {own}: version {version} after {last}"
        last, asked = version, asked + 1
        seen.add(version)
    out.write_text(f"{asked} {len(seen)}")


def write_all(folder: Path, pages: Path, updates: int) -> None:
    """Update so many times, waiting for readers that bring the index up to date themselves."""
    for version in range(1, updates + 1):
        with still(pages, fcntl.LOCK_EX):
            write(pages, version)
        bench.service.index([], folder, wait=60)


def main() -> None:
    """Run the campaign."""
    parser = bench.parser(__doc__, 200)
    parser.add_argument("--readers", type=int, default=8)
    chosen = parser.parse_args()
    bench.warm()
    with bench.workplace(chosen.work) as place:
        pages, folder = place / "pages", place / "索 引"
        pages.mkdir()
        write(pages, 0)
        bench.done(lambda: bench.index(folder, pages))
        began = time.monotonic()
        outs = [place / f"reader-{n}" for n in range(chosen.readers)]
        readers = [bench.child(partial(read, folder, n, out)) for n, out in enumerate(outs)]
        codes = [bench.ended(bench.child(lambda: write_all(folder, pages, chosen.times)))]
        (place / "stop").touch()
        codes += [bench.ended(reader) for reader in readers]
        assert not any(codes), f"exit codes {codes}"
        counts = [tuple(map(int, out.read_text().split())) for out in outs]
        left = [p.name for p in folder.glob("generation-*")]
        bench.done(lambda: bench.index(folder, pages))
    print(
        f"{chosen.times} updates in {time.monotonic() - began:.0f} s beside {chosen.readers} readers: "
        f"{sum(a for a, _ in counts):,} answers of {max(s for _, s in counts)} versions at most, each of one; "
        f"0 errors; {len(left)} generations were left"
    )


if __name__ == "__main__":
    main()
