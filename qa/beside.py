"""Two things done at once, one by a thread of its own: libraries let go of Python's lock while they work."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from typing import TypeVar

Result = TypeVar("Result")

_crowded = Event()


def crowd() -> None:
    """For the rest of this process: its threads find no core of their own, as others like it work on all of them."""
    _crowded.set()


def crowded() -> bool:
    """Whether a thread would only take turns with the one that starts it."""
    return _crowded.is_set()


def beside(work: Callable[[], Result], other: Callable[[], object]) -> Result:
    """What `work` returns or raises in a thread of its own; this one does `other` in the meantime.

    The thread has ended when this returns or raises, an interrupt from the keyboard included: a program that
    ends under a library which is still reading ends in a crash.
    """
    found: list[Result] = []
    failed: list[Exception] = []
    done = Event()

    def run() -> None:
        try:
            found.append(work())
        except Exception as error:  # noqa: BLE001 - raised again below
            failed.append(error)
        finally:
            done.set()

    thread = Thread(target=run)
    thread.start()
    try:
        other()
        done.wait()  # not join: Python 3.11 takes a thread for ended whose join was interrupted
    finally:
        thread.join()
    if failed:
        raise failed[0]
    return found[0]
