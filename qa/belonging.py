"""What belongs together stays together: a list with the line that leads to it, an answer with its question.

Apart, neither is found: the items lack the words of what they are items of, and the lead-in answers nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from qa.articles.marks import ITEM
from qa.types import Paragraph

# What is marked as a question: by a letter or word in front, by a number or in bold where it ends as one.
ASKED = re.compile(r"\W{0,3}(?:Q|问题?|問題?|提问|提問)\s*[\d一二三四五六七八九十]*\s*[:：.．、]", re.IGNORECASE)
_ASKING = re.compile(r"(?:(?:\d{1,2}|[一二三四五六七八九十]+)[、.．]|\*\*|#+|[【“]).*[?？][*】”]*$")
LONGEST_QUESTION = 120
LONGEST_HEAD = 24
BULLETS = ("", *"-*•●■◆▲★☆")
LONGEST_ENTRY = 80  # characters of an entry without a mark
LARGEST = 360  # characters that are kept together
APART = 3  # lines from one paragraph to the next of the same list


def together(paragraphs: Sequence[Paragraph]) -> Iterator[tuple[int, Paragraph]]:
    """The paragraphs of an article with the place of each, lists and answers joined to what leads to them.

    Where that is too much for one, what follows is told what it stands under.
    """
    place = 0
    while place < len(paragraphs):
        lead = paragraphs[place]
        count = following(paragraphs, place)
        whole = paragraphs[place : place + count]
        if sum(len(part.text) for part in whole) <= LARGEST:
            yield place, joined(whole)
        else:
            yield place, lead
            above = " ".join(filter(None, (lead.under, lead.text.rstrip(":："))))
            for number, part in enumerate(whole[1:], place + 1):
                yield number, replace(part, under=above)
        place += count


def joined(parts: Sequence[Paragraph]) -> Paragraph:
    """Paragraphs as one, a line each."""
    if len(parts) == 1:
        return parts[0]
    lines = (parts[0].lines[0], parts[-1].lines[1])
    return Paragraph(lines, "\n".join(part.text for part in parts), parts[0].under)


def following(paragraphs: Sequence[Paragraph], place: int) -> int:
    """How many paragraphs from a place on belong to the one there, itself included."""
    lead = paragraphs[place].text.rstrip()
    if lead.endswith((":", "：")):
        return 1 + entries(paragraphs, place)
    if is_question(lead) and near(paragraphs, place + 1) and not is_question(paragraphs[place + 1].text):
        return 2
    return 1 + following(paragraphs, place + 1) if heads(paragraphs, place) else 1


def heads(paragraphs: Sequence[Paragraph], place: int) -> bool:
    """Whether a paragraph is no more than the numbered name of what comes next: 第八条 提前退租, 1. 装备."""
    lead = paragraphs[place].text.strip()
    if len(lead) > LONGEST_HEAD or lead[-1:] in "。！？；：，、.!?;:," or mark_of(lead)[:1] in BULLETS:
        return False
    if not near(paragraphs, place + 1):
        return False
    text = paragraphs[place + 1].text.rstrip()
    return not ITEM.match(text.lstrip()) and len(text) > len(lead) and text[-1:] in "。！？；：!?;:”）)"


def entries(paragraphs: Sequence[Paragraph], lead: int) -> int:
    """How many paragraphs after the one at place `lead` are entries of the list that it leads to.

    All are marked, but not as that one is, or all are short and none but the last ends as a sentence does.
    """
    own, count, marked, ended = mark_of(paragraphs[lead].text), 0, False, False
    while near(paragraphs, lead + count + 1) and not ended:
        text = paragraphs[lead + count + 1].text.strip()
        mark, ends = mark_of(text), text[-1:] in "。！？!?"
        marked = bool(mark) if count == 0 else marked
        if (
            bool(mark) != marked
            or mark == own != ""
            or (not mark and (len(text) > LONGEST_ENTRY or (ends and not count)))
        ):
            break
        ended = ends and not mark
        count += 1
    return count


def mark_of(text: str) -> str:
    """The form of the mark that an entry begins with, its number left out; empty where there is none."""
    found = ITEM.match(text.lstrip())
    return re.sub(r"\d+", "1", re.sub("[一二三四五六七八九十百]+", "一", found[0])) if found else ""


def near(paragraphs: Sequence[Paragraph], place: int) -> bool:
    """Whether there is a paragraph at this place and it stands right below the one before it, under the same title."""
    if place >= len(paragraphs):
        return False
    upper, lower = paragraphs[place - 1], paragraphs[place]
    return 0 < lower.lines[0] - upper.lines[1] <= APART and upper.under == lower.under


def is_question(text: str) -> bool:
    """Whether a paragraph is set as a question that the next one answers."""
    if len(text) > LONGEST_QUESTION:
        return False
    return ASKED.match(text) is not None or _ASKING.match(text) is not None
