"""Cost against size: a small diagram for each cost, both scales logarithmic, as one SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks import drawing
from benchmarks.performance.results import Results

WIDTH, HEIGHT = 250, 170  # of a diagram
LEFT, TOP, GAP_X, GAP_Y = 60, 40, 90, 90
COLUMNS = 3
LEGEND = 80  # from the name of a line to that of the next

Series = dict[str, list[tuple[float, float]]]  # name -> (passages, cost), smallest first


@dataclass(frozen=True, slots=True)
class Scale:
    """Powers of ten from `low` to `high`, on so many pixels from `start` on (backwards where `length` is negative)."""

    low: int
    high: int
    start: float
    length: float

    def at(self, value: float) -> float:
        """The pixel of a value."""
        return self.start + (math.log10(value) - self.low) / (self.high - self.low) * self.length

    @classmethod
    def around(cls, values: Sequence[float], start: float, length: float) -> Scale:
        """The powers of ten that hold all values."""
        low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        return cls(low, max(high, low + 1), start, length)


def diagram(title: str, series: Series, left: float, top: float) -> list[str]:
    """One cost: its frame, the powers of ten at both sides, and a line for each series."""
    points = [point for line in series.values() for point in line]
    across = Scale.around([x for x, _ in points], left, WIDTH)
    up = Scale.around([y for _, y in points], top + HEIGHT, -HEIGHT)
    parts = [drawing.square(left, top, WIDTH, HEIGHT), drawing.words(left, top - 8, title)]
    for power in range(across.low, across.high + 1):
        x = across.at(10.0**power)
        parts += [
            drawing.line((x, top + HEIGHT), (x, top + HEIGHT + 4)),
            drawing.words(x, top + HEIGHT + 17, f"{10**power:,}", anchor="middle"),
        ]
    for power in range(up.low, up.high + 1):
        y = up.at(10.0**power)
        label = f"{10.0**power:,.0f}" if power >= 0 else f"{10.0**power:.{-power}f}"
        parts += [
            drawing.line((left, y), (left + WIDTH, y), dashed=True),
            drawing.words(left - 5, y + 4, label, anchor="end"),
        ]
    for number, (name, line) in enumerate(series.items()):
        colour = drawing.COLOURS[number % len(drawing.COLOURS)]
        places = [(across.at(x), up.at(y)) for x, y in line]
        parts += [drawing.curve(places, colour), *(drawing.spot(x, y, 3, colour) for x, y in places)]
        parts.append(drawing.words(left + number * LEGEND, top + HEIGHT + 36, name, colour=colour))
    return parts


COSTS: dict[str, dict[str, tuple[str, str]]] = {
    "time to index, s": {"": ("indexing", "time")},
    "index on disk, MB": {"": ("index on disk", "whole")},
    "memory, MB": {"indexing": ("indexing", "peak memory"), "asking": ("memory while asking", "resident")},
    "one answer in process, ms": {name: ("warm latency", name) for name in ("p50", "p95", "p99")},
    "qa batch, questions/s": {"": ("warm latency", "qa batch")},
    "qa ask from its start, s": {"": ("cold start", "qa ask")},
}


def series(results: Results, lines: dict[str, tuple[str, str]]) -> Series:
    """The points of each line that has any."""
    out = {}
    for name, (group, what) in lines.items():
        rows = results.find(group, what)
        found = [(float(results.size(r.corpus)), r.figure) for r in rows if r.figure and results.size(r.corpus)]
        if found:
            out[name] = found
    return out


def picture(results: Results) -> str:
    """All costs that were measured."""
    drawn = [(title, found) for title, lines in COSTS.items() if (found := series(results, lines))]
    parts: list[str] = []
    for number, (title, found) in enumerate(drawn):
        row, column = divmod(number, COLUMNS)
        parts += diagram(title, found, LEFT + column * (WIDTH + GAP_X), TOP + row * (HEIGHT + GAP_Y))
    rows = -(-len(drawn) // COLUMNS)
    width = LEFT + COLUMNS * (WIDTH + GAP_X) - GAP_X + 40
    height = TOP + rows * (HEIGHT + GAP_Y) - GAP_Y + 70
    parts.append(drawing.words(LEFT, height - 8, "across: passages; both scales logarithmic"))
    return drawing.sheet(width, height, parts)
