"""Ctrl-C before the program can answer it: imported before anything else, so that it ends what is still being imported.

Python would print where it was. What the parent process ignores, as `nohup` and `&` of a shell do, stays ignored.
"""

from __future__ import annotations

import signal

OURS = signal.getsignal(signal.SIGINT) is signal.default_int_handler


def end_at_once() -> None:
    """Let Ctrl-C end the process without a word, as it does where no Python runs."""
    if OURS:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def listen() -> None:
    """Let Ctrl-C raise KeyboardInterrupt again."""
    if OURS:
        signal.signal(signal.SIGINT, signal.default_int_handler)


end_at_once()
