"""The same story printed twice counts once: near-duplicates fold into the best placed, their places are kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from qa.cutting import Cut
from qa.ranking import Ranking

EDITED = frozenset("昨前今近日天晚早上下午月本报讯记者电")  # when and by whom it is told may differ from print to print
TURNS = re.compile(r"[不没未无非否0-9]")  # what turns a statement round, or a number, where it was put in
SHORT = 6  # characters that were put in or left out: more are further sentences
ALIKE = 0.8  # shared part of both texts' character pairs (Jaccard) from which they are one text
FEWEST = 30  # pairs: shorter texts (captions, slogans) are alike too easily, and must be the same
TOGETHER = 16  # passages that are held against all others at once


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


def same_statement(one: str, other: str) -> bool:
    """Whether two texts that are alike say the same: no word stands in another's place, none turns it round.

    >>> same_statement("大会批准了议案", "大会否决了议案")
    False
    """
    left, right = (re.sub(r"[\W_]", "", text) for text in (one, other))
    if left == right:
        return True
    steps = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    return not any(differs(left[a:b], right[c:d]) for step, a, b, c, d in steps if step != "equal")


def differs(left: str, right: str) -> bool:
    """Whether what stands in two texts' different places makes them different statements."""
    if set(left + right) <= EDITED:
        return False
    if left and right:
        return True
    return len(left + right) <= SHORT and TURNS.search(left + right) is not None


def fold_repeats(ranked: Ranking, top: int) -> list[Fold]:
    """The `top` best of the ranking that differ, with the places of their repeats among all that were ranked."""
    cuts = [ranked.evidence.cuts[passage] for passage in ranked.order]
    profiles = np.concatenate([c.profile for c in cuts]).reshape(len(cuts), -1)
    kept: list[Fold] = []
    repeated: set[int] = set()
    likely: dict[int, list[int]] = {}
    for place, own in enumerate(cuts):
        if place % TOGETHER == 0:
            likely = look_alikes(profiles, place)
        if place in repeated:
            continue
        if len(kept) == top:
            break
        later = [n for n in likely.get(place, ()) if n not in repeated]
        others = [n for n in later if alike(own.pairs, cuts[n].pairs) and same_statement(*map(text_of, (own, cuts[n])))]
        kept.append(Fold(place, others))
        repeated.update(others)
    return kept


def look_alikes(profiles: NDArray[np.int64], begin: int) -> dict[int, list[int]]:
    """For the next passages from `begin` on, those after each that are worth a closer look.

    Two texts share no more pairs than their profiles do.
    """
    later = profiles[begin:]
    sizes = later.sum(axis=1)
    common = np.minimum(later[:TOGETHER, None], later).sum(axis=2)
    rows, columns = (common >= ALIKE * (sizes[:TOGETHER, None] + sizes - common)).nonzero()
    out: dict[int, list[int]] = {}
    for row, column in zip((rows + begin).tolist(), (columns + begin).tolist(), strict=True):
        if column > row:
            out.setdefault(row, []).append(column)
    return out


def text_of(cut: Cut) -> str:
    """The folded text of a passage."""
    return "".join(cut.folded)
