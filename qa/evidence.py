"""How well each sentence of a passage meets the question: by its words, by meaning, by the kind of answer.

All sentences of all passages are weighed together, as arrays.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from qa import expectations
from qa.query import Query
from qa.retrieval import TOLD_APART, Candidates
from qa.text import fold, sentences
from qa.tokens import VIEWS, Keys, Segmenter, views
from qa.types import Encoder, Floats, Passage, Passages, Range

KEPT = 4096  # passages and headlines whose sentences stay cut in memory

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Cut:
    """A text in sentences, and of each: its distinct keys, the kinds of answer it holds, its vector.

    `keys[v]` are the keys of view v, `owners[v]` the sentence of each; `kinds` (sentences, KINDS) is 0 or 1.
    `pairs` are the distinct character pairs of the whole text.
    """

    ranges: tuple[Range, ...]
    folded: tuple[str, ...]
    keys: tuple[Keys, ...]
    owners: tuple[Ints, ...]
    kinds: Floats
    vectors: Floats
    pairs: frozenset[int]


@dataclass(frozen=True, slots=True)
class Evidence:
    """All sentences of some passages: passage i has the rows `starts[i]` to `starts[i + 1] - 1` of every feature."""

    ranges: tuple[tuple[Range, ...], ...]
    starts: Ints
    features: Mapping[str, Floats]
    cuts: tuple[Cut, ...]

    @property
    def owners(self) -> Ints:
        """The passage of each sentence."""
        return np.repeat(np.arange(len(self.ranges)), np.diff(self.starts))


def ranges_of(text: str) -> tuple[Range, ...]:
    """The sentences that hold a letter or digit; the whole text where there is none."""
    found = tuple(r for r in sentences(text) if any(c.isalnum() for c in text[r[0] : r[1]]))
    return found or ((0, len(text)),)


def cut(text: str, segmenter: Segmenter, encode: Callable[[Sequence[str]], Floats]) -> Cut:
    """Cut a text into sentences and look at each."""
    ranges = ranges_of(text)
    parts = [text[start:end] for start, end in ranges]
    folded = tuple(fold(part) for part in parts)
    found = [views(part, segmenter) for part in folded]
    keys, owners = [], []
    for name in VIEWS:
        own = [np.unique(view[name]) for view in found]
        keys.append(np.concatenate(own))
        owners.append(np.repeat(np.arange(len(own)), [len(k) for k in own]))
    held = [expectations.held(part) for part in folded]
    kinds = np.array([[kind in own for kind in expectations.KINDS] for own in held], dtype=np.float32)
    pairs = frozenset(keys[VIEWS.index("bigrams")].tolist())
    return Cut(ranges, folded, tuple(keys), tuple(owners), kinds, encode(parts), pairs)


class Cutter:
    """Reads and cuts passages and keeps the latest: the same ones come up again and again in one sitting."""

    def __init__(self, passages: Passages, segmenter: Segmenter, encoder: Encoder) -> None:
        self._passages = passages
        self._segmenter = segmenter
        self._encoder = encoder
        self._read: OrderedDict[int, Passage] = OrderedDict()
        self._cut: OrderedDict[str, Cut] = OrderedDict()

    def passage(self, number: int) -> Passage:
        """The passage of that number."""
        return kept(self._read, number, lambda: self._passages[number])

    def cut(self, text: str) -> Cut:
        """A text in sentences."""
        return kept(self._cut, text, lambda: cut(text, self._segmenter, self._encoder.passages))


def kept(held: OrderedDict[Key, Value], key: Key, make: Callable[[], Value]) -> Value:
    """What is held under the key, made where it is not; the oldest goes when there are too many."""
    found = held.get(key)
    if found is None:
        found = held[key] = make()
        if len(held) > KEPT:
            held.popitem(last=False)
    else:
        held.move_to_end(key)
    return found


def offsets(cuts: Sequence[Cut]) -> Ints:
    """Where each text's sentences begin among all, and their number."""
    return np.cumsum([0, *(len(c.ranges) for c in cuts)])


def held(query: Query, view: int, cuts: Sequence[Cut]) -> Bools:
    """Which sentences of all the texts hold which of the question's tokens: (sentences, tokens)."""
    starts = offsets(cuts)
    wanted = query.tokens[VIEWS[view]].keys
    out = np.zeros((int(starts[-1]), len(wanted)), bool)
    if len(wanted) and len(cuts):
        keys = np.concatenate([c.keys[view] for c in cuts])
        owners = np.concatenate([c.owners[view] + start for c, start in zip(cuts, starts, strict=False)])
        places = np.searchsorted(wanted, keys)
        places[places == len(wanted)] = 0
        match = wanted[places] == keys
        out[owners[match], places[match]] = True
    return out


