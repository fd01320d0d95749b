"""Pages come apart into articles: invariants over composed pages and any text, numbers on the hand-written gold."""

import json
import re
import sys
import tracemalloc
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from page_maker import Faults, Story, compose, measures

from qa.articles.lines import close_up
from qa.articles.page import split
from qa.types import Article, Paragraph

ROOT = Path(__file__).parents[1]
GOLD = sorted((Path(__file__).parent / "gold").glob("articles-*.jsonl"))

STORIES = [
    Story(
        "老桥头的菜场换了新颜",
        [
            "清晨五点,城南老桥头菜场的灯已经全部亮起来了。改造之后的摊位宽敞明亮,地面铺上了防滑的青砖。",
            "“以前下雨天要穿着雨靴来买菜,现在穿布鞋也不怕了。”住在桥头三十年的严阿婆笑着说,她每天都要来菜场转一圈。",
            "菜场管理员介绍,改造历时四个月,新增摊位二十六个,还为老人设置了歇脚的长椅和免费的茶水。",
        ],
        "一座菜场的四个月",
        ("摊位多了二十六个",),
    ),
    Story(
        "乡村图书车开进十二所山区小学",
        [
            "一辆绿色的图书车昨天驶进云岭小学的操场,孩子们欢呼着围了上去。车上装着两千多册新书和六张折叠桌。",
            "图书车由退休教师何远山发起,三年来行程超过两万公里,走遍了全县十二所山区小学,借出图书七万余册。",
            "“最受欢迎的是讲恐龙和星星的书。”何远山告诉记者,下个学期图书车还会带去显微镜,让孩子们看看水滴里的世界。",
        ],
        "两千册书上山来",
        ("带着显微镜去看水滴",),
    ),
    Story(
        "码头工人研制新式吊钩",
        [
            "北港码头的吊装班最近用上了自己研制的新式吊钩。这种吊钩带有自动锁扣,装卸效率提高了三成。",
            "发明吊钩的是四十岁的吊装工段海生。他利用下班后的时间画图、打样,前后试验了十七次才获得成功。",
            "目前,新式吊钩已经在六个泊位推广使用,码头公司为段海生颁发了创新奖金,并准备申请专利。",
        ],
        None,
        ("十七次试验",),
    ),
    Story(
        "河湾村的稻田里养出青虾",
        [
            "立秋刚过,河湾村的稻田里一片忙碌,村民们正在收网捕捞今年的第一批青虾。每亩稻田可以收虾八十斤。",
            "稻虾混养是村里的农技员柏青从外地学来的办法,虾吃田里的杂草和虫子,虾粪又能肥田,稻谷不必再打农药。",
            "村支书介绍,全村已有四百亩稻田养上了青虾,预计为每户增收六千元,明年还要建一座冷库。",
        ],
        "杂草喂虾 虾粪肥田",
    ),
]

DAY = "近日,城南菜场重新开张。"


def everything_once(lines, articles):
    """Each non-blank line stands once, and paragraphs say what their lines say."""
    seen = []
    for article in articles:
        if article.headline_lines:
            first, last = article.headline_lines
            block = [n for n in range(first, last + 1) if lines[n - 1].strip()]
            assert sorted(lines[n - 1].strip() for n in block) == sorted([article.headline, *article.kickers])
            seen += block
        else:
            assert article.headline is None
            assert not article.kickers
        for number, text in article.subheads:
            assert lines[number - 1].strip() == text
            seen.append(number)
        for part in article.paragraphs:
            inside = [n for n in range(part.lines[0], part.lines[1] + 1) if lines[n - 1].strip()]
            assert inside[0] == part.lines[0]
            assert inside[-1] == part.lines[1]
            assert part.text == close_up([lines[n - 1].strip() for n in inside])
            assert re.sub(r"\s", "", part.text) == re.sub(r"\s", "", "".join(lines[n - 1] for n in inside))
            seen += inside
    assert sorted(seen) == [n for n, text in enumerate(lines, 1) if text.strip()]


def one(text):
    return split(text.split("\n"))


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem)
def test_gold_pages_lose_nothing_and_find_every_headline(path):
    lines = next((ROOT / "seeds").glob(path.stem[-3:] + "_*.txt")).read_text(encoding="utf-8").split("\n")
    got = measures(lines, [json.loads(row) for row in path.read_text(encoding="utf-8").splitlines()], split(lines))
    assert got["lost"] == 0
    assert got["headlines"] == 1
    assert got["b3"] >= 0.95
    assert got["joins"] >= 0.92
    assert got["reporters"] >= 0.97


