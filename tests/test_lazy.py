"""What is not needed is not loaded: lists of modules, not times."""

import ast
import re
import subprocess
import sys

import pytest
from helpers import CLI, FACT, environment, python

NEVER = {"torch", "sentence_transformers", "transformers", "scipy", "sklearn", "pandas", "gensim", "huggingface_hub"}
READERS = {"lxml", "docx", "trafilatura", "pypdfium2", "markdown_it", "charset_normalizer"}
SHOWN = {"rich", "readline", "prompt_toolkit", "wcwidth"}  # nothing to show or to edit in a pipe
SEARCH = {"numpy", "faiss", "rjieba", "jieba", "opencc", "safetensors", "tokenizers"}


def loaded(*args, cwd, stdin=""):
    """The top-level modules that a command imports."""
    result = subprocess.run(
        [sys.executable, "-X", "importtime", str(CLI), *args],
        cwd=cwd,
        input=stdin,
        env=environment(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
    assert result.returncode == 0, result.stderr[-500:]
    names = re.findall(r"^import time: +\d+ \| +\d+ \| +([\w.]+)", result.stderr, re.MULTILINE)
    assert "typer" in names
    return {name.split(".")[0] for name in names}


@pytest.mark.parametrize("command", [[], ["ask"], ["index"], ["eval"]], ids=["qa", "ask", "index", "eval"])
def test_help_loads_nothing_heavy(tmp_path, command):
    assert loaded(*command, "--help", cwd=tmp_path) & (NEVER | READERS | SHOWN | SEARCH) == set()


def test_asking_loads_only_what_searches(seeds_home):
    found = loaded("ask", FACT, cwd=seeds_home)
    # A few thousand vectors are multiplied without FAISS; pages are looked up without being taken apart.
    assert found & (NEVER | READERS | SHOWN | {"jieba", "faiss", "tokenizers", "pydantic"}) == set()
    assert {"rjieba", "sentencepiece"} <= found


def test_a_conversation_and_a_batch_load_no_more(seeds_home):
    for command in (["chat"], ["batch", "-"]):
        assert loaded(*command, cwd=seeds_home, stdin=FACT) & (NEVER | READERS | SHOWN) == set()


def test_indexing_text_loads_no_other_reader_and_no_torch(corpus):
    (corpus / "notes.md").unlink()
    assert loaded("index", "pages", cwd=corpus.parent) & (NEVER | READERS | SHOWN) == set()


def test_indexing_markdown_loads_its_own_reader_alone(corpus):
    assert loaded("index", "pages", cwd=corpus.parent) & (NEVER | READERS) == {"markdown_it"}


def test_showing_a_source_searches_nothing(seeds_home):
    found = loaded("show", "seeds/000_21d3065e0a1cb431.txt:23", cwd=seeds_home)
    assert found & (NEVER | READERS | SHOWN | {"rjieba", "jieba", "opencc", "tokenizers", "safetensors"}) == set()


def test_the_prompt_is_there_before_anything_heavy(tmp_path):
    """All that `qa chat` imports before it can be typed at; the search comes while the user types."""
    code = (
        "import sys; from qa import chatting, render, repl, prompting; from qa.chat import Chat;"
        "print(sorted({m.split('.')[0] for m in sys.modules}))"
    )
    result = python(code, cwd=tmp_path)
    assert "prompt_toolkit" in result.stdout, result.stderr
    assert set(ast.literal_eval(result.stdout)) & (NEVER | READERS | SEARCH | {"rich"}) == set()
