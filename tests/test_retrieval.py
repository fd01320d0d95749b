"""Retrieval over an index in memory: order, ties, limits, filters."""

import threading
from dataclasses import dataclass, replace

import numpy as np
import pytest
from helpers import Remainders

from embeddings.index import VectorIndex
from qa import beside, retrieval
from qa.bm25 import BM25
from qa.cutting import Cutter
from qa.errors import BrokenIndex
from qa.query import prepare
from qa.ranking import rank
from qa.tokens import PLAIN, VIEWS, Segmenter, view_lists
from qa.types import Passage

TEXTS = [
    "青岚港建成第一座灯塔",
    "北关街的面馆换了招牌",
    "青岚港建成第一座灯塔",
    "灯塔",
    "青岚港的渔民出海",
    "zebra",
    "青岚港建成第一座灯塔",
]
ENCODER = Remainders()


@dataclass
class Memory:
    """All that retrieval asks of an index."""

    lexical: dict
    dense: VectorIndex
    segmenter: Segmenter
    size: int
    passages: list
    articles: np.ndarray
    article_of: np.ndarray

    def __len__(self):
        return self.size


def index(texts):
    keys = view_lists(texts)
    dense = VectorIndex.build(ENCODER.passages(texts))
    passages = [Passage("d", "p", (n, n), (0, len(t)), n, 1, 0, t) for n, t in enumerate(texts)]
    lexical = {view: BM25.build(keys[view]) for view in VIEWS}
    return Memory(lexical, dense, PLAIN, len(texts), passages, np.arange(len(texts) + 1), np.arange(len(texts)))


def search(searched, encoder, question, k, allowed=None):
    """The k best hits for a question."""
    keep = None if allowed is None else (lambda numbers: np.array([allowed(int(n)) for n in numbers], dtype=bool))
    cutter = Cutter(searched.passages, searched.segmenter, encoder)
    found = rank(searched, prepare(question, searched, encoder), cutter, k, keep)
    return list(found.hits[: max(0, k)]) if found else []


SEARCHED = index(TEXTS)


def numbers(hits):
    return [hit.number for hit in hits]


def test_best_first_and_ties_by_number():
    hits = search(SEARCHED, ENCODER, "青岚港第一座灯塔建成了吗?", 7)
    assert numbers(hits)[:3] == [0, 2, 6]
    assert hits[0].score == hits[1].score == hits[2].score > hits[3].score
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("k", [1, 2, 5])
def test_fewer_are_the_first_of_more(k):
    question = "灯塔在哪里?"
    assert search(SEARCHED, ENCODER, question, k) == search(SEARCHED, ENCODER, question, 7)[:k]
    assert len(search(SEARCHED, ENCODER, question, k)) == k


@pytest.mark.parametrize("k", [0, -1])
def test_none_are_wanted(k):
    assert search(SEARCHED, ENCODER, "灯塔?", k) == []


def test_more_are_wanted_than_there_are():
    assert sorted(numbers(search(SEARCHED, ENCODER, "灯塔?", 99))) == list(range(7))


def test_a_filter_works_before_the_cut():
    """Of the three equal best, 0 and 2 are not allowed: the third comes first, and there are still 3."""
    hits = search(SEARCHED, ENCODER, "青岚港第一座灯塔建成了吗?", 3, allowed=lambda n: n not in (0, 2))
    assert numbers(hits)[0] == 6
    assert len(hits) == 3
    assert search(SEARCHED, ENCODER, "灯塔?", 3, allowed=lambda n: False) == []


@pytest.mark.parametrize("question", ["青岚港第一座灯塔建成了吗?", "面馆几点开门?", "龘"])
def test_two_threads_find_what_one_does(question, monkeypatch):
    alone = search(SEARCHED, ENCODER, question, 7)
    monkeypatch.setattr(retrieval, "BESIDE", 0)
    assert search(SEARCHED, ENCODER, question, 7) == alone


class Noting:
    """Vectors that note which thread searches them."""

    def __init__(self, dense):
        self.dense, self.threads = dense, set()

    def __getattr__(self, name):
        return getattr(self.dense, name)

    def search(self, query, k):
        self.threads.add(threading.get_ident())
        return self.dense.search(query, k)


@pytest.mark.parametrize("crowded", [False, True])
def test_a_crowded_process_searches_by_itself(monkeypatch, crowded):
    monkeypatch.setattr(retrieval, "BESIDE", 0)
    monkeypatch.setattr(beside, "_crowded", threading.Event())
    if crowded:
        beside.crowd()
    dense = Noting(SEARCHED.dense)
    assert search(replace(SEARCHED, dense=dense), ENCODER, "灯塔?", 7) == search(SEARCHED, ENCODER, "灯塔?", 7)
    assert (dense.threads == {threading.get_ident()}) == crowded


def test_what_fails_beside_the_search_is_raised(monkeypatch):
    broken = BM25(SEARCHED.lexical["words"].entries, np.zeros(1, np.uint8), SEARCHED.lexical["words"].norms)
    damaged = replace(SEARCHED, lexical={**SEARCHED.lexical, "words": broken})
    monkeypatch.setattr(retrieval, "BESIDE", 0)
    with pytest.raises(BrokenIndex):
        search(damaged, ENCODER, "青岚港第一座灯塔建成了吗?", 5)


def test_an_index_without_passages_has_no_hits():
    assert search(index([]), ENCODER, "灯塔?", 5) == []


@pytest.mark.parametrize("question", ["龘", "???x", "什么"], ids=["unknown character", "marks", "asking alone"])
def test_a_question_of_nothing_known_is_no_fault(question):
    hits = search(SEARCHED, ENCODER, question, 5)
    assert all(np.isfinite(hit.score) for hit in hits)


def test_script_and_width_of_the_question_do_not_matter():
    assert numbers(search(SEARCHED, ENCODER, "ZEBRA", 1)) == [5]
    one = search(index(["臺灣的燈塔", "面馆"]), ENCODER, "台湾灯塔", 1)
    assert numbers(one) == [0]


def test_features_are_shares():
    question = prepare("青岚港建成第一座灯塔", SEARCHED, ENCODER)
    found = rank(SEARCHED, question, Cutter(SEARCHED.passages, PLAIN, ENCODER), 7)
    for place in range(len(found.hits)):
        features = found.features(place)
        assert all(-1e-6 <= features[f"{kind}{view}"] <= 1.001 for view in VIEWS for kind in ("coverage ", "focus "))
        assert -1.001 <= features["dense"] <= 1.001
