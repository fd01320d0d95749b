"""Kinds of answer: what questions ask for and what sentences hold."""

import pytest

from qa.expectations import BODY, LIST, MANNER, NAME, NUMBER, PERSON, PLACE, REASON, TIME, VIEW, asked, held, unit


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("那张图是谁拍的?", PERSON),
        ("研究所的所长叫什么?", PERSON),
        ("这次比赛是哪家单位主办的?", BODY),
        ("培训班在哪个城市开的?", PLACE),
        ("活动是什么时候开始的?", TIME),
        ("一共来了多少人?", NUMBER),
        ("那个活动叫啥名字?", NAME),
        ("为啥要推出读书打卡?", REASON),
        ("他们是怎么推广排舞的?", MANNER),
        ("里面有哪些设施?", LIST),
        ("负责人怎么评价这次会议?", VIEW),
    ],
)
def test_what_a_question_asks_for(question, kind):
    assert kind in asked(question)


def test_a_question_without_asking_words_asks_for_nothing_known():
    assert asked("柯师傅的荣誉") == frozenset()


@pytest.mark.parametrize(
    ("question", "yes", "no"),
    [
        ("一共花了多少钱?", "总投资三百万元。", "共有三百名职工。"),
        ("有多少人参加?", "36名选手参赛。", "占地36亩。"),
        ("青年占比是多少?", "青年职工近40%。", "青年职工40名。"),
        ("建了几家驿站?", "建成驿站82家。", "建成驿站82座。"),
        ("那间屋子有多大?", "占地30多平方米。", "共30人。"),
    ],
    ids=["money", "people", "share", "the measure named", "extent"],
)
def test_a_number_has_the_measure_that_is_asked_for(question, yes, no):
    assert unit(question).search(yes)
    assert not unit(question).search(no)


def test_a_question_that_names_no_measure_takes_any():
    assert unit("为什么要办这次活动?") is None


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("工会主席王建国告诉记者。", PERSON),
        ("活动在杭州举行。", PLACE),
        ("由县总工会主办。", BODY),
        ("10月27日召开会议。", TIME),
        ("共发放奖金24万元。", NUMBER),
        ("课程名为“生命无价”。", NAME),
        ("此举旨在方便职工。", REASON),
        ("设有书屋、棋牌室、健身房等。", LIST),
    ],
)
def test_what_a_sentence_holds(sentence, kind):
    assert kind in held(sentence)


def test_a_sentence_of_nothing_holds_nothing():
    assert held("好。") & {PERSON, NUMBER, TIME, NAME, LIST} == frozenset()
