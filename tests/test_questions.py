"""Questions in every form the program takes."""

import pytest

from qa.errors import InputError
from qa.questions import Question, read
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


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_another_encoding_is_named_with_what_to_do(tmp_path, encoding):
    with pytest.raises(InputError, match="save the questions as UTF-8"):
        reading(tmp_path, "q.txt", "工会主席是谁?\n".encode(encoding))


def test_a_missing_column_says_which_there_are(tmp_path):
    with pytest.raises(InputError, match=r"no column named question \(found: id, frage\)"):
        reading(tmp_path, "q.csv", "id,frage\n1,谁?\n")


def test_rows_say_where_they_stand(tmp_path):
    assert [q.row for q in reading(tmp_path, "q.txt", "\n谁?\n\n哪里?\n")] == [2, 4]
