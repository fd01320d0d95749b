"""Draws training logs: the loss as lines, and a dev score as points where it was measured.

PYTHONPATH=.:benchmarks python -m encoders.curve docs/training.svg docs/training/*.jsonl
"""

from __future__ import annotations

import html
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

WIDTH, HEIGHT, LEFT, TOP = 520, 220, 46, 24  # pixels; one panel above the other
COLOURS = ("#357", "#a53", "#583", "#838", "#666")
SCORES = ("news-dev.paraphrase.mrr", "cmrc2018-trial.100k.mrr")
Log = list[dict[str, Any]]


def read(path: Path) -> Log:
    """The lines of a log."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def points(log: Log, key: str) -> list[tuple[float, float]]:
    """(step, value) where the log has one."""
    return [(row["step"], row[key]) for row in log if key in row]


def span(values: Iterable[float]) -> tuple[float, float]:
    """The least and the greatest, apart even where they are one."""
    found = list(values)
    low, high = min(found), max(found)
    return (low, high) if high > low else (low - 0.05, high + 0.05)


def panel(title: str, lines: list[tuple[str, list[tuple[float, float]]]], top: int, *, dots: bool) -> str:
    """One frame with a line or dots a run, and the numbers of both ends of its axes."""
    every = [p for _, line in lines for p in line]
    if not every:
        return ""
    last = max(x for x, _ in every)
    low, high = span(y for _, y in every)
    out = [f'<rect x="{LEFT}" y="{top}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#999"/>']
    out += [f'<text x="{LEFT}" y="{top - 8}">{html.escape(title)}</text>']
    out += [f'<text x="4" y="{top + 10}">{high:.3g}</text><text x="4" y="{top + HEIGHT}">{low:.3g}</text>']
    out += [f'<text x="{LEFT + WIDTH - 60}" y="{top + HEIGHT + 16}">step {last:.0f}</text>']
    for colour, (_, line) in zip(COLOURS * len(lines), lines, strict=False):
        places = [(LEFT + x / last * WIDTH, top + (high - y) / (high - low) * HEIGHT) for x, y in line]
        if dots:
            out += [f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4" fill="{colour}"/>' for x, y in places]
        else:
            joined = " ".join(f"{x:.0f},{y:.0f}" for x, y in places)
            out.append(f'<polyline points="{joined}" fill="none" stroke="{colour}"/>')
    return "".join(out)


def picture(logs: dict[str, Log]) -> str:
    """An SVG of all runs: the loss, then each dev score."""
    step = HEIGHT + 50
    panels = [panel("loss", [(n, points(log, "loss")) for n, log in logs.items()], TOP, dots=False)]
    for score in SCORES:
        lines = [(n, points(log, score)) for n, log in logs.items()]
        panels.append(panel(score, lines, TOP + step * len(panels), dots=True))
    panels = [p for p in panels if p]
    bottom = TOP + step * len(panels)
    names = "".join(
        f'<text x="{LEFT + 110 * i}" y="{bottom}" fill="{colour}">{html.escape(name)}</text>'
        for i, (colour, name) in enumerate(zip(COLOURS * len(logs), logs, strict=False))
    )
    size = f'width="{LEFT + WIDTH + 20}" height="{bottom + 16}"'
    shape = 'xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" font-size="12"'
    return f"<svg {shape} {size}>{''.join(panels)}{names}</svg>\n"


def main() -> None:
    """Read the logs and draw."""
    target, *logs = sys.argv[1:]
    named = {Path(log).name.partition(".")[0]: read(Path(log)) for log in logs}
    Path(target).write_text(picture(named), encoding="utf-8")


if __name__ == "__main__":
    main()
