import sys

import pytest

from qa.errors import UnreadableFile
from qa.readers import html

NEWS = """<!DOCTYPE html><html lang="zh"><head><title>某某日报</title><script>var a = "脚本";</script></head><body>
<nav><ul><li><a href="/">首页</a></li><li><a href="/s">体育频道</a></li></ul></nav>
<div class="cookie-banner">本网站使用Cookie以改善体验。<button>接受</button></div>
<main><article><h1>萧山工会开展<b>班前十分钟</b>活动</h1><p class="meta">记者 王丽</p>
<p>本报讯 近日，在浙江兆丰机电股份有限公司的智能生产车间内，二十余名技术工人齐聚一堂，
带头人胡狄明用“班前十分钟”做了一场微宣讲。</p>
<h2>活动背景</h2><p>今年，区总工会在全区<a href="/x">产业工人队伍</a>建设改革试点企业普遍开展活动。</p>
<ul><li>第一项：政策宣讲。</li><li>第二项：技能培训。</li></ul>
<table><tr><th>单位</th><td>兆丰机电</td></tr></table>
</article></main>
<aside><h3>相关阅读</h3><ul><li><a href="/1">另一条新闻标题</a></li></ul></aside>
<footer><p>版权所有 某某日报社 京ICP备000000号</p></footer></body></html>"""

SOUP = """<html><head><title>产改新风尚_某网</title></head><body>
<div id="top"><a href="/">首页</a> | <a href="/a">国内</a> | <a href="/b">国际</a> | <a href="/c">财经</a></div>
<div id="cookie">我们使用Cookie为您提供更好的服务，继续浏览即表示同意。</div>
<table><tr><td><div class="text"><p>　　本报讯（记者 张三）近日，全市产业工人队伍建设改革试点企业已达一百二十家。</p>
<p>　　市总工会有关负责人表示，下一步将继续扩大试点范围，推动改革举措落地见效，让更多职工共享成果。</p>
<p>　　前总理朱镕基曾作出批示。</p></div></td></tr></table>
<div class="rel"><ul><li><a href="/x1">市总工会召开全体会议部署全年工作</a></li></ul></div>
<div id="foot">关于我们 | 联系方式 | 京ICP备10000000号</div></body></html>"""


@pytest.fixture
def page(tmp_path):
    def read(text, codec="utf-8"):
        path = tmp_path / "a.html"
        path.write_bytes(text.encode(codec))
        return html.read(path, "a.html")

    return read


def outline(source):
    return [(a.headline, [p.text for p in a.paragraphs]) for a in source.documents[0].articles]


def test_headings_make_articles_and_boilerplate_goes(page):
    source = page(NEWS)

    assert outline(source) == [
        (
            "萧山工会开展班前十分钟活动",
            [
                "记者 王丽",
                "本报讯 近日，在浙江兆丰机电股份有限公司的智能生产车间内，二十余名技术工人齐聚一堂，"
                "带头人胡狄明用“班前十分钟”做了一场微宣讲。",
            ],
        ),
        (
            "活动背景",
            [
                "今年，区总工会在全区产业工人队伍建设改革试点企业普遍开展活动。",
                "第一项：政策宣讲。",
                "第二项：技能培训。",
                "单位 | 兆丰机电",
            ],
        ),
    ]


def test_paragraphs_and_headings_are_the_units(page):
    source = page(NEWS)

    assert (source.unit, source.path, source.documents[0].id) == ("paragraph", "a.html", "a.html")
    for article in source.documents[0].articles:
        first, last = article.headline_lines
        assert source.units[first - 1 : last] == (article.headline,)
        assert all(source.units[p.lines[0] - 1 : p.lines[1]] == (p.text,) for p in article.paragraphs)


