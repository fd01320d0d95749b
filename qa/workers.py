"""Work shared out to processes, its results in order; with few batches or one process it is done here.

The processes are fresh ones, so that no thread or lock of this one is copied into them. Between them go Python
objects as `multiprocessing` sends them: to processes of our own alone, never from a file or a socket.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import chain, cycle, islice
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar, cast

from qa import collecting

if TYPE_CHECKING:  # not imported by who only asks
    from multiprocessing.connection import Connection

Batch = TypeVar("Batch")
Result = TypeVar("Result")

FEW = 5  # batches that are done sooner than processes start
AHEAD = 2  # batches of a process, done ones included: the next is there when one is done
_END = object()


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def started(target: Callable[..., None], arguments: Sequence[Any], size: int) -> Iterator[list[Connection]]:
    """Lines to `size` processes that run `target(line, *arguments)`; they are ended with the context.

    `target` is found by its name, as functions of a module are. Ctrl-C, which a terminal sends to all, reaches this
    process alone.
    """
    from multiprocessing import get_context

    context = get_context("spawn")
    pairs = [context.Pipe() for _ in range(size)]
    processes = []
    try:
        with _deaf(), _nameless():
            for _, theirs in pairs:
                process = context.Process(target=target, args=(theirs, *arguments), daemon=True)
                process.start()
                processes.append(process)
                theirs.close()
        yield [ours for ours, _ in pairs]
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.join()


@contextmanager
def _deaf() -> Iterator[None]:
    """Without Ctrl-C, which processes started meanwhile inherit; only the first thread can say so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _nameless() -> Iterator[None]:
    """Without a main module, which fresh processes would run again: that may be anyone's script, and is not needed."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def ordered(work: Callable[[Batch], Result], batches: Iterable[Batch], processes: int) -> Iterator[Result]:
    """`Hands.ordered` by processes of its own, which end with it."""
    with Hands(processes) as hands:
        yield from hands.ordered(work, batches)


class Hands:
    """Up to so many processes that do one kind of work after another; they start when they are first wanted.

    At most AHEAD batches and results of each process are in memory. What a process fails at, or is ended over, is
    done here once more: so errors are raised in their place, and results do not depend on what happens to processes.
    """

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._stack = ExitStack()
        self._lines: list[_Line] | None = None

    def __enter__(self) -> Hands:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def ordered(
        self, work: Callable[[Batch], Result], batches: Iterable[Batch], *, early: bool = False
    ) -> Iterator[Result]:
        """`map(work, batches)`, done by the processes (none: by this one) where there are more than a few batches.

        Where many are known to come, the processes start `early`, while the first batch is made. One call is to be done
        before the next begins.
        """
        lines = self._wanted(work) if early else []
        stream = iter(batches)
        first = list(islice(stream, FEW))
        if not lines and len(first) == FEW:
            lines = self._wanted(work)
        stream = chain(first, stream)
        return _in_turn(work, stream, lines) if lines else map(work, stream)

    def _wanted(self, work: Callable[[Batch], Result]) -> list[_Line]:
        """Lines to the processes, which are told what to do next; none where no more processes are allowed."""
        if self._lines is None:
            self._lines = []
            if self._processes:
                with suppress(OSError):
                    self._lines = list(map(_Line, self._stack.enter_context(started(serve, (), self._processes))))
            for line in self._lines:
                self._stack.callback(line.asked.put, _END)
        for line in self._lines:
            line.asked.put(_Next(work))
        return self._lines


def _in_turn(work: Callable[[Batch], Result], batches: Iterable[Batch], lines: Sequence[_Line]) -> Iterator[Result]:
    """Batch n goes to line n modulo their number, so that results come back in order by themselves."""
    waiting: deque[tuple[_Line, Batch]] = deque()

    def result() -> Result:
        line, batch = waiting.popleft()
        found = line.done.get()
        return cast("Result", found[0]) if found else work(batch)

    for line, batch in zip(cycle(lines), batches, strict=False):
        if len(waiting) == AHEAD * len(lines):
            yield result()
        line.asked.put(batch)
        waiting.append((line, batch))
    while waiting:
        yield result()


@dataclass(frozen=True, slots=True)
class _Next:
    """What is to be done with the batches that follow."""

    work: Callable[[Any], Any]


class _Line:
    """A process with what it is asked and what it has done: two queues that a thread empties and fills."""

    def __init__(self, connection: Connection) -> None:
        self.asked: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.done: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=self._attend, args=(connection,), daemon=True).start()

    def _attend(self, connection: Connection) -> None:
        told = False  # whether the process knows what is to be done with batches
        while (batch := self.asked.get()) is not _END:
            found: tuple[Any, ...] = ()
            other = isinstance(batch, _Next)
            told = told and not other
            if told or other:
                # Otherwise the process is gone, or this cannot be sent: it is done without it.
                with suppress(Exception):
                    connection.send(batch)
                    found = connection.recv()
                    told = True
            if not other:
                self.done.put(found)
        connection.close()


def serve(connection: Connection) -> None:
    """Do batch after batch until the other side is gone; a result is alone in a tuple, () stands for a failure."""
    collecting.seldom()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    work: Callable[[Any], Any] | None = None
    try:
        while True:
            batch = connection.recv()
            found: tuple[Any, ...] = ()
            if isinstance(batch, _Next):
                work = batch.work
            elif work is not None:
                with suppress(Exception):  # the other side will meet it too, and say so
                    found = (work(batch),)
            connection.send(found)
    except (EOFError, OSError):
        return
