"""Least and greatest values that a report must keep: `--min fact.recall@5=0.9`, `--max confidence.false-answers=0.2`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from qa.errors import InputError

Report = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Gate:
    """A bound of one measure; `least` tells a lower bound from an upper one."""

    measure: str
    value: float
    least: bool


def name_of(kind: str, measure: str) -> str:
    """A measure's name on the command line: blanks become hyphens."""
    return f"{kind}.{measure}".replace(" ", "-")


def flat(report: Report) -> dict[str, float]:
    """Every number of a report by its name."""
    return {name_of(kind, measure): value for kind, row in report.items() for measure, value in row.items()}


def parse(least: Iterable[str], greatest: Iterable[str]) -> list[Gate]:
    """The gates of `--min` and `--max`; raises InputError for what is not MEASURE=VALUE."""
    out = []
    for option, texts in (("--min", least), ("--max", greatest)):
        for text in texts:
            name, equals, value = text.rpartition("=")
            try:
                number = float(value)
            except ValueError:
                number = math.nan
            if not (name and equals and math.isfinite(number)):
                raise InputError(f"{option} {text}: give MEASURE=VALUE, as in {option} all.recall@5=0.9")
            out.append(Gate(name.strip().replace(" ", "-"), number, option == "--min"))
    return out


def refuse_unknown(gates: Sequence[Gate], known: Sequence[str]) -> None:
    """Raise InputError for a gate whose measure will not be in the report."""
    unknown = [gate.measure for gate in gates if gate.measure not in known]
    if unknown:
        raise InputError(f"no measure {', '.join(unknown)} here: use one of {', '.join(known)}")


def misses(gates: Iterable[Gate], report: Report) -> Iterator[str]:
    """A line for each bound that is not kept; a value at the bound keeps it."""
    values = flat(report)
    for gate in gates:
        value = values[gate.measure]
        if value < gate.value if gate.least else value > gate.value:
            side = "below the least" if gate.least else "above the most"
            yield f"{gate.measure} is {value:.4f}, {side} allowed, {gate.value:g}"
