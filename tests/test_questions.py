"""Questions in every form the program takes."""

import json
from dataclasses import replace

import pytest

from qa.errors import InputError
from qa.identities import Seen
from qa.questions import Question, read, rows, told_apart
from qa.types import Turn


def reading(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read(str(path)))


TWO = [("1", "谁?"), ("2", "哪里?")]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("q.txt", "谁?\n哪里?\n", TWO),
        ("q.txt", "谁?\n\n哪里?", [("1", "谁?"), ("3", "哪里?")]),
        ("q.txt", "\ufeff谁?\r\n哪里?\r\n", TWO),
        ("questions", "谁?\n哪里?\n", TWO),
        ("q.csv", "question\n谁?\n哪里?\n", [("2", "谁?"), ("3", "哪里?")]),
        ("q.csv", "\ufeffid,question\r\n1,谁?\r\n2,哪里?\r\n", TWO),
        ("q.csv", 'note,question,id\n"a, b","谁?",1\nx,"哪里?",2\n', TWO),
        ("q.csv", 'id,question\n1,"甲\n乙"\n', [("1", "甲\n乙")]),
        ("q.csv", "ID, Question \n1,谁?\n2,哪里?\n", TWO),
        ("q.csv", "编号,问题\n1,谁?\n2,哪里?\n", TWO),
        ("q.csv", "編號,問題\n1,谁?\n2,哪里?\n", TWO),
        ("q.csv", "id,question,问题\n1,谁?,who?\n2,哪里?,where?\n", TWO),
        ("q.tsv", "id\tquestion\n1\t谁?\n2\t哪里?\n", TWO),
        ("Q.TSV", "id\tquestion\n1\t谁?\n2\t哪里?\n", TWO),
        ("q.jsonl", '{"id": "1", "question": "谁?"}\n\n{"id": 2, "question": "哪里?"}', TWO),
        ("q.jsonl", '\ufeff{"_id": "1", "text": "谁?"}\r\n{"_id": "2", "text": "哪里?"}\r\n', TWO),
        ("q.jsonl", '{"question": "谁?"}\n{"id": null, "question": "哪里?"}\n', TWO),
        ("q.jsonl", '{"question": "谁?", "text": "not this", "_id": "x", "id": "1"}\n', TWO[:1]),
        ("q.txt", "", []),
        ("q.jsonl", "\n", []),
    ],
    ids=[
        "text",
        "blank lines",
        "mark and Windows ends",
        "no suffix",
        "column alone",
        "CSV of Excel",
        "columns in any order",
        "line end in a field",
        "case and blanks",
        "Simplified names",
        "Traditional names",
        "our name first",
        "TSV",
        "upper case",
        "JSON lines",
        "BEIR queries",
        "no ids",
        "question before text",
        "empty text",
        "empty JSON lines",
    ],
)
def test_ids_and_texts(tmp_path, name, content, expected):
    assert [(q.id, q.text) for q in reading(tmp_path, name, content)] == expected


def test_gold_fields_and_history(tmp_path):
    line = (
        '{"id": "f1", "type": "followup", "question": "他呢?", "file": "a.txt", "lines": [3, 5], "answers": ["甲", 7],'
        ' "history": [{"question": "谁?", "answer": "乙"}, {"question": "后来?"}]}'
    )
    assert reading(tmp_path, "q.jsonl", line) == [
        Question("f1", "他呢?", 1, (Turn("谁?", "乙"), Turn("后来?", "")), "followup", "a.txt", (3, 5), ("甲", "7"))
    ]


def test_a_broken_line_is_named_and_what_came_before_was_read(tmp_path):
    path = tmp_path / "q.jsonl"
    path.write_text('{"question": "谁?"}\n{"question": "哪里?"}\n{"question": \n', encoding="utf-8")
    found = read(str(path))
    assert [next(found).text, next(found).text] == ["谁?", "哪里?"]
    with pytest.raises(InputError, match=r"q\.jsonl:3: not a JSON object"):
        next(found)


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
@pytest.mark.parametrize("name", ["q.txt", "q.csv", "q.jsonl"])
def test_other_encodings_are_found(tmp_path, name, encoding):
    rows = [f"{n}號工會主席是誰,他在哪裡上班?" for n in range(1, 30)]
    form = {
        "q.txt": "\n".join(rows),
        "q.csv": "question\r\n" + "".join(f'"{r}"\r\n' for r in rows),
        "q.jsonl": "\n".join(json.dumps({"question": r}, ensure_ascii=False) for r in rows),
    }
    assert [q.text for q in reading(tmp_path, name, form[name].encode(encoding))] == rows


def test_a_large_file_in_another_encoding_is_read_whole(tmp_path):
    """3 MB, the first two of them ASCII: the encoding is told by a sample from where it first shows."""
    rows = ["who is it?"] * 200_000 + ["工会主席是谁?"] * 60_000
    found = reading(tmp_path, "q.txt", "\n".join(rows).encode("gb18030"))
    assert [q.text for q in found] == rows


