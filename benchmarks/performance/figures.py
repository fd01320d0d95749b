"""Numbers of repeated runs to the few that are told. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie, between two of them in proportion (as numpy does it).

    >>> percentile([1, 2, 3, 4, 5], 0.5), percentile([0, 10], 0.95)
    (3.0, 9.5)
    """
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low, high = math.floor(place), math.ceil(place)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return percentile(values, 0.5)


def ratio(figure: float | None, beside: float | None) -> float | None:
    """How many times the other one; None where either is missing or there is nothing to divide by."""
    return figure / beside if figure is not None and beside else None


def short(figure: float | None) -> str:
    """Three digits that count, thousands apart; a dash for none.

    >>> short(12345.6), short(12.345), short(0.01234), short(None)
    ('12,346', '12.3', '0.0123', '–')
    """
    if figure is None:
        return "–"
    if figure == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(figure))))
    return f"{figure:,.{digits}f}"
