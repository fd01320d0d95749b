"""Paragraphs to passages: within the limit, overlapping by a sentence, nothing lost, every place right."""

from random import Random

import pytest
from helpers import characters
from hypothesis import given
from hypothesis import strategies as st
from page_maker import Faults, Story, compose

from qa.articles.page import split
from qa.passages import in_order, of_source, windows
from qa.text import flat
from qa.types import Article, Document, Paragraph, Source

PROSE = st.text(alphabet="天地玄黄宇宙。！？;”,a \n", max_size=120)


def tokens(texts):
    """Every character is a token and a blank half of one more: lengths do not add up to those of joined texts."""
    return [len(text) + text.count(" ") for text in texts]


def runs(text, limit):
    return [text[start:end] for start, end in windows([text], limit, characters)[0]]


def source(*units, paragraphs, headline=None, headline_lines=None):
    articles = (Article(headline, headline_lines, paragraphs=tuple(paragraphs)),)
    return Source("p.txt", "line", units, "utf-8", (Document("p.txt", articles),))


def test_a_short_paragraph_is_one_passage():
    assert runs("一二三。四五六。", 100) == ["一二三。四五六。"]


def test_a_long_one_is_cut_between_sentences_with_one_in_common():
    """Sentences of 4, 4, 4 and 2 at a limit of 8: 1+2, 2+3, 3+4."""
    assert runs("一二三。四五六。七八九。十。", 8) == ["一二三。四五六。", "四五六。七八九。", "七八九。十。"]


def test_no_sentence_is_shared_where_it_leaves_no_room():
    """Sentences of 3, 6 and 6 at a limit of 9: 1+2; 2+3 would be 12, so 3 alone."""
    assert runs("一二。三四五六七。八九十百千。", 9) == ["一二。三四五六七。", "八九十百千。"]


def test_a_sentence_over_the_limit_is_cut_into_pieces():
    found = runs("一" * 40 + "。", 10)
    assert all(len(run) <= 10 for run in found)
    assert len(found) >= 5


@given(PROSE, st.integers(4, 50), st.sampled_from([characters, tokens]))
def test_windows_keep_to_the_limit_and_lose_nothing(text, limit, measure):
    ranges = windows([text], limit, measure)[0]
    covered = 0
    for start, end in ranges:
        assert start <= covered < end, "a gap, or nothing new"
        # The piece measured alone is within the limit; a run is measured by the sum of its sentences.
        assert measure([text[start:end]])[0] <= limit
        covered = end
    assert covered == len(text)
    assert ranges == [] if not text else ranges[0][0] == 0


@given(PROSE, st.integers(4, 50))
def test_two_passages_share_one_sentence_at_most(text, limit):
    """The second next begins where the first has ended, or later."""
    ranges = windows([text], limit, characters)[0]
    for one, third in zip(ranges, ranges[2:], strict=False):
        assert third[0] >= one[1]


def test_lines_and_spans_of_a_paragraph_broken_over_lines():
    """Units joined: '甲乙。丙\\n\\n丁。戊己。'. 丙丁。 spans characters 3 to 8 of it, on lines 1 to 3."""
    units = ("甲乙。丙", "", "丁。戊己。")
    page = source(*units, paragraphs=[Paragraph((1, 3), "甲乙。丙丁。戊己。")])
    found = list(of_source(page, 3, characters))
    assert [(p.text, p.lines, p.span, p.start) for p in found] == [
        ("甲乙。", (1, 1), (0, 3), 0),
        ("丙丁。", (1, 3), (3, 8), 3),
        ("戊己。", (3, 3), (8, 11), 6),
    ]
    assert "\n".join(units)[3:8] == "丙\n\n丁。"


def test_blanks_at_the_ends_of_lines_belong_to_no_passage():
    page = source("　　甲乙,", " 丙丁。 ", paragraphs=[Paragraph((1, 2), "甲乙,丙丁。")])
    (found,) = of_source(page, 100, characters)
    assert (found.lines, found.span) == ((1, 2), (2, 10))
    assert "\n".join(page.units)[2:10] == "甲乙,\n 丙丁。"


def test_a_passage_carries_its_article():
    article = Article(
        "标题", (1, 1), byline="记者甲报道", reporters=("甲",), kind="photo", paragraphs=(Paragraph((2, 2), "正文。"),)
    )
    page = Source("p.txt", "line", ("标题", "正文。"), None, (Document("d7", (Article(None), article)),))
    (found,) = of_source(page, 100, characters)
    assert (found.document, found.path, found.article, found.paragraph) == ("d7", "p.txt", 1, 1)
    assert (found.headline, found.byline, found.reporters, found.kind) == ("标题", "记者甲报道", ("甲",), "photo")


def test_an_article_of_a_headline_alone_can_be_found_by_it():
    page = source("奋进", "新征程", paragraphs=[], headline="新征程", headline_lines=(1, 2))
    (found,) = of_source(page, 100, characters)
    assert (found.text, found.lines, found.headline) == ("奋进新征程", (1, 2), "新征程")


@pytest.mark.parametrize("text", ["", "   ", "\n"], ids=["empty", "blanks", "line end"])
def test_a_paragraph_without_text_makes_no_passage(text):
    assert list(of_source(source("", paragraphs=[Paragraph((1, 1), text)]), 100, characters)) == []


def test_a_repeated_text_is_one_passage_of_its_document():
    lines = ("甲说了一句话。", "", "乙说了一句话。", "", "甲说了 一句话。")
    page = source(*lines, paragraphs=[Paragraph((n, n), lines[n - 1]) for n in (1, 3, 5)])
    assert [p.lines for p in of_source(page, 100, characters)] == [(1, 1), (3, 3)]
    assert [p.lines for p in in_order(page, 100, characters)] == [(1, 1), (3, 3), (5, 5)]


STORIES = [
    Story(
        "老街修好了路灯",
        ["入夜之后，老街的路灯一盏盏亮了。住在街尾的人说：“再也不用打手电。”", "修灯花了十二天，用掉三千二百米电线。"],
    ),
    Story(
        "渔港请来修船师傅",
        ["师傅们带着刨子上了码头。他们先看船底，再补船舷，一天修好四条船。", "“补得牢，出海才安心。”船老大这样说。"],
    ),
    Story(
        "山村小学有了图书车",
        ["每逢周三，图书车开进操场。孩子们排成一列，一人借两本……", "车上的书有一千五百册，最旧的一本印于1.5代人以前。"],
    ),
]


@given(st.integers(0, 10**6), st.lists(st.sampled_from(STORIES), min_size=1, max_size=3, unique_by=id), st.floats(0, 1))
def test_the_passages_of_a_page_with_faults_give_back_its_paragraphs(seed, stories, rate):
    lines = compose(stories, Random(seed), Faults(rate, rate / 2, rate, rate, rate, rate, rate, rate)).lines
    articles = split(lines)
    page = Source("p.txt", "line", tuple(lines), "utf-8", (Document("p.txt", articles),))
    rebuilt: dict[tuple[int, int], str] = {}
    for passage in in_order(page, 24, characters):
        key = (passage.article, passage.paragraph)
        rebuilt[key] = rebuilt.get(key, "")[: passage.start] + passage.text
        assert flat(passage.text) in flat("".join(lines[passage.lines[0] - 1 : passage.lines[1]]))
    for number, article in enumerate(articles):
        for place, paragraph in enumerate(article.paragraphs, start=1):
            assert rebuilt[number, place] == paragraph.text
