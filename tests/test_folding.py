"""The same story in several places counts once."""

import pytest
from helpers import qa, rows

from qa.folding import alike, same_statement

STORY = "青岚市的海水淡化站昨天正式投产，每天可以生产两万吨淡水，足够全市三分之一的居民使用。"
OTHER = "北关街道为钟表匠贺九龄开设了一间工作室，面积四十平方米，免费为居民修理钟表。"


def pairs(text):
    return frozenset(hash(text[i : i + 2]) for i in range(len(text) - 1))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (STORY, STORY, True),
        (STORY, STORY.replace("昨天", "前天"), True),
        (STORY, OTHER, False),
        (STORY, STORY + OTHER, False),
        ("图为灯塔。", "图为灯塔。", True),
        ("图为灯塔。", "图为灯塔!", False),
        ("", "", False),
    ],
    ids=["same", "a word changed", "another", "half of a longer one", "short and same", "short and not", "nothing"],
)
def test_alike(one, other, expected):
    assert alike(pairs(one), pairs(other)) is expected
    assert alike(pairs(other), pairs(one)) is expected


def test_a_reprint_is_named_and_not_listed(tmp_path):
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "a.txt").write_text(STORY + "\n", encoding="utf-8")
    (pages / "b.txt").write_text(STORY.replace("昨天", "前天") + "\n", encoding="utf-8")
    (pages / "c.txt").write_text(OTHER + "\n", encoding="utf-8")
    qa("index", "pages", cwd=tmp_path)
    found = rows(qa("ask", "海水淡化站每天生产多少淡水?", "--json", cwd=tmp_path).stdout)[0]["citations"]
    assert len(found) == 2
    assert {found[0]["path"] + ":1-1", *found[0]["also"]} == {"pages/a.txt:1-1", "pages/b.txt:1-1"}
    assert (found[1]["path"], found[1]["also"]) == ("pages/c.txt", [])
    shown = qa("ask", "海水淡化站每天生产多少淡水?", cwd=tmp_path).stdout
    assert f"also in {found[0]['also'][0].removesuffix('-1')}\n" in shown


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        (STORY, True),
        (STORY.replace("，", ","), True),
        (STORY.replace("昨天", "日前"), True),
        ("本报讯 记者王磊报道，" + STORY, True),
        (STORY + "市民纷纷叫好。", True),
        (STORY.replace("正式投产", "正式停产"), False),
        (STORY.replace("两万", "三万"), False),
        (STORY.replace("足够", "不够"), False),
        (STORY.replace("可以生产", "不可以生产"), False),
        (STORY.replace("青岚市", "红石市"), False),
    ],
    ids=["same", "marks", "the day", "a head", "a tail", "a word", "a number", "a denial", "not put in", "a place"],
)
def test_a_word_in_the_place_of_another_makes_another_statement(changed, same):
    assert same_statement(STORY, changed) is same
    assert same_statement(changed, STORY) is same


def test_texts_that_contradict_each_other_are_both_listed(tmp_path):
    pages = tmp_path / "pages"
    pages.mkdir()
    for word in ("批准", "否决"):
        text = f"市人大常委会昨日{word}了关于在城东新区建设垃圾焚烧发电厂的议案,出席会议的委员进行了两个小时的讨论。\n"
        (pages / f"{word}.txt").write_text(text, encoding="utf-8")
    qa("index", "pages", cwd=tmp_path)
    found = rows(qa("ask", "市人大常委会对垃圾焚烧发电厂议案作了什么决定?", "--json", cwd=tmp_path).stdout)[0][
        "citations"
    ]
    assert sorted(c["path"] for c in found) == ["pages/否决.txt", "pages/批准.txt"]
    assert [c["also"] for c in found] == [[], []]
