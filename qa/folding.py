"""The same story printed twice counts once: near-duplicates fold into the best placed, their places are kept."""

from __future__ import annotations

from dataclasses import dataclass, field

from qa.ranking import Ranking

ALIKE = 0.8  # shared part of both texts' character pairs (Jaccard) from which they are one text
FEWEST = 30  # pairs: shorter texts (captions, slogans) are alike too easily, and must be the same


@dataclass(slots=True)
class Fold:
    """The place in the ranking of a passage, and of those that repeat it."""

    place: int
    repeats: list[int] = field(default_factory=list)


def alike(one: frozenset[int], other: frozenset[int]) -> bool:
    """Whether two texts share most of their character pairs."""
    less, more = sorted((len(one), len(other)))
    if less < FEWEST:
        return less > 0 and one == other
    if less < ALIKE * more:
        return False
    common = len(one & other)
    return common >= ALIKE * (less + more - common)


def fold_repeats(ranked: Ranking, top: int) -> list[Fold]:
    """The `top` best of the ranking that differ, with the places of their repeats among all that were ranked."""
    kept: list[tuple[Fold, frozenset[int]]] = []
    for place, passage in enumerate(ranked.order):
        own = ranked.evidence.cuts[passage].pairs
        twin = next((found for found, other in kept if alike(own, other)), None)
        if twin is not None:
            twin.repeats.append(place)
        elif len(kept) < top:
            kept.append((Fold(place), own))
    return [found for found, _ in kept]
