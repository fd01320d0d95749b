"""The same story printed twice counts once: near-duplicates fold into the best placed, their places are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from qa.cutting import Cut
from qa.ranking import Ranking

ALIKE = 0.8  # shared part of both texts' character pairs (Jaccard) from which they are one text
BLOCK = 64  # texts whose profiles are compared at a time
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


def near(cuts: Sequence[Cut]) -> dict[int, list[int]]:
    """For each text that may be like earlier ones, the places of these: no two share more pairs than their profiles."""
    profiles = np.stack([c.profile for c in cuts], axis=1)
    sizes = profiles.sum(axis=0)
    out: dict[int, list[int]] = {}
    for begin in range(0, len(cuts), BLOCK):
        rows = slice(begin, begin + BLOCK)
        common = np.minimum(profiles[:, rows, None], profiles[:, None]).sum(axis=0)
        likely = np.argwhere(common >= ALIKE * (sizes[rows, None] + sizes - common))
        for place, earlier in (likely + (begin, 0)).tolist():
            if earlier < place:
                out.setdefault(place, []).append(earlier)
    return out


def fold_repeats(ranked: Ranking, top: int) -> list[Fold]:
    """The `top` best of the ranking that differ, with the places of their repeats among all that were ranked."""
    kept: dict[int, Fold] = {}
    cuts = [ranked.evidence.cuts[passage] for passage in ranked.order]
    likely = near(cuts)
    for place, own in enumerate(cuts):
        earlier = (kept[n] for n in likely.get(place, ()) if n in kept and alike(own.pairs, cuts[n].pairs))
        twin = next(earlier, None)
        if twin is not None:
            twin.repeats.append(place)
        elif len(kept) < top:
            kept[place] = Fold(place)
    return list(kept.values())
