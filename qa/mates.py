"""The other processes of a crew: what runs in them, what goes to and fro, and how they start.

Imports nothing heavy, so that they start before the one that asks them has read its own code.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from qa import collecting
from qa.errors import QAError
from qa.workers import started

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from qa.batch import Row
    from qa.questions import Question

Answer = Callable[[Sequence["Question"]], Iterator["Row"]]  # of some questions, which are best looked at together
Opener = Callable[[], Answer]


ANSWERING = "qa.batching:ready"  # what those begin with that will answer from an index


@contextmanager
def called(size: int, ready: str = "") -> Iterator[list[Connection]]:
    """Lines to the others of `size` processes, which end with the context.

    `ready` is the "module:function" that each of them calls before it knows what to open; this process need not import it.
    """
    if size <= 1:
        yield []
        return
    with started(serve, (ready,), size - 1) as lines:
        yield lines


def serve(connection: Connection, ready: str) -> None:
    """Get ready, open what is told, and answer chunk after chunk until the other side is gone.

    Runs in a process of its own.
    """
    collecting.seldom()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends Ctrl-C to all: the first process decides
    with suppress(EOFError, OSError):
        if ready:
            resolve_name(ready)()
        answer = opened(connection.recv())
        while True:
            asked = [question(raw) for raw in json.loads(connection.recv_bytes())]
            try:
                reply = packed(list(answer(asked)))
            except QAError as error:
                reply = json.dumps(str(error)).encode()
            connection.send_bytes(reply)


def opened(opener: Opener) -> Answer:
    """What answers; where opening fails, something that raises why for any question."""
    try:
        return opener()
    except QAError as error:
        why = error

    def fail(_: Sequence[Question]) -> Iterator[Row]:
        raise why

    return fail


def packed(some: Sequence[Question] | Sequence[Row]) -> bytes:
    """As JSON in which Chinese stays as it is: half as long as escaped, and quicker to read. Halves of characters pass."""
    return json.dumps(list(map(asdict, some)), ensure_ascii=False).encode("utf-8", "surrogatepass")


def question(raw: dict[str, Any]) -> Question:
    """A question that was packed."""
    from qa.questions import Question
    from qa.types import Turn

    return Question(**raw | {"history": tuple(Turn(**turn) for turn in raw["history"])})
