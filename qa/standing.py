"""Where passages and quotations stand in their files now; looked for again only after a file was read again."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from qa.types import Passage, Range
from qa.verification import Sources, Standing, quote_lines

KEPT = 4096  # passages whose place is remembered


@dataclass(frozen=True, slots=True)
class Known:
    """Where a passage stands in its file as it was at this `reading`, and the lines of what was quoted of it."""

    reading: object
    standing: Standing
    quotes: dict[Range, Range] = field(default_factory=dict)


class Places:
    """Remembers until `sources` reads the file again."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._known: OrderedDict[int, Known] = OrderedDict()

    def of(self, number: int, passage: Passage, span: Range) -> tuple[Standing, Range]:
        """Where passage `number` stands, and the lines of `text[span]`.

        The lines are those where the text moved to, if it did, and never where it no longer stands.
        """
        units = self._sources.units(passage.path)
        known, reading = self._known.get(number), self._sources.reading(passage.path)
        if units is None or known is None or known.reading is not reading:
            standing = self._sources.standing(passage.path, passage.lines, passage.text)
            if units is None:
                return standing, standing.lines
            known = self._known[number] = Known(self._sources.reading(passage.path), standing)
            if len(self._known) > KEPT:
                self._known.popitem(last=False)
        if span not in known.quotes:
            known.quotes[span] = self._lines(passage, known.standing, span)
        return known.standing, known.quotes[span]

    def _lines(self, passage: Passage, standing: Standing, span: Range) -> Range:
        if standing.fault not in (None, "moved"):
            return standing.lines
        return quote_lines(self._sources, passage.path, standing.lines, passage.text, span)
