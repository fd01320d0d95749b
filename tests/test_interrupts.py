"""Ctrl-C while the program is still being imported ends it without a word."""

import signal
import subprocess
import sys

import pytest
from helpers import CLI, environment

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")

# Stands in the way of the real one: the interrupt comes while the head of cli.py is being imported.
INTERRUPTED = """
import os, signal, sys
from pathlib import Path
os.kill(os.getpid(), signal.SIGINT)
sys.path.remove(str(Path(__file__).parent))
del sys.modules["typer"]
import typer
"""


@pytest.fixture
def early(tmp_path):
    """`early()`: the program, interrupted before it has read its arguments."""
    (tmp_path / "typer.py").write_text(INTERRUPTED, encoding="utf-8")

    def running(**options):
        return subprocess.run(
            [sys.executable, str(CLI), "--help"],
            cwd=tmp_path,
            env=environment(PYTHONPATH=str(tmp_path)),
            capture_output=True,
            timeout=60,
            **options,
        )

    return running


def test_an_interrupt_while_the_program_is_imported_ends_it_without_a_word(early):
    result = early()
    assert (result.returncode, result.stdout, result.stderr) == (-signal.SIGINT, b"", b"")


def test_an_interrupt_that_the_parent_ignores_is_ignored(early):
    """As with `nohup`, and with `&` in a shell without job control."""
    result = early(preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
    assert (result.returncode, result.stderr) == (0, b"")
    assert b"Commands:" in result.stdout
