"""Every command explains itself, with an example that its own parser takes."""

import re
import shlex

import pytest
from helpers import environment, qa

COMMANDS = ["index", "ask", "chat", "batch", "show", "articles", "eval", "info", "verify"]


def test_the_commands_are_those_of_the_contract(run):
    result = run("--help")
    assert result.returncode == 0
    listed = re.findall(r"^  ([a-z]+)  ", result.stdout.split("Commands:")[1], re.MULTILINE)
    assert sorted(listed) == sorted(COMMANDS)


def test_no_arguments_show_the_help(run):
    assert run().stdout == run("--help").stdout


@pytest.mark.parametrize("command", ["", *COMMANDS], ids=lambda c: c or "qa")
def test_help_has_a_short_form(tmp_path, command):
    words = list(filter(None, [command]))
    short = qa(*words, "-h", cwd=tmp_path)
    assert (short.returncode, short.stderr) == (0, "")
    assert short.stdout == qa(*words, "--help", cwd=tmp_path).stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_an_example_of_that_command(tmp_path, command):
    result = qa(command, "--help", cwd=tmp_path)
    assert result.returncode == 0
    example = re.search(r"Example: (.+)", result.stdout)[1]
    words = shlex.split(example)
    assert words[:2] == ["qa", command]
    known = set(re.findall(r"--?[a-z-]+", result.stdout))
    assert {word for word in words[2:] if word.startswith("-")} <= known


@pytest.mark.parametrize("command", ["", *COMMANDS], ids=lambda c: c or "qa")
def test_the_examples_of_the_manual_can_be_typed(tmp_path, command):
    """Every `qa …` of an example is a command with options that it has."""
    shown = qa(*filter(None, [command]), "--help", cwd=tmp_path).stdout
    block = re.search(r"(?:More examples|Start here):\n(.*?)\n\n", shown, re.DOTALL)[1]
    lines = [line.partition(" #")[0] for line in block.splitlines()]
    assert len(lines) >= 2
    for line in lines:
        for part in re.findall(r"(?:^|\| |\|\| )\s*(qa [^|]*)", line):
            words = shlex.split(part)
            helped = shown if words[1] == command else qa(words[1], "--help", cwd=tmp_path).stdout
            assert words[1] in COMMANDS
            assert {w for w in words if re.match(r"--?[a-z]", w)} <= set(
                re.findall(r"(?<![\w-])--?[a-z][a-z-]*", helped)
            )


@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_the_exit_codes_and_is_narrow_enough_to_read(tmp_path, command):
    shown = qa(command, "--help", cwd=tmp_path).stdout
    assert "Exit codes: 0 " in shown
    assert [line for line in shown.splitlines() if len(line) > 100] == []


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("qa ba", "batch"), ("qa batch --res", "--resume"), ("qa batch --format m", "md"), ("qa chat --t", "--top")],
)
def test_the_shell_completes(tmp_path, typed, offered):
    line = environment(_QA_COMPLETE="complete_bash", COMP_WORDS=typed, COMP_CWORD=str(len(typed.split()) - 1))
    assert qa(cwd=tmp_path, env=line).stdout.split() == [offered]


def test_the_shell_is_taught_to_complete(tmp_path, monkeypatch):
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")  # there may be no shell to be found
    shown = qa("--show-completion", "bash", cwd=tmp_path)
    assert "_QA_COMPLETE=complete_" in shown.stdout


COMMON = {
    "index": ["--index", "--model", "--json", "--quiet"],
    "ask": ["--index", "--model", "--top", "--json", "--quiet"],
    "chat": ["--index", "--model", "--top", "--json", "--quiet"],
    "batch": [
        "--index",
        "--model",
        "--top",
        "--quiet",
        "--format",
        "--output",
        "--resume",
        "--strict",
        "--bom",
        "--jobs",
    ],
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


@pytest.mark.parametrize("command", ["ask", "eval", "verify"])
def test_help_has_every_exit_code_of_a_command_that_leaves_with_one(run, command):
    codes = run(command, "--help").stdout.partition("Exit codes: ")[2]
    assert [word for word in codes.replace(",", " ").split() if word.isdecimal()] == ["0", "1", "2", "130"]
