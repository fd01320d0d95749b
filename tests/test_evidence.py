"""The sentences of passages: shares worked out by hand, together as one by one."""

from dataclasses import dataclass

import numpy as np
import pytest
from helpers import Remainders

from embeddings.index import VectorIndex
from qa import cutting, retrieval
from qa.bm25 import BM25
from qa.cutting import Cutter, ranges_of
from qa.evidence import weigh
from qa.query import prepare
from qa.tokens import PLAIN, VIEWS, view_lists
from qa.types import Passage
from qa.wordkeys import CODE_BITS

ENCODER = Remainders()
TEXTS = ["青岚港建成灯塔。灯塔高三十米。", "北关街的面馆换了招牌。面馆开了十年。", "渔民出海了！他们很高兴。"]


@dataclass
class Memory:
    """An index in memory; the first two passages are one article."""

    lexical: dict
    dense: VectorIndex
    segmenter: str
    passages: list
    articles: np.ndarray
    article_of: np.ndarray

    def __len__(self):
        return len(self.passages)


@pytest.fixture(scope="module")
def index():
    keys = view_lists(TEXTS)
    passages = [
        Passage("d", "p", (n, n), (0, len(t)), 0, 1, 0, t, headline="灯塔", context="灯塔") for n, t in enumerate(TEXTS)
    ]
    lexical = {view: BM25.build(keys[view]) for view in VIEWS}
    return Memory(
        lexical, VectorIndex.build(ENCODER.passages(TEXTS)), PLAIN, passages, np.array([0, 2, 3]), np.array([0, 0, 1])
    )


def weighed(index, question, numbers):
    query = prepare(question, index, ENCODER)
    found = retrieval.describe(index, query, np.array(numbers))
    cutter = Cutter(index.passages, PLAIN, ENCODER)
    return query, found, weigh(query, [index.passages[n] for n in numbers], found, cutter)


def test_a_share_is_the_idf_of_what_is_held(index):
    """Of the question 灯塔面馆 the first sentence holds 灯 and 塔, which are as rare as 面 and 馆: a half."""
    _, _, seen = weighed(index, "灯塔面馆", [0])
    assert seen.features["characters"] == pytest.approx([0.5, 0.5])


def test_what_tells_apart_weighs_what_few_passages_of_the_article_hold(index):
    """灯塔 is in one of the article's two passages, so it keeps half of its share; 渔民 is in none of them: all."""
    query, found, _ = weighed(index, "灯塔", [0, 2])
    assert found.telling["bigrams"][0] == pytest.approx(query.tokens["bigrams"].shares / 2)
    assert found.telling["bigrams"][1] == pytest.approx(query.tokens["bigrams"].shares)
    assert found.features["article words"] == pytest.approx([1, 0])


def test_what_stands_behind_the_asking_word_is_told_from_what_stands_before_it(index):
    """灯塔怎样出海: the first passage holds all that stands before 怎样 (灯塔), the third all that stands behind it (出海)."""
    query, found, seen = weighed(index, "灯塔怎样出海?", [0, 1, 2])
    shares, _, front, rest = query.tokens["bigrams"].weights
    assert (shares.sum(), front.sum(), rest.sum()) == pytest.approx((1, 1, 1))
    assert query.tokens["bigrams"].rest == pytest.approx(shares[rest > 0].sum())
    assert found.features["front bigrams"] == pytest.approx([1, 0, 0])
    assert found.features["rest bigrams"] == pytest.approx([0, 0, 1])
    assert seen.features["front bigrams"] == pytest.approx([1, 1, 0, 0, 0, 0])
    assert seen.features["rest bigrams"] == pytest.approx([0, 0, 0, 0, 1, 0])


def test_without_an_asking_word_all_is_asked_about(index):
    query, found, _ = weighed(index, "灯塔出海", [0])
    for name in ("words", "bigrams"):
        tokens = query.tokens[name]
        assert tokens.weights[3] == pytest.approx(tokens.shares)
        assert not tokens.weights[2].any()
        assert tokens.rest == pytest.approx(1)
        assert found.features[f"rest {name}"] == found.features[f"coverage {name}"]


def test_what_the_lead_said_already_is_told_from_what_is_new(index):
    """面馆 is only in the article's second passage, 灯塔 only in its first; the third passage leads its own article."""
    query, found, _ = weighed(index, "灯塔面馆", [0, 1, 2])
    of = {key: share for key, share in zip(query.tokens["bigrams"].keys, query.tokens["bigrams"].shares, strict=True)}
    lamp, shop = (of[(ord(a) << CODE_BITS) | ord(b)] for a, b in ("灯塔", "面馆"))
    assert found.features["lead bigrams"] == pytest.approx([lamp, lamp, 0])
    assert found.features["beside lead bigrams"] == pytest.approx([0, shop, 0])
    assert found.features["place"].tolist() == [0, 1, 0]
    assert found.features["place in article"].tolist() == [0, 1, 0]


def test_together_as_one_by_one(index):
    _, _, every = weighed(index, "灯塔有多高?", [0, 1, 2])
    for place in range(3):
        _, _, one = weighed(index, "灯塔有多高?", [place])
        rows = slice(every.starts[place], every.starts[place + 1])
        for name, column in one.features.items():
            assert every.features[name][rows] == pytest.approx(column, abs=1e-6), name


def test_neighbours_do_not_reach_over_the_passage(index):
    _, _, seen = weighed(index, "灯塔高", [0, 1])
    before, after, own = (seen.features[n] for n in ("bigrams before", "bigrams after", "bigrams"))
    assert before.tolist() == [0, own[0], 0, own[2]]
    assert after.tolist() == [own[1], 0, own[3], 0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("他说：“好。”然后走了。", ["他说：“好。”", "然后走了。"]),
        ("《卡拉永远。OK》是一张专辑。第二句。", ["《卡拉永远。OK》是一张专辑。", "第二句。"]),
        ("……！", ["……！"]),
        ("一句。……二句。", ["一句。……", "二句。"]),
    ],
    ids=["quotation", "an end mark inside a title", "marks alone", "dots belong to what is before"],
)
def test_sentences_are_whole(text, expected):
    assert [text[start:end] for start, end in ranges_of(text)] == expected


def test_the_oldest_is_forgotten(index, monkeypatch):
    monkeypatch.setattr(cutting, "KEPT", 2)
    cutter = Cutter(index.passages, PLAIN, ENCODER)
    (first,) = cutter.cut(["甲。"])
    assert cutter.cut(["甲。"]) == [first]
    cutter.cut(["乙。"]), cutter.cut(["丙。"])
    assert cutter.cut(["甲。"])[0] is not first
    assert cutter.cut(["甲。", "乙。", "丙。", "丁。"])[3].ranges == ((0, 2),)
