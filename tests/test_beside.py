"""Loading beside other work, and ending while something is still loaded."""

import signal
import sys
import threading
import time

import pytest
from helpers import ROOT, python

from qa import batching, service
from qa import beside as module
from qa.beside import beside
from qa.questions import Question


def test_the_result_and_the_failure_of_the_thread_come_back():
    done = []
    assert beside(lambda: 3, lambda: done.append(4)) == 3
    assert done == [4]
    with pytest.raises(ValueError, match="no such model"):
        beside(lambda: (_ for _ in ()).throw(ValueError("no such model")).__next__(), lambda: None)


@pytest.mark.skipif(sys.platform == "win32", reason="no such timer there")
def test_an_interrupt_waits_for_the_thread():
    """Of the wait, not only of the work beside it: Python would end under a library that still reads."""

    def interrupt(*_):
        raise KeyboardInterrupt

    running = threading.active_count()  # libraries may have started some
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(KeyboardInterrupt):
            beside(lambda: time.sleep(0.6), lambda: None)
        assert threading.active_count() == running
    finally:
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize(("size", "crowded"), [(2, False), (3, True), (4, True)])
def test_processes_of_a_batch_take_no_thread_that_finds_no_core(seeds_home, monkeypatch, size, crowded):
    """Of four cores two processes have a second one each, three have not."""
    monkeypatch.setattr(module, "_crowded", threading.Event())
    monkeypatch.setattr(batching, "cores", lambda: 4)
    order = batching.Order("q.jsonl", None, "jsonl", bom=False, top=1, strict=False, resume=False, jobs=size)
    opened = service.existing(seeds_home / ".qa")
    ask = batching.open_asker(str(seeds_home / ".qa"), opened.folder.name, order, size)
    assert module.crowded() == crowded
    assert [row.error for row in ask([Question("1", "工会主席叫什么?", 1, ())])] == [""]


def test_the_program_ends_though_a_thread_is_inside_a_library():
    code = """
import threading, time
from sentencepiece import SentencePieceProcessor
from qa import console, tokens
def load():
    while True:
        SentencePieceProcessor(model_file=PATH)
threading.Thread(target=load, daemon=True).start()
time.sleep(0.5)
print("the answer")
console.leave(7)
"""
    path = next((ROOT / "embeddings").rglob("*.model"))
    for _ in range(3):
        result = python(code.replace("PATH", repr(str(path))), cwd=ROOT)
        assert (result.returncode, result.stdout, result.stderr) == (7, "the answer\n", "")
