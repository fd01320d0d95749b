"""What was measured: rows, each a figure beside its peer or limit, and the machine of the run. Kept as JSON.

A later run replaces the rows that it measures again and leaves the others, so that a large corpus can be
measured apart.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.performance.figures import ratio


@dataclass(frozen=True, slots=True)
class Row:
    """One figure; `beside` names what it is held against and `limit` is that one's figure, from the same run.

    `who` is "qa" or a peer; `values` are the repeated runs that `figure` is the median of; `note` says why there is no
    figure. `run` is the number of the run in the file.
    """

    group: str
    corpus: str
    what: str
    figure: float | None
    unit: str
    beside: str = ""
    limit: float | None = None
    who: str = "qa"
    note: str = ""
    values: tuple[float, ...] = ()
    run: int = 0

    @property
    def ratio(self) -> float | None:
        """The figure as so many times its limit."""
        return ratio(self.figure, self.limit)

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes two rows the same measurement."""
        return self.group, self.corpus, self.what, self.who


@dataclass
class Results:
    """All runs of a file: the machine of each, the corpora by name, and the rows."""

    runs: list[dict[str, Any]] = field(default_factory=list)
    corpora: dict[str, dict[str, Any]] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)

    def begin(self, machine: dict[str, Any]) -> None:
        """A run begins on this machine."""
        self.runs.append(machine)

    def add(self, rows: Iterable[Row]) -> None:
        """Put the rows of the run in, each in the place of an older one of the same measurement."""
        fresh = {row.key: Row(**asdict(row) | {"run": len(self.runs) - 1}) for row in rows}
        self.rows = [fresh.pop(row.key, row) for row in self.rows] + list(fresh.values())

    def find(self, group: str, what: str, who: str = "qa") -> list[Row]:
        """A measurement on every corpus, smallest first."""
        found = [row for row in self.rows if (row.group, row.what, row.who) == (group, what, who)]
        return sorted(found, key=lambda row: self.size(row.corpus))

    def size(self, corpus: str) -> int:
        """The passages of a corpus; 0 where it was never indexed."""
        return int(self.corpora.get(corpus, {}).get("passages", 0))

    def names(self) -> list[str]:
        """The corpora, smallest first."""
        return sorted(self.corpora, key=self.size)


def read(path: Path) -> Results:
    """What the file holds; nothing where there is none."""
    if not path.is_file():
        return Results()
    raw = json.loads(path.read_text(encoding="utf-8"))
    rows = [
        Row(**{k: v for k, v in row.items() if k != "ratio"} | {"values": tuple(row["values"])}) for row in raw["rows"]
    ]
    return Results(raw["runs"], raw["corpora"], rows)


def merged(files: Sequence[Path]) -> Results:
    """Several files as one: of one measurement the last counts."""
    out = Results()
    for path in files:
        more = read(path)
        shift = len(out.runs)
        out.runs += more.runs
        out.corpora |= more.corpora
        moved = {row.key: Row(**asdict(row) | {"run": row.run + shift}) for row in more.rows}
        out.rows = [moved.pop(row.key, row) for row in out.rows] + list(moved.values())
    return out


def write(results: Results, path: Path) -> None:
    """Save as JSON, the ratio of each row with it."""
    rows = [asdict(row) | {"ratio": row.ratio} for row in results.rows]
    text = json.dumps({"runs": results.runs, "corpora": results.corpora, "rows": rows}, ensure_ascii=False, indent=1)
    beside = path.with_suffix(".new")
    beside.write_text(text + "\n", encoding="utf-8")
    beside.replace(path)
