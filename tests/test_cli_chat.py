"""`qa chat` over a pipe: lines in, a transcript out."""

import json
import re
import subprocess
import sys
from functools import partial

import pytest
from helpers import CLI, FACT, WITHOUT_PRIVILEGE, environment, python, rows

ASKED = "淡化站每天可产淡水多少吨?"


def test_a_transcript(run, indexed):
    """Every line of the conversation has its block; the citation is shown with its line marked."""
    lines = [ASKED, "/top 1", ASKED, "/show 1", "/forget", "/quit", "never asked"]
    result = run("chat", stdin="\n".join(lines) + "\n")
    assert result.returncode == 0
    assert result.stderr == ""
    blocks = result.stdout
    assert blocks.count("4200吨") >= 3
    assert blocks.count("[5] ") == 1  # five citations before /top 1, one after
    assert "answers list 1 citations" in blocks
    assert "> 3  本报讯 记者沈听澜报道" in blocks
    assert blocks.rstrip().endswith("forgotten")


def test_the_end_of_the_input_ends_the_conversation(run, indexed):
    assert run("chat", stdin="").stdout == ""
    assert "4200吨" in run("chat", stdin=ASKED).stdout  # without a line end


def test_a_follow_up_is_searched_with_what_it_leans_on(on_seeds):
    result = on_seeds("chat", "--json", stdin=f"{FACT}\n他还说了什么?\n")
    first, second = rows(result.stdout)
    assert first["standalone"] == FACT
    assert second["question"] == "他还说了什么?"
    assert "工会主席" in second["standalone"]
    assert len(first["citations"]) == len(second["citations"]) == 5


def test_forget_forgets(on_seeds):
    result = on_seeds("chat", "--json", stdin=f"{FACT}\n/forget\n他还说了什么?\n")
    assert rows(result.stdout)[1]["standalone"] == "他还说了什么?"
    assert result.stderr == "forgotten\n"


def test_mistakes_are_answered_and_the_conversation_goes_on(run, indexed):
    lines = ["/show 1", "/dance", "/top none", "/top 0", "?!", ASKED, "/show 9", "", "/help"]
    result = run("chat", stdin="\n".join(lines) + "\n")
    assert result.returncode == 0
    mistakes = [line for line in result.stdout.splitlines() if line.startswith("! ")]
    assert len(mistakes) == 6
    assert "no command /dance" in mistakes[1]
    assert "from 1 to 5" in mistakes[5]
    assert "4200吨" in result.stdout
    assert result.stdout.rstrip().endswith("/quit     leave (also Ctrl-D)")


@pytest.mark.parametrize("word", ["/quit", "/exit", "quit", "Exit ", "退出"])
def test_words_that_leave(run, indexed, word):
    assert run("chat", stdin=f"{word}\n{ASKED}\n").stdout == ""


def test_help_alone_is_no_question_and_leaving_takes_nothing(run, indexed):
    result = run("chat", stdin=f"help\n/quit now\n{ASKED}\n")
    said, quit, answer, *_ = result.stdout.split("\n\n")
    assert said.startswith("Type a question, or one of:")
    assert quit == "! /quit takes nothing behind it: type it alone to leave"
    assert "4200吨" in answer


def test_more_explain_and_save(run, indexed):
    lines = ["/top 1", ASKED, "/more", "/explain", "/save talk.md", "/save talk.md", "/where byline=沈听澜"]
    result = run("chat", stdin="\n".join(lines) + "\n")
    assert result.returncode == 0
    _, answer, more, explained, saved, refused, where = (b for b in re.split(r"\n\n(?!\[1)", result.stdout) if b)
    assert [b.count("\n[") for b in (answer, f"\n{more}")] == [1, 1]
    assert more.startswith("[2] ")
    assert explained.startswith(f"searched    {ASKED}\nconfidence  ")
    assert saved == "saved 1 answers in talk.md"
    assert refused.startswith("! talk.md is there already")
    assert where
    assert "1. `pages/harbour.txt:3`" in (indexed / "talk.md").read_text(encoding="utf-8")


def test_json_has_nothing_but_objects(run, indexed):
    """What the program says of itself stands on standard error there; what it found are objects as of the other commands."""
    lines = ["/help", "/top 1", ASKED, "/more", "/explain", "/show 1", "/show 9", "/dance"]
    lines += ["/where kind=news", "/forget", ASKED, "/save talk.md"]
    result = run("chat", "--json", stdin="\n".join(lines) + "\n")
    answer, more, explained, shown, _ = rows(result.stdout)
    assert [len(found["citations"]) for found in (answer, more, explained)] == [1, 2, 2]
    assert "features" in explained["citations"][0]
    assert shown == rows(run("show", "pages/harbour.txt:3", "--json").stdout)[0]
    said = result.stderr.splitlines()
    assert said[0] == "Type a question, or one of:"
    assert said[-5:] == [
        "! /show N: give a citation's number from 1 to 2",
        "! no command /dance: /help lists them",
        "answers come from documents with kind=news",
        "forgotten",
        "saved 1 answers in talk.md",
    ]


