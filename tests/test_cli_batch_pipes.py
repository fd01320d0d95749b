"""`qa batch` between other programs, and where its answers may not go."""

import json
import subprocess
import sys

import pytest
from helpers import ASKED, CLI, refused, slowly


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


def test_a_dash_is_standard_output(run, indexed, questions):
    result = run("batch", questions, "-o", "-")
    assert (result.returncode, result.stdout.count("\n"), result.stderr) == (0, 3, "")
    assert not (indexed / "-").exists()
    assert "name it with --output" in refused(run("batch", questions, "-o", "-", "--resume"))


def test_answers_written_among_the_documents_are_said_to_become_one(run, indexed, questions):
    said = run("batch", questions, "-o", "pages/answers.jsonl").stderr
    assert said.startswith("qa: pages/answers.jsonl is in pages, which is indexed: it will be a document of the index")
    assert said.count("\n") == 1
    assert run("batch", questions, "-o", "answers.jsonl").stderr.count("is in pages") == 0


def test_outputs_that_must_not_be_written(run, indexed, questions, tmp_path):
    notes = (indexed / "pages" / "notes.md").read_bytes()
    assert "one of the indexed documents" in refused(run("batch", questions, "-o", "pages/notes.md"))
    (indexed / "other.md").hardlink_to(indexed / "pages" / "notes.md")
    assert "one of the indexed documents" in refused(run("batch", questions, "-o", "other.md"))
    before = (indexed / ".qa" / "CURRENT").read_bytes()
    assert "in the index folder" in refused(run("batch", questions, "-o", ".qa/CURRENT", "--format", "csv"))
    assert (indexed / ".qa" / "CURRENT").read_bytes() == before
    assert "there is no folder nowhere" in refused(run("batch", questions, "-o", "nowhere/out.md"))
    assert "--jobs is 0" in refused(run("batch", questions, "--jobs", "0"))
    assert (indexed / "pages" / "notes.md").read_bytes() == notes
    assert not (tmp_path / "nowhere").exists()
