"""Bylines: who wrote or photographed, and where such a note stands in its line.

本报讯 记者张三 通讯员李四报道 … -> lead, 张三 and 李四; 新华社记者 王五 摄 -> credit, 王五.
A sentence about a reporter (记者在现场看到) is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

Place = Literal["lead", "author", "credit", "tail"]

# The longest byline of the pages seen has 26 characters; three names and two roles fit in this.
_LONGEST = 90
_HAN = r"\u3400-\u9fff"
_PAPER = "(?:日报|晚报|时报|商报|早报|晨报|网|社)"
_OWNER = rf"(?:本报|本刊|本网|本台|本社|新华社|中新社|人民日报|[{_HAN}]{{2,5}}{_PAPER})?"
_RANK = r"(?:首席|高级|见习|實習|实习|特约|特派|特別|全媒体|融媒体|摄影|攝影|驻[\u3400-\u9fff]{1,6}?)*"
_ROLE = rf"{_OWNER}\s*{_RANK}(?:记者|記者|通讯员|通訊員|实习生|實習生|评论员|撰稿人|撰稿|作者)"
_DATELINE = re.compile(
    r"(?:本报|本報|本刊|本网|本台)讯|本報訊|(?:据)?(?:本报|本報|新华社|新華社|中新社|中新网|[\u3400-\u9fff]{2,4}网)"
    r"[\u3400-\u9fff、]{0,12}\s*(?:\d{1,2}月)?\d{1,2}日\s*[电讯電訊]"
)
# Without one of these there is no need to look closer.
_DATED = re.compile("[讯訊日]")
_MARKED = re.compile("记者|記者|通讯员|通訊員|实习生|[摄攝图]|作者|撰稿")
_REPORT = r"(?:摄影|攝影)?(?:综合)?(?:报道|報導|報道)"
_PHOTO = r"(?:文并|/?文|、)?(?:/|并|、)?(?:摄影报道|摄影|攝影|摄|攝|供图|图/文|文/图|图文|图)"
_PHOTO_LAST = "道影摄攝图文)）"
_STOP = rf"(?=\s*(?:{_ROLE}|[/／][{_HAN}]{{2,6}}{_REPORT}|{_REPORT}|{_PHOTO}(?:\s|$|[)）])|[)）\]】〕]|$))"
_BEGINS = re.compile(rf"[(（]?\s*(?:{_ROLE}|本报讯|本報訊|本报)")
_CREDIT = re.compile(rf"\s*[、,，]?\s*{_ROLE}\s*[:：]?\s*(?P<names>[{_HAN}·•\s、,，]{{2,48}}?){_STOP}")
_ENDING = re.compile(rf"\s*(?:[/／][{_HAN}]{{2,6}})?{_REPORT}\s*[:：]?|\s*{_PHOTO}$")
_SIGNS = "□■○●◇◆△▲☆★◎"
_OPENING = re.compile(rf"\s*[(（\[【〔{_SIGNS}]\s*")
_COMMENT = re.compile(rf"[{_SIGNS}]\s*本[报報](?:特约|特約)?[评評][论論][员員]")
_PHOTO_END = re.compile(rf"{_PHOTO}[)）]?$")
_CLOSING = re.compile(r"\s*(?:电|摄|攝)?\s*[)）\]】〕]")
# What closes a byline, or its last character where the line breaks within 报道 and the like.
_CLOSES = re.compile(r"[道導导摄攝影图文)）\]】〕]")
_REPORTED = re.compile(rf"[^/／]*{_REPORT}$")
# What may belong to a byline below its 报道: a colon, the name of a paper.
_GOES_ON = re.compile(rf"[:：]|[{_HAN}]{{0,3}}{_PAPER}")
_LONE_NAME = re.compile(rf"\s*{_ROLE}\s*[:：]?\s*(?P<names>[{_HAN}]{{2,3}})[\s\u3000]+(?=\S)")
_CAPTION = re.compile(
    rf"(?:新华社发)?\s*[(（]?\s*(?:图/|摄影[:：/]|攝影[:：/])?\s*(?P<names>[{_HAN}·\s、]{{2,24}}?)\s*[/／]?\s*{_PHOTO}\s*[)）]?$"
)
_TAIL = re.compile(
    rf"(?:[(（]\s*(?P<signed>{_ROLE}[{_HAN}·\s、,，]{{2,48}})[)）]|(?P<taken>{_ROLE}\s*[{_HAN}·\s、]{{2,40}}?)\s*{_PHOTO}\s*[)）]?)$"
)
_CONTINUED = re.compile(r"[(（]\s*[上紧緊][接]\s*[^)）]{0,12}版[^)）]{0,12}[)）]")
_SPLIT = re.compile(r"[\s、,，]+")
_NAME = re.compile(rf"[{_HAN}]{{2,4}}|[{_HAN}]{{1,6}}(?:[·•][{_HAN}]{{1,6}})+")
# The commonest surnames: a line of its own is a byline only when the name could be one (记者了解到 is a broken sentence).
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石萧闫廖贾"
    "夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧"
    "耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧阳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司"
    "卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻"
    "苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平"
    "計宣刑邸索鄒張陳楊黃趙吳孫馬鄭謝許韓馮鄧蕭葉蘇呂盧鐘譚陸賈韋羊通阎逯仉亓佴"
)


class Byline(NamedTuple):
    """Who is named, in the note's own words; `end` is where the note stops in its line
    (beyond it, where the note goes on in the next one).

    `place`: lead opens an article's text, author and credit fill their line, tail closes a paragraph.
    `dated` is true for 本报讯 and the like, which open an article even without a headline.
    """

    text: str
    names: tuple[str, ...]
    end: int
    place: Place
    dated: bool = False


def names_in(text: str) -> tuple[str, ...]:
    """'张 翀、谢朝华' -> ('张翀', '谢朝华'); empty where something is no name."""
    if _NAME.fullmatch(text):
        return (text,)
    names: list[str] = []
    waiting = ""
    for part in _SPLIT.split(text.strip(" \t\u3000、,，")):
        if len(part) == 1 and not waiting:
            waiting = part
            continue
        name, waiting = waiting + part, ""
        if not _NAME.fullmatch(name):
            return ()
        names.append(name)
    return () if waiting else tuple(names)


def find_all(texts: Sequence[str]) -> list[Byline | None]:
    """The byline of each line; one that is broken over two lines stands with the first, and the second has none."""
    found: list[Byline | None] = []
    broken = False
    for index, text in enumerate(texts):
        note = None if broken else find(text)
        broken = False
        if (
            (note is None or note.place == "author")
            and len(text) <= _LONGEST // 2
            and index + 1 < len(texts)
            and _BEGINS.match(text)
        ):
            longer = _over_two_lines(text, texts[index + 1], note is not None)
            if longer:
                note, broken = longer, True
        found.append(note)
    return found


def _over_two_lines(upper: str, lower: str, whole: bool) -> Byline | None:
    """The byline that breaks between these lines; `whole` where the upper one is a byline by itself."""
    if lower.startswith(("本报讯", "本報訊")):
        return None
    head = upper + lower[:_LONGEST]
    # Nothing closes a byline below the break, or it is closed above it already.
    if not _CLOSES.search(head, len(upper) - 1) and not _DATED.search(head):
        return None
    if whole and _REPORTED.match(upper) and not _GOES_ON.match(lower):
        return None
    note = find(head)
    if note is None or note.place != "lead" or not note.names or note.end <= len(upper):
        return None
    rest = lower[: note.end - len(upper)]
    between = " " if _BEGINS.match(rest) else ""
    return Byline((upper + between + rest).strip(), note.names, note.end, "lead", note.dated)


def find(text: str) -> Byline | None:
    """The byline that opens or fills this line; see `tail` for one that closes it."""
    if _COMMENT.fullmatch(text):
        return Byline(text, (), len(text), "author")
    head = text[:_LONGEST]
    dateline = _DATELINE.match(head) if _DATED.search(head) else None
    if not dateline and not _MARKED.search(head):
        return None
    start = dateline.end() if dateline else 0
    byline = _named(text, head, start, dateline is not None)
    if byline or not dateline:
        return byline or _caption(text)
    if lone := _LONE_NAME.match(head, start):
        return Byline(head[: lone.end("names")], (lone["names"],), lone.end("names"), "lead", dated=True)
    return Byline(dateline.group(), (), dateline.end(), "lead", dated=True)


def _named(text: str, head: str, start: int, dated: bool) -> Byline | None:
    """The byline whose names begin after the dateline at `start`."""
    names, end, closed = _credits(head, start)
    if not names:
        return None
    note = text[:end].strip()
    if end < len(text):
        return Byline(note, names, end, "lead", dated) if closed else None
    if note[-1] in _PHOTO_LAST and _PHOTO_END.search(note):
        return Byline(note, names, end, "credit")
    known = all(name[0] in _SURNAMES for name in names)
    return Byline(note, names, end, "author", dated) if known or closed else None


def tail(text: str) -> Byline | None:
    """The note at the end of a paragraph: …。(记者 张三) or …。新华社记者 李四 摄."""
    ending = text[-_LONGEST:]
    if ending[-1:] not in "摄攝影图道)）" or not (match := _TAIL.search(ending)):
        return None
    if match.start() and ending[match.start() - 1] not in "。！？”!?…』」 \u3000.":
        return None
    names, _, _ = _credits(match["signed"] or match["taken"], 0)
    return Byline(match.group(), names, len(text), "tail") if names else None


def continued(text: str) -> bool:
    """Whether the line says that its article began on another page: (上接第1版)."""
    return text[:1] in "(（" and _CONTINUED.match(text[:40]) is not None


def _credits(text: str, start: int) -> tuple[tuple[str, ...], int, bool]:
    """Names from `start` on, where the note ends, and whether 报道 or a bracket closes it."""
    opening = _OPENING.match(text, start)
    at = opening.end() if opening else start
    names: list[str] = []
    while at < len(text) and (match := _CREDIT.match(text, at)):
        some = names_in(match["names"])
        if not some:
            return (), start, False
        names += some
        at = match.end()
    if not names:
        return (), start, False
    if at == len(text):
        return tuple(names), at, False
    if opening and (closing := _CLOSING.match(text, at)):
        return tuple(names), closing.end(), True
    if ending := _ENDING.match(text, at):
        return tuple(names), ending.end(), True
    return tuple(names), at, False


def _caption(text: str) -> Byline | None:
    """A photographer without a role on a line of his own: 王五 摄."""
    if len(text) > 30 or text[-1] not in _PHOTO_LAST or not (match := _CAPTION.match(text)):
        return None
    names = names_in(match["names"])
    if not names or not all(name[0] in _SURNAMES for name in names):
        return None
    return Byline(text, names, len(text), "credit")
