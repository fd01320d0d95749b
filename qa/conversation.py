"""A follow-up question and what it needs from the turns before it, without a language model."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.types import Turn

# 该 and 此 alone stand inside too many words (应该, 因此).
_LEANS = re.compile(
    r"^(?:那|那么|还有|然后|具体|后来|接着|另外|其中|他|她|它|这|该|其)"
    r"|(?:他|她|它)们?(?:的|是|在|有|能|会|为|叫|说|把|被|用|还|又|怎|什|哪|几|多|最|给|跟|和|要|想|做|到|从|去|来)"
    r"|那(?:是|里|儿|个|家|次|场|位|些|天|年|时|种|条|座|张)|这(?:是|里|儿|个|家|次|场|位|些|天|年|事|种|条|座|张|一)"
    r"|该(?:公司|单位|企业|市|县|区|厂|校|院|项|活动|工程)|此(?:事|举|次|人)|(?:呢|呀)[?？]?$"
)
SHORT = 10  # characters of a question that names hardly anything by itself


def leans(question: str) -> bool:
    """Whether the question needs the conversation to be understood."""
    letters = sum(c.isalnum() for c in question)
    return letters <= SHORT or _LEANS.search(question.strip()) is not None


def standalone(question: str, history: Sequence[Turn]) -> str:
    """The question as searched: one that leans gets the last question in front of it.

    >>> standalone("那是谁主办的?", [Turn("比赛有多少人参加?")])
    '比赛有多少人参加? 那是谁主办的?'
    """
    if not history or not leans(question):
        return question
    return f"{history[-1].question.strip()} {question}"
