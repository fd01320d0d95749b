"""What a question is about: its content without the words that only ask.

什么, 哪里, 多少 and the like are rare in articles, so an index would take them for the rarest and most
telling words of the question.
"""

from __future__ import annotations

import re

ASKING = [
    "请问",
    "告诉我",
    "想知道",
    "我想问",
    "为什么",
    "为什麽",
    "为何",
    "为啥",
    "什么时候",
    "啥时候",
    "何时",
    "什么地方",
    "什么样",
    "什么",
    "甚么",
    "甚麼",
    "什麽",
    "啥",
    "怎么样",
    "怎样",
    "怎么",
    "怎麽",
    "怎",
    "咋",
    "如何",
    "哪里",
    "哪裡",
    "哪儿",
    "哪个",
    "哪位",
    "哪家",
    "哪些",
    "哪几",
    "哪年",
    "哪天",
    "哪种",
    "哪",
    "谁",
    "多少",
    "几个",
    "几位",
    "几名",
    "几家",
    "几次",
    "几",
    "多大",
    "多长",
    "多久",
    "多远",
    "是不是",
    "有没有",
    "能不能",
    "会不会",
    "吗",
    "呢",
    "么",
    "嘛",
    "来着",
    "叫做",
    "是谁",
    "在哪",
]
_ASKING = re.compile("|".join(sorted(map(re.escape, ASKING), key=len, reverse=True)))
SHORTEST = 2


def content(folded: str) -> str:
    """The question with its asking words blanked out; as it was, where almost nothing would be left.

    >>> content("工会主席叫什么?").strip()
    '工会主席叫 ?'
    """
    left = _ASKING.sub(" ", folded)
    return left if sum(c.isalnum() for c in left) >= SHORTEST else folded
