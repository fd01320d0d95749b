"""Measures how fast text of several kinds comes apart into articles, and the memory that takes.

    python benchmarks/articles_speed.py seeds/ [--mb 16] [--kind narrow] [--seed 1]

All text is made from the given file or folder: its pages repeated, its blocks and sentences recombined by a seeded
generator. Each kind runs in a process of its own; speed is by the processor's time, not the clock's, and memory
is the peak beyond the lines themselves.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from qa.articles.page import split  # noqa: E402  (this repository's, wherever the benchmark is started)

BLOCK = (6, 30)  # lines that stay together on a recombined page
NARROW = 12  # characters of a narrow line
SURNAMES, GIVEN = "王李张刘陈杨黄赵", "伟芳明超静丽强磊洋艳"
BYLINES = ("本报讯 记者{a}报道", "本报记者 {a} 通讯员{b}", "本报讯(记者 {a} 通讯员 {b})", "通讯员{a}、{b} 摄")

Lines = Iterator[str]


def pages(text: list[str], random: Random) -> Lines:
    """The same pages again and again."""
    return cycle(text)


def recombined(text: list[str], random: Random) -> Lines:
    """Blocks of the pages in any order."""
    blocks = []
    while text:
        size = random.randint(*BLOCK)
        blocks.append(text[:size])
        text = text[size:]
    while True:
        yield from random.choice(blocks)


def stories(text: list[str], random: Random) -> Lines:
    """Long paragraphs of the pages' sentences in any order, a byline above every fortieth."""
    sentences = re.findall(r"[^。]+。", "".join(line.strip() for line in text))
    for number in cycle(range(40)):
        if not number:
            yield from ("", "".join(random.sample("春夏秋冬山河湖海风雨", 7)), "", byline(random))
        yield from ("", "".join(random.choices(sentences, k=8)))


def narrow(text: list[str], random: Random) -> Lines:
    """One column of a few characters a line."""
    whole = "".join(line.strip() for line in text)
    return cycle([whole[at : at + NARROW] for at in range(0, len(whole), NARROW)])


def bylines(text: list[str], random: Random) -> Lines:
    """Nothing but bylines."""
    while True:
        yield byline(random)


def byline(random: Random) -> str:
    """One byline of two invented people."""
    first, second = (random.choice(SURNAMES) + random.choice(GIVEN) for _ in "ab")
    return random.choice(BYLINES).format(a=first, b=second)


def plain(text: list[str], random: Random) -> Lines:
    """The pages' text without a word about reporters: a book."""
    return cycle(re.sub("[记通实摄作撰图讯接]", "某", "\n".join(text)).split("\n"))


KINDS: dict[str, Callable[[list[str], Random], Lines]] = {
    kind.__name__: kind for kind in (pages, recombined, stories, narrow, bylines, plain)
}


def take(lines: Lines, size: float) -> list[str]:
    """So many bytes of lines, each a string of its own as in a file."""
    found: list[str] = []
    while size > 0:
        some = list(islice(lines, 1000))
        found += some
        size -= len("\n".join(some).encode()) + 1
    return "\n".join(found).split("\n")


def measure(path: Path, kind: str, megabytes: float, seed: int) -> None:
    """Print one kind's speed, then its memory from a second run that counts every allocation."""
    files = [path] if path.is_file() else sorted(path.glob("*.txt"))
    text = "\n".join(file.read_text(encoding="utf-8") for file in files).split("\n")
    lines = take(KINDS[kind](text, Random(seed)), megabytes * 1e6)
    size = len("\n".join(lines).encode())
    start = time.process_time()
    articles = len(split(lines))
    spent = time.process_time() - start
    tracemalloc.start()
    split(lines)
    _, peak = tracemalloc.get_traced_memory()
    print(
        f"{kind:11s} {size / 1e6:6.1f} MB {len(lines):8,} lines {articles:7,} articles "
        f"{size / 1e6 / spent:6.2f} MB/s {peak / 1e6:7.1f} MB at peak",
        flush=True,
    )


def main() -> None:
    """Measure each kind in a fresh process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path, help="a file of text, or a folder of .txt files")
    parser.add_argument("--mb", type=float, default=16.0, help="size of each text")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=KINDS, help="this kind only, in this process")
    asked = parser.parse_args()
    if asked.kind:
        measure(asked.path, asked.kind, asked.mb, asked.seed)
        return
    for kind in KINDS:
        command = [sys.executable, __file__, str(asked.path), "--mb", str(asked.mb), "--seed", str(asked.seed)]
        subprocess.run([*command, "--kind", kind], check=True)


if __name__ == "__main__":
    main()
