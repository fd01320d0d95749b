"""What the READMEs tell to type exists: commands, options, make targets, files, and the Python door."""

import re
import shlex
from functools import cache

import pytest
from helpers import ROOT, qa

READMES = ["README.md", "README.zh.md"]


def text(name):
    """A README; skipped while it is not written."""
    path = ROOT / name
    if not path.exists():
        pytest.skip(f"{name} is not written yet")
    return path.read_text(encoding="utf-8")


def commands(name, program):
    """Every line or quoted piece of a README that begins with a program's name."""
    pieces = [line.strip().removeprefix("$ ") for line in text(name).splitlines()]
    pieces += re.findall(r"`([^`\n]+)`", text(name))
    return [piece.partition(" #")[0] for piece in pieces if re.match(rf"{program} [a-z]", piece)]


@cache
def help_of(command):
    return qa(command, "--help", cwd=ROOT)


@pytest.mark.parametrize("name", READMES)
def test_every_command_exists_with_its_options(name):
    found = [shlex.split(c) for c in commands(name, "qa")]
    assert found
    for _, command, *words in found:
        shown = help_of(command)
        assert shown.returncode == 0, command
        options = {word.partition("=")[0] for word in words if word.startswith("-") and word != "-"}
        assert options <= set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", shown.stdout)), (command, options)


@pytest.mark.parametrize("name", READMES)
def test_every_make_target_exists(name):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = {c.split()[1] for c in commands(name, "make")}
    assert {"ask", "test"} <= named <= targets


@pytest.mark.parametrize("name", READMES)
def test_every_link_leads_to_a_file(name):
    links = re.findall(r"\]\(([^)#]+)\)", text(name))
    assert [link for link in links if "://" not in link and not (ROOT / link).exists()] == []


@pytest.mark.parametrize("name", READMES)
def test_the_python_code_runs(name, seeds_home, monkeypatch, capsys):
    blocks = re.findall(r"```python\n(.*?)```", text(name), re.DOTALL)
    assert blocks or name != "README.md"
    monkeypatch.chdir(seeds_home)
    for block in blocks:
        exec(compile(block, name, "exec"), {})  # noqa: S102
        assert capsys.readouterr().out.strip()


@pytest.mark.parametrize("name", READMES)
def test_the_commands_of_the_contract_are_all_there(name):
    for command in ("index", "ask", "chat", "batch", "show", "articles", "eval", "info", "verify"):
        assert f"qa {command}" in text(name), command


@pytest.mark.parametrize("name", READMES)
def test_what_is_shown_of_questions_is_what_they_print(name, on_seeds):
    blocks = re.findall(r"```console\n(.*?)```", text(name), re.DOTALL)
    steps = [step for block in blocks for step in re.split(r"^\$ ", block, flags=re.MULTILINE)]
    shown = [step for step in steps if step.startswith("qa ask ")]
    assert shown
    for command, _, printed in (step.partition("\n") for step in shown):
        if printed.strip():
            assert on_seeds(*shlex.split(command)[1:]).stdout.strip() == printed.strip()
