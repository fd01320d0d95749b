"""What a peer's script is asked to do; imports nothing of ours, as it runs in the peer's own environment.

by_NAME.py index MODEL PASSAGES FOLDER     read JSON lines with id, title, text; build and save
by_NAME.py ask MODEL FOLDER QUESTION       open, answer one, print the ids found
by_NAME.py batch MODEL FOLDER QUESTIONS    open, answer all one after the other, print JSON with times and ids
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

DEPTH = 10
WARM = 5  # questions before it counts

Passage = dict[str, str]
Build = Callable[[list[Passage], Path, str], None]  # passages, folder, model
Search = Callable[[str, int], list[int]]  # question, how many -> numbers of passages, best first
Open = Callable[[Path, str], Search]


def rows(path: Path) -> list[Passage]:
    """The objects of a file of JSON lines."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def whole(passage: Passage) -> str:
    """A passage as it is searched: its title in front."""
    return f"{passage['title']}\n{passage['text']}" if passage["title"] else passage["text"]


def run(build: Build, open_: Open) -> None:
    """Do what the command line says."""
    what, model, *rest = sys.argv[1:]
    if what == "index":
        passages, folder = rows(Path(rest[0])), Path(rest[1])
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "ids.json").write_text(json.dumps([p["id"] for p in passages]), encoding="utf-8")
        build(passages, folder, model)
        return
    folder = Path(rest[0])
    ids = json.loads((folder / "ids.json").read_text(encoding="utf-8"))
    search = open_(folder, model)
    if what == "ask":
        print([ids[n] for n in search(rest[1], DEPTH)])
        return
    print(json.dumps(batch(search, ids, rows(Path(rest[1])))))


def batch(search: Search, ids: list[str], questions: list[Passage]) -> dict[str, object]:
    """Ask all; the seconds of each, and what was found."""
    found, spent = {}, []
    for question in questions[:WARM]:
        search(question["text"], DEPTH)
    for question in questions:
        began = time.perf_counter()
        numbers = search(question["text"], DEPTH)
        spent.append(time.perf_counter() - began)
        found[question["id"]] = [ids[n] for n in numbers]
    return {"seconds": spent, "found": found}
