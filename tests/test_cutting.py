"""Texts cut together are cut as they are one by one, and what is looked for late is what would have been found at once."""

import numpy as np
import pytest
from helpers import Remainders
from hypothesis import given
from hypothesis import strategies as st

from qa.cutting import AHEAD, Cutter, cut, keyed, know_kinds, ranges_of
from qa.errors import BrokenIndex
from qa.expectations import BODY, KINDS, NUMBER, PERSON, PLACE, held
from qa.text import fold
from qa.tokens import PLAIN, Segmenter, placed
from qa.types import Passage

ENCODER = Remainders()
STOPPED = Segmenter(stop_words="的\n")
TEXTS = [
    "工会主席王建国告诉记者，共发放奖金24万元。活动在杭州举行！",
    "第一行\n第二行有三百人。\r\n由县总工会主办。",
    "……",
    "ΑΣ。Σ臺灣ＡＢＣ的灯塔。𝐀b",
    "",
    "e\u0301。\u0301e",
]
PIECES = st.text(st.sampled_from("青岚港的灯塔三百人。！？ \n\rΣΑａＢ臺灣,0123456789年《》𝐀\u0301"), max_size=30)


def one_by_one(part, segmenter):
    """The keys of a folded sentence by view, as a question's are found."""
    return [keys.tolist() for keys, _ in placed(part, segmenter).values()]


@pytest.mark.parametrize("segmenter", [PLAIN, STOPPED, Segmenter("jieba")], ids=["rjieba", "stop words", "jieba"])
def test_together_as_one_by_one(segmenter):
    for text, whole in zip(TEXTS, cut(TEXTS, segmenter, ENCODER), strict=True):
        parts = [fold(text[start:end].rstrip("\n")) for start, end in ranges_of(text)]
        assert whole.folded == tuple(parts)
        ends = np.cumsum(whole.counts)
        assert ends[-1] == len(whole.keys)
        for place, part in enumerate(parts):
            views = one_by_one(part, segmenter)
            own = whole.keys[ends[place] - whole.counts[place] : ends[place]]
            assert sorted(own.tolist()) == sorted(key for view in views for key in view)
        pairs = {key for part in parts for key in one_by_one(part, segmenter)[2]}
        assert whole.pairs == pairs
        assert whole.profile.sum() == len(pairs)


@given(st.lists(PIECES, min_size=1, max_size=6))
def test_nothing_reaches_from_one_sentence_into_the_next(parts):
    folded = [fold(part) for part in parts]
    keys, counts = keyed(folded, PLAIN)
    ends = np.cumsum(counts)
    for place, part in enumerate(folded):
        expected = [key for view in one_by_one(part, PLAIN) for key in view]
        assert sorted(keys[ends[place] - counts[place] : ends[place]].tolist()) == sorted(expected)


@given(st.lists(PIECES.filter(str.strip), min_size=1, max_size=5))
def test_texts_are_folded_together_as_alone(texts):
    for text, own in zip(texts, cut(texts, PLAIN, ENCODER), strict=True):
        assert own.folded == tuple(fold(text[start:end].rstrip("\n")) for start, end in own.ranges)


def test_kinds_are_those_of_each_sentence_whenever_they_are_asked_for():
    cuts = cut(TEXTS, PLAIN, ENCODER)
    assert all(not c.kinds for c in cuts)
    know_kinds(cuts[:2], frozenset([NUMBER]))
    assert set(cuts[0].kinds) == {NUMBER}
    assert not cuts[2].kinds
    know_kinds(cuts, frozenset([PERSON]))
    assert set(cuts[0].kinds) == {NUMBER, PERSON, PLACE, BODY}  # what tags tell is told together
    know_kinds(cuts, frozenset(KINDS))
    for c in cuts:
        for place, part in enumerate(c.folded):
            assert {kind for kind in KINDS if c.kinds[kind][place]} == held(part)


def test_what_is_kept_does_not_hold_on_to_what_was_cut_with_it():
    for c in cut(TEXTS, PLAIN, ENCODER):
        assert all(own.base is None for own in (c.keys, c.counts, c.vectors))


def test_passages_of_a_small_index_are_cut_before_they_are_asked_for(tmp_path):
    """From the second question on, so many with each that is new; a damaged one that nobody asked for does not matter."""
    bad, end = 3 * AHEAD - 6, 3 * AHEAD + 4
    texts = [f"第{n}段。" for n in range(end)]
    passages = [Passage("d", "p", (n + 1, n + 1), (0, len(t)), 0, 1, 0, t) for n, t in enumerate(texts)]
    held = Holding(passages, damaged={bad})
    cutter = Cutter(held, PLAIN, Remainders())
    cutter.read(passages[AHEAD + 18 : AHEAD + 19])
    assert held.asked == set()
    cutter.read(passages[AHEAD + 28 : AHEAD + 29])
    assert held.asked == set(range(AHEAD))
    for number in range(2 * AHEAD + 6, 2 * AHEAD + 10):
        cutter.read(passages[number : number + 1])
    assert held.asked == {*range(bad + 1), *range(3 * AHEAD, end)}
    assert cutter.read(passages[-1:])[0].cut.folded == (texts[-1],)


class Holding:
    """Passages that tell which of them were asked for."""

    def __init__(self, passages, damaged):
        self.passages, self.damaged, self.asked = passages, damaged, set()

    def __len__(self):
        return len(self.passages)

    def __getitem__(self, number):
        self.asked.add(number)
        if number in self.damaged:
            raise BrokenIndex("damaged")
        return self.passages[number]
