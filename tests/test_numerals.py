"""Numbers match whichever way they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.numerals import MEASURES, NUMBER, RUNS, values
from qa.text import fold
from qa.tokens import views

SAME = [
    pytest.param("三百", "300", id="hundreds"),
    pytest.param("1.8万", "18000", id="decimal of ten thousands"),
    pytest.param("1,800", "1800", id="thousands separator"),
    pytest.param("二百五十三", "253", id="hundreds, tens and ones"),
    pytest.param("一千零五", "1005", id="a zero inside"),
    pytest.param("三千二百万", "32000000", id="section before ten thousand"),
    pytest.param("1.2亿", "120000000", id="hundred millions"),
    pytest.param("3千万", "30000000", id="two units in a row"),
    pytest.param("百分之五", "5%", id="percent in words"),
    pytest.param("百分之12.5", "12.5%", id="percent in words with digits"),
    pytest.param("二〇二四年", "2024年", id="a year digit by digit"),
    pytest.param("二零二四年", "2024年", id="a year with the other zero"),
    pytest.param("第三届", "第3届", id="ordinal"),
    pytest.param("五个", "5个", id="one digit before a measure word"),
    pytest.param("两名", "2名", id="two before a measure word"),
    pytest.param("十二点五", "12.5", id="a point in words"),
    pytest.param("十个", "10个", id="ten"),
    pytest.param("３００", "300", id="full width"),
    pytest.param("三萬", "30000", id="Traditional unit"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_have_one_value(one, other):
    found = list(values(fold(one)))
    assert len(found) == 1
    assert found == list(values(fold(other)))


@pytest.mark.parametrize("word", ["一些", "三门县", "九龙", "万一", "千万别", "统一", "六一儿童节", "十堰", "十分"])
def test_digits_inside_words_are_no_numbers(word):
    assert not [v for v in values(fold(word)) if v in ("1", "3", "9", "10", "10000", "10000000")]


@given(
    st.text(alphabet="零一两十百千万亿点第分之0123,.%个年٣x", max_size=16), st.text(alphabet="第三百分之5", max_size=4)
)
def test_the_numbers_of_two_texts_parted_by_a_mark_are_those_of_each(one, other):
    assert list(values(f"{one};{other}")) == [*values(one), *values(other)]


@given(st.text(alphabet="零一两十百千万亿点第分之0123,.%个年人٣x;", max_size=20))
def test_looking_at_runs_alone_misses_nothing(text):
    """Every match of the pattern of a number in the whole text lies in a run, with the character that follows it."""
    spans = [match.span() for match in RUNS.finditer(text)]
    for match in NUMBER.finditer(text):
        (span,) = [s for s in spans if s[0] <= match.start() < s[1]]
        assert match.end() <= span[1]
        following = text[match.end() : match.end() + 1]
        assert match.end() < span[1] or following not in tuple(MEASURES)


def test_a_long_run_of_digits_is_a_code_and_no_quantity():
    assert list(values("9" * 25)) == []


def test_a_million_digits_take_no_time():
    assert list(values("一" * 1_000_000)) == []


def test_both_spellings_share_a_key_of_the_words_view():
    first, second = (set(views(text)["words"].tolist()) for text in ("三百人参加", "300人参加"))
    assert len(first & second) >= len({"人", "参加", "300"})