@pytest.mark.parametrize("page", sorted((ROOT / "seeds").glob("*.txt")), ids=lambda page: page.name[:3])
def test_every_line_of_the_pages_stands_once(page):
    lines = page.read_text(encoding="utf-8").split("\n")
    everything_once(lines, split(lines))


def test_the_measures_by_hand():
    """Two articles of two lines; one line of the second is given to the first.

    Precision: 2/3 twice, 1/3 once, 1 once -> (4/3 + 1/3 + 1) / 4 = 2/3; recall: 1, 1, 1/2, 1/2 -> 3/4;
    F1 = 2 * (2/3 * 3/4) / (2/3 + 3/4) = 12/17. Joins: 1-2 and 3-4 are true, 1-2 and 2-3 found: 2 * 1 / (2 + 2).
    Reporters: one true, three found, one of them right: 2 * 1 / (1 + 3).
    """
    empty = {"headline": None, "headline_lines": [], "subhead_lines": [], "kind": "news", "reporters": []}
    gold = [empty | {"body": [[1, 2]], "reporters": ["甲"]}, empty | {"body": [[3, 4]]}]
    found = [
        Article(None, reporters=("甲", "乙"), paragraphs=(Paragraph((1, 3), ""),)),
        Article(None, reporters=("甲",), paragraphs=(Paragraph((4, 4), ""),)),
    ]
    got = measures(["a", "b", "c", "d"], gold, found)
    assert got["b3"] == pytest.approx(12 / 17)
    assert got["joins"] == pytest.approx(1 / 2)
    assert got["reporters"] == pytest.approx(1 / 2)
    assert got["lost"] == 0


def test_composed_pages_come_apart_again():
    scores = []
    for seed in range(40):
        page = compose(Random(seed).sample(STORIES, 4), Random(seed))
        articles = split(page.lines)
        everything_once(page.lines, articles)
        scores.append(measures(page.lines, page.gold, articles))
    mean = {name: sum(score[name] for score in scores) / len(scores) for name in scores[0]}
    assert mean["b3"] >= 0.95
    assert mean["joins"] >= 0.9
    assert mean["headlines"] >= 0.95
    assert mean["reporters"] >= 0.97


