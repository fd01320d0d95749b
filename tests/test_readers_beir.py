import json
import re
import time

import pytest

from qa.errors import UnreadableFile
from qa.readers import beir
from qa.types import Article, Document, Paragraph


@pytest.fixture
def corpus(tmp_path):
    def write(content, codec="utf-8"):
        path = tmp_path / "corpus.jsonl"
        path.write_bytes(content.encode(codec))
        return beir.read(path, "data/corpus.jsonl")

    return write


def line(identity, text, title=None):
    record = {"_id": identity, "text": text}
    return json.dumps(record if title is None else record | {"title": title}, ensure_ascii=False) + "\n"


def test_each_line_is_a_document_cited_by_its_id_and_line(corpus):
    source = corpus(line("d1", "第一篇。", "题目") + "\n" + line("d2", "第二篇。\n两行。") + line(7, "三", ""))

    assert source.units == ("第一篇。", "", "第二篇。\n两行。", "三", "")
    assert (source.path, source.unit, source.encoding) == ("data/corpus.jsonl", "line", "utf-8")
    assert source.documents == (
        Document("d1", (Article("题目", paragraphs=(Paragraph((1, 1), "第一篇。"),)),)),
        Document("d2", (Article(None, paragraphs=(Paragraph((3, 3), "第二篇。\n两行。"),)),)),
        Document("7", (Article(None, paragraphs=(Paragraph((4, 4), "三"),)),)),
    )


def test_a_record_of_a_title_alone_is_found_by_its_title(corpus):
    source = corpus(line("d1", "", "只有题目"))

    assert source.units[0] == "只有题目"
    assert source.documents[0].articles == (Article("只有题目", (1, 1)),)


def test_escaped_and_plain_characters_are_the_same(corpus):
    source = corpus('{"_id": "a", "text": "\\u6731\\u9555\\u57fa \\ud842\\udfb7"}\n' + line("b", "朱镕基 𠮷"))

    assert source.units[:2] == ("朱镕基 𠮷", "朱镕基 𠮷")


@pytest.mark.parametrize("codec", ["gb18030", "utf-16", "utf-8-sig"])
def test_other_encodings_and_windows_line_ends(corpus, codec):
    source = corpus(
        line("d1", "前总理朱镕基出席会议。").replace("\n", "\r\n") + line("d2", "第二篇文章在这里。"), codec
    )

    assert source.units == ("前总理朱镕基出席会议。", "第二篇文章在这里。", "")


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param('{"_id": "x", "title": "无"}', 'no "text"', id="no text"),
        pytest.param('{"_id": "x", "text": null}', 'no "text"', id="a text that is null"),
        pytest.param('{"_id": "x", "text": ["a"]}', 'no "text"', id="a text that is a list"),
        pytest.param('{"text": "x"}', 'no "_id"', id="no id"),
        pytest.param('{"_id": "", "text": "x"}', 'no "_id"', id="an empty id"),
        pytest.param('{"_id": true, "text": "x"}', 'no "_id"', id="an id that is no name"),
        pytest.param('{"_id": "x", "text": "x", "title": 3}', '"title" is not a string', id="a title that is a number"),
        pytest.param('{"_id": "x", "text": "x"', "not JSON .* at column", id="JSON cut short"),
        pytest.param("hello", "not JSON", id="no JSON"),
        pytest.param('["x"]', "not a JSON object", id="a list"),
        pytest.param("[" * 100_000, "not JSON that can be read", id="nested too deeply"),
        pytest.param('{"_id": ' + "9" * 5000 + "}", "not JSON that can be read", id="a number too long"),
        pytest.param(
            '{"_id": "x", "text": "\\ud842"}', "an escaped character is no character", id="half a surrogate pair"
        ),
        pytest.param('{"_id": "d1", "text": "x"}', "_id 'd1' is taken by line 1", id="an id used twice"),
    ],
)
def test_a_broken_line_is_left_out_and_named(corpus, bad, says):
    source = corpus(line("d1", "好。") + line("d2", "好。") + bad + "\n" + line("d4", "也好。"))

    assert [document.id for document in source.documents] == ["d1", "d2", "d4"]
    assert source.units == ("好。", "好。", "", "也好。", "")
    assert re.match("line 3: .*" + says, source.left_out)
    assert "\n" not in source.left_out


def test_of_several_broken_lines_the_first_is_told_and_the_others_are_counted(corpus):
    source = corpus("a\n" + line("d1", "好。") + "b\n" + line("d1", "又。") + "c\n")

    assert source.left_out.startswith("line 1: not JSON (Expecting value at column 1); each line must be ")
    assert source.left_out.endswith(" (3 more lines left out)")


def test_a_file_of_nothing_but_broken_lines_is_refused(corpus):
    with pytest.raises(UnreadableFile, match=r"^data/corpus.jsonl: line 2: not JSON .*\(1 more line left out\)$"):
        corpus("\nhello\nhello\n")


def test_a_file_with_very_many_broken_lines_is_of_another_form(corpus):
    with pytest.raises(UnreadableFile, match=r"line 2: .* \(1,000 more lines left out\)$"):
        corpus(line("d1", "好。") + "hello\n" * (beir.MOST + 1))
    assert corpus(line("d1", "好。") + "hello\n" * beir.MOST).units[0] == "好。"


@pytest.mark.parametrize("content", ["", "\n \n"], ids=["an empty file", "blank lines"])
def test_a_file_without_records_is_refused(corpus, content):
    with pytest.raises(UnreadableFile, match="holds no documents"):
        corpus(content)


@pytest.mark.slow
def test_a_corpus_of_130_000_records_is_read_in_seconds(corpus):
    content = "".join(line(f"d{i}", f"第{i}篇文章，内容不多。" * 10, "题目") for i in range(130_000))
    start = time.perf_counter()

    source = corpus(content)

    assert len(source.documents) == 130_000
    assert time.perf_counter() - start < 15
