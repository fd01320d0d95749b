"""`qa batch`: many questions to many answers, in order, in four forms."""

import csv
import io
import json
import resource
import signal
import subprocess
import sys
import time

import pytest
from helpers import CLI, GOLD, environment, refused, rows

ASKED = ["淡化站每天可产淡水多少吨?", "贺九龄在哪条街修钟表?", "盲文图书角首批上架多少册书?"]


@pytest.fixture
def questions(tmp_path):
    """Three questions as JSON lines."""
    path = tmp_path / "questions.jsonl"
    lines = [json.dumps({"id": f"n{i}", "question": q}, ensure_ascii=False) for i, q in enumerate(ASKED)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


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
    assert "1. `pages/harbour.txt:3-3`" in shown


def test_questions_from_standard_input_as_text_and_as_json(run, indexed):
    stdin = f'{ASKED[0]}\n\n{{"id": "x", "question": "{ASKED[1]}"}}\n'
    answers = rows(run("batch", "-", stdin=stdin).stdout)
    assert [(a["id"], a["question"]) for a in answers] == [("1", ASKED[0]), ("x", ASKED[1])]


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


def test_no_questions_give_no_answers(run, indexed, tmp_path):
    (tmp_path / "none.txt").write_text("\n\n", encoding="utf-8")
    result = run("batch", "none.txt")
    assert (result.returncode, result.stdout) == (0, "")


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


def slowly(tmp_path, count, form="jsonl"):
    """Questions that keep the program busy for a while, and how to answer them."""
    path = tmp_path / "many.jsonl"
    pieces = ["淡化站每天可产淡水多少吨", "贺九龄在哪条街修钟表", "盲文图书角首批上架多少册书", "黑脸琵鹭今年有多少只"]
    lines = [
        json.dumps({"id": f"m{n}", "question": f"{pieces[n % 4]}({n})?"}, ensure_ascii=False) for n in range(count)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path, tmp_path / f"out.{form}"


def running(folder, *args, room=None):
    """A batch that has begun; `room` is the most bytes its files may have."""
    limit = (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))) if room else None
    return subprocess.Popen(
        [sys.executable, str(CLI), "batch", *map(str, args)],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        preexec_fn=limit,
    )


def grown(path, size, process):
    """Wait until the file has so many bytes."""
    until = time.monotonic() + 60
    while (path.stat().st_size if path.exists() else 0) < size:
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < until
        time.sleep(0.005)


@pytest.mark.parametrize("form", ["jsonl", "trec"])
def test_two_processes_write_the_bytes_of_one(run, indexed, tmp_path, form):
    path, out = slowly(tmp_path, 40, form)
    assert run("batch", path, "-o", out, "--jobs", "2").stderr == ""
    assert out.read_text(encoding="utf-8") == run("batch", path, "--jobs", "1", "--format", form).stdout
    assert not (tmp_path / f"out.{form}.resume").exists()


