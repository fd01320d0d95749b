"""Keys of words, characters and bigrams."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.tokens import KEY_BITS, VIEWS, Segmenter, view_lists, views, word_key, words


def bigram(pair):
    return (ord(pair[0]) << 21) | ord(pair[1])


def test_characters_and_bigrams_by_hand():
    """Punctuation is no character and parts the bigrams; the second 港 counts again."""
    found = views("港口,港")
    assert found["characters"].tolist() == [ord("港"), ord("口"), ord("港")]
    assert found["bigrams"].tolist() == [bigram("港口")]


def test_keys_are_of_the_folded_text():
    for name in VIEWS:
        assert np.array_equal(views("臺灣ＡＢＣ")[name], views("台湾abc")[name])


def test_words_are_jieba_words_without_punctuation():
    assert words("工会主席在北京,讲话。") == ["工会主席", "在", "北京", "讲话"]


@pytest.mark.parametrize("name", ["rjieba", "jieba"])
def test_both_cutters_know_the_same_dictionary(name):
    assert words("北京大学生前来应聘", Segmenter(name)) == ["北京", "大学生", "前来", "应聘"]


def test_every_key_has_42_bits():
    assert bigram("\U0010ffff\U0010ffff") < 2**KEY_BITS
    assert all(0 <= word_key(word) < 2**KEY_BITS for word in ("甲", "乙", "#5", "工会主席"))
    assert word_key("甲") != word_key("乙")


@pytest.mark.parametrize("text", ["", " \n", "。,!", "“”"], ids=["empty", "blanks", "marks", "quotes"])
def test_text_without_letters_has_no_keys(text):
    assert [len(views(text)[name]) for name in VIEWS] == [0, 0, 0]


def test_rare_characters_beyond_the_basic_plane_are_characters():
    assert views("𠮷野")["bigrams"].tolist() == [bigram("𠮷野")]


@given(st.text(alphabet="港口，A9 \U00020bb7", max_size=30))
def test_bigrams_are_the_neighbours_among_the_letters(text):
    from qa.text import fold

    folded = fold(text)
    expected = [bigram(a + b) for a, b in zip(folded, folded[1:], strict=False) if a.isalnum() and b.isalnum()]
    assert views(text)["bigrams"].tolist() == expected


def test_many_texts_at_once_are_each_alone():
    many = ["港口", "", "北京 3月"]
    lists = view_lists(many)
    for number, text in enumerate(many):
        for name in VIEWS:
            assert np.array_equal(lists[name][number], views(text)[name])
