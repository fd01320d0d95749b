"""Progress bars on standard error: only on a terminal, gone when done."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def wanted(quiet: bool) -> bool:
    """Whether anyone would see a bar."""
    return not quiet and sys.stderr is not None and sys.stderr.isatty()


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
def counter(quiet: bool, stage: str, total: int | None, done: int = 0) -> Iterator[Callable[[], None]]:
    """A function to call once for each thing done; the bar says how many a second and how long the rest takes."""
    if not wanted(quiet):
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = [
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        *([TextColumn("left"), TimeRemainingColumn()] if total is not None else []),
    ]
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(stage, total=total, completed=done, rate="")

        def tick() -> None:
            progress.advance(task)
            speed = progress.tasks[0].speed
            progress.update(task, rate=f"{speed:,.0f}/s" if speed else "")

        yield tick
