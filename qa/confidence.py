"""How sure it is that the documents hold the answer: fitted trees over what the best passage shows and lacks."""

from __future__ import annotations

import numpy as np

from qa import alignment, expectations
from qa.numerals import clauses
from qa.quotes import shares
from qa.ranking import BEST, Followed, Ranking
from qa.turning import logit
from qa.types import Encoder

THRESHOLD = 0.5
# The forest's logit that counts as even odds: it was fitted with questions that have no answer weighing more than they are
# many, and so says less than it could.
EVEN = -0.5
EVEN_FOLLOWING = -0.75  # the same of a follow-up


def features(ranked: Ranking, encoder: Encoder) -> dict[str, float]:
    """What speaks for an answer: the best passage's features, its lead, and whether what is asked for is there."""
    best = ranked.features(0)
    out = dict(best)
    scores = ranked.few[ranked.order]  # the same measure in an index of any size
    out["score"] = float(scores[0])
    out["lead"] = float(scores[0] - scores[1:].max()) if len(scores) > 1 else 0.0
    out["sentence share"] = float(shares(ranked.sentences(0)[1]).max())
    asked = ranked.query.kinds
    out["kinds asked"] = float(len(asked))
    out["kinds held"] = sum(best[f"{BEST}holds {kind}"] for kind in asked) / max(1, len(asked))
    first, last = ranked.evidence.starts[ranked.order[0]], ranked.evidence.starts[ranked.order[0] + 1]
    seen = ranked.evidence.features
    out["kinds in passage"] = sum(float(seen[f"holds {kind}"][first:last].max()) for kind in asked) / max(1, len(asked))
    out |= measures(ranked, int(first), int(last))
    out |= alignment.measures(ranked.query, said(ranked), encoder)
    for name in ("words", "characters", "bigrams"):
        out[f"missing {name}"] = best[f"coverage {name}"] - best[BEST + name]
    for kind in (expectations.PERSON, expectations.TIME):
        out[f"found {kind}"] = (2 * best[f"{BEST}holds {kind}"] - 1) if kind in asked else 0.0
    return out


def measures(ranked: Ranking, first: int, last: int) -> dict[str, float]:
    """Whether a number with the asked measure stands in the best passage, and in the three best."""
    asked = float(ranked.query.unit is not None)
    units = ranked.evidence.features["unit"]
    starts = ranked.evidence.starts
    three = max(float(units[starts[i] : starts[i + 1]].max()) for i in ranked.order[:3])
    return {"unit asked": asked, "unit in passage": float(units[first:last].max()), "unit in three": three}


def confidence(ranked: Ranking | None, encoder: Encoder) -> float:
    """0 to 1, larger is surer; 0 where nothing was found."""
    if ranked is None:
        return 0.0
    if ranked.followed is not None:
        return share(logit("following", followed(ranked.followed, encoder)) - EVEN_FOLLOWING)
    sure = share(logit("confidence", features(ranked, encoder)) - EVEN)
    return sure if names_its_clauses(ranked) else sure * THRESHOLD


def names_its_clauses(ranked: Ranking) -> bool:
    """Whether the best passage begins with, or names, a clause that the question asks for by number, if it does."""
    if not ranked.query.clauses:
        return True
    return not ranked.query.clauses.isdisjoint(clauses("\n".join(said(ranked))))


def said(ranked: Ranking) -> tuple[str, ...]:
    """The title and the sentences of the best passage, folded."""
    place = ranked.order[0]
    return *ranked.evidence.titles[place], *ranked.evidence.cuts[place].folded


def followed(seen: Followed, encoder: Encoder) -> dict[str, float]:
    """What speaks for the answer to a follow-up: how it stands to the conversation, and what its own words find.

    What the question before it shares with the passage says nothing of the answer.
    """
    own = features(seen.alone, encoder)
    return {f"thread {name}": value for name, value in seen.measures.items()} | own


def share(logit: float) -> float:
    """A logit as a share of one."""
    return float(1 / (1 + np.exp(-logit)))
