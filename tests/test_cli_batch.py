"""`qa batch`: many questions to many answers, in order, in four forms."""

import csv
import io
import json

import pytest
from helpers import ASKED, GOLD, refused, rows


def test_an_object_a_line_in_the_order_of_the_questions(run, indexed, questions):
    result = run("batch", questions)
    assert result.returncode == 0
    assert result.stderr == ""
    answers = rows(result.stdout)
    assert [(a["id"], a["question"]) for a in answers] == [(f"n{i}", q) for i, q in enumerate(ASKED)]
    assert ["error" in a for a in answers] == [False] * 3
    assert ["4200吨" in answers[0]["answer"], "北关街" in answers[1]["answer"], "860册" in answers[2]["answer"]] == [
        True
    ] * 3


def test_batch_and_ask_give_the_same_answer(run, indexed, questions):
    (alone,) = rows(run("ask", ASKED[1], "--json").stdout)
    assert rows(run("batch", questions).stdout)[1] == alone | {"id": "n1"}


def test_the_output_file_is_what_a_pipe_gets_and_the_same_from_run_to_run(run, indexed, questions, tmp_path):
    out = tmp_path / "out.jsonl"
    result = run("batch", questions, "--output", out)
    assert result.stdout == ""
    once = out.read_bytes()
    run("batch", questions, "-o", out)
    assert out.read_bytes() == once == run("batch", questions).stdout.encode()


@pytest.mark.parametrize(("suffix", "form"), [(".csv", "csv"), (".trec", "trec"), (".run", "trec"), (".md", "md")])
def test_the_suffix_chooses_the_format(run, indexed, questions, tmp_path, suffix, form):
    out = tmp_path / f"out{suffix}"
    run("batch", questions, "--output", out)
    assert out.read_text(encoding="utf-8") == run("batch", questions, "--format", form).stdout


def test_csv_has_a_row_a_question_with_the_first_citation(run, indexed, questions):
    table = list(csv.DictReader(io.StringIO(run("batch", questions, "--format", "csv").stdout)))
    answers = rows(run("batch", questions).stdout)
    assert len(table) == 3
    for row, answer in zip(table, answers, strict=True):
        first = answer["citations"][0]
        assert (row["id"], row["question"], row["answer"]) == (answer["id"], answer["question"], answer["answer"])
        assert (row["path"], row["from_line"], row["to_line"]) == (first["path"], *map(str, first["lines"]))
        assert row["quote"] == first["quote"]
        assert (row["answered"], row["verified"]) == ("true", "true")


def test_trec_lines_have_six_fields_and_count_a_document_once(run, indexed, questions):
    lines = [line.split() for line in run("batch", questions, "--format", "trec").stdout.splitlines()]
    assert {len(line) for line in lines} == {6}
    for number in range(3):
        mine = [line for line in lines if line[0] == f"n{number}"]
        documents = [line[2] for line in mine]
        assert len(documents) == len(set(documents)) <= 3  # there are three files
        assert [line[3] for line in mine] == [str(n) for n in range(1, len(mine) + 1)]
        scores = [float(line[4]) for line in mine]
        assert scores == sorted(scores, reverse=True)
        assert {(line[1], line[5]) for line in mine} == {("Q0", "qa")}


def test_markdown_is_for_reading(run, indexed, questions):
    shown = run("batch", questions, "--format", "md", "--top", "1").stdout
    assert [line for line in shown.splitlines() if line.startswith("## ")] == [f"## {q}" for q in ASKED]
    assert "1. `pages/harbour.txt:3`" in shown


def test_questions_from_standard_input_as_text_and_as_json(run, indexed):
    stdin = f'{ASKED[0]}\n\n{{"id": "x", "question": "{ASKED[1]}"}}\n'
    answers = rows(run("batch", "-", stdin=stdin).stdout)
    assert [(a["id"], a["question"]) for a in answers] == [("1", ASKED[0]), ("x", ASKED[1])]


