"""Numbers in one form for matching, whichever way they are written: 三百 and 300, 1.8万 and 18000.

Finds numbers in folded text and gives their values as text. A single Chinese digit counts only
before a measure word or after 第, because it is part of too many words (一些, 三门, 九龙).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
SMALL = {"十": 10, "百": 100, "千": 1000}
LARGE = {"万": 10**4, "亿": 10**8}
MEASURES = "个名位家次项年月日天场所人只辆台座条支件批届期组类种岁倍米元吨块层楼户张份套间小时钟度"
LONGEST = 24  # characters of a number; a longer run of digits is a code, not a quantity

_HAN = "".join(DIGITS) + "".join(SMALL) + "".join(LARGE)
_ARABIC = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
# All that a number can be made of, from what it can begin with on, and the measure word that decides about the last.
RUNS = re.compile(rf"([\d{_HAN}第][\d{_HAN}第分之点,.%]*[{MEASURES}]?)")
# A clause or chapter that begins in a line, and one that is named anywhere, as questions do.
_CLAUSE = rf"第([\d{_HAN}]{{1,6}})([条章])"
CLAUSE, CLAUSE_BEGUN = re.compile(_CLAUSE), re.compile(rf"^\s*{_CLAUSE}", re.MULTILINE)
NUMBER = re.compile(
    rf"(?P<percent>百分之)?(?:(?P<arabic>{_ARABIC})(?P<unit>[十百千]?[万亿]?(?:亿)?)(?P<sign>%)?"
    rf"|(?P<ordinal>第)?(?P<han>[{_HAN}]+(?:点[{''.join(DIGITS)}]+)?))"
)


def values(folded: str) -> Iterator[str]:
    """The numbers of a folded text in reading order, in canonical form.

    >>> list(values("1.8万张票, 三百人, 百分之五, 第三届, 二〇二四年"))
    ['18000', '300', '5%', '3', '2024']
    """
    for run in RUNS.findall(folded):
        yield from of_run(run)


def clause(match: re.Match[str]) -> str | None:
    """A match of CLAUSE or CLAUSE_BEGUN in one form: 3条 for 第三条; None where the numeral is none."""
    number, unit = match[1], match[2]
    value = arabic(number, "") if number.isdecimal() else None if any(c.isdecimal() for c in number) else han(number)
    return None if value is None else f"{plain(value)}{unit}"


def placed_clauses(folded: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """Where each clause of a folded text is named, by CLAUSE or CLAUSE_BEGUN, and the clause in one form."""
    for match in pattern.finditer(folded) if "第" in folded else ():
        if found := clause(match):
            yield match.start(1), found


def clauses(folded: str) -> frozenset[str]:
    """The clauses that a folded text names, in one form: 3条 and 8条 in 违反第三条和第8条."""
    return frozenset(name for _, name in placed_clauses(folded, CLAUSE))


def of_run(run: str) -> tuple[str, ...]:
    """`values` of one match of RUNS: no number reaches beyond it."""
    digits = run[:-1] if run[-1] in MEASURES else run
    if digits.isdecimal() and digits.isascii() and len(digits) <= LONGEST:  # most of them: a year, a day, a count
        return (str(int(digits)),)
    found = []
    for match in NUMBER.finditer(run):
        value = arabic(match["arabic"], match["unit"]) if match["arabic"] else han(match["han"])
        if value is not None and (not match["han"] or is_quantity(match, run)):
            found.append(plain(value) + ("%" if match["percent"] or match["sign"] else ""))
    return tuple(found)


def is_quantity(match: re.Match[str], folded: str) -> bool:
    """Whether a Chinese numeral stands for a number, and not inside a word."""
    if match["percent"] or match["ordinal"]:
        return True
    text = match["han"]
    if not any(c in DIGITS for c in text) and text != "十":
        return False  # 千万 (by all means), 百万 in a name
    return len(text) > 1 or folded[match.end() : match.end() + 1] in tuple(MEASURES)


def arabic(digits: str, unit: str) -> Decimal | None:
    """`1.8` and `万` to 18000; None for a run too long to be a quantity."""
    if len(digits) > LONGEST:
        return None
    value = Decimal(digits.replace(",", ""))
    for char in unit:
        value *= SMALL.get(char) or LARGE[char]
    return value


def han(text: str) -> Decimal | None:
    """The value of a Chinese numeral, with units (三百二十) or digit by digit (二〇二四); None for nonsense."""
    if len(text) > LONGEST:
        return None
    whole, _, fraction = text.partition("点")
    if not any(c in SMALL or c in LARGE for c in whole):
        value = Decimal("".join(str(DIGITS[c]) for c in whole))
    else:
        value = Decimal(with_units(whole))
    return value + Decimal("0." + "".join(str(DIGITS[c]) for c in fraction)) if fraction else value


def with_units(text: str) -> int:
    """三千二百万 to 32000000: sections of up to thousands, closed by 万 or 亿."""
    total = section = digit = 0
    for char in text:
        if char in DIGITS:
            digit = DIGITS[char]
        elif char in SMALL:
            section += (digit or 1) * SMALL[char]
            digit = 0
        else:
            total = (total + section + digit or 1) * LARGE[char]
            section = digit = 0
    return total + section + digit


def plain(value: Decimal) -> str:
    """Without exponent and trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
