"""What a title looks like, and whether a title-like line is rather the broken start of a sentence."""

from __future__ import annotations

import re
from functools import lru_cache

from qa.articles.characters import ENDS_TITLE, STARTS_SENTENCE
from qa.articles.lines import CLOSERS, OPENERS, SENTENCE_ENDS, Page, balanced

# The longest headline of the pages seen has 47 characters, the longest subhead 14.
LONGEST_TITLE = 60
LONGEST_SUBHEAD = 24
# Bits a title needs; the title-like lines of the pages seen that were none have -3 and less.
ENOUGH = -2.75
# How a sentence of a report begins, and what it has and a title has not.
_OPENS_SENTENCE = re.compile(
    r"近日|日前|昨[天日]|今[天年]|当[天日晚]|目前|随后|此外|此[次前]|同时|据|而|但|[他她它我你]们?|这|该|其中|因|如果|虽然|由于|对于|随着|接下来|下一步"
    r"|\d+月|\d{4}年|\d+日|截至|经过|通过|为了|在|从|很多|一[位名个]|[有自]|没有"
)
_BEGINS_NO_TITLE = CLOSERS + SENTENCE_ENDS + ",，、;；"
_NEVER_FIRST = CLOSERS + ",，、。;；:：!！?？·"
_ENDS_WELL = CLOSERS + SENTENCE_ENDS + "—"
_MARKS = re.compile(f"[{re.escape(OPENERS + CLOSERS)}]")
_SAYS = re.compile("表示|告诉|认为|介绍|[^学述听图诉]说|称")
_SPACES = re.compile(r"[ \t\u3000]+")
_SLOGAN = re.compile(
    "主题教育|新征程|新时代的|建功新时代|学习贯彻|深入学习|喜迎|全力推进|突出加强|号角|专栏|专版|专题|特刊|系列报道|走基层|进行时|在行动|看变化|特别报道|"
    "大家谈|面对面|回眸|巡礼|综合新闻|要闻|简讯|短讯|一句话新闻|图片新闻"
)
_FOLIO = re.compile(
    r"第?\s*[A-Z]?\d+\s*版|\d{4}\s*年\s*\d+\s*月\s*\d+\s*日|星期[一二三四五六日]|(?:责任?编辑?|责编|编辑|版式|美编|校对|主编|组版)\s*[:：/ ]"
)


def looks_like_title(text: str) -> bool:
    """A short line that no full stop, comma or colon ends, with all its quotes closed."""
    return 2 <= len(text) <= LONGEST_TITLE and _is_title(text)


# The lines about a spot are looked at more than once.
@lru_cache(maxsize=1024)
def _is_title(text: str) -> bool:
    if text[-1] in "。;；,，、:：." or text[0] in _BEGINS_NO_TITLE:
        return False
    if text[0] in "(（" and text[-1] in ")）":
        return False
    if "。" in text or text.count(",") + text.count("，") > 3 or not balanced(text):
        return False
    return text[0].isalpha() or any([char.isalpha() for char in text])


def looks_like_headline(text: str) -> bool:
    """A title whose parts about its commas are alike in length, or long: 下一步,工会 is how a sentence begins."""
    return looks_like_title(text) and _is_headline(text)


@lru_cache(maxsize=1024)
def _is_headline(text: str) -> bool:
    if "," not in text and "，" not in text:
        return True
    parts = [len(part) for part in re.split("[,，]", _bare(text))]
    return max(parts) <= 1.6 * min(parts) or min(parts) > 7


def looks_like_subhead(text: str) -> bool:
    """A headline no longer than a column's line or two."""
    return looks_like_headline(text) and len(_bare(text)) <= LONGEST_SUBHEAD


def _bare(text: str) -> str:
    return _MARKS.sub("", text)


def breaks_off(page: Page, index: int) -> bool:
    """Whether line `index` runs on into the next one, rather than being a title above it."""
    return index + 1 < len(page) and title_evidence(page, index) < ENOUGH


def title_evidence(page: Page, index: int) -> float:
    """Bits for line `index` being a title above the next line; below zero where the two are one sentence."""
    left = page.texts[index]
    bits = 3.0 if has_gap(left) else 0.0
    bits -= 2.0 if _OPENS_SENTENCE.match(left) else 0.0
    bits -= 3.0 if _SAYS.search(left) else 0.0
    bits -= 1.5 if "是" in left else 0.0
    return bits + break_evidence(page, index)


def break_evidence(page: Page, index: int) -> float:
    """Bits for an end below line `index`, by the two characters about the break alone."""
    left, right = page.texts[index][-1], page.texts[index + 1][0]
    if right in _NEVER_FIRST:
        return -9.0
    bits = 1.0 if left in _ENDS_WELL else ENDS_TITLE.get(left, 0.0)
    bits += 1.5 if right in OPENERS else STARTS_SENTENCE.get(right, 0.0)
    if (left + right).isalpha() and not right.isascii() and page.knows(index, left + right):
        bits -= 2.5
    return bits


def is_section(text: str) -> bool:
    """Whether the line is a page's slogan, column head or folio by its words or by being one quotation."""
    return bool(_SLOGAN.search(text) or is_folio(text)) or (
        text[0] == "“" and text.find("”") == len(text) - 1 and "·" in text
    )


def is_folio(text: str) -> bool:
    """Whether the line carries the page's number, date or editors."""
    return len(text) <= LONGEST_TITLE and _FOLIO.search(text) is not None


def has_gap(text: str) -> bool:
    """Whether blanks part the title into phrases, as headlines do and broken sentences do not."""
    return _SPACES.search(text.strip()) is not None
