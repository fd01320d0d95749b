"""How long `qa chat` takes to its prompt on a terminal, by the clock and by the processor.

    python benchmarks/chat_startup.py [--times 7]

Starts it in a pseudo-terminal with an index of the seeds there; the search is loaded behind the prompt.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pexpect

ROOT = Path(__file__).resolve().parents[1]
CLI = str(ROOT / "cli.py")
READY = "\x1b\\[\\?25h"  # the line editor shows the cursor when it waits


def used(process: int) -> float:
    """Seconds of processor time of a process so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def once(home: Path) -> tuple[float, float]:
    """Seconds by the clock and by the processor until the prompt."""
    began = time.monotonic()
    child = pexpect.spawn(sys.executable, [CLI, "chat"], cwd=str(home), env=dict(os.environ, TERM="xterm-256color"))
    child.expect(READY)
    found = time.monotonic() - began, used(child.pid)
    child.close(force=True)
    return found


def main() -> None:
    """Print the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=7)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        shutil.copytree(ROOT / "seeds", home / "seeds")
        subprocess.run([sys.executable, CLI, "index", "--quiet"], cwd=home, check=True)
        found = [once(home) for _ in range(parser.parse_args().times)]
    clock, processor = (statistics.median(column) for column in zip(*found, strict=True))
    load = os.getloadavg()[0]
    print(
        f"prompt after {clock:.2f} s by the clock, {processor:.2f} s of one core (load {load:.1f}, {os.cpu_count()} cores)"
    )


if __name__ == "__main__":
    main()
