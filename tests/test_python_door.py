"""The Python door: `qa.open(folder).ask(question)` is enough."""

import json

import pytest
from helpers import FACT, python

import qa
from qa.errors import InputError, QAError
from qa.types import Answer


def test_open_and_ask(seeds_home, monkeypatch):
    monkeypatch.chdir(seeds_home)
    found = qa.open(".qa").ask(FACT)
    assert isinstance(found, Answer)
    assert found.answered
    assert "李思达" in found.answer
    assert found.citations[0].path == "seeds/000_21d3065e0a1cb431.txt"


def test_the_door_says_what_the_command_says(seeds_home, on_seeds):
    from qa import formats

    found = qa.open(seeds_home / ".qa").ask(FACT, top=3)
    assert json.loads(formats.jsonl(found)) == json.loads(on_seeds("ask", FACT, "--json", "--top", "3").stdout)


def test_index_then_ask_anything_again_and_again(corpus, monkeypatch):
    monkeypatch.chdir(corpus.parent)
    manifest = qa.index(["pages"], corpus.parent / "mine")
    assert manifest.passages == 10
    library = qa.open("mine")
    assert "北关街" in library.ask("贺九龄在哪条街修钟表?").answer
    assert library.ask("贺九龄在哪条街修钟表?") == library.ask("贺九龄在哪条街修钟表?")


def test_mistakes_are_errors_of_one_family(seeds_home):
    library = qa.open(seeds_home / ".qa")
    with pytest.raises(InputError, match="question is empty"):
        library.ask(" ")
    with pytest.raises(InputError, match="top"):
        library.ask("谁?", top=0)
    assert issubclass(InputError, QAError)


def test_a_file_changed_while_the_library_is_open_is_no_longer_verified(corpus, monkeypatch):
    monkeypatch.chdir(corpus.parent)
    qa.index(["pages"], corpus.parent / ".qa")
    library = qa.open()
    assert library.ask("盲文书籍首批上架多少册?").citations[0].verified
    page = corpus / "harbour.txt"
    page.write_text(page.read_text(encoding="utf-8").replace("860册", "九百册"), encoding="utf-8")
    changed = library.ask("盲文书籍首批上架多少册?").citations[0]
    assert (changed.path, changed.verified) == ("pages/harbour.txt", False)


def test_the_names_of_the_package():
    assert qa.__all__ == ["index", "open"]
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = qa.nothing


def test_importing_the_package_costs_nothing(tmp_path):
    said = python(
        "import sys, qa; print([m for m in sys.modules if m.split('.')[0] in ('numpy', 'faiss')])", cwd=tmp_path
    )
    assert said.stdout == "[]\n"
