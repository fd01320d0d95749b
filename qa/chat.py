"""The turns of a conversation: lines in, blocks of text out. Does not print and does not read the keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from qa import saving
from qa.errors import InputError, QAError
from qa.text import printable

if TYPE_CHECKING:
    from qa.types import Answer, Citation, Turn

KEPT = 8  # turns a follow-up may look back on
MOST = 1000  # citations of an answer

# Alone on a line these are no questions: they are what other programs know.
BARE = {"quit": "/quit", "exit": "/quit", "退出": "/quit", "help": "/help"}

HELP = """\
Type a question, or one of:
  /show N   the source around citation N of the last answer
  /more     further citations of the last answer
  /top K    how many citations an answer lists
  /where FIELD=VALUE
            answer from these documents only; alone it says which, /where off ends it
  /explain  how the last answer was found
  /save FILE
            the conversation as Markdown (.md) or JSON lines (.jsonl)
  /forget   forget the conversation so far
  /help     this list
  /quit     leave (also Ctrl-D)"""


class Said(str):
    """What the program says of itself, not what it found in the documents."""

    __slots__ = ()


class Asks(Protocol):
    """What answers."""

    def __call__(
        self, question: str, history: tuple[Turn, ...], top: int, where: tuple[str, ...], explain: bool
    ) -> Answer:
        """Answer a question after the turns before it, from the documents that `where` lets through."""
        ...


@dataclass
class Chat:
    """One conversation: asks with its history and answers commands.

    `render(answer)`, `cite(answer, first)` (the citations from number `first` on), `show(citation)` and
    `explain(answer)` give texts. `check(filters)` refuses filters that are none, `may_save(path)` a file that must not be written,
    `saved(path)` hears of one that was, `patient` says whether Ctrl-C stops the answer alone.
    """

    ask: Asks
    render: Callable[[Answer], str]
    cite: Callable[[Answer, int], str]
    show: Callable[[Citation], str]
    explain: Callable[[Answer], str]
    check: Callable[[tuple[str, ...]], object]
    may_save: Callable[[Path], None]
    saved: Callable[[Path], object]
    top: int
    patient: bool = False
    where: tuple[str, ...] = ()
    history: list[Turn] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    def run(self, lines: Iterable[str]) -> Iterator[str]:
        """A block of text, which may be Said, for each line that is not blank; ends after /quit or the last line."""
        for line in lines:
            text = one_line(line)
            text = BARE.get(text.casefold(), text)
            if text in ("/quit", "/exit"):
                return
            if text:
                yield self.reply(text)

    def reply(self, line: str) -> str:
        """The text for one line; a mistake comes back as a line of text, not as an error."""
        try:
            return self.command(line) if line.startswith("/") else self.question(line)
        except QAError as error:
            return Said(f"! {printable(str(error))}")
        except KeyboardInterrupt:
            if not self.patient:
                raise
            return Said("! stopped")

    def question(self, text: str) -> str:
        """Ask with what was said before."""
        from qa.types import Turn  # numpy comes with it: the prompt is there before

        found = self.ask(text, tuple(self.history[-KEPT:]), self.top, self.where, False)
        self.answers.append(replace(found, id=str(len(self.answers) + 1)))
        self.history = [*self.history, Turn(text, found.answer)][-KEPT - 1 :]  # what it was asked after, and itself
        return self.render(found)

    def command(self, line: str) -> str:
        """Do what a line with a slash says; raises InputError for one that is not known."""
        name, _, rest = line.partition(" ")
        does: dict[str, Callable[[str], str]] = {
            "/help": lambda _: Said(HELP),
            "/show": self.show_citation,
            "/more": self.more,
            "/top": self.set_top,
            "/where": self.set_where,
            "/explain": self.explain_last,
            "/save": self.save,
            "/save!": lambda file: self.save(file, over=True),
            "/forget": self.forget,
        }
        if name in ("/quit", "/exit"):
            raise InputError(f"{name} takes nothing behind it: type it alone to leave")
        if name not in does:
            raise InputError(f"no command {name}: /help lists them")
        return does[name](rest.strip())

    def last(self, wanted: str) -> Answer:
        """The last answer; raises InputError where there is none."""
        if not self.answers:
            raise InputError(f"there is no answer {wanted}: ask a question first")
        return self.answers[-1]

    def show_citation(self, rest: str) -> str:
        """The source of a citation of the last answer."""
        found = self.last("to show a citation of")
        if not found.citations:
            raise InputError("the last answer has no citations: ask another question")
        place = number(rest or "1", "/show N", "a citation's number", 1, len(found.citations))
        return self.show(found.citations[place - 1])

    def more(self, rest: str) -> str:
        """Further citations of the last answer, numbered on."""
        old = self.last("to list more of")
        again = self.again(len(old.citations) + self.top, explain=False)
        known = {(c.path, c.text) for c in old.citations}  # their lines may be others by now
        fresh = [c for c in again.citations if (c.path, c.text) not in known][: self.top]
        if not fresh:
            return Said("there are no more")
        first = len(old.citations) + 1
        added = tuple(replace(c, rank=place) for place, c in enumerate(fresh, start=first))
        self.answers[-1] = replace(old, citations=(*old.citations, *added))
        return self.cite(self.answers[-1], first)

    def again(self, top: int, *, explain: bool) -> Answer:
        """The last question asked once more, after the same turns."""
        return self.ask(self.answers[-1].question, tuple(self.history[:-1]), min(top, MOST), self.where, explain)

    def explain_last(self, rest: str) -> str:
        """How the last answer was found."""
        return self.explain(self.again(len(self.last("to explain").citations) or self.top, explain=True))

    def set_top(self, rest: str) -> str:
        """Another number of citations."""
        self.top = number(rest, "/top K", "how many citations", 1, MOST)
        return Said(f"answers list {self.top} citations")

    def set_where(self, rest: str) -> str:
        """Other documents to answer from."""
        if rest:
            wanted = () if rest == "off" else tuple(re.split(r"\s+(?=\w+=)", rest))
            self.check(wanted)
            self.where = wanted
        return Said(f"answers come from documents with {', '.join(map(printable, self.where)) or 'anything in them'}")

    def forget(self, rest: str) -> str:
        """Begin a new conversation; what was set stays set."""
        self.history, self.answers = [], []
        return Said("forgotten")

    def save(self, rest: str, over: bool = False) -> str:
        """Write the conversation to a file."""
        if not self.answers:
            raise InputError("there is nothing to save: ask a question first")
        path = saving.save(rest, self.answers, over=over, check=self.may_save)
        self.saved(path)
        return Said(f"saved {len(self.answers)} answers in {printable(str(path))}")


def one_line(text: str) -> str:
    r"""What was pasted in several lines as one: no blank between Chinese characters, one between others.

    >>> one_line("谁当选了\n工会主席? who\nis it")
    '谁当选了工会主席? who is it'
    """
    parts = [part.strip() for part in text.splitlines() if part.strip()]
    out = parts[0] if parts else ""
    for part in parts[1:]:
        out += ("" if out[-1] >= "\u2e80" and part[0] >= "\u2e80" else " ") + part
    return out


def number(text: str, usage: str, what: str, least: int, most: int) -> int:
    """The number in a command; raises InputError."""
    if not text.isdecimal() or len(text) > 9 or not least <= int(text) <= most:
        raise InputError(f"{usage}: give {what} from {least} to {most}")
    return int(text)