@pytest.mark.parametrize("first", ["gb18030", "utf-8"])
def test_mixed_encodings_are_refused_with_the_row(tmp_path, first):
    other = {"gb18030": "utf-8", "utf-8": "gb18030"}[first]
    rows = [f"第{n}届工会主席是谁,在哪里上班?".encode(first) for n in range(1, 40)]
    rows[24] = "庆元县的技能竞赛由谁举办?".encode(other)
    with pytest.raises(InputError, match=r"q\.txt:(25:| .*line 25)"):
        reading(tmp_path, "q.txt", b"\n".join(rows))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["淡化站每天可产淡水多少吨?", b"", "贺九龄在哪条街修钟表?"], "3: GB18030 in a file that is UTF-8 elsewhere"),
        ([b"who?", "谁?", *["贺九龄在哪条街修钟表?"] * 3], "2: UTF-8 in a file that is GB18030 elsewhere"),
    ],
    ids=["two rows", "a short first one"],
)
def test_the_row_of_the_rarer_encoding_is_named(tmp_path, rows, said):
    """The first row of text is UTF-8, those after it are not."""
    first = next(row for row in rows if isinstance(row, str))
    data = [row if isinstance(row, bytes) else row.encode("utf-8" if row is first else "gb18030") for row in rows]
    with pytest.raises(InputError, match=rf"q\.txt:{said}, so it mixes encodings: save the whole file as UTF-8"):
        reading(tmp_path, "q.txt", b"\n".join(data))


def test_a_damaged_row_is_no_other_encoding(tmp_path):
    rows = ["贺九龄在哪条街修钟表?".encode()] * 4
    rows[2] = rows[2][:-2] + b"?"
    with pytest.raises(InputError, match="damaged UTF-8 text, 1 undecodable place, .* line 3"):
        reading(tmp_path, "q.txt", b"\n".join(rows))


def test_a_row_of_another_encoding_that_could_be_read_is_no_less_refused(tmp_path):
    """These UTF-8 bytes are valid GB18030 as well, and nonsense there."""
    rows = [f"第{n}届工会主席是谁,在哪里上班?".encode("gb18030") for n in range(1, 40)]
    rows[24] = "平湖工会主席".encode()
    assert rows[24].decode("gb18030")
    with pytest.raises(InputError, match=r"q\.txt:25: UTF-8 in a file that is GB18030 elsewhere"):
        reading(tmp_path, "q.txt", b"\n".join(rows))


def test_a_picture_is_no_file_of_questions(tmp_path):
    with pytest.raises(InputError, match=r"q\.txt: binary"):
        reading(tmp_path, "q.txt", bytes(range(256)) * 9)


@pytest.mark.parametrize(
    ("line", "id", "text", "said"),
    [
        ('{"question": "谁?', "1", "", "not a JSON object"),
        ('["谁?"]', "1", "", "a JSON list: write one object a line"),
        ('[{"question": "谁?"},', "1", "", "a JSON list: write one object a line"),
        ('{"id": "x"}', "x", "", "no field question"),
        ('{"id": "x", "question": 7}', "x", "", "the field question is no text (7)"),
        ('{"id": "x", "question": null}', "x", "", "the field question is no text (null)"),
        ('{"id": "x", "text": ["谁?"]}', "x", "", 'the field text is no text (["谁?"])'),
        ('"谁?"', "1", "", "no field question"),
        ('{"id": "x", "question": "谁?", "history": "甲"}', "x", "谁?", "history is no list"),
        ('{"id": "x", "question": "谁?", "history": ""}', "x", "谁?", "history is no list"),
        ('{"id": "x", "question": "谁?", "history": {"question": "甲"}}', "x", "谁?", "history is no list"),
        ('{"id": "x", "question": "谁?", "history": ["甲"]}', "x", "谁?", "a turn of history"),
        ('{"id": "x", "question": "谁?", "history": [{"answer": "甲"}]}', "x", "谁?", "a turn of history"),
        ('{"id": ["x"], "question": "谁?"}', "1", "谁?", "the id is no text"),
        ('{"question": "谁\\ud800?"}', "1", "谁\ud800?", "a character of it is none"),
        ("[" * 100_000, "1", "", "not a JSON object"),
    ],
    ids=[
        "broken",
        "list",
        "list of several lines",
        "no text",
        "number",
        "null",
        "list of texts",
        "text alone",
        "text for history",
        "empty",
        "object",
        "turn",
        "answer",
        "id",
        "half",
        "deep",
    ],
)
def test_a_broken_row_is_told_and_the_rows_after_it_are_read(tmp_path, line, id, text, said):
    (tmp_path / "q.jsonl").write_text(f'{line}\n{{"id": "y", "question": "哪里?"}}\n', encoding="utf-8")
    broken, whole = rows(str(tmp_path / "q.jsonl"))
    assert (broken.id, broken.text, broken.row) == (id, text, 1)
    assert said in broken.error
    assert whole == Question("y", "哪里?", 2)