def weigh(query: Query, passages: Sequence[Passage], told: Candidates, cutter: Cutter) -> Evidence:
    """The features of every sentence of the passages; `told` describes these same passages, in this order."""
    cuts = [cutter.cut(p.text) for p in passages]
    titles = [cutter.cut(p.headline) if p.context and p.headline else None for p in passages]
    starts = offsets(cuts)
    own = np.repeat(np.arange(len(cuts)), np.diff(starts))
    vectors = np.concatenate([c.vectors for c in cuts])
    features = word_features(query, cuts, titles, told, starts, own)
    features |= dense_features(query, vectors, titles, starts, own)
    features |= kind_features(query, cuts)
    features |= place_features(cuts, starts, features["bigrams"])
    exact = {name: column.astype(np.float32) for name, column in features.items()}
    return Evidence(tuple(c.ranges for c in cuts), starts, exact, tuple(cuts))


def word_features(
    query: Query, cuts: Sequence[Cut], titles: Sequence[Cut | None], told: Candidates, starts: Ints, own: Ints
) -> dict[str, Floats]:
    """What share of the question's words a sentence holds: of all, of those asked about, of those not said before.

    `beside` leaves out what the headline and the passage's first sentence hold already: the subject.
    """
    features = {}
    distinct = list({id(t): t for t in titles if t is not None}.values())
    for view, name in enumerate(VIEWS):
        tokens = query.tokens[name]
        here = held(query, view, cuts)
        topic = here[starts[:-1]] | title_tokens(query, view, titles, distinct)
        features[name] = here @ tokens.shares
        features[f"focus {name}"] = here @ tokens.focus
        features[f"beside {name}"] = (here & ~topic[own]) @ tokens.shares
        if name in TOLD_APART:
            features[f"telling {name}"] = np.einsum("st,st->s", here, told.telling[name][own])
    return features


def title_tokens(query: Query, view: int, titles: Sequence[Cut | None], distinct: Sequence[Cut]) -> Bools:
    """Which of the question's tokens each passage's headline holds: (passages, tokens)."""
    out = np.zeros((len(titles), len(query.tokens[VIEWS[view]].keys)), bool)
    if distinct:
        rows = held(query, view, distinct)
        starts = offsets(distinct)
        of = {id(t): rows[starts[i] : starts[i + 1]].any(axis=0) for i, t in enumerate(distinct)}
        for i, title in enumerate(titles):
            if title is not None:
                out[i] = of[id(title)]
    return out


def dense_features(
    query: Query, vectors: Floats, titles: Sequence[Cut | None], starts: Ints, own: Ints
) -> dict[str, Floats]:
    """How near a sentence is to the question, to what it asks about, and to what it says beside the subject."""
    about = vectors[starts[:-1]].copy()
    for i, title in enumerate(titles):
        if title is not None:
            about[i] += title.vectors.sum(axis=0)
    about /= np.maximum(1e-6, np.linalg.norm(about, axis=1, keepdims=True))
    left = query.vector[None, :] - (about @ query.vector)[:, None] * about
    left /= np.maximum(1e-6, np.linalg.norm(left, axis=1, keepdims=True))
    return {
        "dense": vectors @ query.vector,
        "focus dense": vectors @ query.focus,
        "beside dense": np.einsum("sd,sd->s", vectors, left[own]),
    }


def kind_features(query: Query, cuts: Sequence[Cut]) -> dict[str, Floats]:
    """Whether a sentence holds something of each kind asked for, and a number with the measure asked for."""
    kinds = np.concatenate([c.kinds for c in cuts])
    features = {f"holds {kind}": kinds[:, i] * (kind in query.kinds) for i, kind in enumerate(expectations.KINDS)}
    measure = query.unit
    units = [bool(measure and measure.search(part)) for c in cuts for part in c.folded]
    return features | {"unit": np.array(units, dtype=np.float32)}


def place_features(cuts: Sequence[Cut], starts: Ints, bigrams: Floats) -> dict[str, Floats]:
    """Where a sentence stands, how long it is, and how well its neighbours meet the question."""
    n = len(bigrams)
    first, last = np.zeros(n, np.float32), np.zeros(n, np.float32)
    first[starts[:-1]], last[starts[1:] - 1] = 1, 1
    return {
        "length": np.log1p(np.array([end - start for c in cuts for start, end in c.ranges], dtype=np.float32)),
        "first": first,
        "bigrams before": np.where(first, 0, np.concatenate([[0], bigrams[:-1]])),
        "bigrams after": np.where(last, 0, np.concatenate([bigrams[1:], [0]])),
    }
