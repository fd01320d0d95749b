"""Conversations in which the matter changes, and in which it does not."""

import pytest
from helpers import FACT, rows

from qa.conversation import is_talk, subject
from qa.text import fold
from qa.types import Turn


def talked(on_seeds, *lines):
    """The answers of one conversation."""
    return rows(on_seeds("chat", "--json", stdin="\n".join(lines) + "\n").stdout)


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("微工会有哪十大系统", "004"),
        ("玛嘉沟在哪个县", "003"),
        ("浙江依爱夫公司的工会主席是谁", "000"),
    ],
)
def test_a_question_about_something_else_is_searched_alone(on_seeds, question, page):
    (alone,) = talked(on_seeds, question)
    *_, after = talked(on_seeds, "三门县总工会投资了多少钱建阵地?", "建了哪两个阵地?", question)
    assert after["standalone"] == question
    assert after["citations"][0]["path"].startswith(f"seeds/{page}")
    assert after["citations"][0]["lines"] == alone["citations"][0]["lines"]
    assert after["answered"]


def test_a_follow_up_after_a_change_belongs_to_the_new_matter(on_seeds):
    *_, last = talked(on_seeds, "三门县总工会投资了多少钱建阵地?", "玛嘉沟在哪个县", "要铺几公里?")
    assert last["standalone"] == "玛嘉沟在哪个县 要铺几公里?"
    assert last["citations"][0]["path"].startswith("seeds/003")


def test_talk_between_questions_is_not_answered_and_not_followed(on_seeds):
    first, talk, last = talked(on_seeds, "浦江县领讲员展评有多少人参赛?", "好的,谢谢你!", "那是谁主办的?")
    assert (talk["answered"], talk["confidence"]) == (False, 0.0)
    assert last["standalone"] == f"{first['question']} 那是谁主办的?"


def test_a_follow_up_of_another_conversation_is_refused(on_seeds):
    """Nothing in the article says so, though the question before it was answered with certainty."""
    first, last = talked(on_seeds, FACT, "货都是怎么卖出去的?")
    assert first["answered"]
    assert not last["answered"]


@pytest.mark.parametrize("text", ["好的", "谢谢!", "你好", "嗯嗯,明白了", "真的吗?", "OK, thanks"])
def test_talk_is_told(text):
    assert is_talk(fold(text))


@pytest.mark.parametrize("text", ["好的医院有几家?", "对方是谁", "他是行长吗?", "谢谢的是谁", "为什么?", ""])
def test_questions_are_no_talk(text):
    assert not is_talk(fold(text))


def test_talk_is_not_what_a_conversation_is_about():
    assert subject([Turn("青岚市的海水淡化站是谁投资建设的?"), Turn("好的")]) == "青岚市的海水淡化站是谁投资建设的?"


@pytest.mark.parametrize("question", ["他是谁?", "他呢", "为什么?", "那里呢?"])
def test_what_points_at_no_conversation_is_not_answered(on_seeds, question):
    (found,) = talked(on_seeds, question)
    assert (found["answered"], found["confidence"]) == (False, 0.0)
    *_, followed = talked(on_seeds, FACT, question)
    assert followed["standalone"] == f"{FACT} {question}"
