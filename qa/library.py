"""An opened index that answers questions: what ranks, reads sources again and quotes, put together."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qa import answering, filters, preparing, query, ranking, thread
from qa.context import Context, around
from qa.cutting import Cutter
from qa.errors import REBUILD, BrokenIndex, InputError
from qa.rescoring import FIRST, Reranker, rescored
from qa.retrieval import Allowed
from qa.standing import Places
from qa.store import Index
from qa.types import Answer, Citation, Encoder, Turn
from qa.updates import base_of
from qa.verification import Sources

if TYPE_CHECKING:
    from qa.questions import Question

TOP = 5
LONGEST_QUESTION = 100_000  # characters
LOST = {"missing": "the file is gone", "changed": "what was cited is not in the file any more"}


class Library:
    """An opened index that answers questions."""

    def __init__(self, folder: Path, opened: Index, encoder: Encoder, reranker: Reranker | None = None) -> None:
        self.folder = folder
        self.index = opened
        self.encoder = encoder
        self.reranker = reranker
        self.max_bytes = opened.manifest.max_bytes
        self.cutter = Cutter(opened.passages, opened.segmenter, encoder)
        self.sources = Sources(base_of(folder, opened.manifest), self.max_bytes, folder)
        self._ahead: dict[tuple[str, int, tuple[str, ...]], ranking.Sought] = {}
        self._filtered: dict[tuple[str, ...], Allowed] = {}
        self._documents = answering.Documents(self.cutter.passage, opened.articles, Places(self.sources))

    def ask(
        self,
        question: str,
        *,
        top: int = TOP,
        history: Sequence[Turn] = (),
        id: str = "",
        where: Sequence[str] = (),
        explain: bool = False,
    ) -> Answer:
        """Answer from the documents; raises InputError for a question without a letter or digit.

        `where` are filters like "reporter=王磊"; with `explain` each citation says what its score is made of.
        """
        check_question(question, top)
        sought = self._ahead.get(self._key(question, top, where))
        allowed = self._allowed(where)
        with np.errstate(all="ignore"):  # numbers that are none are refused below, in words
            standalone, ranked = thread.rank(
                self.index, self.encoder, self.cutter, question, history, self._wanted(top), allowed, sought
            )
        if ranked and not np.isfinite(np.concatenate(list(ranked.columns.values()))).all():
            raise BrokenIndex(f"{self.index.folder} holds vectors or words that are no numbers: {REBUILD}")
        if ranked and self.reranker:
            ranked = rescored(ranked, standalone, self.reranker, self._text)
        request = answering.Request(question, standalone, top, id, explain)
        return answering.answer(ranked, request, self._documents, self.encoder)

    def ahead(self, questions: Sequence[Question], top: int, where: Sequence[str] = ()) -> None:
        """Find the candidates of several questions and read them together: each is answered sooner when it is asked next.

        Those that follow others, and those that cannot be asked, are left to be asked.
        """
        self._ahead.clear()
        allowed = self._allowed(where)
        with np.errstate(all="ignore"), suppress(BrokenIndex):  # whoever asks for what is broken is told
            for text in (question.text for question in questions if not question.history and not question.error):
                with suppress(InputError):
                    check_question(text, top)
                    asked = query.prepare(text, self.index, self.encoder)
                    found = ranking.closer(self.index, asked, self._wanted(top), allowed)
                    self._ahead[self._key(text, top, where)] = ranking.Sought(asked, found)
            numbers = {number for sought in self._ahead.values() for number in sought.found.numbers.tolist()}
            self.cutter.read([self.cutter.passage(number) for number in sorted(numbers)])

    def _allowed(self, where: Sequence[str]) -> Allowed | None:
        """What the filters let through, None without any; kept, as most questions are asked with those of the one before."""
        if not where:
            return None
        if tuple(where) not in self._filtered:
            self._filtered = {tuple(where): filters.allowed(self.index, where)}
        return self._filtered[tuple(where)]

    def _wanted(self, top: int) -> int:
        """How many passages the answer is made from, at least."""
        return max(top, FIRST) if self.reranker else top

    @staticmethod
    def _key(text: str, top: int, where: Sequence[str]) -> tuple[str, int, tuple[str, ...]]:
        """What the candidates of a question that stands alone depend on."""
        return text, top, tuple(where)

    def _text(self, number: int) -> str:
        """What a reranker reads of a passage."""
        return preparing.embedded_text(self.cutter.passage(number))

    def answer_row(self, question: Question, top: int, where: Sequence[str] = ()) -> Answer:
        """Answer a row of a questions file with its history."""
        return self.ask(question.text, top=top, history=question.history, id=question.id, where=where)

    def unmet(self, where: Sequence[str]) -> str:
        """What is said where no document passes the filters; empty where one does, or there are none."""
        return filters.unmet(self.index, where) if where else ""

    def context(self, citation: str) -> Context:
        """The source around a citation of this index."""
        return around(citation, base_of(self.folder, self.index.manifest), self.max_bytes)

    def cited(self, citation: Citation) -> Context:
        """The source around what an answer cited, wherever it stands by now; raises InputError where that is gone."""
        stands = self.sources.standing(citation.path, citation.lines, citation.text)
        if stands.fault in LOST:
            raise InputError(f"{citation.path}: {LOST[stands.fault]}: ask again")
        return self.context(f"{citation.path}:{stands.lines[0]}-{stands.lines[1]}")


def check_question(question: str, top: int) -> None:
    """Raise InputError for what cannot be asked."""
    if top < 1:
        raise InputError(f"--top is {top}: give a number from 1")
    if any("\ud800" <= c <= "\udfff" for c in question):
        raise InputError("the question holds bytes that are no text: type or paste it again, as UTF-8")
    if not any(c.isalnum() for c in question):
        raise InputError("the question is empty: ask with at least one word or character")
    if len(question) > LONGEST_QUESTION:
        raise InputError(f"the question has {len(question):,} characters: at most {LONGEST_QUESTION:,} can be asked")
