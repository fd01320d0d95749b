"""How well each sentence of a passage meets the question: by its words, by meaning, by the kind of answer.

All sentences of all passages are weighed together, as arrays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa import expectations
from qa.cutting import Cut, Cutter, know_kinds
from qa.query import Query
from qa.retrieval import TOLD_APART, Candidates
from qa.tokens import VIEWS, Keys
from qa.types import Floats, Passage, Range

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
SLOTS = 12  # bits by which keys are sorted out that no token of the question has
_SPREAD, _DOWN = np.uint64(0x9E3779B97F4A7C15), np.uint64(64 - SLOTS)


@dataclass(frozen=True, slots=True)
class Evidence:
    """All sentences of some passages: passage i has the rows `starts[i]` to `starts[i + 1] - 1` of every feature.

    `table` (features, sentences) holds the same rows as `features`, in their order.
    """

    features: Mapping[str, Floats]
    table: Floats
    starts: Ints
    cuts: tuple[Cut, ...]

    @property
    def ranges(self) -> tuple[tuple[Range, ...], ...]:
        """Where the sentences of each passage stand in its text."""
        return tuple(c.ranges for c in self.cuts)

    @property
    def owners(self) -> Ints:
        """The passage of each sentence."""
        return np.repeat(np.arange(len(self.cuts)), np.diff(self.starts))


@dataclass(frozen=True, slots=True)
class Texts:
    """The passages that are weighed, and their headlines: `titles[i]` is the place of passage i's among `heads`, or -1."""

    cuts: Sequence[Cut]
    heads: Sequence[Cut]
    titles: Ints
    starts: Ints
    own: Ints


def offsets(cuts: Sequence[Cut]) -> Ints:
    """Where each text's sentences begin among all, and their number."""
    return np.cumsum([0, *(len(c.ranges) for c in cuts)])


def cut(passages: Sequence[Passage], cutter: Cutter) -> Texts:
    """Passages and headlines in sentences; a headline that several have is there once."""
    headlines = [p.headline if p.context else "" for p in passages]
    distinct = {headline: place for place, headline in enumerate(dict.fromkeys(filter(None, headlines)))}
    every = cutter.cut([*(p.text for p in passages), *distinct])
    cuts, heads = every[: len(passages)], every[len(passages) :]
    starts = offsets(cuts)
    titles = np.array([distinct.get(headline, -1) for headline in headlines], dtype=np.int64)
    return Texts(cuts, heads, titles, starts, np.repeat(np.arange(len(cuts)), np.diff(starts)))


def held(query: Query, cuts: Sequence[Cut]) -> dict[str, Bools]:
    """Which sentences of all the texts hold which of the question's tokens, by view: (sentences, tokens)."""
    wanted = np.concatenate([query.tokens[view].keys for view in VIEWS])
    order = np.argsort(wanted)
    out = np.zeros((sum(len(c.counts) for c in cuts), len(wanted)), bool)
    keys, owners = found(wanted, cuts)
    places = order[np.minimum(np.searchsorted(wanted, keys, sorter=order), max(0, len(wanted) - 1))]
    match = wanted[places] == keys
    out[owners[match], places[match]] = True
    ends = np.cumsum([len(query.tokens[view].keys) for view in VIEWS])
    return dict(zip(VIEWS, np.split(out, ends[:-1], axis=1), strict=True))


def found(wanted: Keys, cuts: Sequence[Cut]) -> tuple[Keys, Ints]:
    """The keys of the texts that may be wanted, few others among them, and the sentences that they are in."""
    keys = np.concatenate([c.keys for c in cuts])
    slots = np.zeros(1 << SLOTS, bool)
    slots[wanted * _SPREAD >> _DOWN] = True
    likely = np.flatnonzero(slots[keys * _SPREAD >> _DOWN])
    ends = np.cumsum(np.concatenate([c.counts for c in cuts]))
    return keys[likely], np.searchsorted(ends, likely, side="right")


