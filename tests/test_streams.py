"""Standard error may be closed: the answer and the exit code are what they are otherwise."""

import shlex
import subprocess
import sys

import pytest
from helpers import ASKED, CLI, environment

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a shell of Unix")


def unheard(words, home, stdin=""):
    """A command whose standard error is closed."""
    line = shlex.join([sys.executable, str(CLI), *words]) + " 2>&-"
    return subprocess.run(
        ["bash", "-c", line], cwd=home, env=environment(), input=stdin.encode(), capture_output=True, timeout=120
    )


@pytest.mark.parametrize(
    ("words", "stdin"),
    [
        (["ask", ASKED[0]], ""),
        (["chat"], ASKED[0]),
        (["batch", "-"], ASKED[0]),
        (["batch", "-", "--jobs", "2"], ASKED[0]),
    ],
    ids=["ask", "chat", "batch", "processes"],
)
def test_answers_come_where_standard_error_is_closed(indexed, words, stdin):
    result = unheard(words, indexed, stdin)
    assert result.returncode == 0
    assert "4200吨" in result.stdout.decode()


def test_the_exit_codes_are_the_same_where_standard_error_is_closed(indexed):
    assert unheard(["ask", "zxqv jkwq vbxz?"], indexed).returncode == 1
    assert unheard(["ask", "?!"], indexed).returncode == 2
    (indexed / "pages" / "new.txt").write_text("新的一页。", encoding="utf-8")
    assert unheard(["index"], indexed).returncode == 0
