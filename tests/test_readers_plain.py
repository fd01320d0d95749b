import sys
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.articles import page
from qa.errors import UnreadableFile
from qa.readers import closing, lines, plain

PAGE = "工会送温暖\n\n本报讯 记者王丽报道 近日，朱镕基来到萧山。\n他说：“很好。”\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a\nb", ("a", "b"), id="line feeds"),
        pytest.param("a\r\nb\r\n", ("a", "b", ""), id="carriage return and line feed"),
        pytest.param("a\rb", ("a", "b"), id="lone carriage returns"),
        pytest.param("a\r\n\rb\n\nc", ("a", "", "b", "", "c"), id="mixed ends"),
        pytest.param("", ("",), id="nothing"),
        pytest.param("\n", ("", ""), id="one empty line and its end"),
        pytest.param(
            "a\x0bb\x0cc\x85d\u2028e\u2029f\x1cg", ("a\x0bb\x0cc\x85d\u2028e\u2029f\x1cg",), id="no line ends"
        ),
    ],
)
def test_lines_are_those_of_an_editor(text, expected):
    assert lines.split(text) == expected


@given(st.lists(st.text(st.characters(exclude_characters="\r\n"))), st.sampled_from(["\n", "\r\n", "\r"]))
def test_lines_come_back_whatever_ends_them(rows, end):
    assert lines.split(end.join(rows)) == (tuple(rows) or ("",))


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        pytest.param(["今年三", "月的 NBA", "final"], "今年三月的 NBA final", id="words and characters"),
        pytest.param(["　　本报讯，", "", " 记者 "], "本报讯，记者", id="blanks and empty lines"),
        pytest.param(["他说：“好", "”。"], "他说：“好”。", id="punctuation"),
        pytest.param([], "", id="nothing"),
    ],
)
def test_broken_lines_close_up(pieces, expected):
    assert closing.close_up(pieces) == expected


@given(st.lists(st.text()))
def test_closing_up_changes_nothing_but_blanks(pieces):
    assert "".join(closing.close_up(pieces).split()) == "".join("".join(pieces).split())


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix ends", "windows ends"])
def test_a_page_reads_the_same_in_every_encoding(tmp_path, codec, end):
    path = tmp_path / "a.txt"
    path.write_bytes(PAGE.replace("\n", end).encode(codec))

    source = plain.read(path, "pages/a.txt")

    assert source.units == tuple(PAGE.split("\n"))
    assert (source.path, source.unit, source.documents[0].id) == ("pages/a.txt", "line", "pages/a.txt")
    assert source.documents[0].articles == page.split(PAGE.split("\n"))
    assert source.encoding == {"utf-8-sig": "utf-8"}.get(codec, codec)


def test_only_blank_lines_make_no_article(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("\n \n　\n\t\n")

    source = plain.read(path, "a.txt")

    assert source.units == ("", " ", "　", "\t", "")
    assert source.documents[0].articles == ()


def test_a_lone_byline_is_kept(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("本报讯 记者王丽报道\n")

    (article,) = plain.read(path, "a.txt").documents[0].articles

    assert "王丽" in f"{article.byline}{article.headline}{[p.text for p in article.paragraphs]}"


def test_control_characters_stay_in_the_source(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("本报\x1b[31m讯\x0b。\n".encode())

    assert plain.read(path, "a.txt").units[0] == "本报\x1b[31m讯\x0b。"


@pytest.mark.slow
def test_one_line_of_ten_million_characters_is_read_without_many_copies(tmp_path):
    path = tmp_path / "a.txt"
    text = "一二三四五六七八九。" * 1_000_000
    path.write_text(text)
    tracemalloc.start()

    source = plain.read(path, "a.txt")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert source.units == (text,)
    assert peak < 8 * sys.getsizeof(text)


def test_a_missing_file_is_one_clear_line(tmp_path):
    with pytest.raises(UnreadableFile, match=r"^a.txt: cannot be opened \(No such file or directory\)"):
        plain.read(tmp_path / "a.txt", "a.txt")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("张三 电话 138001\n李四 电话 138002\n", ["张三 电话 138001", "李四 电话 138002"]),
        ("姓名,职务\n昌五一,厂长\n王磊,书记\n", ["姓名,职务", "昌五一,厂长", "王磊,书记"]),
        (
            "淡化站昨天投产，每天产水\n两万吨，够全市三分之一的\n居民使用。\n\n甲班 八点\n乙班 九点\n",
            ["淡化站昨天投产，每天产水两万吨，够全市三分之一的居民使用。", "甲班 八点", "乙班 九点"],
        ),
    ],
    ids=["a directory", "a table", "a list after prose"],
)
def test_lines_of_a_list_are_not_run_together(tmp_path, text, expected):
    path = tmp_path / "a.txt"
    path.write_text(text, encoding="utf-8")
    (article,) = plain.read(path, "a.txt").documents[0].articles
    assert [paragraph.text for paragraph in article.paragraphs] == expected
