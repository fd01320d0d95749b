"""Quotes: verbatim, inside their passage, at their lines."""

import json
from itertools import pairwise

import numpy as np
import pytest
from helpers import GOLD

import qa
from qa.quotes import best, chosen, trim


@pytest.mark.parametrize(
    ("text", "span", "expected"),
    [
        ("一句。 两句。", (3, 7), "两句。"),
        ("　甲 ", (0, 3), "甲"),
        ("甲", (0, 1), "甲"),
        ("\n\n", (0, 2), ""),
    ],
    ids=["blank before", "wide blank", "nothing to trim", "blanks alone"],
)
def test_blanks_at_the_ends_are_left_out(text, span, expected):
    start, end = trim(text, *span)
    assert text[start:end] == expected or not text[start:end].strip()


@pytest.mark.parametrize(
    ("sentences", "quoted"),
    [
        (["须提交：\n", "1. 身份证；\n", "2. 照片。\n", "周末不办。"], "须提交：\n1. 身份证；\n2. 照片。"),
        (["书丢了怎么赔？\n", "买同一版本。\n", "不收现金。"], "书丢了怎么赔？\n买同一版本。"),
        (["他说明了原因：", "机器坏了。", "天也黑了。"], "他说明了原因：机器坏了。"),
        (["为什么要问呢？"], "为什么要问呢？"),
    ],
)
def test_what_only_leads_to_the_answer_is_quoted_with_it(sentences, quoted):
    text, ends = "".join(sentences), np.cumsum([0, *map(len, sentences)]).tolist()
    start, end = best(list(pairwise(ends)), [1.0, *(0.0 for _ in sentences[1:])], text)
    assert text[start:end] == quoted


@pytest.fixture(scope="module")
def library(seeds_home):
    return qa.open(seeds_home / ".qa")


def asked():
    """Every seventh of the questions."""
    return [json.loads(line)["question"] for line in GOLD.read_text(encoding="utf-8").splitlines()[::7]]


@pytest.mark.parametrize("question", asked())
def test_a_quote_is_a_run_of_its_passage_and_stands_at_its_lines(library, seeds_home, question):
    for c in library.ask(question, top=10).citations:
        assert c.quote
        assert c.quote == c.quote.strip()
        assert c.quote in c.text
        lines = (seeds_home / c.path).read_text(encoding="utf-8").split("\n")
        first, last = c.quote_lines
        assert "".join(c.quote.split()) in "".join("".join(lines[first - 1 : last]).split())
        # No line too many: without its first or its last line the quote is not whole.
        for fewer in (lines[first:last], lines[first - 1 : last - 1]):
            whole = "".join("".join(fewer).split())
            assert first == last or "".join(c.quote.split()) not in whole


def test_every_line_of_an_answer_is_verbatim_and_the_best_quote_is_among_them(library):
    for question in asked():
        found = library.ask(question)
        if not found.answered:
            assert found.answer == ""
            continue
        texts = [c.text for c in found.citations]
        assert all(any(line in text for text in texts) for line in found.answer.split("\n"))
        assert found.citations[0].quote in found.answer


THREE = "甲说了第一件很长很长的事。乙说了第二件很长很长的事。丙说了第三件很长很长的事。"
RANGES = [(0, 13), (13, 26), (26, 39)]


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([5.0, 0.0, 0.0], ["甲说了第一件很长很长的事。"]),
        ([1.0, 0.9, 0.0], ["甲说了第一件很长很长的事。乙说了第二件很长很长的事。"]),
        ([0.9, 0.0, 1.0], ["甲说了第一件很长很长的事。", "丙说了第三件很长很长的事。"]),
        ([1.0, 1.0, 1.0], ["甲说了第一件很长很长的事。乙说了第二件很长很长的事。"]),
    ],
    ids=["sure", "unsure of neighbours", "unsure of two apart", "all alike: the first two"],
)
def test_a_second_sentence_is_quoted_where_the_best_is_unsure(scores, expected):
    found = chosen(RANGES, scores, THREE)
    assert [THREE[start:end] for start, end in found] == expected
