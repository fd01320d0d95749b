"""`qa chat` over a pipe: lines in, a transcript out."""

from helpers import FACT, rows

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
    assert rows(result.stdout.replace("forgotten\n", ""))[1]["standalone"] == "他还说了什么?"


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


def test_bytes_that_are_no_text_are_no_traceback(run, indexed):
    import subprocess
    import sys

    from helpers import CLI, environment

    result = subprocess.run(
        [sys.executable, str(CLI), "chat"],
        cwd=indexed,
        env=environment(),
        input=b"\xff\xfe \xe4\xbd\n" + ASKED.encode() + b"\n",
        capture_output=True,
        timeout=60,
    )
    assert result.returncode == 0
    assert b"Traceback" not in result.stderr
    assert "4200吨".encode() in result.stdout
