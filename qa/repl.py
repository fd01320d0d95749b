"""Lines typed at a prompt, or piped in; Ctrl-C drops the line, Ctrl-D ends."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import suppress

PROMPT = "? "


def lines() -> Iterator[str]:
    """Yield the lines; a pipe gets no prompt."""
    if not sys.stdin.isatty():
        yield from sys.stdin
        return
    with suppress(ImportError):  # not on Windows, whose own console edits lines
        importlib.import_module("readline")
    print("Ask a question; /help lists the commands, Ctrl-D leaves.", file=sys.stderr)
    while True:
        try:
            yield input(PROMPT)
        except KeyboardInterrupt:
            print(file=sys.stderr)
        except EOFError:
            print(file=sys.stderr)
            return
