"""What kind of answer a question asks for, and which sentences hold something of that kind.

Kinds are told by the asking words alone; a sentence is judged by its own wording: numbers with their
measure words, tags of jieba's dictionary for people, places and bodies, quotation marks, words of reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from qa.numerals import MEASURES

PERSON, BODY, PLACE, TIME, NUMBER, NAME, REASON, MANNER, LIST, VIEW = KINDS = (
    "person",
    "body",
    "place",
    "time",
    "number",
    "name",
    "reason",
    "manner",
    "list",
    "view",
)

# Patterns are compiled when they are first needed: a question needs few of them.
# In folded text; the first column is what the question says, and several kinds may hold at once.
_ASKED: Mapping[str, str] = MappingProxyType(
    {
        PERSON: r"谁|哪[一]?[位名]|什么人|哪几[位名]|哪些人|何人|姓什么|姓名|(?:主席|书记|主任|经理|长|记者|师傅|人)叫(?:什么|啥)",
        BODY: r"(?:哪|什么|啥)(?:一|几)?(?:家|个|些)?(?:公司|企业|单位|部门|机构|组织|学校|大学|医院|集团|厂|银行|协会|委员会|社区|工会|局)|哪几?家|主办|承办",
        PLACE: r"哪[里儿裡]|在哪|什么地方|啥地方|何处|哪[一]?(?:个|座|些)?(?:地方|城市|城|省|市|县|区|镇|乡|村|国家|国|街道)|地点|什么位置",
        TIME: r"什么时候|啥时候|何时|哪[一]?[天年月日]|几[月号日点时]|哪个?(?:时间|时候|月)|什么时间|多久|时间是|日期",
        NUMBER: r"多少|几|多[大长高远重久宽深]|占比|比例|百分之|第几|总数|数量|人数|面积",
        NAME: r"叫(?:什么|啥|做什么)|名称|名字|主题|标题|题目|口号|品牌|称号|什么(?:活动|项目|大赛|比赛|计划|行动|工程|课程|节目|奖)|哪[一]?(?:个|项)(?:活动|项目|大赛|比赛|计划|行动|工程|课程|节目|奖|品牌|称号|平台|系统)",
        REASON: r"为什么|为何|为啥|原因|目的|为了(?:什么|啥)|怎么会|凭什么|图什么|缘故|意义|解决(?:什么|啥)",
        MANNER: r"怎么(?!样评|看|说|评)|怎样|如何|咋|办法|方式|措施|通过(?:什么|啥|哪些)|靠什么",
        LIST: r"哪些|哪几|分别|有什么|都有|包括|几个方面|什么内容|些什么",
        VIEW: r"评价|怎么(?:看|说)|看法|认为|如何看|观点|表示|感受|感想|建议|提出",
    }
)

_DIGITS = r"[0-9零〇一二三四五六七八九十百千万亿两半]"
_NUMBER = rf"{_DIGITS}+(?:[.,]\d+)?(?:余|多|几)?[百千万亿]*(?:余|多)?"
_TIME = rf"[0-9]{{1,2}}:[0-9]{{2}}|{_DIGITS}+(?:年|月|日|点|时|分|号|天|周|小时|分钟|季度|世纪)|今年|去年|昨[天日]|今[天日]|近日|日前|上午|下午|晚上|凌晨|星期|周[一二三四五六日末]|春节|暑假|寒假|国庆"
_QUOTED = r"[“\"《「『〈][^”\"》」』〉]{2,}[”\"》」』〉]"
_REASON = r"因为|由于|为了|为[^期了]{2,20}(?:，|,|。)|旨在|以便|目的|原因|是因|所以|因此|从而|以此|避免|防止|解决|缓解|让.{1,12}更|助力|推动|促进|有利于|意味着"
_MANNER = r"通过|采取|采用|利用|运用|借助|依托|以.{1,14}(?:方式|形式|为)|按照|根据|建立|开展|组织|实行|推出|设立|制定|首先|先.{1,20}再"
_LISTED = r"、[^、]{1,20}(?:、|和|及|以及|等)|(?:一是|首先).*(?:二是|其次)|分别"
_VIEW = r"表示|认为|指出|说[,，:：。]|称[,，:：]|介绍|坦言|强调|感慨|告诉|提出|看来|建议"
_UNIT = rf"(?:多少|几)(?:[个]?)([{MEASURES}钱台架艘辆公里平方米]{{1,2}})|多(?:少)?(?P<adjective>[大长高远重久])"
_MONEY = rf"{_DIGITS}+(?:[.,]\d+)?(?:余|多)?[百千万亿]*(?:余|多)?(?:美|欧|日)?元"
_PEOPLE = rf"{_DIGITS}+(?:余|多)?[百千万亿]*(?:余|多)?(?:人|名|位|个)"
_SHARE = rf"%|百分之|{_DIGITS}成|分之"
_EXTENT: Mapping[str, str] = {
    "大": "米亩岁方号",
    "长": "米里年月天时分",
    "高": "米层",
    "远": "米里",
    "重": "斤克吨",
    "久": "年月天时分周季",
}

_TAGS: Mapping[str, tuple[str, ...]] = {PERSON: ("nr", "nrt", "nrfg"), PLACE: ("ns",), BODY: ("nt",)}
_BODY = r"公司|集团|总?工会|委员会|局|学院|大学|学校|中学|小学|医院|银行|协会|中心|厂|社区|街道|部门?|委|厅|政府|法院|研究[院所]"


def asked(folded: str) -> frozenset[str]:
    """The kinds of answer that a folded question asks for; empty where its words do not tell.

    >>> sorted(asked("这次一共出了多少钱?"))
    ['number']
    """
    return frozenset(kind for kind, pattern in _ASKED.items() if re.search(pattern, folded))


def unit(folded: str) -> re.Pattern[str] | None:
    """What a number asked for must look like: with money, people, the named measure word; None for any number."""
    if re.search(
        r"多少(?:万|亿)?[钱元]|几(?:万|亿)?元|多少.{0,6}(?:资金|金额|经费|费用|收入|投资|补助|补贴|奖金|消费)|什么价|(?:资金|金额|经费|费用|价格|收入|投资|奖金)(?:是|有|达)?多少",
        folded,
    ):
        return re.compile(_MONEY)
    if re.search(r"比例|占比|百分|几成|率(?:是|为|达|有)?多少|多少.{0,8}率", folded):
        return re.compile(_SHARE)
    if re.search(r"多少人|几个人|几[名位]|多少[名位]|人数", folded):
        return re.compile(_PEOPLE)
    match = re.search(_UNIT, folded)
    if match is None:
        return None
    measure = _EXTENT.get(match["adjective"], "") if match["adjective"] else match[1][0]
    return (
        re.compile(rf"{_DIGITS}+(?:\.\d+)?(?:余|多)?[百千万亿]*(?:余|多)?(?:平方|立方|公)?[{measure}]")
        if measure
        else None
    )


@lru_cache(maxsize=1)
def _tagger() -> Callable[[str], list[tuple[str, str]]]:
    import rjieba

    tag: Callable[[str], list[tuple[str, str]]] = rjieba.tag
    return tag


def tagged(folded: str) -> list[tuple[str, str]]:
    """The words of a folded text with their tags in jieba's dictionary (nr: person, ns: place, …)."""
    return _tagger()(folded)


