"""Composes newspaper pages from a corpus of news stories and reports how well they come apart.

    python benchmarks/articles_composed.py text.jsonl.gz [--pages 200] [--seed 1] [--worst 3]

The corpus is a gzipped JSONL file of {"source", "title", "text"}; nothing of it is kept.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests")]

from page_maker import Composed, Story, compose, measures  # noqa: E402  (a sibling folder, found by the line above)

from qa.articles.page import split  # noqa: E402

NEWS = ("CRUD_RAG", "Cluster-Chinese-news")
STORIES_A_PAGE = (7, 11)


def stories(path: str, count: int, random: Random) -> list[Story]:
    """So many news stories drawn from the whole corpus; a title of two parts gives a kicker.

    Subheads are parts of other stories' titles: title-like, though they do not speak of the text below them.
    """
    found: list[tuple[str, str]] = []
    with gzip.open(path, "rt", encoding="utf-8") as corpus:
        for line in corpus:
            story = json.loads(line)
            title, text = story["title"].strip(), re.sub(r"\s+", "", story["text"])
            if any(name in story["source"] for name in NEWS) and 8 <= len(title) <= 40 and len(text) >= 200:
                found.append((title, text))
    random.shuffle(found)
    parts = [part for title, _ in found[count : count * 6] for part in re.split(r"[\s:：,，!！?？]+", title)]
    subheads = [part for part in parts if 6 <= len(part) <= 13 and part.isalpha()]
    made = []
    for title, text in found[:count]:
        kicker, _, rest = title.partition(" ")
        halves = (rest.strip(), kicker) if min(len(kicker), len(rest)) > 4 else (title, None)
        made.append(Story(halves[0], paragraphs(text), halves[1], tuple(random.sample(subheads, 3))))
    return made


def paragraphs(text: str) -> list[str]:
    """Sentences grouped so that each paragraph has 60 characters or more."""
    found = [""]
    for sentence in re.findall(r"[^。！？]*[。！？]+[”’）」』]*", text):
        if len(found[-1]) >= 60:
            found.append("")
        found[-1] += sentence
    return found if found[0] else [text]


def pages(path: str, count: int, seed: int) -> Iterator[Composed]:
    """Composed pages; the same for the same corpus, count and seed."""
    random = Random(seed)
    source = iter(stories(path, count * STORIES_A_PAGE[1], random))
    for _ in range(count):
        yield compose(list(islice(source, random.randint(*STORIES_A_PAGE))), random)


def main() -> None:
    """Print the mean of each measure and the speed of splitting."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="print the N worst pages by B-cubed F1")
    asked = parser.parse_args()
    scores, size, spent = [], 0, 0.0
    for page in pages(asked.corpus, asked.pages, asked.seed):
        start = time.perf_counter()
        articles = split(page.lines)
        spent += time.perf_counter() - start
        size += len("\n".join(page.lines).encode())
        scores.append((measures(page.lines, page.gold, articles), page))
    names = list(scores[0][0])
    print(f"{len(scores)} pages, {size / 1e6:.2f} MB, {size / 1e6 / spent:.2f} MB/s")
    for name in names:
        values = [score[name] for score, _ in scores]
        total = sum(values)
        print(
            f"{name:10s} {total:.0f}"
            if name == "lost"
            else f"{name:10s} {total / len(values):.4f}  worst {min(values):.3f}"
        )
    for score, page in sorted(scores, key=lambda pair: pair[0]["b3"])[: asked.worst]:
        print(score, *(f"{n:4d} {text}" for n, text in enumerate(page.lines, 1) if text), sep="\n")


if __name__ == "__main__":
    main()