def begun(home, *options):
    """A conversation whose other side waits for each answer."""
    return subprocess.Popen(
        [sys.executable, str(CLI), "chat", *options],
        cwd=home,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def first_citation(process, question):
    process.stdin.write(f"{question}\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())["citations"][0]


def test_files_that_change_during_the_conversation_are_followed(indexed):
    """Line by line through a pipe: each answer is there before the next question, and each change is said once."""
    process = begun(indexed, "--json")
    assert "860册" in first_citation(process, "盲文图书角首批上架多少册书?")["quote"]
    page = indexed / "pages" / "harbour.txt"
    page.write_text(page.read_text(encoding="utf-8").replace("860册", "九百零一册"), encoding="utf-8")
    changed = first_citation(process, "盲文图书角首批上架多少册书?")
    assert "九百零一册" in changed["quote"]
    assert changed["verified"] is True
    assert first_citation(process, "淡化站每天可产淡水多少吨?")["verified"] is True
    page.write_text(page.read_text(encoding="utf-8").replace("九百零一册", "九百零二册"), encoding="utf-8")
    assert "九百零二册" in first_citation(process, "盲文图书角首批上架多少册书?")["quote"]
    rest, errors = process.communicate()
    assert (rest, errors) == ("", "qa: pages/harbour.txt changed: updating the index\n" * 2)


def test_a_conversation_saved_among_the_documents_is_said_to_be_one(run, indexed):
    lines = [ASKED, "/save talk.md", "/save pages/.talk.md", "/save pages/talk.md"]
    result = run("chat", "--top", "1", stdin="\n".join(lines) + "\n")
    assert result.stdout.count("saved 1 answers in ") == 3
    assert result.stderr == (
        "qa: pages/talk.md is in pages, which is indexed: "
        "it will be a document of the index, so better keep it elsewhere\n"
    )


def asked_then(home, change, *lines):
    """One question; then the documents change, and these lines are typed: what is said to them, and on standard error."""
    process = begun(home, "--top", "1")
    process.stdin.write(f"{ASKED}\n")
    process.stdin.flush()
    while process.stdout.readline() != "\n":  # the quotation
        pass
    while process.stdout.readline() != "\n":  # its citation
        pass
    change()
    return process.communicate("".join(f"{line}\n" for line in lines))


def test_a_citation_is_shown_where_it_stands_after_its_file_changed(indexed):
    page = indexed / "pages" / "harbour.txt"

    def change():
        page.write_text("\n\n\n\n" + page.read_text(encoding="utf-8"), encoding="utf-8")

    shown, errors = asked_then(indexed, change, "/show 1", "/more")
    assert ">  7  本报讯 记者沈听澜报道" in shown
    assert shown.count("> ") == 1
    assert "[2] " in shown
    assert "harbour.txt:7 " not in shown  # not the same passage once more
    assert errors == "qa: pages/harbour.txt changed: updating the index\n"


def test_a_citation_that_is_gone_is_said_to_be(indexed):
    page = indexed / "pages" / "harbour.txt"
    text = page.read_text(encoding="utf-8")
    change = partial(page.write_text, text.replace("每天可产淡水", "每日制水"), encoding="utf-8")
    shown, _ = asked_then(indexed, change, "/show 1")
    assert shown == "! pages/harbour.txt: what was cited is not in the file any more: ask again\n\n"
    page.write_text(text, encoding="utf-8")
    shown, _ = asked_then(indexed, page.unlink, "/show 1")
    assert shown == "! pages/harbour.txt: the file is gone: ask again\n\n"


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are others there")
def test_that_an_index_cannot_be_written_is_said_once(indexed):
    page = indexed / "pages" / "harbour.txt"
    page.write_text(page.read_text(encoding="utf-8") + "\n完。\n", encoding="utf-8")
    (indexed / ".qa").chmod(0o555)
    try:
        result = python(WITHOUT_PRIVILEGE, CLI, "chat", cwd=indexed, stdin=f"{ASKED}\n" * 3)
    finally:
        (indexed / ".qa").chmod(0o755)
    assert result.stdout.count("[1] ") == 3
    changed, refused = result.stderr.splitlines()
    assert changed == "qa: pages/harbour.txt changed: updating the index"
    assert refused.startswith("qa: index folder .qa cannot be written (Permission denied): answering from the index")


def test_documents_that_vanish_leave_the_index_to_answer(indexed):
    process = begun(indexed, "--json")
    assert first_citation(process, ASKED)["verified"] is True
    (indexed / "pages").rename(indexed / "away")
    rest, errors = process.communicate(f"{ASKED}\n")
    assert json.loads(rest)["citations"][0]["verified"] is False
    assert errors == ""


def test_a_standard_input_that_is_closed_is_one_line(indexed):
    result = subprocess.run(["bash", "-c", f'"{sys.executable}" "{CLI}" chat <&-'], cwd=indexed, capture_output=True)
    assert (result.returncode, result.stderr.count(b"\n"), result.stdout) == (2, 1, b"")


@pytest.mark.parametrize("codec", ["utf-8-sig", "gb18030", "utf-16"])
def test_questions_of_a_pipe_may_be_in_any_encoding_of_a_file(indexed, codec):
    command = [sys.executable, str(CLI), "chat"]
    typed = f"/top 1\n{ASKED}\n".encode(codec)
    result = subprocess.run(command, cwd=indexed, env=environment(), input=typed, capture_output=True, timeout=60)
    assert "answers list 1 citations" in result.stdout.decode()
    assert "4200吨" in result.stdout.decode()


def test_bytes_that_are_no_text_are_no_traceback(run, indexed):
    result = subprocess.run(
        [sys.executable, str(CLI), "chat"],
        cwd=indexed,
        env=environment(),
        input=b"\xfe \xe4\xbd\n" + ASKED.encode() + b"\n",
        capture_output=True,
        timeout=60,
    )
    assert result.returncode == 0
    assert b"Traceback" not in result.stderr
    assert "4200吨".encode() in result.stdout
