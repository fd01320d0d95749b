"""`qa ask` as users run it: one question, one cited answer."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from helpers import CLI, FACT, SEEDS, environment, rows

ANSWER = ["id", "question", "standalone", "answered", "confidence", "answer", "citations"]
CITATION = ["rank", "score", "document", "path", "lines", "headline", "byline", "reporters", "paragraph", "text"]
CITATION += ["quote", "quote_lines", "verified", "also"]
ESCAPE = "\x1b"


def test_the_answer_and_its_place(on_seeds):
    result = on_seeds("ask", FACT)
    assert result.returncode == 0
    assert result.stderr == ""
    assert "李思达" in result.stdout.splitlines()[0]
    assert "seeds/000_21d3065e0a1cb431.txt:23" in result.stdout


def test_json_has_the_fields_of_the_contract_and_no_others(on_seeds):
    result = on_seeds("ask", FACT, "--json")
    (answer,) = rows(result.stdout)
    assert list(answer) == ANSWER
    assert [list(c) for c in answer["citations"]] == [CITATION] * 5
    assert (answer["id"], answer["question"], answer["standalone"]) == ("", FACT, FACT)
    assert answer["answered"] is True
    assert 0.5 <= answer["confidence"] <= 1


def test_citations_stand_in_order_and_every_quote_stands_in_the_file(on_seeds):
    (answer,) = rows(on_seeds("ask", FACT, "--json", "--top", "20").stdout)
    citations = answer["citations"]
    assert [c["rank"] for c in citations] == list(range(1, 21))
    scores = [c["score"] for c in citations]
    assert scores == sorted(scores, reverse=True)
    assert len({(c["path"], tuple(c["lines"]), c["text"]) for c in citations}) == 20
    for c in citations:
        lines = (SEEDS.parent / c["path"]).read_text(encoding="utf-8").split("\n")
        first, last = c["quote_lines"]
        assert "".join(c["quote"].split()) in "".join("".join(lines[first - 1 : last]).split())
        assert c["quote"] in c["text"]
        assert c["lines"][0] <= first <= last <= c["lines"][1]
        assert c["verified"] is True
    assert answer["answer"] in citations[0]["text"]


@pytest.mark.parametrize("top", [1, 3, 1000])
def test_top_says_how_many(on_seeds, top):
    (answer,) = rows(on_seeds("ask", FACT, "--json", "--top", top).stdout)
    assert len(answer["citations"]) == top if top < 100 else 100 <= len(answer["citations"]) <= 1000


def test_top_changes_neither_the_confidence_nor_the_first_citation(on_seeds):
    one, five = (rows(on_seeds("ask", FACT, "--json", "--top", top).stdout)[0] for top in (1, 5))
    assert one["confidence"] == five["confidence"]
    assert one["citations"] == five["citations"][:1]


def test_asking_twice_gives_the_same_bytes(on_seeds):
    assert on_seeds("ask", FACT, "--json").stdout == on_seeds("ask", FACT, "--json").stdout


def test_what_the_documents_do_not_say(on_seeds):
    """Nothing of the question stands in the pages: exit code 1, no answer, and the nearest passages all the same."""
    question = "zxqv jkwq vbxz?"
    result = on_seeds("ask", question, "--json")
    assert result.returncode == 1
    (answer,) = rows(result.stdout)
    assert (answer["answered"], answer["answer"]) == (False, "")
    assert answer["confidence"] < 0.5
    plain = on_seeds("ask", question)
    assert plain.returncode == 1
    assert plain.stdout.startswith("The documents do not say.")
    assert plain.stderr == ""


def test_a_pipe_gets_no_escape_codes(on_seeds):
    for changes in ({}, {"NO_COLOR": "1"}, {"TERM": "xterm-256color", "FORCE_COLOR": "1"}):
        result = on_seeds("ask", FACT, env=environment(**changes))
        assert ESCAPE not in result.stdout + result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")
@pytest.mark.parametrize("no_color", [False, True], ids=["colour", "NO_COLOR"])
def test_a_terminal_gets_colour_unless_it_is_unwanted(seeds_home, no_color):
    import pty

    parent, child = pty.openpty()
    env = environment(TERM="xterm", **({"NO_COLOR": "1"} if no_color else {}))
    subprocess.run([sys.executable, str(CLI), "ask", FACT], cwd=seeds_home, stdout=child, env=env, timeout=60)
    os.close(child)
    shown = b""
    while True:
        try:
            block = os.read(parent, 1 << 16)
        except OSError:  # all is read and the other side is closed
            break
        if not block:
            break
        shown += block
    os.close(parent)
    assert (ESCAPE.encode() in shown) is not no_color
    assert "李思达".encode() in shown


def test_the_first_question_builds_the_index_and_says_so(run, tmp_path):
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "page.txt").write_text("贺九龄修了53年钟表。\n", encoding="utf-8")
    result = run("ask", "贺九龄修了几年钟表?")
    assert result.stderr == "qa: no index at .qa yet: building it\n"
    assert "53年" in result.stdout
    assert run("ask", "贺九龄修了几年钟表?").stderr == ""


def test_a_changed_file_is_read_again_and_that_is_said(run, indexed):
    page = indexed / "pages" / "workshop.txt"
    page.write_text(page.read_text(encoding="utf-8").replace("18名徒弟", "十九名徒弟"), encoding="utf-8")
    result = run("ask", "贺九龄先后带出多少名徒弟?", "--json")
    assert result.stderr == "qa: pages/workshop.txt changed: updating the index\n"
    (answer,) = rows(result.stdout)
    assert "十九名徒弟" in answer["citations"][0]["text"]
    assert answer["citations"][0]["verified"] is True


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda pages: (pages / "new.txt").write_text("新的一页。", encoding="utf-8"), "pages/new.txt is new"),
        (lambda pages: (pages / "notes.md").unlink(), "pages/notes.md is gone"),
    ],
    ids=["new", "gone"],
)
def test_files_that_came_or_went(run, indexed, change, said):
    change(indexed / "pages")
    assert run("ask", "贺九龄是谁?").stderr == f"qa: {said}: updating the index\n"
    assert run("ask", "贺九龄是谁?").stderr == ""


def test_quiet_says_nothing_but_the_answer(run, indexed):
    (indexed / "pages" / "new.txt").write_text("新的一页。", encoding="utf-8")
    result = run("ask", "贺九龄在哪里修钟表?", "--quiet")
    assert result.stderr == ""
    assert "北关街" in result.stdout


def test_documents_that_are_gone_altogether_are_still_quoted_but_not_as_verified(run, indexed):
    (indexed / "pages").rename(indexed / "elsewhere")
    result = run("ask", "淡化站每天可产淡水多少吨?", "--json")
    assert result.stderr == "qa: the documents (pages) are gone: answering from the index alone\n"
    assert [c["verified"] for c in rows(result.stdout)[0]["citations"]] == [False] * 5


def test_the_index_is_found_by_option_then_by_environment_then_in_the_current_folder(run, corpus):
    for name, page in (("one", "harbour.txt"), ("two", "workshop.txt"), (".qa", "notes.md")):
        assert run("index", f"pages/{page}", "--index", name, "--quiet").returncode == 0
    env = environment(QA_INDEX="two")

    def path(*options, **more):
        return rows(run("ask", "望潮岛", "--json", *options, **more).stdout)[0]["citations"][0]["path"]

    assert path("--index", "one", env=env) == "pages/harbour.txt"
    assert path(env=env) == "pages/workshop.txt"
    assert path() == "pages/notes.md"


def test_a_folder_moved_together_with_its_documents_goes_on_working(run, indexed, tmp_path):
    moved = tmp_path / "moved"
    moved.mkdir()
    for name in ("pages", ".qa"):
        (indexed / name).rename(moved / name)
    result = run("ask", "淡化站每天可产淡水多少吨?", "--json", cwd=moved)
    assert result.stderr == ""
    assert all(c["verified"] for c in rows(result.stdout)[0]["citations"])
    from_elsewhere = run("ask", "淡化站每天可产淡水多少吨?", "--json", "--index", moved / ".qa")
    assert from_elsewhere.stdout == result.stdout


def test_a_document_cannot_steer_the_terminal(run, tmp_path):
    """Colours, a window title, a cleared line, a direction mark and a bell, in the file and in the question."""
    evil = "\x1b[31m港口\x1b]0;title\x07在\x9b2K\u202e青岚\u202c市东边\x08\x08。"
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "evil.txt").write_text(evil + "\n", encoding="utf-8")
    assert run("index", "pages").returncode == 0
    shown = [run("ask", "港口在\x1b[2J哪里?"), run("show", "pages/evil.txt:1"), run("articles", "pages"), run("info")]
    shown.append(run("batch", "-", "--format", "md", stdin="港口在\x1b[2J哪里?\n"))
    for result in shown:
        assert result.returncode in (0, 1), result.stderr
        said = result.stdout + result.stderr
        assert not {c for c in said if ord(c) < 32 and c != "\n" or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u202c"}
    assert "\\u001b" in run("ask", "港口在哪里?", "--json").stdout
    assert ESCAPE not in run("ask", "港口在哪里?", "--json").stdout


def test_output_in_another_locale_is_still_utf8(on_seeds):
    result = on_seeds("ask", FACT, env=environment(PYTHONIOENCODING="ascii", LC_ALL="C"))
    assert result.returncode == 0
    assert "李思达" in result.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal there")
def test_an_interrupt_ends_with_130_and_no_traceback(seeds_home):
    process = subprocess.Popen(
        [sys.executable, str(CLI), "chat"],
        cwd=seeds_home,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    process.stdin.write(FACT + "\n")
    process.stdin.flush()
    assert "李思达" in process.stdout.readline()  # now it waits for the next line
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said == ""


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of Unix")
def test_a_reader_that_leaves_early_is_no_error(seeds_home):
    command = f'"{sys.executable}" "{CLI}" articles seeds --json | head -c 1'
    result = subprocess.run(command, shell=True, cwd=seeds_home, env=environment(), capture_output=True, timeout=60)
    assert result.stdout == b"{"
    assert result.stderr == b""


def test_unset_ids_and_unusual_questions_survive_json(on_seeds):
    question = '他说："工会\\主席"\t是谁?'
    assert json.loads(on_seeds("ask", question, "--json").stdout)["question"] == question
