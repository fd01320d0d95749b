"""The question's words in a quotation."""

import pytest

from qa.marking import ranges
from qa.render import MARKED, OFF, marked


def found(text, question):
    return [text[start:end] for start, end in ranges(text, question)]


@pytest.mark.parametrize(
    ("text", "question", "expected"),
    [
        ("泰顺县总工会举行竞答。", "泰顺的竞答是谁举办的?", ["泰顺", "竞答"]),
        ("泰順縣總工會舉行競答。", "泰顺的竞答?", ["泰順", "競答"]),
        ("由ＡＢＣ公司承建", "abc公司在哪里?", ["ＡＢＣ公司"]),
        ("面积60㎡,共60人", "60㎡是什么?", ["60㎡"]),
        ("他的话没有错", "他的是什么?", []),
        ("", "谁?", []),
        ("工会工会", "工会?", ["工会工会"]),
    ],
    ids=["words", "traditional", "full width", "one character that folds to two", "single ones", "nothing", "touching"],
)
def test_words_are_found_however_they_are_written(text, question, expected):
    assert found(text, question) == expected


def test_marks_are_for_terminals_and_nothing_of_the_document_is_one():
    text = "泰顺\x1b[31m竞答\x9b"
    assert marked(text, "泰顺?", colour=False) == "泰顺[31m竞答"
    assert marked(text, "泰顺?", colour=True) == f"{MARKED}泰顺{OFF}[31m竞答"
