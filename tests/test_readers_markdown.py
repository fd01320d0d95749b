import re
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.readers import lines, markdown


@pytest.fixture
def articles(tmp_path):
    def read(text, codec="utf-8"):
        path = tmp_path / "a.md"
        path.write_bytes(text.encode(codec))
        return markdown.read(path, "a.md").documents[0].articles

    return read


def outline(articles):
    return [(a.headline, a.headline_lines, [(p.lines, p.text) for p in a.paragraphs]) for a in articles]


def test_headings_make_articles_cited_by_line(articles):
    read = articles(
        textwrap.dedent("""\
        前言文字
        分两行 in two
        lines.

        # 第一章 **重点** [链接](http://x)

        正文**朱镕基**。

        第二章
        ======
        ## 空章节
        """)
    )

    assert outline(read) == [
        (None, None, [((1, 3), "前言文字分两行 in two lines.")]),
        ("第一章 重点 链接", (5, 5), [((7, 7), "正文**朱镕基**。")]),
        ("第二章", (9, 10), []),
        ("空章节", (11, 11), []),
    ]


def test_front_matter_is_kept_apart_and_gives_its_title(articles):
    first, second = articles('---\ntitle: "工会条例"\ndate: 2024\n---\n正文。\n')

    assert (first.headline, first.kind, first.paragraphs[0].lines) == ("工会条例", "section", (1, 4))
    assert first.paragraphs[0].text == '--- title: "工会条例" date: 2024 ---'
    assert outline([second]) == [(None, None, [((5, 5), "正文。")])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("```py\n# 不是标题\nx = 1\n```\n", [((1, 4), "```py # 不是标题 x = 1 ```")], id="fenced code"),
        pytest.param("    代码\n    二行\n", [((1, 2), "代码 二行")], id="indented code"),
        pytest.param(
            "| 单位 | 人数 |\n|---|---|\n| 甲 | 3 |\n",
            [((1, 1), "| 单位 | 人数 |"), ((3, 3), "| 甲 | 3 |")],
            id="a table, row by row",
        ),
        pytest.param("- 一\n- 二\n  续\n", [((1, 1), "- 一"), ((2, 3), "- 二续")], id="a list"),
        pytest.param("> 引文\n> # 引文的标题\n", [((1, 1), "> 引文"), ((2, 2), "> # 引文的标题")], id="a quotation"),
        pytest.param("<div>\n文\n</div>\n", [((1, 3), "<div> 文 </div>")], id="HTML"),
        pytest.param("[甲]: http://a.b '题'\n", [((1, 1), "[甲]: http://a.b '题'")], id="a link definition"),
        pytest.param("一\n\n***\n\n二\n", [((1, 1), "一"), ((5, 5), "二")], id="a rule, which says nothing"),
        pytest.param("---\n没有结束\n", [((2, 2), "没有结束")], id="front matter without an end"),
        pytest.param("#不是标题\n", [((1, 1), "#不是标题")], id="a hash without a blank"),
        pytest.param("一\x0b二\u2028三\n", [((1, 1), "一\x0b二\u2028三")], id="signs that end no line"),
    ],
)
def test_other_blocks_are_paragraphs(articles, text, expected):
    assert outline(articles(text)) == [(None, None, expected)]


@pytest.mark.parametrize("text", ["", "\n \n", "#\n"], ids=["an empty file", "blank lines", "an empty heading"])
def test_nothing_makes_no_paragraph(articles, text):
    assert [p for a in articles(text) for p in a.paragraphs if re.search(r"\w", p.text)] == []


def test_gb18030_and_windows_ends(articles):
    assert outline(articles("# 前总理朱镕基\r\n\r\n正文在这里。\r\n", "gb18030")) == [
        ("前总理朱镕基", (1, 1), [((3, 3), "正文在这里。")])
    ]


@given(st.text(st.sampled_from("#-*>`|[]:=~<! \t\n\r文字ab1.。")))
def test_every_line_with_a_word_stands_in_one_article_verbatim(text):
    units = lines.split(text)
    seen = []
    for article in markdown._articles(units):
        blocks = [p.lines for p in article.paragraphs] + ([article.headline_lines] if article.headline_lines else [])
        seen += [number for first, last in blocks for number in range(first, last + 1)]
        for p in article.paragraphs:
            assert "".join(p.text.split()) == "".join("".join(units[p.lines[0] - 1 : p.lines[1]]).split())

    assert len(seen) == len(set(seen))
    assert {n for n, unit in enumerate(units, 1) if re.search(r"\w", unit)} <= set(seen)
