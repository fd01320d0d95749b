"""Questions looked at together are answered as they are one by one, to the last bit."""

import json
from pathlib import Path

import pytest

from qa import ranking, service
from qa.errors import BrokenIndex, InputError
from qa.questions import Question, rows

GOLD = Path(__file__).parent / "gold" / "questions.jsonl"
ODD = [Question("empty", "?", 998), Question("broken", "问", 999, error="row 999: no question")]


def asked(library, questions, top, where=()):
    """What each question gets: its answer, or why it has none."""
    out = []
    for question in questions:
        try:
            out.append(library.answer_row(question, top, where))
        except InputError as error:
            out.append(str(error))
    return out


@pytest.mark.parametrize(("top", "where"), [(3, ()), (5, ("kind=news",))])
def test_together_is_as_one_by_one(seeds_home, top, where):
    questions = [*list(rows(str(GOLD)))[::4], *ODD]
    alone = asked(service.open_(seeds_home / ".qa"), questions, top, where)
    library = service.open_(seeds_home / ".qa")
    together = []
    for begin in range(0, len(questions), 7):
        library.ahead(questions[begin : begin + 7], top, where)
        together += asked(library, questions[begin : begin + 7], top, where)
    assert together == alone
    assert sum(getattr(answer, "answered", False) for answer in alone) > 10


def test_what_was_looked_at_is_not_looked_for_again(seeds_home, monkeypatch):
    library = service.open_(seeds_home / ".qa")
    questions = [question for question in rows(str(GOLD)) if not question.history][:6]
    library.ahead(questions, 5)
    monkeypatch.setattr(ranking, "closer", lambda *_: pytest.fail("its candidates were known"))
    assert all(library.answer_row(question, 5).citations for question in questions)


@pytest.mark.parametrize("other", [{"top": 4}, {"where": ["kind=news"]}], ids=["more", "filtered"])
def test_what_was_looked_at_serves_the_same_wish_alone(seeds_home, other):
    library = service.open_(seeds_home / ".qa")
    question = next(rows(str(GOLD)))
    expected = library.answer_row(question, other.get("top", 3), other.get("where", ()))
    library.ahead([question, question], 3)
    assert library.answer_row(question, other.get("top", 3), other.get("where", ())) == expected


def test_a_passage_that_cannot_be_read_is_told_to_who_asks(seeds_home, monkeypatch):
    library = service.open_(seeds_home / ".qa")
    questions = list(rows(str(GOLD)))[:3]

    def fail(number):
        raise BrokenIndex("a passage cannot be read")

    monkeypatch.setattr(library.cutter, "passage", fail)
    library.ahead(questions, 5)
    with pytest.raises(BrokenIndex, match="cannot be read"):
        library.answer_row(questions[0], 5)


def test_a_batch_of_several_processes_is_that_of_one(on_seeds, tmp_path):
    every = tmp_path / "q.jsonl"
    plain = list(rows(str(GOLD)))
    every.write_text(
        "".join(json.dumps({"id": q.id, "question": q.text}, ensure_ascii=False) + "\n" for q in plain),
        encoding="utf-8",
    )
    one, two = (on_seeds("batch", every, "--jobs", jobs, "--quiet") for jobs in ("1", "2"))
    assert one.returncode == two.returncode == 0
    assert len(one.stdout.splitlines()) == len(plain)
    assert one.stdout == two.stdout
