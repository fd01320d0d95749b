"""Lines typed at a prompt, or piped in; Ctrl-C drops the line, Ctrl-D ends."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Callable, Iterator
from typing import BinaryIO

from qa.errors import InputError, UnreadableFile

PROMPT = "? "
GREETING = "Ask a question; /help lists the commands, Ctrl-D leaves."

Fail = Callable[[Exception], None]
Begin = Callable[[Fail | None], None]


def on_terminal() -> bool:
    """Whether someone sits at both ends, so that lines can be edited."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout is not None and sys.stdout.isatty()


def lines(begin: Begin) -> Iterator[str]:
    """Yield the lines; a pipe gets no prompt.

    `begin` opens what answers: before the first line from a pipe; on a terminal while the user types, where it
    is given a function that ends the prompt with an error.
    """
    if sys.stdin is None:
        raise InputError("standard input is closed: type at a terminal, or pipe questions in")
    if on_terminal():
        from qa import prompting  # the line editor, which a pipe does without

        print(GREETING, file=sys.stderr)
        yield from prompting.lines(PROMPT, begin)
        return
    begin(None)
    if sys.stdin.isatty():
        yield from _plain()
    else:
        yield from decoded(sys.stdin.buffer)


def decoded(source: BinaryIO) -> Iterator[str]:
    """The lines of a pipe as they come, each decoded as a file would be; bytes that are no text stay none."""
    from qa.readers import encodings

    for number, line in enumerate(source):
        data = line
        if number == 0 and line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # whose lines end otherwise
            data += source.read()
        try:
            yield from encodings.decode(data).text.splitlines()
        except UnreadableFile:
            yield from data.decode("utf-8", "surrogateescape").splitlines()


def _plain() -> Iterator[str]:
    """Typed lines where the answers go to a file: the prompt is no part of them."""
    while True:
        print(PROMPT, end="", file=sys.stderr, flush=True)
        try:
            line = sys.stdin.readline()
        except KeyboardInterrupt:
            print(file=sys.stderr)
            continue
        if not line:
            print(file=sys.stderr)
            return
        yield line
