"""The turns of a conversation: lines in, blocks of text out. Does not print and does not read the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from qa.errors import InputError, QAError
from qa.types import Answer, Turn

KEPT = 8  # turns a follow-up may look back on

HELP = """\
Type a question, or one of:
  /show N   the source around citation N of the last answer
  /top K    how many citations an answer lists
  /forget   forget the conversation so far
  /help     this list
  /quit     leave (also Ctrl-D)"""


@dataclass
class Chat:
    """One conversation: asks with its history and answers commands.

    `ask(question, history, top)` gives an Answer, `render(answer)` and `show(path:from-to)` texts.
    """

    ask: Callable[[str, tuple[Turn, ...], int], Answer]
    render: Callable[[Answer], str]
    show: Callable[[str], str]
    top: int
    history: list[Turn] = field(default_factory=list)
    last: Answer | None = None

    def run(self, lines: Iterable[str]) -> Iterator[str]:
        """A block of text for each line that is not blank; ends after /quit or the last line."""
        for line in lines:
            text = line.strip()
            if text in ("/quit", "/exit"):
                return
            if text:
                yield self.reply(text)

    def reply(self, line: str) -> str:
        """The text for one line; a mistake comes back as a line of text, not as an error."""
        try:
            return self.command(line) if line.startswith("/") else self.question(line)
        except QAError as error:
            return f"! {error}"

    def question(self, text: str) -> str:
        """Ask with what was said before."""
        self.last = self.ask(text, tuple(self.history), self.top)
        self.history = [*self.history, Turn(text, self.last.answer)][-KEPT:]
        return self.render(self.last)

    def command(self, line: str) -> str:
        """Do what a line with a slash says; raises InputError for one that is not known."""
        name, _, rest = line.partition(" ")
        if name == "/help":
            return HELP
        if name == "/forget":
            self.history, self.last = [], None
            return "forgotten"
        if name == "/top":
            self.top = number(rest, "/top K", "how many citations", 1, 1000)
            return f"answers list {self.top} citations"
        if name == "/show":
            return self.show_citation(rest)
        raise InputError(f"no command {name}: /help lists them")

    def show_citation(self, rest: str) -> str:
        """The source of a citation of the last answer."""
        if self.last is None or not self.last.citations:
            raise InputError("there is no answer to show a citation of: ask a question first")
        place = number(rest or "1", "/show N", "a citation's number", 1, len(self.last.citations))
        cited = self.last.citations[place - 1]
        return self.show(f"{cited.path}:{cited.lines[0]}-{cited.lines[1]}")


def number(text: str, usage: str, what: str, least: int, most: int) -> int:
    """The number in a command; raises InputError."""
    if not text.strip().isdecimal() or not least <= int(text) <= most:
        raise InputError(f"{usage}: give {what} from {least} to {most}")
    return int(text)
