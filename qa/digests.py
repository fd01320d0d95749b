"""The hashes of the documents by name, so that only files whose stamps changed are read again.

They are kept in the index folder, in a file that may be lost or damaged without harm: what is not in
it is hashed. They say nothing of what an index holds.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from qa import disk
from qa.readers.stamps import settled
from qa.readers.walk import Found

STAMPS = "STAMPS"

Known = dict[str, list[int | str]]  # name to size, both times, inode and hash


@dataclass
class Digests:
    """`known` is what was saved, `seen` what holds now; a file whose stamp is too young is in neither.

    A file of more than `limit` bytes is not read, so it has no hash.
    """

    limit: int
    known: Known = field(default_factory=dict)
    seen: Known = field(default_factory=dict)

    def of(self, found: Found) -> str:
        """The SHA-256 of a file, read only where its stamp is another than one known or seen; raises OSError."""
        stamp = found.stamp
        if stamp[0] > self.limit:
            return ""
        held = self.seen.get(found.name) or self.known.get(found.name)
        if held is not None and tuple(held[:4]) == stamp:
            self.seen[found.name] = held
            return str(held[4])
        now = time.time_ns()
        digest = disk.sha256(found.path)
        self.seen.pop(found.name, None)
        if settled(stamp, now):
            self.seen[found.name] = [*stamp, digest]
        return digest

    def save(self, folder: Path) -> None:
        """Write what was seen, where it differs from what was known and the folder can be written."""
        if self.seen != self.known:
            with suppress(OSError):
                disk.replace(folder / STAMPS, json.dumps(self.seen, ensure_ascii=False) + "\n", durable=False)


def read(folder: Path, limit: int) -> Digests:
    """The hashes that the index folder keeps; none where they cannot be read."""
    try:
        raw = json.loads((folder / STAMPS).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return Digests(limit)
    if not isinstance(raw, dict) or not all(isinstance(row, list) and len(row) == 5 for row in raw.values()):
        return Digests(limit)
    return Digests(limit, raw)
