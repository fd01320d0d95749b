"""The program's three streams: answers on stdout, everything else on stderr, UTF-8 in pipes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from io import TextIOWrapper
from typing import Any

from qa.text import printable


def use_utf8() -> None:
    """Pipes and files carry UTF-8 on every system; what a terminal cannot show is escaped, not an error."""
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "backslashreplace"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors=errors)


def colour() -> bool:
    """Whether standard output is a terminal that wants colour."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def emit(text: str) -> None:
    """Print a block of an answer on standard output."""
    print(text, flush=True)


def emit_json(value: Any) -> None:
    """Print one JSON object on a line of standard output."""
    from json import dumps

    emit(dumps(value, ensure_ascii=False))


def say(message: str) -> None:
    """Print one line on standard error; names of files in it cannot steer the terminal."""
    print(f"qa: {printable(' '.join(message.split()))}", file=sys.stderr)


def speaker(quiet: bool) -> Callable[[str], None]:
    """`say`, or silence."""
    return (lambda message: None) if quiet else say


def hush() -> None:
    """Point standard output elsewhere: whoever read it has left, and Python would complain on exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
