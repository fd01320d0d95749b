"""Where an interrupted batch goes on: cut after any byte, the file ends as if nothing had happened."""

import io

import pytest
from makers import answer, citation

from qa import formats, resuming
from qa.batch import answered
from qa.errors import InputError
from qa.questions import Question

EVIL = '甲,"乙"\n## 丙 - 丁\r\n{"id": "2"'
QUESTIONS = [
    Question("a1", "谁?", 1),
    Question("a 2", EVIL, 2),
    Question("3", "", 3, error="no field question or text: mend or remove the line"),
    Question("a1\u2028", "=1+1", 4),
    Question("5", "谁?", 5),
]
FORMS = list(formats.WRITERS)


def ask(question):
    """Two citations of two documents, with texts that try to break out of every form; none for the last question."""
    if question.id == "5":
        return answer(id="5", question=question.text, standalone=question.text, answered=False, answer="")
    cited = (citation(quote=EVIL, document="d 1"), citation(2, headline='"\n\n## 谁?', document="d2"))
    return answer(*cited, id=question.id, question=question.text, standalone=question.text)


def blocks(form, bom=False):
    return [formats.header(form, bom)] + [answered(q, ask, form).block for q in QUESTIONS]


def resumed(left, form, bom=False):
    """The bytes after going on from `left`."""
    header = formats.header(form, bom)
    point = resuming.find(io.BytesIO(left), form, header, QUESTIONS, "out")
    if point.last:
        point = resuming.settled(point, answered(point.last, ask, form).block.encode(), form, "out")
    whole = left[: point.offset] or header.encode()
    return whole + b"".join(answered(q, ask, form).block.encode() for q in point.questions)


@pytest.mark.parametrize("form", FORMS)
def test_cut_after_any_byte_it_ends_with_the_same_bytes(form):
    whole = "".join(blocks(form, bom=form == "csv")).encode()
    assert len(whole) > 100
    assert [n for n in range(len(whole) + 1) if resumed(whole[:n], form, bom=form == "csv") != whole] == []


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_only_the_last_whole_answer_is_asked_again(form):
    found = blocks(form)
    left = "".join(found[:4]) + found[4][:10]  # the header and three answers
    point = resuming.find(io.BytesIO(left.encode()), form, found[0], QUESTIONS, "out")
    assert (point.rows, point.last, point.block) == (3, QUESTIONS[2], found[3].encode())
    assert list(point.questions) == QUESTIONS[3:]


@pytest.mark.parametrize("form", FORMS)
def test_answers_to_other_questions_are_refused(form):
    left = "".join(blocks(form)).encode()
    others = [Question(f"x{q.id}", f"{q.text}?", q.row) for q in QUESTIONS]
    with pytest.raises(InputError, match="out: holds answers to other questions"):
        resuming.find(io.BytesIO(left), form, formats.header(form), others, "out")


def test_more_answers_than_questions_are_refused():
    with pytest.raises(InputError, match="other questions"):
        resuming.find(io.BytesIO("".join(blocks("jsonl")).encode()), "jsonl", "", QUESTIONS[:3], "out")


def test_a_table_with_another_header_is_refused():
    left = "".join(blocks("csv", bom=True)).encode()
    with pytest.raises(InputError, match="does not begin as"):
        resuming.find(io.BytesIO(left), "csv", formats.header("csv"), QUESTIONS, "out")


@pytest.mark.parametrize("form", FORMS)
def test_a_last_answer_that_comes_out_otherwise_is_refused(form):
    left = "".join(blocks(form)[:2]).encode()
    point = resuming.find(io.BytesIO(left), form, formats.header(form), QUESTIONS, "out")
    with pytest.raises(InputError, match="out: its last answer is not what is answered now"):
        resuming.settled(point, b"x" + point.block, form, "out")


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_line_that_is_whole_is_no_part_of_a_longer_one(form):
    left = "".join(blocks(form)[:2]).encode()
    point = resuming.find(io.BytesIO(left), form, formats.header(form), QUESTIONS, "out")
    with pytest.raises(InputError, match="out: its last answer is not what is answered now"):
        resuming.settled(point, point.block + b"more", form, "out")
