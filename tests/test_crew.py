"""Several processes answer side by side: real ones, that wait a while and shout their question back."""

import os
import signal
import threading
import time

import pytest

from qa import mates
from qa.batch import Row
from qa.crew import CHUNK, Crew
from qa.errors import BrokenIndex, InputError
from qa.questions import Question
from qa.types import Turn


def each(answer):
    """Question after question."""
    return lambda chunk: map(answer, chunk)


def shouting():
    """Opens in a process of its own: every seventh question takes a while."""

    def answer(question):
        if question.row % 7 == 0:
            time.sleep(0.02)
        return Row(
            question.row, question.id, f"{question.text}! {len(question.history)} {os.getpid()}\n", question.error
        )

    return each(answer)


def broken():
    """An index that is gone."""
    raise BrokenIndex("the index is gone")


def numbered(count):
    return (Question(f"q{n}", f"问{n}", n, (Turn("前", "后"),) * (n % 3)) for n in range(1, count + 1))


@pytest.mark.parametrize("count", [0, 1, CHUNK, 200])
def test_rows_come_back_in_order_and_none_is_lost(count):
    with mates.called(2) as lines, Crew(lines) as crew:
        found = list(crew.rows(shouting, shouting(), numbered(count)))
    assert [(r.row, r.id, r.block.split()[:2]) for r in found] == [
        (q.row, q.id, [f"{q.text}!", str(len(q.history))]) for q in numbered(count)
    ]
    if count == 200:
        assert len({r.block.split()[2] for r in found}) == 2


def test_a_question_that_waits_for_its_answer_before_the_next_gets_it():
    """Whoever writes a question only after the last answer came would hang if questions were collected first."""
    answers = []

    def talking():
        for question in numbered(40):
            until = time.monotonic() + 30
            while len(answers) < question.row - 1:
                assert time.monotonic() < until
                time.sleep(0.001)
            yield question

    with mates.called(2) as lines, Crew(lines) as crew:
        for row in crew.rows(shouting, shouting(), talking()):
            answers.append(row)
    assert len(answers) == 40


def test_what_reading_raises_comes_after_the_rows_before_it():
    def ending():
        yield from numbered(30)
        raise InputError("row 31: no more")

    found = []
    with mates.called(2) as lines, Crew(lines) as crew, pytest.raises(InputError, match="row 31"):
        for row in crew.rows(shouting, shouting(), ending()):
            found.append(row)
    assert len(found) == 30


def test_questions_are_not_read_far_ahead_of_the_rows():
    read = 0

    def counted():
        nonlocal read
        for question in numbered(10_000):
            read = question.row
            yield question

    with mates.called(2) as lines, Crew(lines) as crew:
        rows = crew.rows(shouting, shouting(), counted())
        for _ in range(5):
            next(rows)
        time.sleep(1)
        assert read < 600


def test_an_index_that_cannot_be_opened_is_one_error():
    with mates.called(2) as lines, Crew(lines) as crew, pytest.raises(InputError, match="the index is gone"):
        list(crew.rows(broken, shouting(), numbered(100)))


def damaged():
    """An index of which a part is found to be damaged when it is read."""

    def answer(question):
        raise BrokenIndex("a passage cannot be read")

    return each(answer)


def test_what_asking_raises_elsewhere_comes_in_its_place():
    found = []
    with mates.called(2) as lines, Crew(lines) as crew, pytest.raises(InputError, match="cannot be read"):
        for row in crew.rows(damaged, shouting(), numbered(100)):
            found.append(row)
    assert [row.row for row in found] == list(range(1, len(found) + 1))


def test_what_asking_raises_here_comes_after_the_rows_before_it():
    def answer(question):
        if question.row > 50:
            raise BrokenIndex("a passage cannot be read")
        return next(shouting()([question]))

    found = []
    with mates.called(2) as lines, Crew(lines) as crew, pytest.raises(BrokenIndex, match="cannot be read"):
        for row in crew.rows(shouting, each(answer), numbered(1000)):
            found.append(row)
    assert [row.row for row in found] == list(range(1, len(found) + 1))


def dying():
    """Ends its process at the first question."""
    return each(lambda question: os.kill(os.getpid(), signal.SIGKILL))


def test_a_process_that_is_killed_is_one_error_that_says_what_to_do():
    with mates.called(2) as lines, Crew(lines) as crew, pytest.raises(InputError, match="--resume"):
        list(crew.rows(dying, shouting(), numbered(100)))


def test_one_process_is_this_one():
    with mates.called(1) as lines, Crew(lines) as crew:
        found = list(crew.rows(broken, shouting(), numbered(40)))
    assert [row.row for row in found] == list(range(1, 41))
    assert {row.block.split()[2] for row in found} == {str(os.getpid())}


def test_a_row_is_given_as_soon_as_it_is_answered_here():
    answered = []

    def answer(question):
        answered.append(question.row)
        return next(shouting()([question]))

    with mates.called(1) as lines, Crew(lines) as crew:
        for row in crew.rows(shouting, each(answer), numbered(40)):
            assert answered[-1] == row.row


def test_no_thread_is_left():
    before = threading.active_count()
    with mates.called(2) as lines, Crew(lines) as crew:
        assert len(list(crew.rows(shouting, shouting(), numbered(100)))) == 100
    until = time.monotonic() + 30
    while threading.active_count() > before:
        assert time.monotonic() < until
        time.sleep(0.01)
