"""`qa batch` and rows that are broken, files in other encodings, tables for spreadsheets."""

import csv
import io
import subprocess
import sys

import pytest
from helpers import ASKED, CLI, refused, rows

BROKEN = '{"id": "a", "question": "钟表?"}\n{"id": "b", "question": \n{"id": "a", "question": "淡水?"}\n{"id": "d", "question": "钟表?", "history": "甲"}\n'


def test_broken_rows_are_reported_and_keep_their_places(run, indexed, tmp_path):
    (tmp_path / "q.jsonl").write_text(BROKEN, encoding="utf-8")
    result = run("batch", "q.jsonl", "--quiet")
    assert result.returncode == 0
    answers = rows(result.stdout)
    assert [(a["id"], "error" in a) for a in answers] == [("a", False), ("2", True), ("a", True), ("d", True)]
    assert ["not a JSON object" in answers[1]["error"], "taken by row 1" in answers[2]["error"]] == [True, True]
    assert [line.partition(":")[2][:8] for line in result.stderr.splitlines()] == [" row 2 (", " row 3 (", " row 4 ("]
    piped = run("batch", "-", stdin=BROKEN)
    assert piped.stdout == result.stdout


def test_strict_refuses_a_broken_row_and_writes_nothing(run, indexed, tmp_path):
    (tmp_path / "q.jsonl").write_text(BROKEN, encoding="utf-8")
    (tmp_path / "out.jsonl").write_text("kept", encoding="utf-8")
    line = refused(run("batch", "q.jsonl", "--strict", "-o", "out.jsonl"))
    assert "q.jsonl:2: not a JSON object" in line
    assert "2 more rows" in line
    assert "standard input:2" in refused(run("batch", "-", "--strict", "-o", "out.jsonl", stdin=BROKEN))
    (tmp_path / "q.txt").write_text("谁?\n?!\n", encoding="utf-8")
    assert "q.txt:2: the question is empty" in refused(run("batch", "q.txt", "--strict", "-o", "out.jsonl"))
    assert (tmp_path / "out.jsonl").read_text(encoding="utf-8") == "kept"


def test_a_table_opens_in_a_spreadsheet(run, indexed, tmp_path):
    (tmp_path / "q.csv").write_text('id,question\n-1,"=cmd|钟表?"\n+2,@谁\n', encoding="utf-8")
    run("batch", "q.csv", "-o", "out.csv", "--bom")
    data = (tmp_path / "out.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfid,question,")
    table = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert [(row["id"], row["question"]) for row in table] == [("'-1", "'=cmd|钟表?"), ("'+2", "'@谁")]
    assert "--bom is for CSV" in refused(run("batch", "q.csv", "--bom"))


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_questions_in_other_encodings_from_a_file_and_a_pipe(run, indexed, tmp_path, encoding):
    data = "\n".join([*ASKED, ""]).encode(encoding)
    (tmp_path / "q.txt").write_bytes(data)
    found = run("batch", "q.txt")
    assert [a["question"] for a in rows(found.stdout)] == ASKED
    with (tmp_path / "q.txt").open("rb") as stream:
        piped = subprocess.run([sys.executable, CLI, "batch", "-"], cwd=indexed, stdin=stream, capture_output=True)
    assert piped.stdout.decode() == found.stdout


def test_bytes_in_a_pipe_that_are_no_text_are_one_row_with_an_error(indexed):
    data = f"{ASKED[0]}\n".encode() + "淡化站在哪里?\n".encode("gb18030") + f"{ASKED[1]}\n".encode()
    result = subprocess.run([sys.executable, CLI, "batch", "-"], cwd=indexed, input=data, capture_output=True)
    assert result.returncode == 0
    assert ["error" in a for a in rows(result.stdout.decode())] == [False, True, False]
    assert b"row 2 (id 2): the question holds bytes that are no text" in result.stderr


def test_a_pipe_that_goes_on_in_another_encoding_is_refused(indexed):
    """Read as what it began with, its second row would be nonsense that can be asked."""
    data = f"{ASKED[0]}\n".encode("gb18030") + f"{ASKED[1]}\n".encode()
    result = subprocess.run([sys.executable, CLI, "batch", "-"], cwd=indexed, input=data, capture_output=True)
    assert (result.returncode, result.stdout) == (2, b"")
    assert result.stderr.startswith(b"qa: standard input:2: UTF-8 in a file that is GB18030 elsewhere")


def test_queries_of_a_beir_folder(run, indexed, tmp_path):
    (tmp_path / "beir").mkdir()
    (tmp_path / "beir" / "queries.jsonl").write_text('{"_id": "7", "text": "钟表匠是谁?"}\n', encoding="utf-8")
    result = run("batch", "beir", "--format", "trec")
    assert result.stdout.splitlines()[0].split()[:2] == ["7", "Q0"]
    assert "pages: is a directory without queries.jsonl" in refused(run("batch", "pages"))


def test_a_question_with_a_bare_comma_is_no_shorter_question(run, indexed, tmp_path):
    (tmp_path / "q.csv").write_text(f"id,question\na,淡化站在哪里,由谁运营?\nb,{ASKED[0]}\n", encoding="utf-8")
    result = run("batch", "q.csv")
    assert result.returncode == 0
    assert ["error" in a for a in rows(result.stdout)] == [True, False]
    assert result.stderr.startswith("qa: row 2 (id a): the row has 3 cells under 2 columns: put quotation marks around")


def test_a_row_without_an_id_takes_none_that_another_row_has(run, indexed, tmp_path):
    """The first row has none; the third is called 1."""
    lines = [f'{{"question": "{ASKED[0]}"}}', f'{{"question": "{ASKED[1]}"}}', f'{{"id": 1, "question": "{ASKED[2]}"}}']
    text = "".join(f"{line}\n" for line in lines)
    (tmp_path / "q.jsonl").write_text(text, encoding="utf-8")
    result = run("batch", "q.jsonl")
    assert result.stderr == ""
    assert [(a["id"], a["question"]) for a in rows(result.stdout)] == list(zip(["1.1", "2", "1"], ASKED, strict=True))
    assert run("batch", "q.jsonl", "--strict").stdout == result.stdout
    assert run("batch", "-", "--strict", stdin=text).stdout == result.stdout
    (tmp_path / "out.jsonl").write_bytes(result.stdout.encode()[:1500])
    assert run("batch", "q.jsonl", "-o", "out.jsonl", "--resume").stderr == ""
    assert (tmp_path / "out.jsonl").read_text(encoding="utf-8") == result.stdout


def test_a_list_of_objects_is_told_what_lines_are(run, indexed, tmp_path):
    text = f'[{{"question": "{ASKED[0]}"}}]\n'
    (tmp_path / "q.json").write_text(text, encoding="utf-8")
    for result in (run("batch", "q.json"), run("batch", "-", stdin=text)):
        assert result.stderr.startswith("qa: row 1 (id 1): a JSON list: write one object a line instead")
