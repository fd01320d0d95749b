"""Where the lines of large source files end, kept in the index folder: a citation of one need not read all of it.

The file that holds it may be lost or damaged without harm: a file whose stamp is not in it is read through, and a
citation is compared with the lines that are found, whatever found them.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from qa import disk
from qa.readers import large
from qa.readers.large import LargeLines
from qa.readers.stamps import Stamp, settled

LINES = "LINES"


def lines_of(path: Path, suffix: str, stamp: Stamp, name: str = "", folder: Path | None = None) -> LargeLines | None:
    """The lines of a large file of this stamp, which the index folder knows by its name; None for one of another form.

    Where `folder` did not know them, it does when this returns, unless it cannot be written.
    """
    parse = large.parser_of(suffix, stamp[0])
    if parse is None:
        return None
    known = kept(folder) if folder else {}
    ended = told(known.get(name), stamp)
    if ended is None:
        now = time.time_ns()
        ended = large.line_ends(path)
        if ended and folder and settled(stamp, now):
            # How many lines each block ends: short numbers.
            known[name] = [*stamp, large.BLOCK, [after - before for before, after in pairwise(ended)]]
            with suppress(OSError):
                disk.replace(folder / LINES, json.dumps(known, ensure_ascii=False) + "\n", durable=False)
    return LargeLines(path, ended, parse) if ended else None


def kept(folder: Path) -> dict[str, Any]:
    """What the index folder keeps, by the names of files: stamp, bytes of a block, lines that end in each."""
    with suppress(OSError, ValueError, RecursionError):
        raw = json.loads((folder / LINES).read_text(encoding="utf-8"))
        return raw if isinstance(raw, dict) else {}
    return {}


def told(row: object, stamp: Stamp) -> list[int] | None:
    """How many lines end before each block, as a row says of a file of this stamp; None where it does not."""
    if not isinstance(row, list) or row[:-1] != [*stamp, large.BLOCK]:
        return None
    counts = row[-1]
    blocks = -(-stamp[0] // large.BLOCK)
    if not isinstance(counts, list) or len(counts) != blocks:
        return None
    if not all(type(count) is int and 0 <= count <= large.BLOCK for count in counts):
        return None
    return list(accumulate(counts, initial=0))
