"""Several processes that answer side by side; the rows come back in the order of the questions.

This process is one of them, and each of the others opens the index for itself. Whoever is free takes the questions
that are waiting, a few at a time, so that a question typed into a pipe is answered at once, and a hundred thousand
keep all cores busy. Between the processes goes JSON, and once, before it, what opens the index.
"""

from __future__ import annotations

import json
import queue
import threading
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection

from qa.batch import Row
from qa.errors import InputError, QAError
from qa.mates import Answer, Opener, packed
from qa.questions import Question

Sent = queue.SimpleQueue[int | None]  # the numbers of chunks that another process has; None after the last
CHUNK = 16  # questions that a process takes at a time
WAITING = 64  # questions read ahead
AHEAD = 8  # chunks for each process that may be taken before an earlier one is written
SENT = 2  # chunks that another process has: it goes on with the second while the first is written down
GONE = "a process that answers questions was ended from outside: go on with --resume, or say --jobs 1"


class Crew:
    """This process and the others that there are lines to: `with Crew(lines) as crew: yield from crew.rows(…)`."""

    def __init__(self, lines: Sequence[Connection]) -> None:
        """See `mates.called` for the lines."""
        self.size = len(lines) + 1
        self._lines = lines
        self._changed = threading.Condition()  # of what follows
        self._waiting: deque[Question] = deque()
        self._ended = self._stopped = False  # whether all questions are read; whether nobody wants rows any more
        self._fault: QAError | None = None  # what reading ended with
        self._done: dict[int, list[Row] | QAError] = {}
        self._taken = self._written = 0
        self._lanes: list[tuple[Sent, threading.Semaphore]] = []

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        for sent, free in self._lanes:  # their threads end
            sent.put(None)
            free.release()

    def rows(self, opener: Opener, answer: Answer, questions: Iterator[Question]) -> Generator[Row, None, None]:
        """The rows in the order of the questions; raises what reading or asking them raises, in its place.

        `opener` is called in each other process, which finds it by its name, as functions of a module are; `answer` answers here.
        """
        for line in self._lines:
            with suppress(OSError):  # of a process that is gone: whoever asks it says so
                line.send(opener)
            sent: Sent = queue.SimpleQueue()
            free = threading.Semaphore(1)  # until it has shown that it is there
            self._lanes.append((sent, free))
            for work in (self._ask, self._hear):
                threading.Thread(target=work, args=(line, sent, free), daemon=True).start()
        threading.Thread(target=self._read, args=(questions,), daemon=True).start()
        while True:
            yield from self._next()
            with self._changed:
                self._changed.wait_for(lambda: self._written in self._done or self._may_take() or self._all_written())
                if self._written in self._done:
                    continue
                if self._all_written():
                    break
                number, chunk = self._take()
            yield from self._answered(number, chunk, answer)
        if self._fault:
            raise self._fault

    def _answered(self, number: int, chunk: Sequence[Question], answer: Answer) -> Generator[Row, None, None]:
        """Answer a chunk here; whatever is next in order is given in between."""
        rows: list[Row] = []
        answers: Iterator[Row] | None = None
        for _ in chunk:
            try:
                answers = answers or answer(chunk)
                rows.append(next(answers))
            except QAError as error:
                self._put_down(number, error)
                return
            yield from self._next()
            if number == self._written:
                yield from rows
                rows.clear()
        self._put_down(number, rows)

    def _next(self) -> Generator[Row, None, None]:
        """What is done and next in order; raises what came in its place."""
        while (found := self._done.pop(self._written, None)) is not None:
            if isinstance(found, QAError):
                raise found
            yield from found
            with self._changed:
                self._written += 1
                self._changed.notify_all()

    def _put_down(self, number: int, found: list[Row] | QAError) -> None:
        with self._changed:
            self._done[number] = found
            self._changed.notify_all()

    def _read(self, questions: Iterator[Question]) -> None:
        """Read ahead, as far as there is room."""
        fault: QAError | None = None
        try:
            for question in questions:
                with self._changed:
                    self._changed.wait_for(lambda: self._stopped or len(self._waiting) < WAITING)
                    if self._stopped:
                        return
                    self._waiting.append(question)
                    self._changed.notify_all()
        except QAError as error:
            fault = error
        except Exception as error:  # noqa: BLE001 - a thread that dies silently would leave everyone waiting
            fault = InputError(f"the questions cannot be read ({error}): go on with --resume")
        with self._changed:
            self._fault, self._ended = fault, True
            self._changed.notify_all()

    def _may_take(self) -> bool:
        return bool(self._waiting) and self._taken - self._written < AHEAD * self.size

    def _over(self) -> bool:
        """Whether there is nothing more to take, now or later."""
        return self._stopped or (self._ended and not self._waiting)

    def _all_written(self) -> bool:
        return self._over() and self._written == self._taken

    def _take(self) -> tuple[int, list[Question]]:
        """The next chunk with its number: of what waits a few; of the last ones fewer, so that all end together."""
        number, many = self._taken, len(self._waiting)
        few = max(1, many // (2 * self.size)) if self._ended else many
        chunk = [self._waiting.popleft() for _ in range(min(CHUNK, few, many))]
        self._taken += bool(chunk)
        self._changed.notify_all()
        return number, chunk

    def _ask(self, line: Connection, sent: Sent, free: threading.Semaphore) -> None:
        """Send one process chunk after chunk."""
        while True:
            free.acquire()
            with self._changed:
                self._changed.wait_for(lambda: self._may_take() or self._over())
                if self._over():
                    return
                number, chunk = self._take()
            sent.put(number)
            with suppress(OSError):  # who listens finds out
                line.send_bytes(packed(chunk))

    def _hear(self, line: Connection, sent: Sent, free: threading.Semaphore) -> None:
        """Put down what comes back from one process."""
        more = SENT  # that it may be sent now
        while (number := sent.get()) is not None:
            try:
                found = json.loads(line.recv_bytes())
            except (EOFError, OSError):
                found = GONE
            if isinstance(found, str):
                self._put_down(number, InputError(found))
                continue
            self._put_down(number, [Row(**row) for row in found])
            free.release(more)
            more = 1
