"""What single lines give away: bylines and who they name, ends of sentences, titles."""

import pytest

from qa.articles.bylines import find, find_all, tail
from qa.articles.lines import Page, close_up, ends_sentence
from qa.articles.titles import breaks_off, looks_like_subhead, looks_like_title


@pytest.mark.parametrize(
    ("text", "names", "place", "end"),
    [
        ("本报讯 记者金钧报道 近日", ("金钧",), "lead", 11),
        ("本报讯 (记者王伟 通讯员刘捷 顾峰)“好", ("王伟", "刘捷", "顾峰"), "lead", 19),
        ("本报讯(记者 张 翀 通讯员 李四光)近日", ("张翀", "李四光"), "lead", 19),
        ("新华社北京10月30日电(记者 王五)会议", ("王五",), "lead", 19),
        ("本报讯 记者李四 近日,大会", ("李四",), "lead", 8),
        ("本报记者 张翀 本报通讯员 张婧 谢朝华", ("张翀", "张婧", "谢朝华"), "author", 20),
        ("通讯员钟伟、赵炜 摄", ("钟伟", "赵炜"), "credit", 10),
        ("新华社记者 江宏景 摄", ("江宏景",), "credit", 11),
        ("王小明 摄", ("王小明",), "credit", 5),
        ("記者張小明/台北報導 今天", ("張小明",), "lead", 11),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_bylines_name_their_people(text, names, place, end):
    note = find(text)
    assert (note.names, note.place) == (names, place)
    assert note.end == end
    assert text[: note.end].strip() == note.text


@pytest.mark.parametrize(
    "text",
    [
        "记者在现场看到,桌椅整齐。",
        "记者了解到",
        "记者了解到,自2017年以来",
        "他当了三年通讯员。",
        "拍摄",
        "地图",
        "本报评论员",
        "",
    ],
)
def test_a_sentence_about_a_reporter_is_no_byline(text):
    assert find(text) is None


def test_a_byline_may_close_a_paragraph():
    assert tail("大会圆满结束。(记者 张三)").names == ("张三",)
    assert tail("图为会场。新华社记者 李四 摄").names == ("李四",)
    assert tail("他说要去采访记者。") is None


def test_a_byline_broken_over_two_lines_is_one():
    first, second = find_all(["本报讯 通讯员何单", "琦 记者潘仙报道 白天上班"])
    assert first.names == ("何单琦", "潘仙")
    assert first.text == "本报讯 通讯员何单琦 记者潘仙报道"
    assert second is None


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("好。", True),
        ("“好。”", True),
        ("好!)", True),
        ("“好”", False),
        ("好", False),
        ("好……", True),
        ("3.", False),
        ("...", True),
        ("好,", False),
    ],
)
def test_ends_of_sentences(text, ends):
    assert ends_sentence(text) is ends


def test_closing_up_puts_a_space_between_latin_words_only():
    assert close_up(["工", "会"]) == "工会"
    assert close_up(["the quick,", "brown", "狐", "狸 12", "345"]) == "the quick, brown狐狸 12 345"


def test_titles_are_short_closed_and_without_full_stop():
    assert looks_like_title("让服务“实”起来")
    assert looks_like_title("谁来扛这个锅?")
    assert not looks_like_title("他说:“好")
    assert not looks_like_title("他说,")
    assert not looks_like_title("今天天晴。明天有雨")
    assert looks_like_subhead("整合资源,延伸服务“触角”")
    assert not looks_like_subhead("当天,网格联盟的各单")


def test_a_word_of_the_page_about_the_break_means_one_sentence():
    page = Page(["会上讨论的单位", "很多的单", "位也来了", "让能力强起来", "今年"])
    assert breaks_off(page, 1)
    assert not breaks_off(page, 3)
