"""The gold columns of a table of questions: type, file, lines and answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qa.errors import InputError

LONGEST = 100_000  # lines of a range, so that a slip of the pen fills no memory


def gold(row: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a Question: lines as "3", "3-5" or "3 8-9", answers between bars ("a|b"); raises InputError."""
    cells = {key: row.get(key, "").strip() for key in ("type", "file", "lines", "answers")}
    lines: list[int] = []
    for part in cells["lines"].replace(",", " ").replace(";", " ").split():
        first, _, last = part.partition("-")
        if not (first.isdecimal() and (last or first).isdecimal()):
            raise InputError(f"lines are no whole numbers ({part}): write them as 3 or 3-5")
        lines += range(int(first), min(int(last or first), int(first) + LONGEST) + 1)
    answers = tuple(a.strip() for a in cells["answers"].split("|") if a.strip())
    return {"type": cells["type"], "file": cells["file"] or None, "lines": tuple(lines), "answers": answers}
