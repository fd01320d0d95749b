"""How well each sentence of a passage meets the question: by its words, by meaning, by the kind of answer.

All sentences of all passages are weighed together, as arrays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from qa import expectations
from qa.cutting import Cut, Cutter, Reading, know_kinds, unit_rows
from qa.query import Query
from qa.retrieval import TOLD_APART, Candidates
from qa.tokens import Keys
from qa.types import Floats, Passage, Range

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
ORDER = ("characters", "bigrams", "words")  # views by ascending keys
SLOTS = 12  # bits by which keys are sorted out that no token of the question has
_SPREAD, _DOWN = np.uint64(0x9E3779B97F4A7C15), np.uint64(64 - SLOTS)


@dataclass(frozen=True, slots=True)
class Evidence:
    """All sentences of some passages: passage i has the rows `starts[i]` to `starts[i + 1] - 1` of every feature.

    `owners` (sentences,) is the passage of each. `titles` are what each passage stands under, folded. `table` (features, sentences) holds the same rows as `features`, in
    their order.
    """

    features: Mapping[str, Floats]
    table: Floats
    starts: Ints
    owners: Ints
    cuts: tuple[Cut, ...]
    titles: tuple[tuple[str, ...], ...] = ()

    @property
    def ranges(self) -> tuple[tuple[Range, ...], ...]:
        """Where the sentences of each passage stand in its text."""
        return tuple(c.ranges for c in self.cuts)


@dataclass(frozen=True, slots=True)
class Texts:
    """Passages that are weighed; `starts` and `owners` of their sentences are those of the evidence."""

    read: Sequence[Reading]
    cuts: tuple[Cut, ...]
    starts: Ints
    owners: Ints


def laid_out(read: Sequence[Reading]) -> Texts:
    """Where the sentences of each passage stand among all."""
    cuts = tuple([r.cut for r in read])
    sizes = np.array([len(c.ranges) for c in cuts])
    starts = np.zeros(len(cuts) + 1, np.int64)
    sizes.cumsum(out=starts[1:])
    return Texts(read, cuts, starts, np.arange(len(cuts)).repeat(sizes))


def held(query: Query, read: Sequence[Reading]) -> tuple[Bools, dict[str, slice]]:
    """Which of the question's tokens each headline and sentence holds, and the columns of each view.

    A passage's headline has the row before those of its sentences: (passages + sentences, tokens).
    """
    ends = list(accumulate((len(query.tokens[view].keys) for view in ORDER), initial=0))
    wanted = np.concatenate([query.tokens[view].keys for view in ORDER])
    counts = np.concatenate([r.counts for r in read])
    out = np.zeros((len(counts), len(wanted)), bool)
    keys, rows = found(wanted, np.concatenate([part for r in read for part in r.keys]), counts)
    places = wanted.searchsorted(keys)
    places[places == len(wanted)] = 0
    out.ravel()[(rows * len(wanted) + places)[wanted[places] == keys]] = True
    return out, {view: slice(*ends[i : i + 2]) for i, view in enumerate(ORDER)}


def found(wanted: Keys, keys: Keys, counts: Ints) -> tuple[Keys, Ints]:
    """Of the keys of some rows, `counts` each, those that may be wanted, few others among them, and their rows."""
    slots = np.zeros(1 << SLOTS, bool)
    slots[wanted * _SPREAD >> _DOWN] = True
    likely = slots[keys * _SPREAD >> _DOWN].nonzero()[0]
    return keys[likely], counts.cumsum().searchsorted(likely, side="right")


def weigh(query: Query, passages: Sequence[Passage], told: Candidates, cutter: Cutter) -> Evidence:
    """The features of every sentence of the passages; `told` describes these same passages, in this order."""
    texts = laid_out(cutter.read(passages))
    features = word_features(query, texts, told)
    features |= dense_features(query, texts)
    features |= kind_features(query, texts.cuts)
    features |= place_features(texts, features["bigrams"])
    table = stacked(list(features.values()))
    titles = tuple([r.title for r in texts.read])
    return Evidence(dict(zip(features, table, strict=True)), table, texts.starts, texts.owners, texts.cuts, titles)


def stacked(columns: Sequence[NDArray[np.generic]]) -> Floats:
    """Columns of one length as the rows of a table."""
    table: Floats = np.concatenate(columns, dtype=np.float32, casting="unsafe").reshape(len(columns), -1)
    return table


def word_features(query: Query, texts: Texts, told: Candidates) -> dict[str, Floats]:
    """What share of the question's words a sentence holds: of all, of those asked about, of those not said before.

    `beside` leaves out what the headline and the passage's first sentence hold already: the subject. `front` and `rest`
    are what stands before its asking word and behind it.
    """
    rows, columns = held(query, texts.read)
    titles = texts.starts[:-1] + np.arange(len(texts.cuts))
    sentence = np.ones(len(rows), bool)
    sentence[titles] = False
    here = rows[sentence]
    known = here.astype(np.float32)
    beside = (here > (rows[titles] | rows[titles + 1])[texts.owners]).astype(np.float32)
    features = {}
    for name, tokens in query.tokens.items():
        own = known[:, columns[name]]
        features[name], features[f"focus {name}"], front, rest = (own @ tokens.weights.T).T
        features[f"beside {name}"] = beside[:, columns[name]] @ tokens.shares
        if name in TOLD_APART:
            features[f"telling {name}"] = np.einsum("st,st->s", own, told.telling[name][texts.owners])
            features[f"front {name}"], features[f"rest {name}"] = front, rest
            features[f"rest share {name}"] = np.full(len(own), tokens.rest, np.float32)
    return features


def dense_features(query: Query, texts: Texts) -> dict[str, Floats]:
    """How near a sentence is to the question, to what it asks about, and to what it says beside the subject."""
    vectors = np.concatenate([c.vectors for c in texts.cuts])
    subjects = np.concatenate([r.subject for r in texts.read])
    left = unit_rows(query.vector[None, :] - (subjects @ query.vector)[:, None] * subjects)
    return {
        "dense": vectors @ query.vector,
        "focus dense": vectors @ query.focus,
        "beside dense": np.einsum("sd,sd->s", vectors, left[texts.owners]),
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
