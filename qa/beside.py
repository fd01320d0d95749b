"""Two things that are loaded, one by a thread of its own: libraries let go of Python's lock while they read."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import TypeVar

Result = TypeVar("Result")


def beside(work: Callable[[], Result], other: Callable[[], object]) -> Result:
    """What `work` returns or raises in a thread of its own; this one does `other` in the meantime."""
    found: list[Result] = []
    failed: list[Exception] = []

    def run() -> None:
        try:
            found.append(work())
        except Exception as error:  # noqa: BLE001 - raised again below
            failed.append(error)

    thread = Thread(target=run, daemon=True)
    thread.start()
    other()
    thread.join()
    if failed:
        raise failed[0]
    return found[0]
