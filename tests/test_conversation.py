"""Follow-up questions, and the conversation that holds them."""

import pytest

from qa.conversation import joined, leaning, leans
from qa.types import Turn

LAST = Turn("青岚市的海水淡化站是谁投资建设的?", "青岚水务集团。")
WHOLE = "北关街道为钟表匠贺九龄开设的工作室面积有多大?"


@pytest.mark.parametrize("question", [WHOLE, "他是谁?", "那里呢?"])
def test_without_a_conversation_a_question_stands_as_it_is(question):
    assert joined(question, []) == question


@pytest.mark.parametrize("question", ["它每天产多少水?", "那是什么时候的事?", "为什么?", "花了多少钱呢?"])
def test_what_leans_takes_the_last_question_with_it(question):
    found = joined(question, [Turn("很久以前的问题?"), LAST])
    assert question in found
    assert "海水淡化站" in found
    assert "很久以前" not in found


@pytest.mark.parametrize(
    "question",
    [
        "那是谁主办的?",
        "照片是谁拍的？",
        "比完之后还会做些什么?",
        "一共花了多少钱?",
        "他们在里面设了些什么？",
        "后面还要比哪些?",
    ],
)
def test_follow_ups_lean(question):
    assert leans(question)


@pytest.mark.parametrize(
    "question",
    [
        "浙江依爱夫游戏装文化产业有限公司的工会主席叫什么?",
        "绍兴龙之梦大厦工地的职工之家里面都有什么设施？",
        "有个进厂三年的姑娘头一回登台比口才,开头心里打鼓,后来越说越顺,她在哪个部门上班?",
        "福建省总工会是哪一天开会学习的？",
    ],
    ids=["a name", "a place", "a long description with a pronoun", "a day"],
)
def test_questions_that_stand_alone_do_not(question):
    assert not leans(question)


def test_the_subject_is_the_last_question_that_stands_alone_and_the_latest_after_it():
    turns = [Turn("很久以前的问题是关于什么别的大事情的?"), LAST, Turn("那是什么时候的事?"), Turn("花了多少钱呢?")]
    found = joined("它每天产多少水?", turns)
    assert found == f"{LAST.question} 花了多少钱呢? 它每天产多少水?"


@pytest.mark.parametrize("question", ["", "?", "呢", "\n"])
def test_what_is_hardly_a_question_is_no_fault(question):
    assert 0 <= leaning(question) <= 1