def weigh(query: Query, passages: Sequence[Passage], told: Candidates, cutter: Cutter) -> Evidence:
    """The features of every sentence of the passages; `told` describes these same passages, in this order."""
    texts = cut(passages, cutter)
    features = word_features(query, texts, told)
    features |= dense_features(query, texts)
    features |= kind_features(query, texts.cuts)
    features |= place_features(texts, features["bigrams"])
    table = stacked(list(features.values()))
    return Evidence(dict(zip(features, table, strict=True)), table, texts.starts, tuple(texts.cuts))


def stacked(columns: Sequence[NDArray[np.generic]]) -> Floats:
    """Columns of one length as the rows of a table."""
    table: Floats = np.concatenate(columns, dtype=np.float32, casting="unsafe").reshape(len(columns), -1)
    return table


def word_features(query: Query, texts: Texts, told: Candidates) -> dict[str, Floats]:
    """What share of the question's words a sentence holds: of all, of those asked about, of those not said before.

    `beside` leaves out what the headline and the passage's first sentence hold already: the subject.
    """
    features = {}
    starts, count = texts.starts, int(texts.starts[-1])
    every = held(query, [*texts.cuts, *texts.heads])
    for name in VIEWS:
        tokens = query.tokens[name]
        here = every[name][:count]
        topic = here[starts[:-1]] | title_tokens(every[name][count:], texts)
        known = here.astype(np.float32)
        features[name] = known @ tokens.shares
        features[f"focus {name}"] = known @ tokens.focus
        features[f"beside {name}"] = (here & ~topic[texts.own]).astype(np.float32) @ tokens.shares
        if name in TOLD_APART:
            features[f"telling {name}"] = np.einsum("st,st->s", known, told.telling[name][texts.own])
    return features


def title_tokens(rows: Bools, texts: Texts) -> Bools:
    """Which of the question's tokens each passage's headline holds, from the rows of the headlines' sentences."""
    out = np.zeros((len(texts.heads) + 1, rows.shape[1]), bool)  # the last is that of a passage without a headline
    if texts.heads:
        out[:-1] = np.logical_or.reduceat(rows, offsets(texts.heads)[:-1], axis=0)
    return out[texts.titles]


def dense_features(query: Query, texts: Texts) -> dict[str, Floats]:
    """How near a sentence is to the question, to what it asks about, and to what it says beside the subject."""
    vectors = np.concatenate([c.vectors for c in texts.cuts])
    about = vectors[texts.starts[:-1]]
    titled = texts.titles >= 0
    if titled.any():
        about[titled] += np.stack([c.whole for c in texts.heads])[texts.titles[titled]]
    about /= np.maximum(1e-6, np.linalg.norm(about, axis=1, keepdims=True))
    left = query.vector[None, :] - (about @ query.vector)[:, None] * about
    left /= np.maximum(1e-6, np.linalg.norm(left, axis=1, keepdims=True))
    return {
        "dense": vectors @ query.vector,
        "focus dense": vectors @ query.focus,
        "beside dense": np.einsum("sd,sd->s", vectors, left[texts.own]),
    }


def kind_features(query: Query, cuts: Sequence[Cut]) -> dict[str, Floats]:
    """Whether a sentence holds something of each kind asked for, and a number with the measure asked for."""
    know_kinds(cuts, query.kinds)
    nothing = np.zeros(sum(len(c.ranges) for c in cuts), np.float32)
    features = {
        f"holds {kind}": np.concatenate([c.kinds[kind] for c in cuts]) if kind in query.kinds else nothing
        for kind in expectations.KINDS
    }
    measure = query.unit
    units = [measure.search(part) is not None for c in cuts for part in c.folded] if measure else nothing
    return features | {"unit": np.asarray(units, dtype=np.float32)}


def place_features(texts: Texts, bigrams: Floats) -> dict[str, Floats]:
    """Where a sentence stands, how long it is, and how well its neighbours meet the question."""
    n, starts = len(bigrams), texts.starts
    first, last = np.zeros(n, np.float32), np.zeros(n, np.float32)
    first[starts[:-1]], last[starts[1:] - 1] = 1, 1
    return {
        "length": np.log1p(np.concatenate([c.lengths for c in texts.cuts])),
        "first": first,
        "bigrams before": np.where(first, 0, np.concatenate([[0], bigrams[:-1]])),
        "bigrams after": np.where(last, 0, np.concatenate([bigrams[1:], [0]])),
    }
