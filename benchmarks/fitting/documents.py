"""Documents as they lie in people's folders, written for this, with questions: notices, rules, manuals, minutes, tables.

`documents/N` are folders of twelve, `documents/N.jsonl` the questions with the pieces of text that answer them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fitting import gather
from fitting.gather import Seeing

from qa.questions import Question, read
from qa.readers import registry
from qa.text import flat

FOLDERS = sorted(path for path in (Path(__file__).parent / "documents").iterdir() if path.is_dir())
LARGEST = 1 << 20  # bytes of a document


def rows(folder: Path) -> Iterator[dict[str, Any]]:
    """The questions on a folder's documents in the form that `qa eval` reads."""
    units: dict[str, tuple[str, ...]] = {}
    with folder.with_suffix(".jsonl").open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            raw = json.loads(line)
            name = raw["file"]
            if name not in units:
                units[name] = registry.read(folder / name, name, max_bytes=LARGEST).units
            history = [{"question": raw["after"], "answer": ""}] if "after" in raw else []
            row = {"id": f"{name}-{number}", "type": raw["type"], "question": raw["question"], "history": history}
            if evidence := raw.get("evidence"):
                row |= {"file": name, "lines": lines_of(evidence, units[name], raw["question"]), "answers": evidence}
            yield row


def lines_of(evidence: list[str], units: tuple[str, ...], question: str) -> list[int]:
    """Where the pieces that answer stand; raises ValueError for one that is nowhere."""
    found = [n for n, unit in enumerate(units, 1) if any(flat(piece) in flat(unit) for piece in evidence)]
    if not found:
        raise ValueError(f"{question}: {evidence} stands nowhere")
    return found


def see(work: Path, seeing: Seeing = gather.see) -> Iterator[Any]:
    """The questions of each folder, asked of it."""
    for folder in FOLDERS:
        library = gather.open_index([str(folder)], work / f"index-documents{folder.name}")
        yield from seeing(f"documents{folder.name}", library, questions(folder, work))


def questions(folder: Path, work: Path) -> list[Question]:
    """The questions on a folder's documents."""
    path = work / f"documents{folder.name}.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows(folder)), encoding="utf-8")
    return read(str(path))
