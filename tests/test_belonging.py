"""Lists stay with what leads to them, answers with their questions, and every passage knows what it stands under."""

import pytest
from docx import Document as WordDocument
from helpers import characters

from qa.belonging import LARGEST, together
from qa.passages import of_source
from qa.readers import registry
from qa.types import Paragraph


def paragraphs(*texts, gap=1):
    return [Paragraph((1 + n * gap, 1 + n * gap), text) for n, text in enumerate(texts)]


def texts(*given, gap=1):
    return [part.text for _, part in together(paragraphs(*given, gap=gap))]


@pytest.mark.parametrize(
    "lines",
    [
        ("须提交下列材料：", "1. 身份证；", "2. 照片两张。"),
        ("须提交下列材料:", "（一）身份证", "（二）照片"),
        ("第三条 登记时须提交：", "（一）合同；", "（二）行驶证。"),
        ("（一）下列人员优先：", "1. 双职工。", "2. 新员工。"),
        ("须提交下列材料：", "身份证；", "照片两张。"),
        ("须提交下列材料：", "- 身份证", "- 照片"),
        ("Q5：书弄丢了怎么赔？", "A：买同一版本。"),
        ("问：人手够吗？", "答：不够。"),
        ("**怎么退货？**", "七天之内寄回。"),
        ("3. 忘了密码怎么办？", "点“找回”。"),
        ("第八条 提前退租", "提前退租的，须提前三十日告知。"),
        ("1. 装备", "每人带两升水、一根登山杖。"),
        ("第九条 违约", "有下列情形的，押金不退：", "（一）转租；", "（二）拖欠租金。"),
    ],
)
def test_what_belongs_together_is_one_passage(lines):
    assert texts(*lines) == ["\n".join(lines)]


@pytest.mark.parametrize(
    "lines",
    [
        ("一、总则", "二、分则"),
        ("他这样总结：", "做人要实在，做事要认真，这句话他说了一辈子，也做了一辈子。"),
        ("1. 先看下面：", "2. 再看上面。"),
        ("这是为什么？", "谁也说不清。"),
        ("问：甲？", "问：乙？"),
        ("普通的一段。", "1. 一项；"),
        ("第八条 提前退租", "第九条 违约"),
        ("- 新增", "每人带两升水、一根登山杖。"),
    ],
)
def test_what_does_not_stays_apart(lines):
    assert texts(*lines) == list(lines)


def test_a_list_ends_where_its_entries_do():
    found = list(together(paragraphs("材料：", "1. 甲；", "2. 乙。", "办理时间为工作日。", "费用：", "- 免费")))
    assert [(place, part.lines, part.text) for place, part in found] == [
        (0, (1, 3), "材料：\n1. 甲；\n2. 乙。"),
        (3, (4, 4), "办理时间为工作日。"),
        (4, (5, 6), "费用：\n- 免费"),
    ]


def test_lines_far_apart_are_no_list():
    assert texts("材料：", "1. 甲；", gap=9) == ["材料：", "1. 甲；"]


def test_entries_of_a_long_list_are_told_what_they_are_entries_of():
    lead, *entries = (part for _, part in together(paragraphs("须知：", *(f"{n}. " + "字" * 90 for n in range(1, 9)))))
    assert lead.text == "须知："
    assert [part.under for part in entries] == ["须知"] * 8
    assert sum(len(part.text) for part in entries) > LARGEST


def contexts(path):
    found = of_source(registry.read(path, path.name, max_bytes=1 << 20), 256, characters)
    return [(passage.text, passage.title) for passage in found]


MARKDOWN = "# 城西食堂\n\n## 付款\n\n只收现金。\n\n### 例外\n\n| 人 | 方式 |\n|---|---|\n| 访客 | 扫码 |\n\n## 时间\n\n全天。\n"
HTML = (
    "<html><head><title>食堂 - 网站</title></head><body><h1>城西食堂</h1><h2>付款</h2><p>只收现金。</p><h3>例外</h3>"
    "<table><tr><th>人</th><th>方式</th></tr><tr><td>访客</td><td>扫码</td></tr></table><h2>时间</h2><p>全天。</p></body></html>"
)


@pytest.mark.parametrize(
    ("name", "text", "row", "head"),
    [("a.md", MARKDOWN, "| 访客 | 扫码 |", "| 人 | 方式 |"), ("a.html", HTML, "访客 | 扫码", "人 | 方式")],
)
def test_titles_around_a_section_and_the_head_of_a_table_are_what_it_stands_under(tmp_path, name, text, row, head):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert contexts(path) == [
        ("只收现金。", "城西食堂 付款"),
        (head, "城西食堂 付款 例外"),
        (row, "城西食堂 付款 例外 人 方式"),
        ("全天。", "城西食堂 时间"),
    ]


def test_word_documents_have_levels_too(tmp_path):
    document = WordDocument()
    document.add_paragraph("年休假办法")
    document.add_heading("一、天数", 1)
    document.add_heading("（一）工龄", 2)
    table = document.add_table(2, 2)
    for at, words in enumerate(("工龄", "天数", "十年", "十天")):
        table.cell(at // 2, at % 2).text = words
    document.add_heading("二、申请", 1)
    document.add_paragraph("提前五天。")
    path = tmp_path / "a.docx"
    document.save(str(path))
    assert contexts(path)[-3:] == [
        ("工龄 | 天数", "年休假办法 一、天数 （一）工龄"),
        ("十年 | 十天", "年休假办法 一、天数 （一）工龄 工龄 天数"),
        ("提前五天。", "年休假办法 二、申请"),
    ]


def test_paragraphs_below_a_subhead_stand_under_it(tmp_path):
    path = tmp_path / "a.txt"
    lines = (
        "专家谈睡眠",
        "",
        "本报记者 李敏",
        "",
        "近日，记者采访了睡眠专家周文。",
        "",
        "问：失眠怎么办？",
        "",
        "答：白天多运动，晚上不看手机。",
    )
    path.write_text("\n".join(lines), encoding="utf-8")
    assert contexts(path)[-1][1] == "专家谈睡眠 问：失眠怎么办？"


def test_a_title_with_sections_below_it_is_no_passage_and_one_alone_is(tmp_path):
    path = tmp_path / "a.md"
    path.write_text("# 标语\n\n# 食堂\n\n## 付款\n\n只收现金。\n", encoding="utf-8")
    assert [text for text, _ in contexts(path)] == ["标语", "只收现金。"]


def test_heads_of_sections_in_plain_text_are_what_stands_above(tmp_path):
    path = tmp_path / "a.txt"
    lines = (
        "疗休养通知",
        "",
        "一、对象",
        "在职满三年的职工。",
        "二、费用",
        "每人1800元。",
        "【联系人】",
        "工会办公室。",
    )
    path.write_text("\n".join(lines), encoding="utf-8")
    assert contexts(path) == [
        ("在职满三年的职工。", "疗休养通知 一、对象"),
        ("每人1800元。", "疗休养通知 二、费用"),
        ("工会办公室。", "疗休养通知 【联系人】"),
    ]


def test_one_entry_after_another_is_a_list_and_no_heads(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("议程\n\n一、开幕\n二、讲话\n三、闭幕\n", encoding="utf-8")
    assert [text for text, _ in contexts(path)] == ["一、开幕", "二、讲话", "三、闭幕"]
