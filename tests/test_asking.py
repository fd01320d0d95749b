"""What of a question is searched, and what is only polite."""

import pytest

from qa.asking import plain


@pytest.mark.parametrize(
    ("question", "searched"),
    [
        ("请问是谁拍的啊", "是谁拍的"),
        ("我想知道海盐来了多少人? 谢谢", "海盐来了多少人"),
        ("麻烦帮我查下门票多少钱", "门票多少钱"),
        ("有没有人知道王磊去哪儿了呀", "王磊去哪儿了"),
        ("你好,站点建了几个哦", "站点建了几个"),
    ],
)
def test_polite_words_are_left_out(question, searched):
    assert plain(question) == searched


@pytest.mark.parametrize(
    "question",
    [
        "帮扶了多少人",
        "请教授讲课的是谁",
        "告诉我们的是谁",
        "麻烦事有哪些",
        "她们在干嘛",
        "谁知道答案",
        "想知道的是什么",
        "谢谢",
        "?",
    ],
)
def test_words_of_the_matter_stay(question):
    assert plain(question) == question


def test_the_answer_is_as_sure_of_a_polite_question(on_seeds):
    """The same passages with the same scores, to the last byte."""
    plainly, politely = (
        on_seeds("ask", text, "--json").stdout.partition('"answered"')[2]
        for text in ("吴英敏是谁", "你好,请问吴英敏是谁啊? 谢谢")
    )
    assert plainly == politely
