"""The same story printed twice counts once: near-duplicates fold into the best placed, their places are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from qa.ranking import Ranking
from qa.tokens import letters_of
from qa.types import Passage

ALIKE = 0.8  # shared part of both texts' character pairs (Jaccard) from which they are one text
SHORTEST = 30  # letters: shorter texts (captions, slogans) are alike too easily


@dataclass(slots=True)
class Fold:
    """The place in the ranking of a passage, and of those that repeat it."""

    place: int
    repeats: list[int] = field(default_factory=list)


def pairs(text: str) -> frozenset[str]:
    """The distinct pairs of neighbouring letters; the whole text alone for a short one."""
    letters = letters_of(text)
    if len(letters) < SHORTEST:
        return frozenset((letters,))
    return frozenset(letters[i : i + 2] for i in range(len(letters) - 1))


def alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two texts share most of their pairs."""
    common = len(one & other)
    return common >= ALIKE * (len(one) + len(other) - common)


def fold_repeats(ranked: Ranking, passages: Sequence[Passage], top: int) -> list[Fold]:
    """The `top` best of the ranking that differ, with the places of their repeats among all that were ranked."""
    kept: list[tuple[Fold, frozenset[str]]] = []
    for place, hit in enumerate(ranked.hits):
        own = pairs(passages[hit.number].text)
        twin = next((found for found, other in kept if alike(own, other)), None)
        if twin is not None:
            twin.repeats.append(place)
        elif len(kept) < top:
            kept.append((Fold(place), own))
    return [found for found, _ in kept]
