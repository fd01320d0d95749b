"""The command `chat`, wired: a library that opens while the user types and follows its documents."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from qa.errors import InputError, QAError

if TYPE_CHECKING:
    from qa.library import Library
    from qa.repl import Fail
    from qa.types import Answer, Turn

Say = Callable[[str], None]
SHARE = 20  # looking for changed files may take one part in so many of the time


def check_top(top: int) -> None:
    """Raise InputError for a number of citations that is none; loads nothing, so that the prompt is there at once."""
    if top < 1:
        raise InputError(f"--top is {top}: give a number from 1")


def stale(library: Library) -> bool:
    """Whether the index was replaced, or a document is no longer what the index says."""
    from qa import store, updates

    if store.current(library.folder) != library.index.folder:
        return True
    manifest = library.index.manifest
    base = updates.base_of(library.folder, manifest)
    if not any((base / root).exists() for root in manifest.roots):
        return False  # gone as a whole: the index alone answers
    return bool(updates.survey(library.folder, manifest).changes)


class Follower:
    """A library opened by `open_library`, which is handed where to say things, and opened again when its documents changed."""

    def __init__(self, open_library: Callable[[Say], Library], say: Say) -> None:
        self._open = partial(open_library, self._say_once)
        self._say = say
        self._said: set[str] = set()  # of an index that cannot be brought up to date, which is tried again and again
        self._library: Library | None = None
        self._error: Exception | None = None
        self._thread: threading.Thread | None = None
        self._look_at = 0.0

    def begin(self, fail: Fail | None) -> None:
        """Open now, or in the background where `fail` is given: it is called with what goes wrong."""
        if self._library is not None:
            return
        if fail is None:
            self._library = self._open()
            return
        self._thread = threading.Thread(target=self._open_behind, args=(fail,), daemon=True)
        self._thread.start()

    def _open_behind(self, fail: Fail) -> None:
        try:
            self._library = self._open()
        except Exception as error:  # noqa: BLE001 - carried to the thread that asks
            self._error = error
            fail(error)

    def library(self) -> Library:
        """The library as it is now; raises what opening it raised."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self._error is not None:
            raise Failed(self._error)
        if self._library is None:
            self._library = self._open()
        elif time.monotonic() >= self._look_at:
            self._library = self._followed(self._library)
        return self._library

    def _followed(self, library: Library) -> Library:
        """The library, opened again where it is stale; the old one where that cannot be."""
        began = time.monotonic()
        try:
            changed = stale(library)
            self._look_at = began + SHARE * (time.monotonic() - began)
            opened = self._open() if changed else library
            if opened.index.folder != library.index.folder:
                self._said.clear()
            return opened
        except QAError as error:
            self._say_once(f"{error} (answering from the index as it was)")
            now = time.monotonic()
            self._look_at = now + SHARE * (now - began)  # else it would be tried at each question
            return library

    def _say_once(self, message: str) -> None:
        if message not in self._said:
            self._said.add(message)
            self._say(message)

    def ask(
        self, question: str, history: tuple[Turn, ...], top: int, where: tuple[str, ...] = (), explain: bool = False
    ) -> Answer:
        """Answer, from the documents that `where` lets through."""
        library = self.library()
        found = library.ask(question, top=top, history=history, where=where, explain=explain)
        if not found.citations and (unmet := library.unmet(where)):
            self._say(unmet)
        return found

    def may_save(self, path: Path) -> None:
        """Raise InputError for a file of the index, or one of its documents."""
        from qa import outputs, updates

        library = self._library or self.library()
        outputs.check_beside(path, library.folder, updates.documents(library.folder, library.index.manifest))

    def saved(self, path: Path) -> None:
        """Say so where the conversation was saved among the documents."""
        from qa import updates

        library = self._library or self.library()  # the documents are not looked at for this
        if warning := updates.indexed(library.folder, library.index.manifest, path):
            self._say(warning)


class Failed(Exception):
    """The library cannot be opened: the conversation ends with `cause`."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


def check_filters(where: tuple[str, ...]) -> None:
    """Raise InputError for a filter that is none."""
    from qa import filters

    filters.parse(where)