def test_a_short_row_of_a_table_and_one_with_a_stray_mark(tmp_path):
    (tmp_path / "q.csv").write_text('id,question\n1\n2,"甲"乙\n3,谁?\n', encoding="utf-8")
    short, stray, whole = rows(str(tmp_path / "q.csv"))
    assert (short.id, short.row, "ends before its question" in short.error) == ("1", 2, True)
    assert (stray.row, "double it" in stray.error) == (3, True)
    assert whole == Question("3", "谁?", 4)


@pytest.mark.parametrize(
    ("name", "content", "mark"),
    [
        ("q.csv", "id,question\n1,谁,在哪?\n2,哪里?,,\n", "comma"),
        ("q.csv", "id,question,\n1,谁,在哪?\n2,哪里?,,\n", "comma"),
        ("q.tsv", "id\tquestion\n1\t谁\t在哪?\n2\t哪里?\t\n", "tab"),
    ],
    ids=["comma", "empty column", "tab"],
)
def test_a_row_with_more_cells_than_columns_is_no_question_cut_off(tmp_path, name, content, mark):
    """Empty cells at the end do no harm: spreadsheets write them."""
    (tmp_path / name).write_text(content, encoding="utf-8")
    long, whole = rows(str(tmp_path / name))
    assert (long.id, long.row) == ("1", 2)
    assert long.error == (
        f"the row has 3 cells under 2 columns: put quotation marks around a question with a {mark} in it"
    )
    assert whole == Question("2", "哪里?", 3)


def test_a_mark_that_never_closes_is_no_row_that_swallows_the_others(tmp_path):
    with pytest.raises(InputError, match=r"q\.csv:3: "):
        reading(tmp_path, "q.csv", 'question\n谁?\n"哪里?\n谁?\n')


@pytest.mark.parametrize(
    ("name", "header", "said"),
    [
        ("q.csv", "id;question", "parted by semicolons, not by commas: save it with commas"),
        ("q.csv", '"编号";"问题"', "parted by semicolons, not by commas: save it with commas"),
        ("q.csv", "id\tquestion", "parted by tabs, not by commas: save it with commas"),
        ("q.tsv", "id,Question", "parted by commas, not by tabs: save it with tabs"),
    ],
)
def test_columns_that_are_parted_by_something_else(tmp_path, name, header, said):
    with pytest.raises(InputError, match=said):
        reading(tmp_path, name, f"{header}\n1;谁?\n")


def test_two_columns_of_questions_are_refused(tmp_path):
    with pytest.raises(InputError, match="more than one column named question"):
        reading(tmp_path, "q.csv", "question,question\n谁?,哪里?\n")


def test_ids_that_stand_twice():
    found = list(told_apart([Question("a", "谁?", 1), Question("b", "谁?", 2), Question("a", "谁?", 3)]))
    assert [q.error for q in found] == ["", "", "the id 'a' is taken by row 1: give each row its own"]


MIXED = [Question("1", "甲?", 1, numbered=True), Question("2", "乙?", 2, numbered=True), Question("1", "丙?", 3)]


def test_ids_that_rows_give_themselves_come_first():
    """Passed over before, as a file is: the third row has the 1 that the first, which has none, would have got."""
    seen = Seen()
    assert len(list(told_apart(MIXED, seen))) == 3
    assert [(q.id, q.error) for q in told_apart(MIXED, seen)] == [("1.1", ""), ("2", ""), ("1", "")]
    more = [*MIXED, Question("1.1", "丁?", 4), Question("1", "戊?", 5)]
    seen = Seen()
    list(told_apart(more, seen))
    found = list(told_apart(more, seen))
    assert [q.id for q in found] == ["1.2", "2", "1", "1.1", "1"]
    assert [q.error[:24] for q in found] == ["", "", "", "", "the id '1' is taken by r"]


def test_ids_of_a_stream_belong_to_whoever_has_them_first():
    assert ["taken by row 1" in q.error for q in told_apart(MIXED)] == [False, False, True]
    assert [q.id for q in told_apart([replace(MIXED[2], id="2", row=1), *MIXED[1:2]])] == ["2", "2.1"]


def test_a_folder_in_the_form_of_beir(tmp_path):
    (tmp_path / "queries.jsonl").write_text('{"_id": "7", "text": "谁?"}\n', encoding="utf-8")
    assert list(rows(str(tmp_path))) == [Question("7", "谁?", 1)]


def test_a_missing_column_says_which_there_are(tmp_path):
    with pytest.raises(InputError, match=r"no column named question \(found: id, frage\)"):
        reading(tmp_path, "q.csv", "id,frage\n1,谁?\n")


def test_rows_say_where_they_stand(tmp_path):
    assert [q.row for q in reading(tmp_path, "q.txt", "\n谁?\n\n哪里?\n")] == [2, 4]
