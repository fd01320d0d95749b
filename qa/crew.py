"""Several processes that answer side by side; the rows come back in the order of the questions.

Each process opens the index for itself. Whoever is free takes the questions that are waiting, a few at a
time, so that a question typed into a pipe is answered at once, and a hundred thousand keep all cores busy.
Between the processes goes JSON, and once, before it, what opens the index.
"""

from __future__ import annotations

import json
import queue
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict
from multiprocessing.connection import Connection
from typing import Any

from qa import collecting
from qa.batch import Row
from qa.errors import InputError, QAError
from qa.questions import Question
from qa.types import Turn
from qa.workers import started

Opener = Callable[[], Callable[[Question], Row]]
CHUNK = 16  # questions that a process takes at a time
WAITING = 64  # questions read ahead
AHEAD = 8  # chunks for each process that may be taken before an earlier one is written
GONE = "a process that answers questions was ended from outside: go on with --resume, or say --jobs 1"


def serve(connection: Connection, ready: Callable[[], object]) -> None:
    """Get ready, open what is told, and answer chunk after chunk until the other side is gone.

    Runs in a process of its own.
    """
    collecting.seldom()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends Ctrl-C to all: the first process decides
    try:
        try:
            ready()
            answer = connection.recv()()
            while True:
                asked = [_question(raw) for raw in json.loads(connection.recv_bytes())]
                connection.send_bytes(_packed([answer(question) for question in asked]))
        except QAError as error:
            connection.recv_bytes()
            connection.send_bytes(json.dumps(str(error)).encode())
    except (EOFError, OSError):
        return


def _packed(some: Sequence[Question] | Sequence[Row]) -> bytes:
    """As JSON in which Chinese stays as it is: half as long as escaped, and quicker to read. Halves of characters pass."""
    return json.dumps(list(map(asdict, some)), ensure_ascii=False).encode("utf-8", "surrogatepass")


def _question(raw: dict[str, Any]) -> Question:
    return Question(**raw | {"history": tuple(Turn(**turn) for turn in raw["history"])})


class Crew:
    """`size` processes; `with Crew(2) as crew: yield from crew.rows(opener, questions)`."""

    def __init__(self, size: int, ready: Callable[[], object] = int) -> None:
        """`ready` is called in each process before it knows what to open; it must be found by its name, as functions of a module are."""
        self.size = size
        self._ready = ready
        self._questions: queue.Queue[Question | QAError | None] = queue.Queue(WAITING)
        self._taking = threading.Lock()
        self._changed = threading.Condition()
        self._done: dict[int, list[Row] | QAError] = {}
        self._taken = self._written = 0
        self._end: int | None = None  # the number of the chunk that will never come
        self._stopped = False
        self._processes = ExitStack()

    def __enter__(self) -> Crew:
        self._lines = self._processes.enter_context(started(serve, (self._ready,), self.size))
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        self._processes.close()

    def rows(self, opener: Opener, questions: Iterator[Question]) -> Generator[Row, None, None]:
        """The rows in the order of the questions; raises what reading or asking them raises, in its place.

        `opener` is called in each process, which finds it by its name.
        """
        for line in self._lines:
            with suppress(OSError):  # of a process that is gone: whoever asks it says so
                line.send(opener)
        threading.Thread(target=self._read, args=(questions,), daemon=True).start()
        for line in self._lines:
            threading.Thread(target=self._attend, args=(line,), daemon=True).start()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._written in self._done or self._end == self._written)
                if self._written not in self._done:
                    return
                found = self._done.pop(self._written)
            if isinstance(found, QAError):
                raise found
            yield from found
            with self._changed:
                self._written += 1
                self._changed.notify_all()

    def _read(self, questions: Iterator[Question]) -> None:
        try:
            for question in questions:
                self._questions.put(question)
        except QAError as error:
            self._questions.put(error)
        except Exception as error:  # noqa: BLE001 - a thread that dies silently would leave everyone waiting
            self._questions.put(InputError(f"the questions cannot be read ({error}): go on with --resume"))
        self._questions.put(None)

    def _take(self) -> tuple[int, list[Question]]:
        """The next chunk: all that waits, up to CHUNK, at least one; empty where there are no more."""
        chunk: list[Question] = []
        with self._taking:
            while self._end is None and len(chunk) < CHUNK:
                try:
                    found = self._questions.get(block=not chunk)
                except queue.Empty:
                    break
                if not isinstance(found, Question):
                    self._finish(found, self._taken + bool(chunk))
                    break
                chunk.append(found)
            number = self._taken
            self._taken += bool(chunk)
        return number, chunk

    def _finish(self, error: QAError | None, number: int) -> None:
        """Nothing comes after chunk `number`, in whose place an error may stand."""
        with self._changed:
            if error:
                self._done[number] = error
            self._end = number + bool(error)
            self._changed.notify_all()

    def _attend(self, line: Connection) -> None:
        """Give one process chunk after chunk and put down what comes back."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._stopped or self._taken - self._written < AHEAD * self.size)
                if self._stopped:
                    return
            number, chunk = self._take()
            if not chunk:
                return
            found = _exchange(line, chunk)
            with self._changed:
                self._done[number] = found
                self._changed.notify_all()


def _exchange(line: Connection, chunk: list[Question]) -> list[Row] | QAError:
    try:
        line.send_bytes(_packed(chunk))
        found = json.loads(line.recv_bytes())
    except (EOFError, OSError):
        return InputError(GONE)
    return InputError(found) if isinstance(found, str) else [Row(**row) for row in found]