def test_a_page_without_structure_gives_its_text_under_its_title(page):
    ((headline, paragraphs),) = outline(page(SOUP))

    assert headline == "产改新风尚_某网"
    assert len(paragraphs) == 3
    assert paragraphs[0].startswith("本报讯（记者 张三）")
    assert paragraphs[2] == "前总理朱镕基曾作出批示。"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("<h1>通知</h1><p>明天放假。</p>", [("通知", ["明天放假。"])], id="a few characters"),
        pytest.param("只有文字，没有标签", [(None, ["只有文字，没有标签"])], id="no tags at all"),
        pytest.param(
            "<div>今天开会。<br>朱镕基出席。</div>", [(None, ["今天开会。", "朱镕基出席。"])], id="a line break"
        ),
        pytest.param("<p>一&amp;二&#x3002;&nbsp;三</p>", [(None, ["一&二。\xa0三"])], id="entities"),
        pytest.param("<p>甲<!-- 注 -->乙<script>丙</script>丁</p>", [(None, ["甲乙丁"])], id="comments and scripts"),
        pytest.param("<nav><a>首页</a></nav><p>正文。</p>", [(None, ["正文。"])], id="a menu and a sentence"),
        pytest.param("<nav><a>只有菜单</a></nav>", [(None, ["只有菜单"])], id="nothing but a menu"),
        pytest.param("<p>今天\n天气\nvery\nfine</p>", [(None, ["今天天气very fine"])], id="broken lines"),
        pytest.param("<h2></h2><p>正文。</p>", [(None, ["正文。"])], id="an empty heading"),
        pytest.param("<p>红\x1b[31m色\x01。</p>", [(None, ["红\x1b[31m色\x01。"])], id="control characters"),
        pytest.param(
            '<?xml version="1.0" encoding="utf-8"?><html><body><p>正文。</p></body></html>',
            [(None, ["正文。"])],
            id="XHTML",
        ),
    ],
)
def test_short_pages_are_not_empty(page, text, expected):
    assert outline(page(text)) == expected


def test_several_equal_articles_all_stay_with_their_headings(page):
    """The second sentence of each is the same, which Trafilatura keeps once."""
    parts = [
        f"<div><h2>标题{i}</h2><p>第{i}条，内容在这里，继续说下去，直到结束为止。</p><p>还有一段，用来凑足长度，很长。</p></div>"
        for i in range(5)
    ]

    read = outline(page("".join(parts)))

    assert [headline for headline, _ in read] == [f"标题{i}" for i in range(5)]
    assert all(len(paragraphs) == 2 for _, paragraphs in read)


@pytest.mark.parametrize(
    ("declared", "codec", "encoding"),
    [
        pytest.param('<meta charset="gb2312">', "gbk", "gb18030", id="gb2312 declared, GBK written"),
        pytest.param(
            '<meta http-equiv="Content-Type" content="text/html; charset=gbk">', "gbk", "gb18030", id="the old way"
        ),
        pytest.param('<meta charset="utf-8">', "gbk", "gb18030", id="UTF-8 declared, GBK written"),
        pytest.param('<meta charset="gbk">', "utf-8", "utf-8", id="GBK declared, UTF-8 written"),
        pytest.param('<meta charset="nonsense">', "gbk", "gb18030", id="an unknown name"),
        pytest.param('<meta charset="gbk">', "utf-8-sig", "utf-8", id="a byte order mark"),
        pytest.param("", "utf-16", "utf-16", id="UTF-16"),
        pytest.param("", "gbk", "gb18030", id="nothing declared"),
    ],
)
def test_the_encoding_is_declared_or_found(page, declared, codec, encoding):
    source = page(declared + "<p>前总理朱镕基出席会议，今天的会议很重要。</p>", codec)

    assert (source.units, source.encoding) == (("前总理朱镕基出席会议，今天的会议很重要。",), encoding)


def test_a_declared_encoding_of_another_language_is_believed(page):
    assert page('<meta charset="shift_jis"><p>これは日本語です。</p>', "shift_jis").units == ("これは日本語です。",)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("", "holds no text", id="an empty file"),
        pytest.param("<!-- x -->", "holds no text", id="a comment"),
        pytest.param("<html><frameset><frame src=x></frameset></html>", "holds no text", id="frames"),
        pytest.param("<p>甲</p>" + "<div>" * 5000 + "乙", "elements nest too deeply", id="nested too deeply"),
        pytest.param("<p>a\0b</p>", "binary, not text", id="a NUL byte"),
    ],
)
def test_what_gives_no_text_is_refused(page, text, says):
    with pytest.raises(UnreadableFile, match="^a.html: " + says):
        page(text)


def test_deep_nesting_within_the_limit_loses_nothing(page):
    depth = sys.getrecursionlimit() + 500

    assert page("<p>甲</p>" + "<div>" * depth + "乙" + "</div>" * depth + "<p>丙</p>").units == ("甲", "乙", "丙")
