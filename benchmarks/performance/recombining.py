"""More passages than a source has: the beginning of one record, the end of another, cut where sentences end.

No passage is a copy of another (an index drops those), and all of it is natural text: the words are as frequent as in
the source, and those of one kind of text stay together. Pure, but for the chance that is handed in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from random import Random

from benchmarks.performance.sources import Record
from qa.text import flat, sentences

LENGTHS = (50, 800)  # characters of a passage
TRIES = 200  # draws in vain, in a row, before the source is taken for exhausted


def pieces(text: str) -> list[str]:
    """The sentences of a text; together they are the text."""
    return [text[begin:end] for begin, end in sentences(text)]


def joined(first: Sequence[str], second: Sequence[str], chance: Random) -> str:
    """Some sentences from the beginning of the one and some to the end of the other."""
    return "".join(first[: chance.randint(1, len(first))]) + "".join(second[chance.randrange(len(second)) :])


def recombined(records: Sequence[Record], taken: set[int], chance: Random) -> Iterator[Record]:
    """New passages without end, each unlike those whose `mark` is in `taken`, which grows.

    Raises ValueError where the records yield no more.
    """
    kinds: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        kinds[record.kind].append(record)
    while True:
        for _ in range(TRIES):
            first = chance.choice(records)
            second = chance.choice(kinds[first.kind])
            text = joined(pieces(first.text), pieces(second.text), chance)
            if second is not first and LENGTHS[0] <= len(text) <= LENGTHS[1] and mark(text) not in taken:
                break
        else:
            raise ValueError("the source has too few sentences for so many passages: give a larger one")
        taken.add(mark(text))
        yield Record(first.title, text, first.kind)


def mark(text: str) -> int:
    """What copies of a text have in common, blanks aside."""
    return hash(flat(text))


def passages(records: Sequence[Record], count: int, seed: int) -> Iterator[Record]:
    """So many different passages: the records in a drawn order, and then recombined ones.

    What a smaller count gives is the beginning of what a larger one gives.
    """
    order = list(records)
    Random(seed).shuffle(order)
    taken: set[int] = set()
    for record in order:
        if len(taken) == count:
            return
        if record.text.strip() and mark(record.text) not in taken:
            taken.add(mark(record.text))
            yield record
    more = recombined([r for r in order if r.text.strip()], taken, Random(seed + 1))
    for _ in range(count - len(taken)):
        yield next(more)
