"""What a question is about: its content without the words that only ask.

什么, 哪里, 多少 and the like are rare in articles, so an index would take them for the rarest and most
telling words of the question.
"""

from __future__ import annotations

import re
from math import exp

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
_POLITE_HEAD = re.compile(
    r"^(?:[你您]好(?=[,，!！\s])|请问一?下?|请教(?:一下|下|大家)|麻烦[你您]?(?:问一?下|查一?下|看一?下|(?=帮我|告诉我))"
    r"|我?(?:就|还|也)?想(?:知道|问|了解)(?:一下|下|(?!的))|问(?:一下|下)"
    r"|(?:能不能|可以|请)?(?:告诉我(?!们)|帮我[查看找问]?(?:一下|下|看))|有没有人知道|有谁知道|谁知道(?=.*[谁哪什么啥几多怎咋])|[,，:：、!！\s])+"
)
_POLITE_TAIL = re.compile(r"(?:[\s,，。.!！?？~～]|谢谢(?:[你您]|大家)?|谢[了啦]|多谢|感谢|拜托了?|[啊呀哦噢哈呗啦])+$")
_POINTING = re.compile(r"[他她它们这那此其个位次里儿些样是的了有在又还都]")
SHORTEST = 2
REACH = 5.0  # characters over which a word's nearness to the asking word falls to 1/e


def plain(question: str) -> str:
    """The question without the words that are only polite; as it was where nothing else would be left.

    >>> plain("请问淡水站每天产多少水啊? 谢谢")
    '淡水站每天产多少水'
    """
    left = _POLITE_TAIL.sub("", _POLITE_HEAD.sub("", question.strip()))
    return left if sum(c.isalnum() for c in left) >= SHORTEST else question


def is_bare(folded: str) -> bool:
    """Whether a folded question only asks and points, and names nothing that could be looked for.

    >>> is_bare("他是谁?"), is_bare("多少钱?")
    (True, False)
    """
    return not any(c.isalnum() for c in _POINTING.sub("", _ASKING.sub("", folded)))


def content(folded: str) -> str:
    """The question with its asking words blanked out, as long as it was; unchanged where almost nothing would be left.

    >>> content("工会主席叫什么?")
    '工会主席叫  ?'
    """
    left = _ASKING.sub(lambda match: " " * len(match[0]), folded)
    return left if sum(c.isalnum() for c in left) >= SHORTEST else folded


def rest_begins(folded: str) -> int:
    """Where the rest of a folded question begins: behind the first asking word; 0 where there is none.

    In 供电公司怎样让社团运行得规范 the company is who is asked about, and how its club is run is what.
    """
    match = _ASKING.search(folded)
    return match.end() if match else 0


def nearness(folded: str) -> list[float]:
    """What each character of a folded question weighs for what is asked: 1 beside an asking word, less further off.

    In 拿一等奖的那个人叫什么 the prize and the name matter more than the contest named before them.
    Without an asking word every character weighs 1.
    """
    places = [match.span() for match in _ASKING.finditer(folded)]
    weights = [1.0] * len(folded)
    if not places:
        return weights
    far = len(folded)
    ends, begins = [-far, *(end for _, end in places)], [*(begin for begin, _ in places), 2 * far]
    for end, begin in zip(ends, begins, strict=True):  # what stands between two asking words
        for i in range(max(0, end), min(begin, far)):
            weights[i] = exp(-min(i - end, begin - 1 - i) / REACH)
    return weights
