"""Keys of words, characters and bigrams."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.numerals import values
from qa.text import fold
from qa.tokens import PLAIN, VIEWS, Segmenter, flat_views, placed, view_lists, views, words, words_at
from qa.wordkeys import ROOM, WORD_BIT, NumberKeys, number_keys, word_key, word_keys


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


def test_word_keys_never_meet_the_other_keys():
    """A word has the top bit of 43; a bigram of the highest code points has not."""
    assert word_key("甲") >= WORD_BIT > bigram("\U0010ffff\U0010ffff")
    assert word_key("甲") != word_key("乙")
    assert all(0 <= word_key(word) < 2**43 for word in ("甲", "乙", "#5", "工会主席"))


@pytest.mark.parametrize("text", ["", " \n", "。,!", "“”"], ids=["empty", "blanks", "marks", "quotes"])
def test_text_without_letters_has_no_keys(text):
    assert [len(views(text)[name]) for name in VIEWS] == [0, 0, 0]


def test_rare_characters_beyond_the_basic_plane_are_characters():
    assert views("𠮷野")["bigrams"].tolist() == [bigram("𠮷野")]


@given(st.text(alphabet="港口，A9 \U00020bb7", max_size=30))
def test_bigrams_are_the_neighbours_among_the_letters(text):
    folded = fold(text)
    expected = [bigram(a + b) for a, b in zip(folded, folded[1:], strict=False) if a.isalnum() and b.isalnum()]
    assert views(text)["bigrams"].tolist() == expected


# Whatever could reach over the border of two texts: line ends, runs of digits and letters, marks that combine.
MIXED = st.text(
    alphabet="北京大学生第一百分之三万点五个零,.%-+&#_aZ\u0301ﬁ0９٣\r\n\u2028 　，…Σ臺灣\U00020bb7\U0001f600\0",
    max_size=24,
)
CUTTERS = [
    Segmenter(),
    Segmenter("jieba"),
    Segmenter("jieba", "北京大\n五个零 3", "的\n北京"),
]


def one_by_one(folded, segmenter):
    """The keys of a folded text by the slow way: word after word, pair after pair."""
    pairs = zip(folded, folded[1:], strict=False)
    keys = [word_key(word) for word in words(folded, segmenter)] + [word_key(f"#{v}") for v in values(folded)]
    return {
        "words": keys,
        "characters": [ord(c) for c in folded if c.isalnum()],
        "bigrams": [bigram(a + b) for a, b in pairs if a.isalnum() and b.isalnum()],
    }


@pytest.mark.parametrize("segmenter", CUTTERS, ids=["rjieba", "jieba", "own words"])
@settings(deadline=None)  # jieba loads in a second
@given(texts=st.lists(MIXED, max_size=6))
def test_many_texts_at_once_are_each_alone(segmenter, texts):
    expected = [one_by_one(fold(text), segmenter) for text in texts]
    for name, (keys, counts) in flat_views(texts, segmenter).items():
        assert keys.dtype == np.uint64
        assert counts.tolist() == [len(own[name]) for own in expected]
        assert keys.tolist() == [key for own in expected for key in own[name]]
    for name, lists in view_lists(texts, segmenter).items():
        assert [keys.tolist() for keys in lists] == [own[name] for own in expected]


@given(MIXED)
def test_a_placed_word_stands_where_it_says(text):
    folded = fold(text)
    found = placed(folded)
    assert {name: keys.tolist() for name, (keys, _) in found.items()} == one_by_one(folded, PLAIN)
    keys, places = found["words"]
    for key, place, (word, at) in zip(keys, places, words_at(folded), strict=False):
        assert (key, place) == (word_key(word), at)
        assert folded.startswith(word, at)


@given(st.lists(st.text(min_size=1), min_size=1), st.integers(0, 3))
def test_the_keys_of_a_text_are_those_of_its_words(cut, longer):
    """Also where the text is longer than the powers that were computed first."""
    cut += ["长" * (longer * ROOM + 1)]
    codes = np.array([ord(character) for character in "".join(cut)], np.uint32)
    begins = np.cumsum([0, *map(len, cut)])
    assert word_keys(codes, begins).tolist() == [word_key(word) for word in cut]


def test_words_of_one_or_two_characters_have_keys_of_their_own():
    some = [chr(code) for code in range(0x4E00, 0x4E00 + 300)]
    every = [*some, *(one + other for one in some for other in some)]
    assert len({word_key(word) for word in every}) == len(every)


def test_a_run_too_long_for_a_number_has_no_keys():
    assert number_keys["9" * 25] == ()


def test_what_is_remembered_of_numbers_is_bounded(monkeypatch):
    monkeypatch.setattr("qa.wordkeys.KEPT_RUNS", 10)
    keys = NumberKeys()
    assert [keys[str(n)] for n in range(100)] == [(word_key(f"#{n}"),) for n in range(100)]
    assert 0 < len(keys) <= 10
    assert keys["1,000 " * 1000] == keys["1000 " * 1000] != ()
    assert len(keys) <= 10
