"""A small share of the campaigns in benchmarks/reliability; docs/reliability.md has the figures of the whole."""

import os
import subprocess
import sys

import pytest
from helpers import ROOT, environment

CAMPAIGNS = ROOT / "benchmarks" / "reliability"
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="the campaigns fork")


def campaign(name, *arguments):
    """Run a campaign to its end; gives the last line it says."""
    result = subprocess.run(
        [sys.executable, "-W", "ignore", CAMPAIGNS / name, *map(str, arguments)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    return result.stdout.splitlines()[-1]


@forks
def test_an_index_survives_kills():
    assert campaign("kill.py", "--times", 5, "--seed", 11).startswith("5 kills: ")


@forks
def test_an_index_survives_a_full_disk():
    assert "'refused': 3" in campaign("disk_full.py", "--times", 3, "--way", "size")


@forks
def test_damage_anywhere_is_refused():
    said = campaign("flips.py", "--times", 40)
    assert "0 failures" in said
    assert "another answer" not in said


@forks
def test_damage_under_right_checksums_ends_in_words():
    assert "0 failures" in campaign("flips.py", "--times", 40, "--forged")


@forks
def test_readers_beside_a_writer_see_one_generation_each():
    said = campaign("readers.py", "--readers", 3, "--times", 5)
    assert "0 errors" in said


@pytest.mark.parametrize("kind", ["txt", "md", "html", "pdf", "docx", "jsonl"])
def test_made_up_bytes_break_no_reader(kind):
    assert campaign("fuzz_readers.py", kind, "--seconds", 1, "--random").endswith("0 failures")


@pytest.mark.parametrize("kind", ["manifest", "passages", "array", "entries", "postings", "vectors"])
def test_made_up_bytes_break_nothing_that_opens_an_index(kind):
    assert campaign("fuzz_index.py", kind, "--seconds", 1, "--random").endswith("0 failures")
