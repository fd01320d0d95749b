"""No command opens a socket, of any family; an attempt is noted even where the attempt's error is swallowed."""

import pytest
from helpers import FACT, ROOT, environment, python, qa

# Runs before the program: every socket, connection and look-up of a name is written down and refused.
GUARD = """
import os, sys

def guard(event, arguments):
    if event.startswith("socket.") and event != "socket.gethostname":
        with open(os.environ["NOTED"], "a") as noted:
            noted.write(event + "\\n")
        raise OSError("no network in this test: " + event)

sys.addaudithook(guard)
"""


@pytest.fixture
def offline(tmp_path):
    """Environment in which sockets are refused, and the file in which attempts are noted."""
    guards = tmp_path / "guards"
    guards.mkdir()
    (guards / "sitecustomize.py").write_text(GUARD)
    noted = tmp_path / "noted"
    path = f"{guards}:{ROOT}"
    return environment(PYTHONPATH=path, NOTED=str(noted), HF_HOME=str(tmp_path / "hub")), noted


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.socket()",
        "import socket; socket.socket(socket.AF_UNIX)",
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import socket; socket.getaddrinfo('example.org', 80)",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')",
    ],
    ids=["socket", "unix", "connection", "name", "urllib"],
)
def test_the_guard_works(offline, tmp_path, attempt):
    env, noted = offline
    result = python(f"try:\n    exec({attempt!r})\nexcept OSError: print('refused')", cwd=tmp_path, env=env)
    assert result.stdout == "refused\n"
    assert noted.read_text().startswith("socket.")


@pytest.mark.parametrize(
    ("command", "stdin"),
    [
        (["index", "pages"], ""),
        (["ask", "淡化站每天可产淡水多少吨?"], ""),
        (["chat"], "淡化站每天可产淡水多少吨?\n他是谁?\n"),
        (["batch", "-"], "淡化站每天可产淡水多少吨?\n"),
        (["verify"], ""),
        (["info"], ""),
    ],
    ids=["index", "ask", "chat", "batch", "verify", "info"],
)
def test_no_command_opens_a_socket(run, indexed, offline, command, stdin):
    env, noted = offline
    result = run(*command, stdin=stdin, env=env)
    assert result.returncode == 0, result.stderr
    assert not noted.exists()


@pytest.mark.parametrize("name", ["bert-base-chinese", "nobody/has-this-model", "https://example.org/model"])
def test_an_unknown_model_is_refused_without_an_attempt(seeds_home, offline, name):
    env, noted = offline
    result = qa("ask", FACT, "--model", name, cwd=seeds_home, env=env)
    assert result.returncode == 2
    assert name in result.stderr
    assert not noted.exists()


@pytest.mark.slow
def test_a_name_in_the_cache_without_its_files_is_refused_without_an_attempt(seeds_home, offline, tmp_path):
    """The folder of a download that was interrupted: sentence-transformers is loaded and must not go on from there."""
    env, noted = offline
    (tmp_path / "hub" / "hub" / "models--nobody--half").mkdir(parents=True)
    result = qa("ask", FACT, "--model", "nobody/half", "--index", tmp_path / "other", cwd=seeds_home, env=env)
    assert result.returncode == 2, result.stderr[-2000:]
    assert "nobody/half" in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr
    assert not noted.exists(), noted.read_text()
