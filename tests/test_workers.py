"""Work shared out to real processes: the same results in the same order, whatever happens to a process."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from multiprocessing import active_children

import pytest
from helpers import ROOT

from qa.beside import beside
from qa.tokens import PLAIN, flat_views
from qa.workers import AHEAD, FEW, Hands, ordered

TEXTS = ["北京大学生前来应聘", "", "三百人\n参加", "臺灣ＡＢＣ 1.8万"]
INTERRUPTED = """
import sys, time
from qa.workers import ordered

if __name__ == "__main__":
    try:
        for _ in ordered(time.sleep, [0.05] * 1000, 2):
            print("done", flush=True)
    except KeyboardInterrupt:
        sys.exit(130)
"""


def squared(number):
    """Every seventh takes a while."""
    if number % 7 == 0:
        time.sleep(0.02)
    return number**2, os.getpid()


def fatal(number, here):
    """Ends any process but the one of this number, at the ninth batch."""
    if number == 9 and os.getpid() != here:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def refusing(number):
    if number == 9:
        raise ValueError(f"not {number}")
    return number


@pytest.mark.parametrize("count", [0, 1, FEW - 1, FEW, 60])
@pytest.mark.parametrize("processes", [0, 1, 3])
def test_results_are_those_of_map(count, processes):
    found = list(ordered(squared, range(count), processes))
    assert [value for value, _ in found] == [n**2 for n in range(count)]
    makers = {maker for _, maker in found}
    assert len(makers) == (processes if count >= FEW and processes else min(count, 1))
    assert (os.getpid() in makers) == (0 < count < FEW or (count > 0 and processes == 0))


def test_a_process_that_is_ended_changes_no_result():
    assert list(ordered(partial(fatal, here=os.getpid()), range(30), 2)) == list(range(30))


def test_an_error_is_raised_in_its_place():
    found = []
    with pytest.raises(ValueError, match="not 9"):
        found.extend(ordered(refusing, range(30), 2))
    stream = ordered(refusing, range(30), 2)
    assert [next(stream) for _ in range(9)] == list(range(9))
    stream.close()
    assert not active_children()


def test_what_cannot_be_sent_is_done_here():
    batches = [lambda n=n: n for n in range(8)]
    assert list(ordered(callable, batches, 2)) == [True] * 8


def test_the_same_processes_do_one_kind_of_work_after_another():
    with Hands(2) as hands:
        first = list(hands.ordered(squared, range(20)))
        own = list(hands.ordered(partial(fatal, here=0), range(10, 30)))
        again = list(hands.ordered(squared, range(20), early=True))
    assert own == list(range(10, 30))
    assert [value for value, _ in again] == [value for value, _ in first] == [n**2 for n in range(20)]
    assert {maker for _, maker in first} == {maker for _, maker in again}
    assert not active_children()


def test_work_that_cannot_be_sent_is_not_taken_for_the_work_before():
    with Hands(2) as hands:
        assert [value for value, _ in hands.ordered(squared, range(20))] == [n**2 for n in range(20)]
        assert list(hands.ordered(lambda number: number + 1, range(20))) == list(range(1, 21))
        assert [value for value, _ in hands.ordered(squared, range(20))] == [n**2 for n in range(20)]


def test_processes_that_start_early_do_few_batches_too():
    with Hands(1) as hands:
        assert [maker == os.getpid() for _, maker in hands.ordered(squared, range(2), early=True)] == [False, False]


def test_no_more_batches_are_taken_than_are_wanted():
    taken = []
    stream = ordered(squared, (taken.append(n) or n for n in range(100)), 2)
    for done in range(20):
        assert next(stream)[0] == done**2
        assert len(taken) <= done + 1 + AHEAD * 2
    stream.close()
    assert not active_children()


def test_keys_from_other_processes_are_the_same():
    for here, there in zip(
        ordered(partial(flat_views, segmenter=PLAIN), [TEXTS] * FEW, 1),
        ordered(partial(flat_views, segmenter=PLAIN), [TEXTS] * FEW, 2),
        strict=True,
    ):
        assert {view: [part.tolist() for part in own] for view, own in here.items()} == {
            view: [part.tolist() for part in own] for view, own in there.items()
        }


@pytest.mark.skipif(os.name == "nt", reason="no process groups")
def test_an_interrupt_ends_them_all_without_a_word(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(INTERRUPTED, encoding="utf-8")
    running = subprocess.Popen(
        [sys.executable, script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert running.stdout.readline() == b"done\n"
    os.killpg(running.pid, signal.SIGINT)
    _, said = running.communicate(timeout=30)
    assert (running.returncode, said) == (130, b"")
    with pytest.raises(ProcessLookupError):  # nobody of the group is left, zombies included
        for _ in range(100):
            os.killpg(running.pid, 0)
            time.sleep(0.05)


def test_a_script_without_a_guard_is_not_run_again(tmp_path):
    """Whoever builds an index from a plain script must not see it run in every process."""
    script = tmp_path / "plain.py"
    script.write_text(
        "from qa.workers import ordered\nprint('run')\nprint(sum(ordered(abs, range(60), 2)))\n",
        encoding="utf-8",
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, env=environment)
    assert (done.stdout, done.stderr, done.returncode) == ("run\n1770\n", "", 0)


def test_two_things_beside_each_other():
    """What the one returns is returned, what it raises is raised, and the other is always done."""
    done = []
    assert beside(lambda: "read", lambda: done.append(1)) == "read"
    with pytest.raises(ValueError, match="unreadable"):
        beside(lambda: int("unreadable"), lambda: done.append(2))
    assert done == [1, 2]
