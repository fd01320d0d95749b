"""The same story printed twice counts once: near-duplicates fold into the best placed, their places are kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qa.ranking import Ranking

ALIKE = 0.8  # shared part of both texts' character pairs (Jaccard) from which they are one text
FEWEST = 30  # pairs: shorter texts (captions, slogans) are alike too easily, and must be the same


@dataclass(slots=True)
class Fold:
    """The place in the ranking of a passage, and of those that repeat it."""

    place: int
    repeats: list[int]


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
    cuts = [ranked.evidence.cuts[passage] for passage in ranked.order]
    profiles = np.concatenate([c.profile for c in cuts]).reshape(len(cuts), -1)
    sizes = profiles.sum(axis=1)
    kept: list[Fold] = []
    repeated: set[int] = set()
    for place, own in enumerate(cuts):
        if place in repeated:
            continue
        if len(kept) == top:
            break
        # Two texts share no more pairs than their profiles: few are worth a closer look.
        common = np.minimum(profiles[place:], profiles[place]).sum(axis=1)
        likely = np.flatnonzero(common >= ALIKE * (sizes[place:] + sizes[place] - common)) + place
        others = [n for n in likely.tolist() if n > place and n not in repeated and alike(own.pairs, cuts[n].pairs)]
        kept.append(Fold(place, others))
        repeated.update(others)
    return kept
