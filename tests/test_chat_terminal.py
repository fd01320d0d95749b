"""`qa chat` through a pseudo-terminal: what is typed, what stands on the screen, what is remembered."""

import re
import shutil
import sys

import pytest
from helpers import CLI, environment

from qa.render import MARKED, columns

pexpect = pytest.importorskip("pexpect", reason="no pseudo-terminals on this system")

READY = "\x1b\\[\\?25h"  # the line editor shows the cursor when it waits
STYLE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def talk(indexed, tmp_path):
    """`talk("--top", "1")`: a conversation on a terminal of 60 columns."""
    begun = []

    def talking(*args, **changes):
        child = pexpect.spawn(
            sys.executable,
            [str(CLI), "chat", *args],
            cwd=str(indexed),
            env=environment(TERM="xterm-256color", XDG_STATE_HOME=str(tmp_path / "state"), **changes),
            encoding="utf-8",
            dimensions=(24, 60),
            timeout=60,
        )
        begun.append(child)
        child.expect(READY)
        return child

    yield talking
    for child in begun:
        child.close(force=True)


def said(child, line, last):
    """Type a line; the text of the answer, from the line after it to `last`."""
    child.send(line + "\r")
    child.expect("\x1b\\[\\?2004l")  # the editor hands the line over
    child.expect(last)
    text = child.before + child.after
    child.expect(READY)
    return text


def left(child):
    """The exit code after Ctrl-D."""
    child.sendcontrol("d")
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus


def test_an_answer_marks_the_words_of_the_question_and_fits_the_width(talk):
    child = talk("--top", "2")
    text = said(child, "淡化站每天可产淡水多少吨?", r"\[2\][^\n]*\n[^\n]*\n")
    quote, _, cited = text.replace("\r", "").partition("\n\n")
    assert f"{MARKED}淡化" in quote
    assert STYLE.sub("", quote).startswith("淡化站每天可产淡水4200吨")
    lines = STYLE.sub("", cited).strip("\n").split("\n")
    assert lines[0].startswith("[1] pages/harbour.txt:3  望潮岛用上风力淡化水")
    assert [line for line in lines if columns(line) > 60] == []
    assert [len(lines), *(line[:4] for line in lines[1::2])] == [4, "    ", "    "]
    assert left(child) == 0


def test_no_colour_where_none_is_wanted(talk):
    child = talk("--top", "1", NO_COLOR="1")
    text = said(child, "淡化站每天可产淡水多少吨?", r"\[1\][^\n]*\n[^\n]*\n")
    assert STYLE.findall(text) == []


def test_ctrl_c_drops_the_line_and_a_follow_up_keeps_the_thread(talk):
    child = talk("--top", "1")
    said(child, "钟表匠贺九龄今年多少岁?", r"\[1\] ")
    child.send("never asked")
    child.expect("asked")
    child.sendcontrol("c")
    child.expect(READY)
    assert "workshop.txt" in said(child, "他带出多少名徒弟?", r"workshop.txt:\d+")
    assert "searched    钟表匠" in said(child, "/explain", "confidence")
    assert left(child) == 0


def test_lines_are_remembered_from_run_to_run_and_for_their_user_alone(talk, tmp_path):
    child = talk()
    said(child, "/top 3", "3 citations")
    assert left(child) == 0
    history = tmp_path / "state" / "qa" / "history"
    assert "/top 3" in history.read_text(encoding="utf-8")
    assert history.stat().st_mode & 0o077 == 0
    again = talk()
    again.send("\x1b[A")  # Up
    again.expect("/top 3")
    assert "3 citations" in said(again, "", "3 citations")


def test_commands_are_completed(talk):
    child = talk()
    child.send("/fo")
    child.expect("/forget")  # the menu
    child.send("\t")
    assert "forgotten" in said(child, "", "forgotten")


def test_a_paste_of_several_lines_is_one_question(talk):
    child = talk("--top", "1")
    pasted = "\x1b[200~淡化站每天\n可产淡水多少吨?\x1b[201~"
    assert "4200吨" in STYLE.sub("", said(child, pasted, "4200吨"))


def test_changed_files_are_followed_and_said_in_one_line(talk, indexed):
    child = talk("--top", "1")
    said(child, "贺九龄带出多少名徒弟?", r"\[1\] ")
    page = indexed / "pages" / "workshop.txt"
    page.write_text(page.read_text(encoding="utf-8").replace("带出18名徒弟", "带出二十二名徒弟"), encoding="utf-8")
    text = STYLE.sub("", said(child, "贺九龄带出多少名徒弟?", r"\[1\] "))
    assert "qa: pages/workshop.txt changed: updating the index" in text
    assert "二十二名" in text


def test_escape_sequences_of_documents_never_reach_the_terminal(talk, indexed):
    page = indexed / "pages" / "evil.txt"
    page.write_text(
        "恶意标题\n\n红嘴相思鸟\x1b[31m在望潮岛\x1b]0,title\x07筑巢\u009b2J繁殖\u202e了三窝。\n", encoding="utf-8"
    )
    child = talk("--top", "2")
    text = said(child, "红嘴相思鸟在哪里筑巢?", r"\[2\] ")
    assert "筑巢" in text
    ours = STYLE.sub("", text)
    assert [c for c in ours if not c.isprintable() and c not in "\r\n"] == []
    assert "\x1b[31m" not in text
    assert left(child) == 0


def test_an_index_that_cannot_be_opened_ends_the_conversation(talk):
    child = talk("--model", "nobody/has-this-model")
    child.expect("qa: no model 'nobody/has-this-model'")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 2


def test_the_first_index_is_built_before_the_prompt(talk, indexed):
    shutil.rmtree(indexed / ".qa")
    (indexed / "pages").rename(indexed / "seeds")
    child = talk("--top", "1")
    assert "no index at .qa yet: building it" in child.before
    assert "4200吨" in STYLE.sub("", said(child, "淡化站每天可产淡水多少吨?", "4200吨"))