@pytest.mark.parametrize("jobs", [1, 2])
def test_killed_interrupted_out_of_room_and_gone_on_with_it_ends_with_the_same_bytes(run, indexed, tmp_path, jobs):
    path, out = slowly(tmp_path, 120)
    whole = run("batch", path).stdout.encode()
    more = ("-o", out, "--jobs", jobs)
    first = running(indexed, path, *more)
    grown(out, 1, first)
    first.kill()
    first.communicate()
    second = running(indexed, path, *more, "--resume")
    grown(out, len(whole) // 3, second)
    second.send_signal(signal.SIGINT)
    said = second.communicate()[1].decode()
    assert (second.returncode, "--resume goes on" in said, said.count("\n")) == (130, True, 1)
    third = running(indexed, path, *more, "--resume", room=len(whole) // 2)
    said = third.communicate()[1].decode()
    assert third.returncode == 2
    assert "make room and go on with --resume" in said
    assert whole.startswith(out.read_bytes())
    assert (tmp_path / "out.jsonl.resume").exists()
    assert run("batch", path, *more, "--resume").stderr == ""
    assert out.read_bytes() == whole
    assert not (tmp_path / "out.jsonl.resume").exists()


def test_a_finished_run_gone_on_with_stays_as_it_is(run, indexed, questions, tmp_path):
    out = tmp_path / "out.jsonl"
    run("batch", questions, "-o", out)
    whole = out.read_bytes()
    assert run("batch", questions, "-o", out, "--resume").returncode == 0
    assert out.read_bytes() == whole


def test_nothing_to_go_on_with_is_a_beginning(run, indexed, questions, tmp_path):
    out = tmp_path / "out.jsonl"
    assert run("batch", questions, "-o", out, "--resume").returncode == 0
    assert out.read_bytes() == run("batch", questions).stdout.encode()


def test_another_file_of_questions_or_other_options_are_not_gone_on_with(run, indexed, tmp_path):
    path, out = slowly(tmp_path, 120)
    process = running(indexed, path, "-o", out, "--jobs", "1")
    grown(out, 5000, process)
    process.kill()
    process.communicate()
    left = out.read_bytes()
    assert "--top (it was 5, is 3)" in refused(run("batch", path, "-o", out, "--resume", "--top", "3"))
    path.write_text(path.read_text(encoding="utf-8") + '{"question": "谁?"}\n', encoding="utf-8")
    assert "was begun with another file of questions" in refused(run("batch", path, "-o", out, "--resume"))
    assert out.read_bytes() == left


def test_an_output_without_its_record_is_known_by_its_answers(run, indexed, questions, tmp_path):
    out = tmp_path / "out.jsonl"
    whole = run("batch", questions).stdout
    for cut in (10, len(whole) // 2, len(whole) - 1):
        out.write_bytes(whole.encode()[:cut])
        assert run("batch", questions, "-o", out, "--resume").returncode == 0
        assert out.read_text(encoding="utf-8") == whole
    assert "its last answer is not what is answered now" in refused(
        run("batch", questions, "-o", out, "--resume", "--top", "2")
    )
    out.write_text(whole.replace('"n1"', '"x1"'), encoding="utf-8")
    assert "answers to other questions" in refused(run("batch", questions, "-o", out, "--resume"))


def test_going_on_needs_a_file(run, indexed, questions):
    assert "--output" in refused(run("batch", questions, "--resume"))


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


def test_queries_of_a_beir_folder(run, indexed, tmp_path):
    (tmp_path / "beir").mkdir()
    (tmp_path / "beir" / "queries.jsonl").write_text('{"_id": "7", "text": "钟表匠是谁?"}\n', encoding="utf-8")
    result = run("batch", "beir", "--format", "trec")
    assert result.stdout.splitlines()[0].split()[:2] == ["7", "Q0"]
    assert "pages: is a directory without queries.jsonl" in refused(run("batch", "pages"))


def test_a_pipe_gets_each_answer_before_the_next_question(indexed):
    """The reader on the other side may wait for one answer before it asks again."""
    process = subprocess.Popen(
        [sys.executable, CLI, "batch", "-", "--top", "1"], cwd=indexed, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    for question in ASKED:
        process.stdin.write(f"{question}\n".encode())
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["question"] == question
    process.stdin.close()
    assert process.wait(60) == 0
    process.stdout.close()


def test_a_reader_that_leaves_ends_the_run_quietly(indexed, tmp_path):
    path, _ = slowly(tmp_path, 200)
    for jobs in (1, 2):
        command = f'"{sys.executable}" "{CLI}" batch "{path}" --jobs {jobs} | head -n 1'
        result = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], cwd=indexed, capture_output=True)
        assert (result.returncode, result.stdout.count(b"\n"), result.stderr) == (0, 1, b"")


@pytest.mark.parametrize("to", [">&-", "> /dev/full"], ids=["closed", "full"])
def test_a_standard_output_that_takes_nothing(indexed, questions, to):
    result = subprocess.run(
        ["bash", "-c", f'"{sys.executable}" "{CLI}" batch "{questions}" {to}'], cwd=indexed, capture_output=True
    )
    assert result.returncode == 2
    assert result.stderr.decode().startswith("qa: standard output ")
    assert result.stderr.count(b"\n") == 1


def test_a_standard_input_that_is_closed(indexed):
    result = subprocess.run(["bash", "-c", f'"{sys.executable}" "{CLI}" batch - <&-'], cwd=indexed, capture_output=True)
    assert (result.returncode, result.stderr.count(b"\n")) == (2, 1)
    assert b"standard input is closed" in result.stderr


def test_outputs_that_must_not_be_written(run, indexed, questions, tmp_path):
    notes = (indexed / "pages" / "notes.md").read_bytes()
    assert "one of the indexed documents" in refused(run("batch", questions, "-o", "pages/notes.md"))
    assert "there is no folder nowhere" in refused(run("batch", questions, "-o", "nowhere/out.md"))
    assert "--jobs is 0" in refused(run("batch", questions, "--jobs", "0"))
    assert (indexed / "pages" / "notes.md").read_bytes() == notes
    assert not (tmp_path / "nowhere").exists()
