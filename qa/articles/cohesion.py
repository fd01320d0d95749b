"""Which article a text belongs to by its words: pairs of neighbouring characters shared with other lines.

Pairs that many articles of the page use (工会) say little; a name in one article only (徐海伟) says much.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

# Enough of a line to know its words; keeps a line of millions of characters cheap.
_LOOKED_AT = 2000
# A pair in more articles than this says nothing about where a line belongs.
_COMMON = 6


def pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters in a text."""
    text = text[:_LOOKED_AT]
    return frozenset([text[at : at + 2] for at in range(len(text) - 1)])


@dataclass(frozen=True, slots=True)
class Ties:
    """What ties a text to its own article and to the closest and second closest other one; larger is closer.

    A pair counts one over the number of articles that share it; sums are divided by the root of the text's
    size, so that long and short texts compare. `other` is -1 where no article shares anything.
    """

    own: float
    closest: float
    second: float
    other: int


class Cohesion:
    """The words of neighbouring articles, each given as the pairs of its lines."""

    def __init__(self, articles: Sequence[Sequence[frozenset[str]]]) -> None:
        self.articles = [Counter([pair for line in lines for pair in line]) for lines in articles]
        lines_with: Counter[str] = Counter()
        for counts in self.articles:
            lines_with.update(counts)
        # Most pairs stand in one line only and tie it to nothing; leaving them out saves most of the work.
        self.telling = frozenset([pair for pair, lines in lines_with.items() if lines > 1])
        self.where: dict[str, list[int]] = {pair: [] for pair in self.telling}
        for number, counts in enumerate(self.articles):
            for pair in self.telling.intersection(counts):
                self.where[pair].append(number)

    def share(self, words: frozenset[str], article: int) -> float:
        """0 to 1: how much of the telling words of a title this article's text uses."""
        counts = self.articles[article]
        total = found = 0.0
        for word in words:
            weight = 1.0 / max(1, len(self.where.get(word, ())))
            total += weight
            if word in counts:
                found += weight
        return found / total if total else 0.0

    def ties(self, text: Mapping[str, int], article: int) -> Ties:
        """The ties of a text (its pairs with the number of its lines that hold them) of this article."""
        counts, where = self.articles[article], self.where
        own = 0.0
        votes = [0.0] * len(self.articles)
        for word in self.telling.intersection(text):
            places = where[word]
            at_home = counts[word] > text[word]
            if len(places) == 1:
                own += at_home
            elif len(places) <= _COMMON:
                weight = 1.0 / (len(places) if at_home else len(places) - 1)
                own += weight if at_home else 0.0
                for place in places:
                    votes[place] += weight
        votes[article] = 0.0
        closest = max(votes)
        other = votes.index(closest)
        votes[other] = 0.0
        scale = 1.0 / sqrt(max(1, len(text)))
        return Ties(own * scale, closest * scale, max(votes) * scale, other if closest else -1)

    def rest(self, text: Mapping[str, int], article: int, left_out: frozenset[str]) -> float:
        """The tie of a text to another article without one of that article's lines."""
        counts = self.articles[article]
        total = 0.0
        for word in text:
            if word in self.telling and counts[word] > (word in left_out):
                total += 1.0 / max(1, len(self.where[word]) - 1)
        return total / sqrt(max(1, len(text)))


def overlap(first: Iterable[str], second: frozenset[str]) -> float:
    """0 to 1: how much of the smaller of two texts stands in the other."""
    words = frozenset(first)
    return len(words & second) / max(1, min(len(words), len(second)))
