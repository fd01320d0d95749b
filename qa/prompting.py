"""The prompt on a terminal: line editing, history kept from run to run, completion, paste of several lines."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.patch_stdout import patch_stdout

Begin = Callable[[Callable[[Exception], None]], None]

COMMANDS = {
    "/show": "the source around a citation",
    "/more": "further citations",
    "/top": "how many citations an answer lists",
    "/where": "answer from some documents only",
    "/explain": "how the last answer was found",
    "/save": "the conversation as a file",
    "/forget": "begin a new conversation",
    "/help": "the commands",
    "/quit": "leave",
}


class Commands(Completer):
    """Commands after a slash, files after /save."""

    def __init__(self) -> None:
        self._paths = PathCompleter(expanduser=True)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """What the line before the cursor may go on with."""
        text = document.text_before_cursor
        name, blank, rest = text.partition(" ")
        if blank and name in ("/save", "/save!"):
            yield from self._paths.get_completions(Document(rest, len(rest)), complete_event)
        elif not blank and text.startswith("/"):
            for command, meaning in COMMANDS.items():
                if command.startswith(text):
                    yield Completion(command, -len(text), display_meta=meaning)


def state_folder() -> Path:
    """Where this user's programs keep what they remember; raises RuntimeError where there is no home."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "qa"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "qa"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "qa"


def history() -> History:
    """The lines of earlier conversations, readable by their user alone; forgotten at the end where no file can be kept."""
    try:
        path = state_folder() / "history"
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        with path.open("ab"):
            return FileHistory(str(path))
    except (OSError, RuntimeError):
        return InMemoryHistory()


def lines(prompt: str, begin: Begin) -> Iterator[str]:
    """Yield what is typed or pasted; Ctrl-C drops it, Ctrl-D on an empty line ends."""
    # Asking the terminal where its cursor stands would delay the prompt, and warn, where it does not answer.
    os.environ.setdefault("PROMPT_TOOLKIT_NO_CPR", "1")
    command = Condition(lambda: session.default_buffer.text.startswith("/"))
    session: PromptSession[str] = PromptSession(
        history=history(), completer=Commands(), complete_while_typing=command, reserve_space_for_menu=4
    )

    def fail(error: Exception) -> None:
        app = session.app
        if app.loop is not None:
            app.loop.call_soon_threadsafe(_leave, session, error)

    started = False

    def start(_: object) -> None:
        nonlocal started
        if not started:  # the prompt is on the screen: now there is time
            started = True
            begin(fail)

    session.app.after_render += start
    while True:
        try:
            with patch_stdout(raw=True):
                line = session.prompt(prompt)
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        yield line


def _leave(session: PromptSession[str], error: Exception) -> None:
    with suppress(Exception):  # answered or left in the meantime: whoever waits for the library is told as well
        session.app.exit(exception=error)
