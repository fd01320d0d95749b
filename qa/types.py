"""The records that flow through the house: plain, frozen, importing nothing of their own.

Numbers of lines, pages and paragraphs count from 1, and both ends of a range are included.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Range = tuple[int, int]
Unit = Literal["line", "page", "paragraph"]
Kind = Literal["news", "photo", "section", "fragment"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A true paragraph: where it stands and its text with the page's line breaks closed up.

    `under` is what it stands under inside its article and needs to be understood: a subhead, the head of its table.
    """

    lines: Range
    text: str
    under: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """One article of a page or one section of a document.

    `headline_lines` is the whole headline block, kickers included; None where there is none. `within` are the
    titles of the document and of the sections that it stands in, outermost first.
    """

    headline: str | None
    headline_lines: Range | None = None
    kickers: tuple[str, ...] = ()
    subheads: tuple[tuple[int, str], ...] = ()
    byline: str | None = None
    reporters: tuple[str, ...] = ()
    kind: Kind = "news"
    paragraphs: tuple[Paragraph, ...] = ()
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """What a citation names: a file, or one record of a `.jsonl` corpus."""

    id: str
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """One file that was read: `units[n - 1]` is the text of its line, page or paragraph n.

    `left_out` says which parts of it cannot be read, and why; it is empty where all can.
    """

    path: str
    unit: Unit
    units: tuple[str, ...]
    encoding: str | None
    documents: tuple[Document, ...]
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Some lines of a file as a source of their own, and how many lines and characters of units stand before them."""

    source: Source
    lines: int
    characters: int


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit of retrieval: a paragraph, or some sentences of a long one; never two articles.

    `span` counts characters in the source's units joined by newlines. `start` is where `text`
    begins in its paragraph's text, in characters. `context` is searched with the text and never shown:
    the article's kickers, and on a line of its own its title.
    """

    document: str
    path: str
    lines: Range
    span: Range
    article: int
    paragraph: int
    start: int
    text: str
    headline: str = ""
    context: str = ""
    byline: str = ""
    reporters: tuple[str, ...] = ()
    kind: Kind = "news"

    @property
    def title(self) -> str:
        """What the passage stands under: titles of document and section, headline, subhead, the head of its table."""
        return self.context[self.context.rfind("\n") + 1 :]

    def __reduce__(self) -> tuple[type[Passage], tuple[Any, ...]]:
        """To another process by its values alone: a third of the time of what Python does for such classes."""
        return Passage, _values(self)


_values: Callable[[Passage], tuple[Any, ...]] = attrgetter(*(field.name for field in fields(Passage)))


class Passages(Protocol):
    """Passages by number."""

    def __len__(self) -> int: ...

    def __getitem__(self, number: int, /) -> Passage:
        """The passage of that number."""
        ...


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found: its number in the index and its score (larger is better)."""

    number: int
    score: float


@dataclass(frozen=True, slots=True)
class Citation:
    """One source of an answer; field for field what `--json` prints.

    `also` are the other places of the same text, as `path:from-to`; `features` say what the score was made of,
    where that was asked for.
    `fault` says why it is not verified; it is None, and not printed, for every citation that is. The lines
    of a text that moved are those where it stands now.
    """

    rank: int
    score: float
    document: str
    path: str
    lines: Range
    headline: str
    byline: str
    reporters: tuple[str, ...]
    paragraph: int
    text: str
    quote: str
    quote_lines: Range
    verified: bool
    fault: Literal["moved", "changed", "missing", "unreadable"] | None = None
    also: tuple[str, ...] = ()
    features: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question; `answered` is `confidence` against the threshold.

    `error` says why a row of a batch could not be asked; it is None for every other answer.
    """

    id: str
    question: str
    standalone: str
    answered: bool
    confidence: float
    answer: str
    citations: tuple[Citation, ...]
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of a conversation and what was answered."""

    question: str
    answer: str = ""


class Encoder(Protocol):
    """Texts to vectors, float32 of shape (texts, dimension), each of length 1 or all zeros, and always finite.

    A text that is empty or blank gives zeros, and so does one in which a static model knows no token; it is
    as near to one thing as to another, and only its words can find it. A transformer gives its vector of
    unknown tokens for the latter.
    """

    @property
    def fingerprint(self) -> str:
        """Names all that makes the vectors: two encoders with one fingerprint give the same ones (to rounding)."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    @property
    def room(self) -> int | None:
        """Tokens read of a passage, what follows is cut off; None where all of it counts."""
        ...

    def queries(self, texts: Sequence[str]) -> Floats:
        """Encode questions, with what the model wants in front of them."""
        ...

    def passages(self, texts: Sequence[str]) -> Floats:
        """Encode passages, with what the model wants in front of them."""
        ...

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text."""
        ...


@runtime_checkable
class Parting(Encoder, Protocol):
    """An encoder that tells tokens apart from their vectors."""

    @property
    def parted(self) -> bool:
        """Whether the tokens of some lines are those of each line, one after the other."""
        ...

    def entries(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The tokens of all texts one after the other (tokens,), and how many each has (texts,)."""
        ...

    def means(self, tokens: NDArray[np.int64], lengths: NDArray[np.int64]) -> Floats:
        """The vectors of texts given as `entries` gives them: what `passages` makes of the texts."""
        ...

    def words(self, texts: Sequence[str]) -> tuple[Floats, NDArray[np.int64]]:
        """The vectors of all tokens of the texts, as they are added up (tokens, dimension); how many each has (texts,)."""
        ...