@given(st.integers(0, 10**6), st.lists(st.sampled_from(STORIES), min_size=1, max_size=9), st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_nothing_is_lost_on_pages_full_of_faults(seed, stories, rate):
    page = compose(stories, Random(seed), Faults(rate, rate / 2, rate, rate, rate, rate, rate, rate))
    everything_once(page.lines, split(page.lines))


FRAGMENTS = st.sampled_from(
    [
        "本报讯 记者张三报道 ",
        "通讯员李四 摄",
        "(上接第1版)",
        "“",
        "”",
        "。",
        ",",
        "图为",
        "工会",
        "第一章",
        "A word",
        "12",
        "　",
        "\0",
        "让能力强起来",
        "喜迎丰收节",
        DAY,
    ]
)
LINES = st.one_of(st.text(max_size=30), st.lists(FRAGMENTS, max_size=6).map("".join), st.just(""))


@given(st.lists(LINES.map(lambda text: text.replace("\n", " ")), max_size=40))
@settings(max_examples=200, deadline=None)
def test_nothing_is_lost_in_any_text(lines):
    everything_once(lines, split(lines))


def test_a_sentence_broken_over_blank_lines_is_one_paragraph():
    (article,) = one(
        f"老桥头菜场开张\n\n本报讯 记者张三报道 {DAY}摊位宽\n\n敞明亮,地面\n\n\n铺上了青砖。\n\n下一步还要装灯。"
    )
    assert [part.lines for part in article.paragraphs] == [(3, 8), (10, 10)]
    assert article.paragraphs[0].text == f"本报讯 记者张三报道 {DAY}摊位宽敞明亮,地面铺上了青砖。"
    assert (article.headline, article.byline, article.reporters) == ("老桥头菜场开张", "本报讯 记者张三报道", ("张三",))


def test_the_shortest_title_is_the_headline_and_the_others_are_kickers():
    for block in ("城南区政府投入三百万元\n菜场换新颜", "菜场换新颜\n城南区政府投入三百万元"):
        (article,) = one(f"{block}\n本报讯 记者张三报道 {DAY}")
        assert article.headline == "菜场换新颜"
        assert article.kickers == ("城南区政府投入三百万元",)
        assert article.headline_lines == (1, 2)


def test_subheads_stand_between_paragraphs():
    (article,) = one(f"菜场换新颜\n\n通讯员李四报道 {DAY}\n\n提升服务水平\n\n今年以来,摊位多了。\n\n摊主们都很高兴。")
    assert article.subheads == ((5, "提升服务水平"),)
    assert [part.lines[0] for part in article.paragraphs] == [3, 7, 9]


def test_a_picture_with_title_and_credit_is_an_article_of_its_own():
    text = f"菜场换新颜\n\n本报讯 记者张三报道 {DAY}\n\n码头工人练兵\n\n日前,北港码头举行吊装比武。\n\n通讯员宋玉 摄"
    first, second = one(text)
    assert (first.kind, second.kind) == ("news", "photo")
    assert (second.headline, second.reporters) == ("码头工人练兵", ("宋玉",))


def test_a_credit_below_a_subheaded_part_leaves_the_article_whole():
    story = STORIES[1]
    lines = [story.title, f"本报讯 记者张三报道 {story.paragraphs[0]}", story.paragraphs[1], "显微镜也要上山"]
    lines += [
        "明年的图书车还会走进云岭小学,何远山要给山区小学的孩子们带去讲恐龙和星星的书,一起借出图书。",
        "通讯员宋玉 摄",
    ]
    (article, other) = split([*lines, STORIES[2].title, f"本报讯 记者李四报道 {STORIES[2].paragraphs[0]}"])
    assert article.subheads == ((4, "显微镜也要上山"),)
    assert article.reporters == ("张三", "宋玉")
    assert other.headline == STORIES[2].title


def test_a_picture_inside_an_article_does_not_end_it():
    lines = [
        "菜场换新颜",
        f"本报讯 记者张三报道 {DAY}",
        "提升服务水平",
        "摊位多了。",
        "通讯员宋玉 摄",
        "摊主们都很高兴。",
    ]
    assert len(split(lines)) == 1


def test_text_continued_from_another_page_is_a_fragment():
    first, second = one(f"菜场换新颜\n\n本报讯 记者张三报道 {DAY}\n\n(上接第1版)\n\n会议强调,要把好事办好。")
    assert (first.kind, second.kind, second.headline) == ("news", "fragment", None)
    assert [part.lines[0] for part in second.paragraphs] == [5, 7]


def test_a_second_title_that_opens_an_article_itself_stands_once():
    lines = ["", "", "菜场换新颜", "(上接第1版)会议", "好事办好"]
    everything_once(lines, split(lines))


def test_a_slogan_above_the_page_is_a_section():
    first, second = one(f"奋进新征程的足迹\n\n一座菜场的四个月\n\n城南菜场换新颜\n\n本报讯 记者张三报道 {DAY}")
    assert (first.kind, first.headline) == ("section", "奋进新征程的足迹")
    assert second.headline_lines == (3, 5)


def _page_of(stories):
    names = ("张三", "李四", "王五", "赵六")
    return [
        [s.title, f"本报讯 记者{name}报道 " + s.paragraphs[0], *s.paragraphs[1:]]
        for s, name in zip(stories, names, strict=False)
    ]


def test_a_displaced_paragraph_goes_home():
    blocks = _page_of(STORIES)
    lost = "何远山说,图书车明年还要走进云岭小学以外的山区小学,让孩子们在操场上借到恐龙和星星的书。"
    blocks[2].insert(2, lost)
    lines = [line for block in blocks for line in block]
    home = next(a for a in split(lines) if any(lost in part.text for part in a.paragraphs))
    assert home.headline == STORIES[1].title


def test_a_repeated_paragraph_stands_with_its_article():
    blocks = _page_of(STORIES)
    blocks[0].append(STORIES[1].paragraphs[1])
    lines = [line for block in blocks for line in block]
    articles = split(lines)
    everything_once(lines, articles)
    assert [sum(part.text == STORIES[1].paragraphs[1] for part in a.paragraphs) for a in articles] == [0, 2, 0, 0]


def test_a_novel_is_one_article_with_chapters():
    (novel,) = one("山河记\n\n第一章 出门\n　　天亮了。\n　　他走了。\n\n第二章 回家\n　　天黑了。")
    assert (novel.headline, novel.kind, novel.byline) == ("山河记", "news", None)
    assert [text for _, text in novel.subheads] == ["第一章 出门", "第二章 回家"]
    assert [part.text for part in novel.paragraphs] == ["天亮了。", "他走了。", "天黑了。"]


def test_wrapped_prose_is_closed_up_within_its_block():
    (notes,) = one("The pages of a newspaper come apart\ninto articles, and the lines are\nkept.\n\n- milk\n- bread")
    assert [part.text for part in notes.paragraphs][0].endswith("apart into articles, and the lines are kept.")
    assert len(notes.paragraphs) == 3


@pytest.mark.parametrize("lines", [[], [""], ["", "　", " \t"]], ids=["none", "one", "blanks"])
def test_blank_pages_hold_no_article(lines):
    assert split(lines) == ()


def test_a_lone_byline_is_an_article_without_headline():
    (article,) = split(["", "本报讯 记者张三报道"])
    assert (article.headline, article.reporters) == (None, ("张三",))
    assert article.paragraphs[0].lines == (2, 2)


@pytest.mark.parametrize(
    "lines",
    [
        ["好" * 10_000_000],
        ["“" * 1_000_000],
        ["本报讯 记者张三报道 " + DAY * 200_000],
        ["本报讯 记者" + "张三 李四、" * 20_000],
        ["本报讯 记者张三报道 好。", *["今天天气很好吧"] * 20_000],
        ["本报记者 张三"] * 5_000,
        ["记者" + " " * 80 + "张" + " " * 80 + "图"] * 5_000,
        ["a\0b"] * 1000,
    ],
    ids=["one line", "quotes", "long article", "names", "narrow", "bylines", "blanks", "nul"],
)
def test_odd_texts_lose_no_line(lines):
    everything_once(lines, split(lines))


def work(lines):
    """How many functions are called to split these lines, those written in C included."""
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        split(lines)
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize(
    "lines",
    [
        compose(STORIES * 2, Random(5)).lines,
        ["本报讯 记者张三报道 好。", *["今天天气很好吧"] * 400],
        ["本报讯 记者张三报道", "本报记者 李四", "新华社记者 王五 摄"] * 100,
        ["码头工人练兵", "日前,北港码头举行吊装比武。", "通讯员宋玉 摄"] * 100,
        ["本报讯 记者张三报道 好。", *["他当了三年通讯员,每天写", "字。"] * 200],
        ["", "第一章 出门", "天亮了,", "他走了。"] * 100,
    ],
    ids=["pages", "narrow", "bylines", "photos", "scraps", "novel"],
)
def test_the_work_grows_with_the_length_and_no_faster(lines):
    """Four times the lines take four times the calls; a tenth more allows for what windows round up."""
    assert work(lines * 40) <= 4.4 * work(lines * 10)


def test_a_long_article_takes_no_more_memory_than_its_text():
    """400 characters a line, two bytes each: what is known of a line beside its text must be less than that."""
    random = Random(3)
    lines = ["".join(chr(random.randrange(0x4E00, 0x9FA5)) for _ in range(400)) + "。" for _ in range(4_000)]
    lines[0] = "本报讯 记者张三报道 " + lines[0]
    split(lines)
    tracemalloc.start()
    articles = split(lines)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(articles) == 1
    assert peak < 2 * 400 * len(lines)


def test_what_a_page_prints_about_itself_is_no_headline_and_a_credit_closes_its_paragraph():
    page = """要闻

2023年6月18日 星期日 责编:王小明 版式:李丽

海水淡化站昨日投产

总投资三亿元 够十二万人使用

本报讯(记者 马晓东 通讯员 林芳)昨日上午,海水淡化站在东港区投产,每天产水两万吨。

图为昨日,居民在站前排队接水。 记者 孙立 摄

一句话新闻

▲图书馆昨日开放。

上接第1版

据新华社北京6月17日电(记者 张华)国家统计局17日发布数据。

□ 本报评论员

港口兴则城市兴。"""
    found = split(page.splitlines())
    assert [(a.kind, a.headline) for a in found] == [
        ("section", "要闻"),
        ("section", "2023年6月18日 星期日 责编:王小明 版式:李丽"),
        ("news", "海水淡化站昨日投产"),
        ("section", "上接第1版"),
        ("news", None),
    ]
    assert "图为昨日,居民在站前排队接水。 记者 孙立 摄" in [p.text for p in found[2].paragraphs]
    assert "□ 本报评论员" in [p.text for p in found[4].paragraphs]
