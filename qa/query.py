"""A question as it is searched: its tokens with the share of its meaning that each holds, and its vector."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Protocol

import numpy as np

from qa import expectations
from qa.asking import content, nearness, plain, rest_begins
from qa.bm25 import BM25, Keys, look_up
from qa.inverting import beginnings
from qa.numerals import clauses
from qa.terms import Terms
from qa.text import fold
from qa.tokens import FIRST_PAIR, FIRST_WORD, Places, Segmenter, placed
from qa.types import Encoder, Floats

NOTHING = 1e-6  # a sum of weights that is none
NEAR = 0.3  # nearness from which a character belongs to what is asked: some six characters off


class Lexicon(Protocol):
    """What is needed of an index to weigh words."""

    @property
    def lexical(self) -> Mapping[str, BM25]:
        """BM25 by view."""
        ...

    @property
    def segmenter(self) -> Segmenter:
        """What cut its words."""
        ...


@dataclass(frozen=True, slots=True)
class Tokens:
    """A question's tokens in one view: distinct `keys`, sorted; `times` each occurs; `terms` is where they stand.

    `weights` (4, tokens), each row of sum 1, are the shares of their idf; these weighed by nearness to the asking word;
    those of what stands in front of the asking word; and those of the rest, behind it, which is `rest` of all.
    """

    keys: Keys
    times: Floats
    weights: Floats
    rest: float
    idf: Floats
    terms: Terms

    @property
    def shares(self) -> Floats:
        """The first row of the weights."""
        shares: Floats = self.weights[0]
        return shares


@dataclass(frozen=True)
class Query:
    """`near` is what each character of `folded` weighs for what is asked. `vector` is of the whole, `focus` of the part about the asking words, both of unit length; `kinds` are the kinds of answer asked for, in `expectations`' terms, `unit` what a number asked for looks like, `clauses` those that are named."""

    text: str
    folded: str
    near: Floats
    vector: Floats
    focus: Floats
    kinds: frozenset[str]
    unit: re.Pattern[str] | None
    clauses: frozenset[str]
    segmenter: Segmenter
    look_up: Callable[[], Mapping[str, Tokens]]

    @cached_property
    def tokens(self) -> Mapping[str, Tokens]:
        """By view; looked up when they are first needed, beside the search for near vectors."""
        return self.look_up()


def prepare(question: str, index: Lexicon, encoder: Encoder) -> Query:
    """Cut, weigh and embed a question, without what is only polite, once for everything that is searched with it."""
    question = plain(question)
    folded = fold(question)
    near = np.array(nearness(folded), dtype=np.float32)
    found = placed(content(folded), index.segmenter, asked=True)
    vectors = encoder.queries([question, focus_text(folded, near)])
    kinds, unit = expectations.asked(folded), expectations.unit(folded)
    tokens = partial(weighed, found, near, rest_begins(folded), index.lexical)
    return Query(question, folded, near, vectors[0], vectors[1], kinds, unit, clauses(folded), index.segmenter, tokens)


def weighed(
    found: Mapping[str, tuple[Keys, Places]], near: Floats, asked: int, lexical: Mapping[str, BM25]
) -> dict[str, Tokens]:
    """Distinct tokens with their weights, by view; one that occurs more often is as near as its nearest.

    The rest, behind the asking word, begins at the character `asked`; a token that stands there once is of the rest.
    """
    every = np.concatenate([keys for keys, _ in found.values()])
    order = every.argsort(kind="stable")  # what one view has stands together: see `tokens`
    ascending = every[order]
    fresh = beginnings(ascending)
    keys, times = ascending[fresh], np.diff(np.append(fresh, len(every))).astype(np.float32)
    places = np.concatenate([places for _, places in found.values()])[order]
    nearest = np.maximum.reduceat(near[places], fresh) if len(fresh) else times
    rest = np.maximum.reduceat(places, fresh) >= asked if len(fresh) else times > 0
    parts = np.stack([np.ones_like(nearest), nearest, ~rest, rest])
    pairs, words = keys.searchsorted((FIRST_PAIR, FIRST_WORD)).tolist()
    slices = {"words": slice(words, None), "characters": slice(pairs), "bigrams": slice(pairs, words)}
    terms_of = look_up([(lexical[name], keys[own]) for name, own in slices.items()])
    out = {}
    for (name, own), terms in zip(slices.items(), terms_of, strict=True):
        idf = terms.idf()
        weights = idf * parts[:, own]
        whole, _, _, behind = weights.sum(axis=1)
        out[name] = Tokens(keys[own], times[own], share(weights), float(behind / max(NOTHING, whole)), idf, terms)
    return out


def share(weights: Floats) -> Floats:
    """The weights as parts of their sum, along the last axis."""
    parts: Floats = weights / np.maximum(NOTHING, weights.sum(axis=-1, keepdims=True))
    return parts


def focus_text(folded: str, near: Floats) -> str:
    """The part of a question that stands about its asking words."""
    return "".join(c if weight >= NEAR else " " for c, weight in zip(folded, near, strict=True))
