"""How much of a question a text says, in its own words or in others."""

from pathlib import Path

import numpy as np
import pytest
from helpers import Remainders
from test_retrieval import SEARCHED

from embeddings.static import StaticEncoder
from qa.alignment import NAMES, aligned, measures
from qa.query import prepare


@pytest.fixture(scope="module")
def encoder():
    return StaticEncoder(Path(__file__).parents[1] / "embeddings" / "model")


def test_what_stands_there_is_said_whole_and_what_is_like_it_in_part(encoder):
    said, weights = aligned(["医院", "灯塔", "大夫"], ["昨天的医院里有三名医生"], encoder)
    assert said[0] == pytest.approx(1)
    assert 0 <= said[1] < said[2] < 0.99
    assert (weights > 0).all()


def test_what_is_asked_about_and_not_said(encoder):
    asked = prepare("灯塔的门票多少钱?", SEARCHED, encoder)
    without = measures(asked, ["灯塔由渔民建成"], encoder)
    priced = measures(asked, ["灯塔由渔民建成", "门票每张五元钱"], encoder)
    assert list(priced) == list(NAMES)
    assert priced["said focus"] > without["said focus"] and priced["unsaid focus"] < without["unsaid focus"]


def test_an_encoder_without_vectors_of_words_is_told_by_the_words_alone():
    said, weights = aligned(["灯塔", "门票"], ["灯塔由渔民建成"], Remainders())
    assert said.tolist() == [1, 0] and weights.tolist() == [2, 2]


def test_nothing_to_say_and_nothing_said(encoder):
    said, _ = aligned(["灯塔"], ["，。"], encoder)
    assert said.tolist() == [0]
    unknown, weights = aligned(["ꙮ"], ["灯塔"], encoder)
    assert np.isfinite(unknown).all() and weights.tolist() == [0]
    assert set(measures(prepare("?!", SEARCHED, encoder), ["灯塔"], encoder).values()) == {0.0}