_HELD: Mapping[str, str] = MappingProxyType(
    {
        TIME: _TIME,
        NUMBER: _NUMBER,
        NAME: _QUOTED,
        REASON: _REASON,
        MANNER: _MANNER,
        LIST: _LISTED,
        VIEW: _VIEW,
        BODY: _BODY,
    }
)


def holders(kinds: frozenset[str], sentences: Sequence[str]) -> dict[str, list[bool]]:
    """Which of some folded sentences could hold each of these kinds of answer.

    Where one of the kinds is told by tags, it is answered for all that are: tagging costs more than all the rest.
    """
    tagged_too = not kinds.isdisjoint(_TAGS)
    found = {kind: [False] * len(sentences) for kind in KINDS if kind in kinds or (tagged_too and kind in _TAGS)}
    for kind in found:
        if pattern := _HELD.get(kind):
            search = re.compile(pattern).search
            found[kind] = [search(sentence) is not None for sentence in sentences]
    for place, tags in enumerate(tags_of(sentences) if tagged_too else ()):
        for kind, names in _TAGS.items():
            found[kind][place] |= not tags.isdisjoint(names)
    return found


def tags_of(sentences: Sequence[str]) -> list[set[str]]:
    """The tags in each folded sentence; all are cut in one go, where none has a line end of its own."""
    joined = "\n".join(sentences)
    if joined.count("\n") >= len(sentences):
        return [{tag for _, tag in tagged(sentence)} for sentence in sentences]
    out: list[set[str]] = [set()]
    for word, tag in tagged(joined):
        if word[-1] == "\n":
            out.append(set())
        else:
            out[-1].add(tag)
    return out


def held(folded: str) -> frozenset[str]:
    """The kinds of answer that a folded sentence could hold."""
    return frozenset(kind for kind, found in holders(frozenset(KINDS), [folded]).items() if found[0])
