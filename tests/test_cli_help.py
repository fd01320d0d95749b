"""Every command explains itself, with an example that its own parser takes."""

import re
import shlex

import pytest
from helpers import qa

COMMANDS = ["index", "ask", "chat", "batch", "show", "articles", "eval", "info", "verify"]


def test_the_commands_are_those_of_the_contract(run):
    result = run("--help")
    assert result.returncode == 0
    listed = re.findall(r"^  ([a-z]+)  ", result.stdout.split("Commands:")[1], re.MULTILINE)
    assert sorted(listed) == sorted(COMMANDS)


def test_no_arguments_show_the_help(run):
    assert run().stdout == run("--help").stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_an_example_of_that_command(tmp_path, command):
    result = qa(command, "--help", cwd=tmp_path)
    assert result.returncode == 0
    example = re.search(r"Example: (.+)", result.stdout)[1]
    words = shlex.split(example)
    assert words[:2] == ["qa", command]
    known = set(re.findall(r"--?[a-z-]+", result.stdout))
    assert {word for word in words[2:] if word.startswith("-")} <= known


COMMON = {
    "index": ["--index", "--model", "--json", "--quiet"],
    "ask": ["--index", "--model", "--top", "--json", "--quiet"],
    "chat": ["--index", "--model", "--top", "--json", "--quiet"],
    "batch": ["--index", "--model", "--top", "--quiet", "--format", "--output"],
    "show": ["--index", "--json"],
    "articles": ["--json"],
    "eval": ["--index", "--model", "--json", "--quiet"],
    "info": ["--index", "--json"],
    "verify": ["--index", "--json"],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_the_common_options_are_where_they_mean_something(tmp_path, command):
    shown = qa(command, "--help", cwd=tmp_path).stdout
    assert [option for option in COMMON[command] if option not in shown] == []
    assert "(default: $QA_INDEX, else .qa)" in shown or "--index" not in shown
