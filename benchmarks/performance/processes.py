"""Runs a command and tells what it took: seconds by the clock and by the processor, and the most memory at once.

Linux: memory is the kernel's own high-water mark, or the sum over a command's processes where it starts others.
The runner imports only the standard library, because a child's mark begins at its parent's size.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
QA = (sys.executable, str(ROOT / "cli.py"))
LOOK = 0.2  # seconds between two looks at a command's processes
UNSET = ("QA_INDEX", "QA_RERANKER", "QA_CACHE", "NO_COLOR", "FORCE_COLOR")
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}


class Failed(Exception):
    """A command that did not end well; the message is its last line."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a command took: seconds, seconds of processors, bytes; and what it printed."""

    wall: float
    cpu: float
    peak: int
    out: str


def environment() -> dict[str, str]:
    """That of a user who has set nothing, without a network for what would look for models, with this repository's code."""
    kept = {name: value for name, value in os.environ.items() if name not in UNSET}
    return kept | OFFLINE | {"PYTHONPATH": str(ROOT)}


def tree(root: int) -> Iterator[int]:
    """A process and all its descendants."""
    yield root
    for task in Path(f"/proc/{root}/task").glob("*/children"):
        for child in task.read_text().split():
            yield from tree(int(child))


def together(root: int) -> int:
    """Bytes of a process and its descendants, shared pages counted once (PSS); 0 where it is alone."""
    try:
        processes = list(tree(root))
        if len(processes) < 2:
            return 0
        lines = [line for p in processes for line in Path(f"/proc/{p}/smaps_rollup").read_text().splitlines()]
    except OSError:  # one has just ended
        return 0
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


class Watch(threading.Thread):
    """Looks at a command while it runs, and ends it when its time is up."""

    def __init__(self, process: int, seconds: float, *, weigh: bool) -> None:
        super().__init__(daemon=True)
        self._process, self._until, self._weigh = process, time.monotonic() + seconds, weigh
        self._over = threading.Event()
        self.peak, self.late = 0, False

    def run(self) -> None:
        """Look until told to stop."""
        while not self._over.wait(LOOK):
            if self._weigh:
                self.peak = max(self.peak, together(self._process))
            if time.monotonic() > self._until and not self.late:
                self.late = True
                os.killpg(self._process, signal.SIGKILL)

    def stop(self) -> None:
        """The command has ended."""
        self._over.set()
        self.join()


def run(
    command: Sequence[str | Path],
    *,
    seconds: float = 7200,
    also: Mapping[str, str] | None = None,
    codes: Sequence[int] = (0,),
    weigh: bool = True,
) -> Run:
    """Run to the end in the repository's folder; raises Failed where it leaves with another code or takes longer.

    Several processes are not weighed together where their memory is not asked for: to look through a gigabyte's pages
    takes them a twentieth of their time.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=ROOT,
            env=environment() | dict(also or {}),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        watch = Watch(process.pid, seconds, weigh=weigh)
        watch.start()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = code = os.waitstatus_to_exitcode(status)
        watch.stop()
        out.seek(0)
        err.seek(0)
        printed, said = (file.read().decode(errors="replace") for file in (out, err))
    if watch.late:
        raise Failed(f"took more than {seconds:.0f} s")
    if code not in codes:
        lines = [line for line in said.splitlines() if line.strip()]
        raise Failed(lines[-1].strip() if lines else f"exit code {code}")
    return Run(wall, used.ru_utime + used.ru_stime, max(1024 * used.ru_maxrss, watch.peak), printed)


def alternate(
    commands: Mapping[str, Sequence[str | Path]], times: int, codes: Sequence[int] = (0, 1)
) -> dict[str, list[Run]]:
    """Each command so many times, by turns, so that a busy minute of the machine falls on all of them."""
    found: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(times):
        for name, command in commands.items():
            found[name].append(run(command, codes=codes))
    return found


def child(module: str, *arguments: str | Path | int, seconds: float = 7200) -> Run:
    """Run a module of this benchmark in a process of its own."""
    return run([sys.executable, "-m", f"benchmarks.performance.{module}", *map(str, arguments)], seconds=seconds)
