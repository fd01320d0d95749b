"""A file's path as one line, and back: names with line ends, marks of direction and backslashes."""

import sys

import pytest
from helpers import rows
from hypothesis import given
from hypothesis import strategies as st

from qa import pathnames

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no such names there")
ODD = "pages/潮\n汐\x1b[1m\\n.txt"
SHOWN = r"pages/潮\n汐\u001b[1m\\n.txt"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("pages/a b.txt", "pages/a b.txt"),
        (r"pages\a.txt", r"pages\a.txt"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("a\u202eb", r"a\u202eb"),
        (ODD, SHOWN),
    ],
)
def test_a_path_is_shown_on_one_line(path, shown):
    assert pathnames.shown(path) == shown


@given(st.text(st.sampled_from("ab中\\nrtu0\n\r\t\x00\x1b\u2028\u202e") | st.characters()))
def test_what_is_escaped_is_meant_again(path):
    shown = pathnames.shown(path)
    assert len(shown.splitlines()) < 2
    assert pathnames.meant(shown) == path or shown == path


@pytest.fixture
def odd(corpus):
    """The small corpus with one more file, of an odd name."""
    (corpus.parent / ODD).write_text("望海亭里有一口铜钟,重八百斤。\n", encoding="utf-8")
    (corpus.parent / "pages/潮\n信.pdf").write_bytes(b"no PDF")
    return corpus


def test_a_citation_of_an_odd_name_can_be_shown_again(run, odd):
    said = run("index", "pages").stderr.splitlines()
    assert said[0].startswith(r"qa: skipped pages/潮\n信.pdf: ")
    asked = run("ask", "铜钟有多重?", "--top", "1").stdout.splitlines()
    (cited,) = [line.removeprefix("[1] ").strip() for line in asked if line.startswith("[1] ")]
    assert cited == f"{SHOWN}:1"
    (found,) = rows(run("ask", "铜钟有多重?", "--top", "1", "--json").stdout)
    assert found["citations"][0]["path"] == ODD  # for scripts as it is
    shown = run("show", cited)
    assert (shown.returncode, "八百斤" in shown.stdout) == (0, True)
    assert run("show", f"{ODD}:1").stdout == shown.stdout
    assert run("show", cited, "--index", odd.parent / ".qa", cwd="/").stdout == shown.stdout
    assert f"1. `{SHOWN}:1`" in run("batch", "-", "--format", "md", stdin="铜钟有多重?\n").stdout


def test_info_articles_and_verify_keep_an_odd_name_on_its_line(run, odd):
    run("index", "pages")
    for command in (["info"], ["articles", "pages"]):
        assert SHOWN in run(*command).stdout
        assert "\n汐" not in run(*command).stdout
    (odd.parent / ODD).write_text("改了。\n", encoding="utf-8")
    assert rf"state           out of date: {SHOWN} changed" in run("info").stdout
    assert f"the source of a passage is changed: {SHOWN}:1-1: " in run("verify").stdout
