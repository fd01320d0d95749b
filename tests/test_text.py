"""Folding, sentences, and what may reach a terminal."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from qa.text import flat, fold, printable, sentences

PROSE = st.text(alphabet="天地玄黄。！？!?；;…”’」』）\"'“‘（,， a1\n", max_size=60)


def cut(text):
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一句。两句!三句?", ["一句。", "两句!", "三句?"]),
        ("他说:“走吧。”大家走了。", ["他说:“走吧。”", "大家走了。"]),
        ("『好！』」她答。", ["『好！』」", "她答。"]),
        ("“好。”王磊高兴地说。他走了。", ["“好。”王磊高兴地说。", "他走了。"]),
        ("完成了。王磊表示。", ["完成了。", "王磊表示。"]),
        ("“好。”王磊表示,下周再来。", ["“好。”", "王磊表示,下周再来。"]),
        ("(完了。)又来。", ["(完了。)", "又来。"]),
        ("真的吗?!……是的", ["真的吗?!……", "是的"]),
        ("第一;第二；第三", ["第一;", "第二；", "第三"]),
        ("没有句号", ["没有句号"]),
        ("。。。", ["。。。"]),
        ("", []),
    ],
    ids=[
        "three",
        "quotation",
        "two closers",
        "its speaker",
        "no quotation",
        "a speaker who goes on",
        "bracket",
        "run of ends",
        "semicolons",
        "no end",
        "ends alone",
        "empty",
    ],
)
def test_sentences_end_after_their_closing_marks(text, expected):
    assert cut(text) == expected


@given(PROSE)
def test_sentences_cover_the_text_without_gap_or_overlap(text):
    ranges = list(sentences(text))
    assert "".join(text[start:end] for start, end in ranges) == text
    assert all(start < end for start, end in ranges)


@given(PROSE)
def test_no_sentence_begins_with_a_closing_quote_of_the_one_before(text):
    parts = cut(text)
    for before, after in zip(parts, parts[1:], strict=False):
        assert before[-1] in "。！？!?；;…”’」』）\"')】》〉\n"
        assert before[-1] == "\n" or after[0] not in "”’」』）"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("Python", "python"),
        ("臺灣讀書", "台湾读书"),
        ("後天乾燥", "后天干燥"),
        ("１．８萬", "1.8万"),
        ("ﾊﾞ㎏", "バkg"),
        ("", ""),
    ],
    ids=["width", "case", "Taiwan", "ambiguous characters", "number", "compatibility", "empty"],
)
def test_fold(text, expected):
    assert fold(text) == expected


WIDE = "，：（）；？！…　％－～／Ａ９①㎡℃ﾊﾞ\u0301e\u0323Σ\u1161가臺灣乾坤a\n"


@given(st.text(max_size=30) | st.text(alphabet=WIDE, max_size=30))
def test_fold_is_the_three_steps_one_after_the_other(text):
    normal = unicodedata.normalize("NFKC", text).lower()
    assert fold(text) == OpenCC("t2s").convert(normal)


@given(st.text(max_size=30))
def test_folded_text_has_one_width(text):
    assert not any("！" <= c <= "～" for c in fold(text) if unicodedata.normalize("NFKC", c) != c)


@pytest.mark.parametrize("code", [0, 7, 8, 0x0B, 0x1B, 0x7F, 0x80, 0x9B, 0x9F, 0x200E, 0x202E, 0x2066, 0x2069], ids=hex)
def test_control_characters_and_direction_marks_are_removed(code):
    assert printable(f"前{chr(code)}后") == "前后"


@given(st.text(max_size=40))
def test_printable_leaves_everything_else_in_its_order(text):
    shown = printable(text)
    assert not any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in shown)
    rest = iter(text)
    assert all(c in rest for c in shown)
    assert [c for c in text if c.isalnum()] == [c for c in shown if c.isalnum()]


def test_flat_leaves_no_blank_of_any_kind():
    assert flat(" 甲\u3000乙\n丙\t丁\u2028戊 \xa0己") == "甲乙丙丁戊己"
