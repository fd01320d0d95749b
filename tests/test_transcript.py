"""The conversation in the README is a real one."""

import sys
from subprocess import run

import pytest
from helpers import ROOT, environment


@pytest.mark.slow
def test_the_transcript_is_what_the_program_says():
    """Where answers have changed, `python benchmarks/transcript.py --write` brings the README up to date."""
    made = run(
        [sys.executable, ROOT / "benchmarks" / "transcript.py"], capture_output=True, text=True, env=environment()
    )
    assert made.returncode == 0, made.stderr
    assert made.stdout in (ROOT / "README.md").read_text(encoding="utf-8")
