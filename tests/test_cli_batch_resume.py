"""`qa batch` stopped in the middle and gone on with: the bytes are those of a run that was left alone."""

import resource
import signal
import subprocess
import sys
import time

import pytest
from helpers import CLI, environment, refused, slowly

from qa import outputs


def running(folder, *args, room=None):
    """A batch that has begun; `room` is the most bytes its files may have."""

    def limit():
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # tests in a shell's background would have it ignored
        if room:
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

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
    path, out = slowly(tmp_path, 400)
    whole = run("batch", path).stdout.encode()
    more = ("-o", out, "--jobs", jobs)
    first = running(indexed, path, *more)
    grown(out, 1, first)
    first.kill()
    first.communicate()
    second = running(indexed, path, *more, "--resume")
    grown(out, out.stat().st_size + 1, second)  # only then is it past its start, where a signal just ends it
    second.send_signal(signal.SIGINT)
    said = second.communicate()[1].decode()
    assert (second.returncode, "--resume goes on" in said, said.count("\n")) == (130, True, 1)
    third = running(indexed, path, *more, "--resume", room=(out.stat().st_size + len(whole)) // 2)
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


def test_one_run_at_a_time_writes_an_output(run, indexed, questions, tmp_path):
    out = tmp_path / "out.jsonl"
    other = outputs.File(out, {})
    other.write("what the other run wrote\n")
    assert "is being written by another run" in refused(run("batch", questions, "-o", out))
    assert out.read_text(encoding="utf-8") == "what the other run wrote\n"
    other.close()
    assert run("batch", questions, "-o", out).returncode == 0


@pytest.mark.parametrize("text", ["[" * 100_000, "null", "{", ""])
def test_a_damaged_record_is_as_good_as_none(run, indexed, questions, tmp_path, text):
    out = tmp_path / "out.jsonl"
    run("batch", questions, "-o", out)
    whole = out.read_bytes()
    outputs.record_of(out).write_text(text, encoding="utf-8")
    assert run("batch", questions, "-o", out, "--resume").returncode == 0
    assert out.read_bytes() == whole