@pytest.mark.parametrize(
    "header",
    ["id,question", '\ufeff"id","question"', "id\tquestion", "question", "id, 问题"],
    ids=["csv", "quoted", "tsv", "one column", "Chinese"],
)
def test_a_table_from_standard_input(run, indexed, header):
    columns = [["a", ASKED[0]], ["b", ASKED[1]]]
    separator = "\t" if "\t" in header else ","
    cells = [row if "id" in header else row[1:] for row in columns]
    stdin = "".join(line + "\n" for line in [header, *(separator.join(row) for row in cells)])
    answers = rows(run("batch", "-", stdin=stdin).stdout)
    assert [a["question"] for a in answers] == [ASKED[0], ASKED[1]]
    assert [a["id"] for a in answers] == (["a", "b"] if "id" in header else ["2", "3"])


def test_a_question_that_speaks_of_questions_is_no_header(run, indexed):
    for line in ("my question is: 钟表?", "第几,问题,钟表?"):
        assert [a["question"] for a in rows(run("batch", "-", stdin=f"{line}\n").stdout)] == [line]


def test_a_table_parted_by_semicolons_is_told_so(run, indexed):
    line = refused(run("batch", "-", stdin=f"id;question\na;{ASKED[0]}\n"))
    assert line == "standard input: its columns are parted by semicolons, not by commas: save it with commas"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "q.jsonl",
            '{"id": "a", "question": "钟表?"}\n{"id": "b", "question": ""}\n{"id": "c", "question": "淡水?"}\n',
        ),
        ("q.csv", "id,question\na,钟表?\nb,\nc,淡水?\n"),
        ("q.tsv", "id\tquestion\na\t钟表?\nb\t?!\nc\t淡水?\n"),
    ],
    ids=["jsonl", "csv", "tsv"],
)
def test_a_row_without_a_question_keeps_its_place_with_an_error(run, indexed, tmp_path, name, content):
    (tmp_path / name).write_text(content, encoding="utf-8")
    result = run("batch", name)
    assert result.returncode == 0
    answers = rows(result.stdout)
    assert [a["id"] for a in answers] == ["a", "b", "c"]
    assert ["error" in a for a in answers] == [False, True, False]
    assert answers[1]["citations"] == []
    assert answers[1]["answered"] is False
    assert "question is empty" in answers[1]["error"]
    (warning,) = result.stderr.splitlines()
    assert "row " in warning
    assert "(id b)" in warning


def test_history_makes_a_follow_up(run, indexed, tmp_path):
    turn = {"question": "钟表匠贺九龄今年多少岁?", "answer": "71岁"}
    row = {"id": "f", "question": "他带出多少名徒弟?", "history": [turn]}
    (tmp_path / "q.jsonl").write_text(json.dumps(row), encoding="utf-8")
    (answer,) = rows(run("batch", "q.jsonl").stdout)
    assert answer["question"] == "他带出多少名徒弟?"
    assert "贺九龄" in answer["standalone"]
    assert answer["citations"][0]["path"] == "pages/workshop.txt"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("none.txt", ""),
        ("none.txt", "\n \n"),
        ("none.csv", "id,question\n"),
        ("none.jsonl", "\n"),
        ("-", ""),
        ("-", "\n"),
    ],
    ids=["empty", "blank lines", "only a header", "no objects", "empty pipe", "blank pipe"],
)
def test_no_questions_give_no_answers_and_that_is_said(run, indexed, tmp_path, name, content):
    if name != "-":
        (tmp_path / name).write_text(content, encoding="utf-8")
    result = run("batch", name, stdin=content)
    assert (result.returncode, result.stdout) == (0, "")
    called = "standard input" if name == "-" else name
    assert result.stderr == f"qa: {called} holds no question: nothing was asked\n"


@pytest.mark.slow
def test_every_quote_of_the_hundred_questions_stands_in_the_cited_lines(on_seeds, seeds_home):
    answers = rows(on_seeds("batch", GOLD, "--top", "10").stdout)
    assert [a["id"] for a in answers] == [
        json.loads(line)["id"] for line in GOLD.read_text(encoding="utf-8").splitlines()
    ]
    pages = {}
    for answer in answers:
        assert len(answer["citations"]) == 10
        for c in answer["citations"]:
            lines = pages.setdefault(c["path"], (seeds_home / c["path"]).read_text(encoding="utf-8").split("\n"))
            first, last = c["quote_lines"]
            assert "".join(c["quote"].split()) in "".join("".join(lines[first - 1 : last]).split())
            assert c["verified"] is True
