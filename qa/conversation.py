"""Does a question lean on the conversation, and what is searched for one that does; without a language model."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import exp, log1p

from qa import expectations
from qa.asking import content, plain
from qa.text import fold
from qa.types import Turn

_LATER = "最后|接下来|后面|之后|往后|以后|一共|总共|当时|当天|当场"
_SIGNS: Mapping[str, str] = {  # compiled when the first follow-up is looked at
    "opening": rf"^(?:那|那么|还有|然后|具体|后来|接着|另外|其中|他|她|它|这|该|其|{_LATER}|到时|到现在|除了|下一|下次|上面|里面|里头|整个)",
    "pronoun": r"(?:他|她|它)们?(?!人|山|处|国)",
    "pointing": r"(?:^|[,，])[那这](?:次|场|个|位|家|些|天|年|时|种|里|儿|是|事|样|会儿|东西|边|笔|条|份|批)",
    "particle": r"[呢呀][?？]?$",
    "later": rf"{_LATER}|还会|还要|还有|另外|又",
    "quoted": r"[“\"《「a-z]",
    "digits": r"[0-9]",
}
# Fitted once by logistic regression on the questions of `benchmarks/fitting/reading.jsonl.gz`: follow-ups against the rest.
_WEIGHTS: Mapping[str, float] = {
    "opening": 3.31,
    "pronoun": 2.57,
    "pointing": 0.29,
    "particle": 2.98,
    "later": 0.78,
    "quoted": -2.38,
    "digits": -1.62,
    "names": -1.57,
    "no name": 1.42,
    "letters": -1.61,
    "content": -3.00,
    "short": -1.56,
    "nouns": -0.39,
}
_BIAS = 11.39
_TALK = (
    r"(?:好的?|嗯+|哦+|行|可以|没错|对|不对|不是|是的|是吗|真的吗?|真的假的|谢谢[你您]?|多谢|谢了|你好|您好|在吗|再见|拜拜|明白了?|懂了|知道了|收到"
    r"|ok|hi|hello|thanks?|bye|[啊呀吧哈呢]|[^\w])+"
)
LEAST = 0.02  # leaning from which a question is looked at beside the conversation
SHORT = 10  # letters of a question that names hardly anything
MOST_NAMES = 3
NAMES = frozenset(("nr", "nrt", "nrfg", "ns", "nt", "nz"))


def signs(question: str) -> dict[str, float]:
    """What a question's wording shows of whether it leans on the conversation."""
    folded = fold(plain(question))
    tags = [tag for _, tag in expectations.tagged(folded)]
    names = min(MOST_NAMES, sum(tag in NAMES for tag in tags))
    letters = sum(c.isalnum() for c in folded)
    found = {name: float(re.search(pattern, folded) is not None) for name, pattern in _SIGNS.items()}
    return found | {
        "names": names,
        "no name": float(names == 0),
        "letters": log1p(letters),
        "content": log1p(sum(c.isalnum() for c in content(folded))),
        "short": float(letters <= SHORT),
        "nouns": sum(tag[:1] in ("n", "v", "i") for tag in tags),
    }


def leaning(question: str) -> float:
    """How likely a question needs the conversation to be understood, 0 to 1, by its wording alone."""
    if is_talk(fold(question)):
        return 0.0
    seen = signs(question)
    logit = _BIAS + sum(weight * seen[name] for name, weight in _WEIGHTS.items())
    return 1 / (1 + exp(-max(-50.0, min(50.0, logit))))


def is_talk(folded: str) -> bool:
    """Whether a folded text is no question but what people say between questions.

    >>> is_talk("好的,谢谢你!"), is_talk("好的幼儿园有几家?")
    (True, False)
    """
    return re.fullmatch(_TALK, folded) is not None


def leans(question: str) -> bool:
    """Whether a question is more likely a follow-up than one that stands alone."""
    return leaning(question) >= 0.5


def subject(history: Sequence[Turn]) -> str:
    """The latest question that stands alone, with what leaned on it since: what the conversation is about."""
    since: list[str] = []
    for turn in reversed([turn for turn in history if not is_talk(fold(turn.question))]):
        since.append(turn.question.strip())
        if not leans(turn.question):
            break
    return " ".join(dict.fromkeys((since[-1], since[0]))) if since else ""


def joined(question: str, history: Sequence[Turn]) -> str:
    """The question with what the conversation is about in front of it.

    >>> joined("那是谁主办的?", [Turn("浦江县领讲员展评有多少人参赛?")])
    '浦江县领讲员展评有多少人参赛? 那是谁主办的?'
    """
    return in_front(subject(history), question)


def in_front(about: str, question: str) -> str:
    """A question behind what it is about, where there is that."""
    return f"{about} {question}" if about else question
