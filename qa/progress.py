"""Progress bars on standard error: only on a terminal, gone when done."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def wanted(quiet: bool) -> bool:
    """Whether anyone would see a bar."""
    return not quiet and sys.stderr.isatty()


@contextmanager
def bar(quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """A function (stage, done, total) that moves a bar, one for each stage."""
    if not wanted(quiet):
        yield lambda stage, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks: dict[str, object] = {}

        def show(stage: str, done: int, total: int) -> None:
            task = tasks.get(stage)
            if task is None:
                task = tasks[stage] = progress.add_task(stage, total=total)
            progress.update(task, completed=done, total=total)  # type: ignore[arg-type]

        yield show


@contextmanager
def counter(quiet: bool, stage: str, total: int | None) -> Iterator[Callable[[], None]]:
    """A function to call once for each thing done."""
    done = 0
    with bar(quiet) as show:

        def tick() -> None:
            nonlocal done
            done += 1
            show(stage, done, total or done)

        yield tick
