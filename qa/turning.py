"""Is a question still about what the conversation is about, or about something else?

Its wording alone does not tell: 张开天是哪个公司的 is as short as 他是哪个公司的. What was found does: a new matter has words that
the conversation's article lacks and another article has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from qa import conversation
from qa.quotes import shares
from qa.ranking import Doubles, Ranking
from qa.retrieval import Numbers
from qa.trees import shipped

# Logit from which a question has left the conversation: a follow-up that is taken for a new matter costs more.
TURNED = 0.75
NONE = -10.0  # the score of the best passage elsewhere, where there is no passage elsewhere
# Of the best passage by the question's own words, within the conversation's article and outside it.
SEEN = (
    "gap words",
    "unknown words",
    "gap bigrams",
    "unknown bigrams",
    "coverage words",
    "coverage bigrams",
    "dense",
    "article dense",
    "sentence",
    "best words",
    "best bigrams",
    "best dense",
)


@dataclass(frozen=True, slots=True)
class Views:
    """The same passages, by ascending number, ranked by three questions: joined with the subject, alone, and the subject.

    `articles` numbers the article of each passage, from 0.
    """

    joined: Ranking
    alone: Ranking
    before: Ranking
    articles: Numbers

    def told(self) -> Doubles:
        """Each passage's share in what was found for the subject."""
        return shares(self.before.few)

    def told_around(self) -> Doubles:
        """Its whole article's share."""
        return np.asarray(np.bincount(self.articles, weights=self.told())[self.articles], np.float64)


def measures(question: str, views: Views) -> dict[str, float]:
    """How the question stands to the conversation: by its wording, and by what its own words find in its article and elsewhere."""
    around = views.told_around()
    there = views.articles == views.articles[around.argmax()]
    out = conversation.signs(question)
    out["subject score"] = float(views.before.few.max())
    out["subject share"] = float(around.max())
    for name, view in (("alone", views.alone), ("joined", views.joined)):
        out[f"{name} there"] = float(view.few[there].max())
        out[f"{name} elsewhere"] = float(view.few[~there].max(initial=NONE))
        out[f"{name} nearer"] = out[f"{name} there"] - out[f"{name} elsewhere"]
    own = views.alone.few
    best = {"there": np.where(there, own, -np.inf).argmax(), "elsewhere": np.where(there, -np.inf, own).argmax()}
    for place, row in best.items():
        out |= {f"{name} {place}": float(np.nan_to_num(views.alone.columns[name][row])) for name in SEEN}
    return out


def turns_away(known: Mapping[str, float]) -> bool:
    """Whether a question with these measures is about something else than the conversation."""
    return logit("turning", known) > TURNED


def logit(name: str, known: Mapping[str, float]) -> float:
    """What a forest makes of named features."""
    forest = shipped(name)
    row = np.array([[known[feature] for feature in forest.names]], dtype=np.float32)
    return float(forest.scores(row)[0])
