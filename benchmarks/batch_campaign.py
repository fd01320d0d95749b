"""A hundred thousand questions through `qa batch`: rate and memory all the way, then the same run interrupted ten times.

    python benchmarks/batch_campaign.py --questions 100000 --folder /tmp/campaign

Prints a Markdown table of the uninterrupted run, a line for each interruption (Ctrl-C, kill -9, a full disk), and
whether the resumed file is the uninterrupted one, byte for byte. Exit code 1 where it is not.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from performance.processes import tree

ROOT = Path(__file__).resolve().parents[1]
QA = [sys.executable, str(ROOT / "cli.py")]
ASKED = ("{}是什么?", "{},是谁说的?", "什么时候{}?", "{}有多少?", "为什么说{}?", "{}在哪里?")
ROWS = 20  # of the table
BLOCK = 1 << 20


def write_questions(path: Path, count: int) -> None:
    """Distinct questions about the seeds: a piece of their text and what is asked of it, now and then a follow-up."""
    chance = random.Random(7)
    text = "".join("".join(page.read_text(encoding="utf-8").split()) for page in sorted((ROOT / "seeds").glob("*.txt")))
    with path.open("w", encoding="utf-8") as out:
        before = ""
        for number in range(1, count + 1):
            at, length = chance.randrange(len(text) - 30), chance.randrange(6, 24)
            question = chance.choice(ASKED).format(text[at : at + length])
            row: dict[str, object] = {"id": f"q{number:06}", "question": question}
            if before and number % 10 == 0:
                row |= {"question": "那是什么时候的事?", "history": [{"question": before}]}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
            before = question


class Lines:
    """How many lines a growing file has; reads only what is new."""

    def __init__(self, path: Path) -> None:
        self._path, self._at, self.count = path, 0, 0

    def look(self) -> int:
        """The number of lines by now."""
        if self._path.exists():
            with self._path.open("rb") as file:
                file.seek(self._at)
                while block := file.read(BLOCK):
                    self._at += len(block)
                    self.count += block.count(b"\n")
        return self.count


def memory(root: int) -> float:
    """MiB of a process and its descendants, pages they share counted once (PSS)."""
    total = 0
    for process in tree(root):
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def start(home: Path, output: Path, *more: str, room: int | None = None) -> subprocess.Popen[bytes]:
    """`qa batch` as a process; `room` is the most bytes that a file of it may have, as on a full disk."""

    def limit() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's background job would ignore Ctrl-C
        if room is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    command = [*QA, "batch", "questions.jsonl", "-o", output.name, *more]
    return subprocess.Popen(command, cwd=home, preexec_fn=limit, stderr=subprocess.PIPE)


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows done after so many seconds, and MiB in use."""

    rows: int
    seconds: float
    mib: float


def steady(home: Path, output: Path, count: int) -> list[Sample]:
    """The run from start to end, looked at as each part of it is done."""
    lines, samples, began = Lines(output), [], time.monotonic()
    process = start(home, output)
    step = max(1, count // ROWS)
    while process.poll() is None:
        time.sleep(0.2)
        if lines.look() >= step * (len(samples) + 1):
            samples.append(Sample(lines.count, time.monotonic() - began, memory(process.pid)))
    if process.returncode:
        raise SystemExit(
            f"batch left with {process.returncode}: {process.stderr.read().decode() if process.stderr else ''}"
        )
    samples.append(Sample(lines.look(), time.monotonic() - began, 0.0))
    return samples


def table(samples: list[Sample]) -> str:
    """Markdown: rows, rows a second since the line before, MiB."""
    out = ["| rows | seconds | rows/s | MiB |", "|---|---|---|---|"]
    before = Sample(0, 0.0, 0.0)
    for now in samples:
        if now.rows == before.rows:
            continue
        rate = (now.rows - before.rows) / max(1e-9, now.seconds - before.seconds)
        out.append(f"| {now.rows:,} | {now.seconds:,.0f} | {rate:,.0f} | {f'{now.mib:,.0f}' if now.mib else ''} |")
        before = now
    return "\n".join(out)


def interrupted(home: Path, output: Path, count: int, times: int, seed: int) -> None:
    """The same run, stopped at random rows in three ways, and gone on with each time."""
    chance = random.Random(seed)
    stops = sorted(chance.randrange(1, count) for _ in range(times))
    lines = Lines(output)
    for number, stop in enumerate(stops):
        way = ("kill -9", "Ctrl-C", "full disk")[number % 3]
        size = output.stat().st_size if output.exists() else 0
        room = size + max(1, stop - lines.look()) * 5000 + chance.randrange(5000) if way == "full disk" else None
        process = start(home, output, *(["--resume"] if number else []), room=room)
        while process.poll() is None and (room is not None or lines.look() < stop):
            time.sleep(0.01)
        time.sleep(chance.random() / 10)
        if room is None:
            process.send_signal(signal.SIGKILL if way == "kill -9" else signal.SIGINT)
        said = process.communicate()[1].decode().strip()
        lines = Lines(output)
        print(f"- stopped at row {lines.look():,} by {way}, code {process.returncode}: {said or 'silent'}", flush=True)
    last = start(home, output, "--resume")
    said = last.communicate()[1].decode().strip()
    print(f"- gone on with to the end, code {last.returncode} {said}")


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> None:
    """Make the questions, run them whole, run them interrupted, compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--questions", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    home = given.folder
    home.mkdir(parents=True, exist_ok=True)
    shutil.copytree(ROOT / "seeds", home / "seeds", dirs_exist_ok=True)
    write_questions(home / "questions.jsonl", given.questions)
    subprocess.run([*QA, "index", "--quiet"], cwd=home, check=True)
    for old in home.glob("*answers.jsonl*"):
        old.unlink()
    print(table(steady(home, home / "whole-answers.jsonl", given.questions)), flush=True)
    interrupted(home, home / "resumed-answers.jsonl", given.questions, given.times, given.seed)
    same = digest(home / "whole-answers.jsonl") == digest(home / "resumed-answers.jsonl")
    print(f"\nThe resumed file is {'' if same else 'NOT '}the uninterrupted one, byte for byte.")
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
