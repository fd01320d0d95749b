"""Composes newspaper pages with the faults of a transcription, and measures how well they come apart again.

A page is made from stories of one's own and a seeded generator: sentences break over blank lines, columns run
narrow, blocks fall into another article or stand twice, kickers come before or after the headline.
The gold of a page has the form of the hand-written files in tests/gold.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from random import Random

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶"
GIVEN = "伟芳娜敏静丽强磊洋艳勇军杰娟涛明超秀霞平刚桂英华建国文辉玲飞鹏红云"
SLOGANS = ("奋进新征程的足迹", "“学习身边榜样”主题教育", "喜迎丰收节", "新春走基层", "“双百行动·进行时”")
LEADS = (
    "本报讯 记者{a}报道 ",
    "本报讯 记者{a} 通讯员{b}报道 ",
    "本报讯 (记者{a})",
    "本报讯(记者 {a} 通讯员 {b})",
    "通讯员{b}报道 ",
    "本报讯 通讯员{b}、{c}报道 ",
)
SIGNED = ("本报记者 {a} 本报通讯员 {b} {c}", "本报记者 {a}")
CREDITS = ("通讯员{b} 摄", "记者{a} 通讯员{b} 摄", "新华社记者 {a} 摄")


@dataclass
class Story:
    """What a page is composed of; `subheads` may be used, in their order, above later paragraphs."""

    title: str
    paragraphs: list[str]
    kicker: str | None = None
    subheads: tuple[str, ...] = ()


@dataclass
class Row:
    """A line of the page; `story` and `paragraph` say where it belongs, not where it stands."""

    text: str
    story: int
    role: str
    paragraph: int = 0
    gap: int = 1


@dataclass
class Faults:
    """How often each fault befalls: chances per paragraph (first two), per story (the others)."""

    broken: float = 0.35
    narrow: float = 0.03
    displaced: float = 0.1
    repeated: float = 0.07
    kicker: float = 0.5
    subheads: float = 0.2
    section: float = 0.5
    photo: float = 0.15


@dataclass
class Composed:
    lines: list[str]
    gold: list[dict] = field(default_factory=list)


def compose(stories: list[Story], random: Random, faults: Faults | None = None) -> Composed:
    """A page of these stories and what is truly on it."""
    faults = faults or Faults()
    blocks: list[list[Row]] = []
    meta: list[dict] = []
    if random.random() < faults.section:
        blocks.append([Row(random.choice(SLOGANS), 0, "title")])
        meta.append({"kind": "section", "reporters": []})
    for story in stories:
        rows, about = _story(len(meta), story, random, faults)
        blocks.append(rows)
        meta.append(about)
    _displace(blocks, random, faults)
    rows = [row for block in blocks for row in block]
    return _printed(rows, meta)


def _story(number: int, story: Story, random: Random, faults: Faults) -> tuple[list[Row], dict]:
    photo = random.random() < faults.photo
    names = {key: random.choice(SURNAMES) + "".join(random.sample(GIVEN, random.choice((1, 2)))) for key in "abc"}
    form = random.choice(CREDITS if photo else LEADS + SIGNED)
    paragraphs = story.paragraphs[:2] if photo else list(story.paragraphs)
    titles = [story.title]
    if story.kicker and random.random() < faults.kicker:
        titles.insert(random.randrange(2), story.kicker)
    rows = [Row(text, number, "title", gap=3 if photo and not place else 1) for place, text in enumerate(titles)]
    if form in SIGNED:
        rows.append(Row(form.format(**names), number, "text", 1))
    elif not photo:
        paragraphs[0] = form.format(**names) + paragraphs[0]
    subheads = list(story.subheads)
    for place, paragraph in enumerate(paragraphs, 2):
        if subheads and place > 2 and not photo and random.random() < faults.subheads:
            rows.append(Row(subheads.pop(0), number, "subhead"))
        rows += [Row(text, number, "text", place) for text in _pieces(paragraph, random, faults)]
    if photo:
        rows.append(Row(form.format(**names), number, "text", 99))
    reporters = [names[key] for key in re.findall(r"{(\w)}", form)]
    return rows, {"kind": "photo" if photo else "news", "reporters": reporters}


def _pieces(paragraph: str, random: Random, faults: Faults) -> list[str]:
    """The paragraph as one line, as two or three broken anywhere, or as a narrow column."""
    if random.random() < faults.narrow and len(paragraph) > 30:
        width = random.randint(10, 13)
        cut = random.randint(3, 6) * width
        parts = [paragraph[at : at + width] for at in range(0, min(cut, len(paragraph)), width)]
        return [part for part in [*parts, paragraph[cut:]] if part.strip()]
    if random.random() >= faults.broken or len(paragraph) < 30:
        return [paragraph]
    inner = [
        at
        for at in range(8, len(paragraph) - 3)
        if not set(paragraph[at - 1 : at + 1]) & set("。！？!?…”’」』)） \u3000.")
    ]
    cuts = sorted(random.sample(inner, min(len(inner), random.choice((1, 1, 1, 2)))))
    return [paragraph[a:b] for a, b in zip([0, *cuts], [*cuts, len(paragraph)], strict=True)]


def _displace(blocks: list[list[Row]], random: Random, faults: Faults) -> None:
    """Moves or copies a paragraph of a story into another one, between two of its paragraphs."""
    texts = [place for place, block in enumerate(blocks) if sum(row.role == "text" for row in block) > 3]
    for source in texts:
        for chance, moves in ((faults.displaced, True), (faults.repeated, False)):
            targets = [place for place in texts if place != source]
            numbers = sorted({row.paragraph for row in blocks[source] if 2 < row.paragraph < 90})
            if random.random() >= chance or not targets or not numbers:
                continue
            number = random.choice(numbers)
            block = [row for row in blocks[source] if row.paragraph == number and row.role == "text"]
            if len("".join(row.text for row in block)) < 40 or (moves and len(numbers) < 2):
                continue
            if moves:
                blocks[source] = [row for row in blocks[source] if row not in block]
            copy = [Row(row.text, row.story, "text", row.paragraph + (0 if moves else 100)) for row in block]
            _insert(blocks[random.choice(targets)], copy, random)


def _insert(target: list[Row], block: list[Row], random: Random) -> None:
    ends = [
        place + 1
        for place, (row, below) in enumerate(zip(target, target[1:], strict=False))
        if row.role == "text" and row.paragraph > 1 and row.paragraph != below.paragraph and below.paragraph < 99
    ]
    place = random.choice(ends or [len(target)])
    target[place:place] = block


def _printed(rows: list[Row], meta: list[dict]) -> Composed:
    page = Composed(["", ""])
    numbers: list[int] = []
    for row in rows:
        page.lines += [""] * row.gap + [row.text]
        numbers.append(len(page.lines))
    for story, about in enumerate(meta):
        own = [(number, row) for number, row in zip(numbers, rows, strict=True) if row.story == story]
        titles = [number for number, row in own if row.role == "title"]
        body: dict[int, list[int]] = {}
        for number, row in own:
            if row.role == "text":
                body.setdefault(row.paragraph, []).append(number)
        texts = [page.lines[number - 1] for number in titles]
        page.gold.append(
            about
            | {"headline": texts[0] if texts else None, "kickers": texts[1:], "headline_lines": titles}
            | {"subhead_lines": [number for number, row in own if row.role == "subhead"]}
            | {"body": sorted([lines[0], lines[-1]] for lines in body.values())}
        )
    return page


def measures(lines: list[str], gold: list[dict], articles) -> dict[str, float]:
    """Lines lost, B-cubed F1 of the articles, F1 of joined neighbours, share of headlines, F1 of reporters."""
    full = [number for number, text in enumerate(lines, 1) if text.strip()]
    true_article, true_paragraph = _places((art["headline_lines"] + art["subhead_lines"], art["body"]) for art in gold)
    article, paragraph = _places(
        (
            [
                *(range(art.headline_lines[0], art.headline_lines[1] + 1) if art.headline_lines else ()),
                *(n for n, _ in art.subheads),
            ],
            [part.lines for part in art.paragraphs],
        )
        for art in articles
    )
    pairs = Counter((true_article.get(n), article.get(n, -n)) for n in full)
    trues, founds = Counter(true_article.get(n) for n in full), Counter(article.get(n, -n) for n in full)
    precision = sum(k * k / founds[found] for (_, found), k in pairs.items()) / len(full)
    recall = sum(k * k / trues[true] for (true, _), k in pairs.items()) / len(full)
    neighbours = list(zip(full, full[1:], strict=False))
    joined = [
        (
            u in true_paragraph and true_paragraph[u] == true_paragraph.get(v),
            u in paragraph and paragraph[u] == paragraph.get(v),
        )
        for u, v in neighbours
    ]
    heads = {text.strip() for art in articles for text in (art.headline, *art.kickers) if text}
    real = [art for art in gold if art["kind"] in ("news", "photo") and art["headline"]]
    named, found = (
        Counter(n for art in gold for n in art["reporters"]),
        Counter(n for art in articles for n in art.reporters),
    )
    return {
        "lost": sum(n not in article for n in full),
        "b3": 2 * precision * recall / (precision + recall),
        "joins": _f1(sum(t and p for t, p in joined), sum(t for t, _ in joined), sum(p for _, p in joined)),
        "headlines": sum(any(h in heads for h in (art["headline"], *art.get("kickers", ()))) for art in real)
        / max(1, len(real)),
        "reporters": _f1((named & found).total(), named.total(), found.total()),
    }


def _places(articles) -> tuple[dict[int, int], dict[int, tuple[int, int]]]:
    article: dict[int, int] = {}
    paragraph: dict[int, tuple[int, int]] = {}
    for place, (titles, body) in enumerate(articles):
        for number in titles:
            article[number] = place
        for part, (first, last) in enumerate(body):
            for number in range(first, last + 1):
                article[number], paragraph[number] = place, (place, part)
    return article, paragraph


def _f1(both: int, true: int, found: int) -> float:
    return 2 * both / (true + found) if true + found else 1.0
