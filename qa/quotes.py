"""The sentences of a passage that answer: the likeliest, and a second where it is nearly as likely."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

import numpy as np
from numpy.typing import NDArray

from qa.articles.marks import ITEM
from qa.types import Range

LISTED = 300  # characters of a list that is quoted whole
SHORT = 12  # characters: a sentence this short (a shout, "对此，他说：") is quoted with the next
SURE = 0.9  # share of the best sentence from which it is quoted alone; on CMRC 2018 trial and DRCD dev, see docs


def shares(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """How likely each sentence, or passage, is the one that answers by its score, as parts of 1 (softmax)."""
    odds = np.exp(scores - scores.max())
    found: NDArray[np.float64] = odds / odds.sum()
    return found


def best(ranges: Sequence[Range], scores: list[float], text: str) -> Range:
    """Where in the passage's text the best sentence stands, blanks at its ends left out; the first of equals."""
    place = scores.index(max(scores))
    start, end = ranges[place]
    if leads_on(text[start:end]):
        return trim(text, start, led_to(ranges, place, text))
    if end - start < SHORT and place + 1 < len(ranges):
        end = ranges[place + 1][1]
    return trim(text, start, end)


def leads_on(sentence: str) -> bool:
    """Whether a sentence answers nothing by itself: what comes after it does."""
    return sentence.rstrip().endswith((":", "：", "?", "？"))


def led_to(ranges: Sequence[Range], place: int, text: str) -> int:
    """Where that ends which the sentence leads to: all entries of a list, or else the next sentence."""
    start, end = ranges[place]
    whole = text[start:end].rstrip().endswith((":", "："))
    for begin, stop in ranges[place + 1 :]:
        if end > ranges[place][1] and (
            stop - start > LISTED or not (ITEM.match(text[begin:stop].lstrip()) or text[:begin].rstrip()[-1:] in ";；")
        ):
            break
        end = stop
        if not whole:
            break
    return end


def chosen(ranges: Sequence[Range], scores: list[float], text: str) -> list[Range]:
    """The quotations of an answer in reading order: the best sentence, and the next best where the best is unsure.

    Two that stand side by side are one quotation.
    """
    return beside(best(ranges, scores, text), ranges, scores, text)


def first(ranges: Sequence[Range], scores: list[float], text: str) -> Range:
    """The quotation that holds the beginning of the best sentence."""
    main = best(ranges, scores, text)
    return next((r for r in beside(main, ranges, scores, text) if r[0] <= main[0] < r[1]), main)


def beside(main: Range, ranges: Sequence[Range], scores: list[float], text: str) -> list[Range]:
    """The best sentence, with the next best where it is unsure."""
    most = max(scores)
    if 1 / sum([exp(score - most) for score in scores]) >= SURE:  # the best one's share
        return [main]
    order = sorted(range(len(scores)), key=scores.__getitem__, reverse=True)  # equals stay in their order
    second = trim(text, *ranges[order[1]])
    if main[0] <= second[0] < main[1]:
        return [main]
    before, after = sorted([main, second])
    if not text[before[1] : after[0]].strip():
        return [(before[0], after[1])]
    return [before, after]


def trim(text: str, start: int, end: int) -> Range:
    """The range without blanks at its ends."""
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())
