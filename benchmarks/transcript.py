"""The conversation in the README, from a real run: what `qa chat` says to each line, with the lines in between.

    python benchmarks/transcript.py            # print it
    python benchmarks/transcript.py --write    # put it into README.md

The seeds are indexed in a temporary folder. A conversation through a pipe does not echo its lines, so it is run again
with one line more each time: what is new is the answer to that line.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
QA = [sys.executable, str(ROOT / "cli.py")]
README = ROOT / "README.md"
BEGIN, END = "<!-- made by benchmarks/transcript.py -->\n", "<!-- end of the transcript -->\n"
LINES = ("泰顺最近办了个什么竞答?", "哪些部门一起举办的?", "/more", "/show 1", "/save talk.md")
OPTIONS = ("--top", "1")


def spoken(home: Path, lines: tuple[str, ...]) -> str:
    """All that a conversation with these lines prints."""
    for old in home.glob("talk.*"):
        old.unlink()
    command = [*QA, "chat", *OPTIONS]
    typed = "".join(f"{line}\n" for line in lines)
    return subprocess.run(command, cwd=home, input=typed, capture_output=True, text=True, check=True).stdout


def transcript(lines: tuple[str, ...] = LINES) -> str:
    """The conversation as it looks on a terminal, in a Markdown block."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        shutil.copytree(ROOT / "seeds", home / "seeds")
        subprocess.run([*QA, "index", "--quiet"], cwd=home, check=True)
        out, before = [f"$ qa chat {' '.join(OPTIONS)}"], ""
        for count, line in enumerate(lines, start=1):
            now = spoken(home, lines[:count])
            if not now.startswith(before):
                raise SystemExit(f"the answers before {line!r} are not the same again")
            out.append(f"? {line}\n{now[len(before) :].rstrip()}\n")
            before = now
    return "```console\n" + "\n".join(out) + "```\n"


def written(readme: str, block: str) -> str:
    """The README with the block in its place."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + block + END + after


def main() -> None:
    """Print the transcript, or put it into the README."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true")
    block = transcript()
    if parser.parse_args().write:
        README.write_text(written(README.read_text(encoding="utf-8"), block), encoding="utf-8")
    else:
        print(block, end="")


if __name__ == "__main__":
    main()
