"""The program's three streams: answers on stdout, everything else on stderr, UTF-8 in pipes."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from io import TextIOWrapper
from typing import Any, NoReturn

from qa.errors import InputError
from qa.text import printable

STDERR = 2  # its number


class ReaderLeft(Exception):
    """Whoever read standard output has enough: the program ends quietly."""


def use_utf8() -> None:
    """Pipes and files carry UTF-8 on every system; what a terminal cannot show is escaped, not an error."""
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "backslashreplace"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors=errors)


def keep_standard_error() -> None:
    """Where standard error is closed, let it lead nowhere: else the next file opened would take its number."""
    if sys.stderr is None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, STDERR)
        if nowhere != STDERR:
            os.close(nowhere)
        sys.stderr = os.fdopen(STDERR, "w", encoding="utf-8")


def colour() -> bool:
    """Whether standard output is a terminal that wants colour."""
    return sys.stdout is not None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def width() -> int | None:
    """Columns of the terminal that standard output is, None where it is none."""
    return shutil.get_terminal_size().columns if sys.stdout is not None and sys.stdout.isatty() else None


def emit(text: str) -> None:
    """Print a block of an answer on standard output."""
    write(text + "\n")


def write(text: str) -> None:
    """Write text as it is to standard output, at once; raises InputError where that is closed or full."""
    if sys.stdout is None:
        raise InputError("standard output is closed: leave it open")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        hush()
        raise ReaderLeft from None
    except OSError as error:
        hush()
        raise InputError(f"standard output cannot be written ({error.strerror}): send it elsewhere") from error


def write_data(text: str) -> None:
    """Write what is meant for a file to standard output; on a terminal nothing in it can steer that."""
    shown = sys.stdout is not None and sys.stdout.isatty()
    write("\n".join(printable(line) for line in text.split("\n")) if shown else text)


def emit_json(value: Any) -> None:
    """Print one JSON object on a line of standard output."""
    from qa.jsonline import dumps

    emit(dumps(value))


def emit_aside(text: str) -> None:
    """Print a block on standard error, where it is not among the answers that a script reads."""
    with suppress(OSError):  # nobody hears it
        print(text, file=sys.stderr, flush=True)


def say(message: str) -> None:
    """Print one line on standard error; names of files in it cannot steer the terminal."""
    if sys.stderr is None:  # print would take standard output instead
        return
    with suppress(OSError):  # nobody hears it
        print(f"qa: {printable(' '.join(message.split()))}", file=sys.stderr, flush=True)


def speaker(quiet: bool) -> Callable[[str], None]:
    """`say`, or silence."""
    return (lambda message: None) if quiet else say


def hush() -> None:
    """Point standard output elsewhere: whoever read it has left, and Python would complain on exit."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def leave(code: int) -> NoReturn:
    """End the program with `code`, at once where something is still done behind it.

    An index that is opened behind a prompt is not waited for; and Python, ending under a thread that is
    inside a library, would end in a crash.
    """
    if any(thread.daemon for thread in threading.enumerate()):
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                with suppress(OSError):
                    stream.flush()
        os._exit(code)
    sys.exit(code)
