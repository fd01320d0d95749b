"""Bounds of a report: read, known, kept or missed."""

import pytest

from qa.errors import InputError
from qa.gates import flat, misses, parse, refuse_unknown

REPORT = {"all": {"n": 2.0, "recall@1": 0.5, "answer in quote": 0.25}, "confidence": {"false answers": 0.5}}


def test_names_have_no_blanks():
    assert list(flat(REPORT)) == ["all.n", "all.recall@1", "all.answer-in-quote", "confidence.false-answers"]


@pytest.mark.parametrize(
    ("least", "most", "missed"),
    [
        (["all.recall@1=0.5"], ["all.recall@1=0.5"], []),
        (["all.recall@1=0.51"], [], ["all.recall@1 is 0.5000, below the least allowed, 0.51"]),
        ([], ["confidence.false-answers=.4"], ["confidence.false-answers is 0.5000, above the most allowed, 0.4"]),
        (["all.answer in quote=1", "all.n=3"], [], ["all.answer-in-quote is 0.2500", "all.n is 2.0000"]),
    ],
    ids=["at the bound", "below", "above", "two"],
)
def test_what_is_missed(least, most, missed):
    gates = parse(least, most)
    refuse_unknown(gates, list(flat(REPORT)))
    found = list(misses(gates, REPORT))
    assert len(found) == len(missed)
    assert all(line.startswith(start) for line, start in zip(found, missed, strict=True))


@pytest.mark.parametrize("text", ["", "all.recall@1", "=0.5", "all.recall@1=", "all.recall@1=much", "all.n=nan"])
def test_no_gate(text):
    with pytest.raises(InputError, match="give MEASURE=VALUE"):
        parse([text], [])


def test_unknown_measures_are_named_with_the_known_ones():
    with pytest.raises(InputError, match=r"no measure all\.recal@1, x here: use one of all\.n, all\.recall@1, "):
        refuse_unknown(parse(["all.recal@1=1"], ["x=1"]), list(flat(REPORT)))
